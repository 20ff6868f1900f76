"""Which solutions solved which incidents."""

from django.db import models
from django.utils import timezone

from incidents.models.incident import Incident
from knowledge.solutions.models import Solution
from portal.core.walls import BY_ACCOUNT, TenantForeignKey, TenantPart, walls
from portal.identity.models import Account, Membership


class SolutionLink(TenantPart):
    """A solution that answers an incident. How many there are, the solution counts."""

    account = TenantForeignKey(Account)
    incident = TenantForeignKey(Incident, models.CASCADE)
    solution = TenantForeignKey(Solution)
    linked_by = TenantForeignKey(Membership)
    linked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            *walls(
                "incidents_solutionlink",
                policy=BY_ACCOUNT,
                refs=["account", "solution", "linked_by"],
                account_refs=["incident"],
            ),
            models.UniqueConstraint(fields=["tenant", "incident", "solution"], name="solution_linked_once"),
        ]
        indexes = [
            # The incidents of a solution, the latest linked first.
            models.Index(fields=["tenant", "solution", "-id"], name="link_of_solution"),
        ]

    def __str__(self) -> str:
        return f"{self.solution_id} for {self.incident_id}"
