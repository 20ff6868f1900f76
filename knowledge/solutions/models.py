"""Solutions: articles that solve a problem, the texts they were published with, and what readers say."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import BooleanField, Q
from django.db.models.expressions import RawSQL
from django.utils import timezone

from knowledge.search.enums import Audience
from knowledge.solutions.enums import CURRENT, FINAL, OPEN, OUTSIDE, Reason, Stage, State
from plans.models import Product, ProductVersion
from portal.core.walls import (
    BY_ACCOUNT,
    BY_STAFF,
    BY_TENANT,
    RowPolicy,
    TenantForeignKey,
    TenantPart,
    walls,
)
from portal.identity.models import Account, Membership

_CONTACT = "(SELECT nullif(current_setting('app.account_id', true), '') IS NOT NULL)"
READABLE = (
    f"{BY_TENANT} AND state = 'published'"
    f" AND (audience = 'public' OR (audience = 'customers' AND {_CONTACT}))"
)
"""Whoever finds the tenant's host reads what is public; who acts for an account, what customers read too."""
PART_OF_READABLE = (
    f"{BY_TENANT} AND EXISTS (SELECT FROM solutions_solution AS whole WHERE whole.id = solution_id OFFSET 0)"
)
"""The parts of what can be seen: the sub-select stands behind the policies of solutions itself. Without
OFFSET the planner may read every solution for it, instead of looking up those of the rows by their key."""


def _read_with_solution(table: str, also: str = "") -> RowPolicy:
    """Staff write by the policy of ``walls``; everybody else only reads."""
    return RowPolicy(name=f"{table}_read", using=PART_OF_READABLE + also, command="SELECT")


def _to_do(name: str, condition: Q) -> models.Index:
    return models.Index(fields=["tenant", "-changed_at", "-id"], condition=condition, name=name)


class SolutionQuerySet(models.QuerySet["Solution"]):
    def visible_to(self, person: Membership) -> "SolutionQuerySet":
        """Staff: the tenant's. Contacts: what is published for them."""
        solutions = self.filter(tenant_id=person.tenant_id)
        if person.account_id is None:
            return solutions
        return solutions.filter(state=State.PUBLISHED, audience__in=OUTSIDE)

    def public_in(self, tenant_id: int) -> "SolutionQuerySet":
        return self.filter(tenant_id=tenant_id, state=State.PUBLISHED, audience=Audience.PUBLIC)


