"""Rehearsals of a draft: how far they are, what they counted, and which promises would end otherwise."""

from django.db import models
from django.db.models import Q

from incidents.enums import Fared, RehearsalState
from incidents.models.clocks import Score
from plans.enums import Severity, TargetKind
from plans.models import Edition
from portal.core.walls import BY_STAFF, TenantForeignKey, TenantPart, walls
from portal.identity.models import Account, Membership


class Rehearsal(TenantPart):
    """The promises that ended from ``since`` until ``started_at``, once more under a draft.

    ``after_at`` and ``after_id`` name the last score that was done, so that a worker that dies loses nothing.
    ``counts``: by plan id and severity (``"7:1"``) the numbers of :class:`incidents.rehearsal.counts.Count`.
    """

    edition = TenantForeignKey(Edition, models.CASCADE)
    edited_id = models.BigIntegerField(help_text="The last line of the draft's history when it began.")
    started_by = TenantForeignKey(Membership)
    started_at = models.DateTimeField()
    since = models.DateTimeField()
    state = models.CharField(max_length=10, choices=RehearsalState, default=RehearsalState.RUNNING)
    total = models.PositiveIntegerField(null=True, help_text="Known when a worker has begun.")
    done = models.PositiveIntegerField(default=0)
    after_at = models.DateTimeField(null=True)
    after_id = models.BigIntegerField(default=0)
    counts = models.JSONField(default=dict)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            *walls("incidents_rehearsal", policy=BY_STAFF, refs=["edition", "started_by"], key=True),
            models.UniqueConstraint(
                fields=["tenant", "edition"],
                condition=Q(state=RehearsalState.RUNNING),
                name="one_rehearsal_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state=RehearsalState.RUNNING, finished_at=None)
                | (~Q(state=RehearsalState.RUNNING) & Q(finished_at__isnull=False)),
                name="ended_rehearsal_has_its_time",
            ),
        ]
        indexes = [
            # The rehearsals of a draft, the latest first.
            models.Index(fields=["tenant", "edition", "-id"], name="rehearsal_of_edition"),
            # What workers have to do, over all tenants.
            models.Index(fields=["id"], condition=Q(state=RehearsalState.RUNNING), name="rehearsal_to_do"),
        ]

    def __str__(self) -> str:
        return f"{self.edition_id}, {self.done} of {self.total}"


class RehearsedPromise(TenantPart):
    """A promise that would have ended otherwise."""

    rehearsal = TenantForeignKey(Rehearsal, models.CASCADE)
    account = TenantForeignKey(Account)
    incident = TenantForeignKey("incidents.Incident", models.CASCADE)
    score = TenantForeignKey(Score, models.CASCADE)
    kind = models.CharField(max_length=20, choices=TargetKind)
    severity = models.PositiveSmallIntegerField(choices=Severity)
    fared = models.CharField(max_length=10, choices=Fared)
    due_at = models.DateTimeField(help_text="As it was promised.")
    draft_due_at = models.DateTimeField(null=True, help_text="Under the draft; none without a promise.")

    class Meta:
        constraints = [
            *walls(
                "incidents_rehearsedpromise",
                policy=BY_STAFF,
                refs=["rehearsal", "account"],
                account_refs=["incident", "score"],
            ),
            models.UniqueConstraint(fields=["tenant", "rehearsal", "score"], name="rehearsed_once"),
            models.CheckConstraint(
                condition=Q(fared=Fared.NOTHING, draft_due_at=None)
                | (~Q(fared=Fared.NOTHING) & Q(draft_due_at__isnull=False)),
                name="rehearsed_promise_has_its_time",
            ),
            models.CheckConstraint(condition=Q(severity__range=(1, 4)), name="rehearsed_severity_1_to_4"),
        ]
        indexes = [
            # The promises behind a number, in the order in which they were found.
            models.Index(fields=["tenant", "rehearsal", "fared", "id"], name="rehearsed_promises"),
        ]

    def __str__(self) -> str:
        return f"{self.score_id} {self.fared}"
