"""Who serves what: the products of teams and of single agents."""

from django.db import models

from plans.models import Product
from portal.core.walls import BY_STAFF, TenantForeignKey, TenantModel, walls
from portal.identity.models import Membership, Team


class TeamProduct(TenantModel):
    """A product that a team serves. An incident goes to the first team that serves its product."""

    team = TenantForeignKey(Team, models.CASCADE)
    product = TenantForeignKey(Product, models.CASCADE)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            *walls("incidents_teamproduct", refs=["team", "product"]),
            models.UniqueConstraint(fields=["tenant", "team", "product"], name="team_product_once"),
        ]

    def __str__(self) -> str:
        return f"{self.team_id} serves {self.product_id}"


class AgentProduct(TenantModel):
    """A product that an agent serves; an agent with none listed serves all of the team's."""

    person = TenantForeignKey(Membership, models.CASCADE)
    product = TenantForeignKey(Product, models.CASCADE)

    class Meta:
        constraints = [
            *walls("incidents_agentproduct", policy=BY_STAFF, refs=["person", "product"]),
            models.UniqueConstraint(fields=["tenant", "person", "product"], name="agent_product_once"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} serves {self.product_id}"