class Solution(TenantPart):
    """An article that solves a problem; its words are in :class:`Revision`.

    A solution without a rule is for staff only. What is counted of it is kept here by the actions, and by a
    trigger where readers may not write.
    """

    number = models.PositiveIntegerField(help_text="Counts within the tenant.")
    reference = models.CharField(max_length=20, help_text="S and the number: S-42.")
    language = models.CharField(
        max_length=8, choices=settings.LANGUAGES, help_text="Other texts are translated from this one."
    )
    audience = models.CharField(max_length=10, choices=Audience, default=Audience.INTERNAL)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    critical = models.BooleanField(default=False)
    owner = TenantForeignKey(Membership)
    review_by = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)
    published_at = models.DateTimeField(null=True, blank=True, help_text="When a text was last published.")
    revision = models.PositiveIntegerField(default=0, help_text="Grows with each change; finds stale forms.")

    links = models.PositiveIntegerField(default=0, help_text="Incidents that it is linked to.")
    helped = models.PositiveIntegerField(default=0)
    not_helped = models.PositiveIntegerField(default=0)
    flags_open = models.PositiveIntegerField(default=0)
    drafts = models.PositiveSmallIntegerField(default=0, help_text="Texts that are written on.")
    reviews = models.PositiveSmallIntegerField(default=0, help_text="Texts that wait for a second person.")
    stale = models.PositiveSmallIntegerField(default=0, help_text="Published translations of an older text.")

    objects: ClassVar[SolutionQuerySet] = SolutionQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            *walls("solutions_solution", policy=BY_STAFF, refs=["owner"], key=True),
            RowPolicy(name="solutions_solution_read", using=READABLE, command="SELECT"),
            models.UniqueConstraint(fields=["tenant", "reference"], name="solution_reference_once"),
            models.CheckConstraint(
                condition=~Q(state=State.PUBLISHED) | Q(published_at__isnull=False),
                name="published_solution_has_its_date",
            ),
        ]
        indexes = [
            # Every solution for staff: the latest changed first; by what they are worth.
            models.Index(fields=["tenant", "-changed_at", "-id"], name="solution_latest"),
            models.Index(fields=["tenant", "-links", "-id"], name="solution_by_links"),
            models.Index(fields=["tenant", "-helped", "-id"], name="solution_by_helped"),
            # What is to be done: drafts, reviews, flags, translations, and what is due to be looked at again.
            _to_do("solution_drafts", Q(drafts__gt=0)),
            _to_do("solution_reviews", Q(reviews__gt=0)),
            _to_do("solution_flagged", Q(flags_open__gt=0)),
            _to_do("solution_stale", Q(stale__gt=0)),
            models.Index(
                fields=["tenant", "review_by"], condition=Q(state=State.PUBLISHED), name="solution_due"
            ),
            # What readers find, the latest published first.
            models.Index(
                fields=["tenant", "-published_at", "-id"],
                condition=Q(state=State.PUBLISHED),
                name="solution_published",
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class SolutionProduct(TenantPart):
    """A product that a solution is for, from a version to a version; none leaves that end open."""

    solution = TenantForeignKey(Solution, models.CASCADE, related_name="ranges")
    product = TenantForeignKey(Product)
    since_version = TenantForeignKey(ProductVersion, null=True, blank=True)
    until_version = TenantForeignKey(ProductVersion, null=True, blank=True)

    class Meta:
        constraints = [
            *walls(
                "solutions_solutionproduct",
                policy=BY_STAFF,
                refs=["solution", "product", "since_version", "until_version"],
            ),
            _read_with_solution("solutions_solutionproduct"),
            models.UniqueConstraint(fields=["tenant", "solution", "product"], name="solution_product_once"),
        ]
        indexes = [
            # The solutions of a product.
            models.Index(fields=["tenant", "product", "solution"], name="solution_of_product"),
        ]

    def __str__(self) -> str:
        return f"{self.solution_id} for {self.product_id}"


class Revision(TenantPart):
    """One text of a solution in one language. Once published it never changes: the database refuses it.

    ``source`` is the text that this one translates. Where a newer one is published since, this one is stale.
    """

    solution = TenantForeignKey(Solution, models.CASCADE, related_name="revisions")
    language = models.CharField(max_length=8, choices=settings.LANGUAGES)
    number = models.PositiveIntegerField(help_text="Counts within the solution and the language.")
    stage = models.CharField(max_length=10, choices=Stage, default=Stage.DRAFT)
    title = models.CharField(max_length=160)
    symptom = models.TextField(blank=True)
    cause = models.TextField(blank=True)
    resolution = models.TextField(blank=True)
    source = TenantForeignKey("self", null=True, blank=True)
    author = TenantForeignKey(Membership, help_text="Who wrote on it last.")
    writers = ArrayField(models.BigIntegerField(), help_text="All who wrote on it; none may publish it.")
    saves = models.PositiveIntegerField(default=1, help_text="Grows with each save; finds stale forms.")
    reviewer = TenantForeignKey(Membership, null=True, blank=True)
    saved_at = models.DateTimeField(default=timezone.now)
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            *walls(
                "solutions_revision",
                policy=BY_STAFF,
                refs=["solution", "source", "author", "reviewer"],
                key=True,
            ),
            _read_with_solution("solutions_revision", f" AND stage = '{Stage.PUBLISHED.value}'"),
            models.UniqueConstraint(
                fields=["tenant", "solution", "language", "number"], name="revision_number_once"
            ),
            models.UniqueConstraint(
                fields=["tenant", "solution", "language"],
                condition=Q(stage__in=OPEN),
                name="one_open_revision_per_language",
            ),
            models.UniqueConstraint(
                fields=["tenant", "solution", "language"],
                condition=Q(stage=Stage.PUBLISHED),
                name="one_published_revision_per_language",
            ),
            models.CheckConstraint(
                condition=~Q(stage__in=FINAL) | Q(reviewer__isnull=False, published_at__isnull=False),
                name="published_revision_was_reviewed",
            ),
            models.CheckConstraint(
                condition=RawSQL(
                    "reviewer_id IS NULL OR NOT reviewer_id = ANY (writers)", (), output_field=BooleanField()
                ),
                name="reviewer_is_a_second_person",
            ),
            models.CheckConstraint(
                condition=RawSQL("author_id = ANY (writers)", (), output_field=BooleanField()),
                name="author_is_a_writer",
            ),
        ]
        indexes = [
            # The solutions that have a text in a language.
            models.Index(
                fields=["tenant", "language", "solution"],
                condition=Q(stage__in=CURRENT),
                name="revision_in_language",
            ),
            # What waits for a second person, the longest first.
            models.Index(
                fields=["tenant", "saved_at", "id"], condition=Q(stage=Stage.REVIEW), name="revision_to_read"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.solution_id} {self.language} {self.number}"


class Verdict(TenantPart):
    """Whether a text helped one reader, and why not. They may change their mind."""

    account = TenantForeignKey(Account, null=True, blank=True, help_text="None: a member of the staff.")
    solution = TenantForeignKey(Solution, models.CASCADE)
    revision = TenantForeignKey(Revision, models.CASCADE)
    person = TenantForeignKey(Membership)
    helped = models.BooleanField()
    reason = models.CharField(max_length=20, choices=Reason, blank=True)
    text = models.TextField(blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            *walls(
                "solutions_verdict",
                policy=BY_ACCOUNT,
                refs=["solution", "revision", "person", "account"],
                account_refs=["person"],
            ),
            models.UniqueConstraint(fields=["tenant", "revision", "person"], name="verdict_once"),
            models.CheckConstraint(
                condition=Q(helped=True, reason="") | Q(helped=False, reason__in=Reason.values),
                name="verdict_says_why_not",
            ),
        ]
        indexes = [
            # What readers have said of a solution, the latest first.
            models.Index(fields=["tenant", "solution", "-at", "-id"], name="verdict_of_solution"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} on {self.revision_id}"


class Flag(TenantPart):
    """Staff say that something in a solution is wrong, and what became of it."""

    solution = TenantForeignKey(Solution, models.CASCADE)
    text = models.TextField()
    raised_by = TenantForeignKey(Membership)
    raised_at = models.DateTimeField(default=timezone.now)
    answer = models.TextField(blank=True)
    resolved_by = TenantForeignKey(Membership, null=True, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            *walls("solutions_flag", policy=BY_STAFF, refs=["solution", "raised_by", "resolved_by"]),
            models.CheckConstraint(
                condition=Q(resolved_at=None, resolved_by=None)
                | Q(resolved_at__isnull=False, resolved_by__isnull=False),
                name="flag_is_resolved_by_somebody",
            ),
        ]
        indexes = [
            # The flags of a solution, the open ones first.
            models.Index(fields=["tenant", "solution", "-resolved_at", "-id"], name="flag_of_solution"),
        ]

    def __str__(self) -> str:
        return f"{self.solution_id}: {self.text}"
