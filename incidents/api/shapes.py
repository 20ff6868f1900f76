"""The shapes of answers, for the description of the API; ``answers.py`` fills them."""

from rest_framework import serializers

from entitlements.api import InstallationShape
from incidents.enums import Channel, ClockState, Kind, SegmentReason, State
from plans.enums import Severity, TargetKind, Unit
from portal.core.openapi import Shape
from portal.identity.operations import AccountShape

_DUE = "When the first response is promised by; none without a promise."


class NamedShape(Shape):
    id = serializers.IntegerField()
    name = serializers.CharField()


class IncidentShape(Shape):
    reference = serializers.CharField()
    title = serializers.CharField()
    kind = serializers.ChoiceField(choices=Kind.choices)
    severity = serializers.ChoiceField(choices=Severity.choices)
    state = serializers.ChoiceField(choices=State.choices)
    coverage_check = serializers.BooleanField(
        help_text="Taken without a contract that covers it; no time runs."
    )
    language = serializers.CharField()
    account = AccountShape()
    product = serializers.CharField(help_text="Its code.")
    reported_by = NamedShape()
    assignee = NamedShape(allow_null=True)
    team = serializers.IntegerField(allow_null=True)
    created_at = serializers.DateTimeField()
    last_activity_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField(allow_null=True, help_text="The next moment that was promised.")
    due_kind = serializers.ChoiceField(
        choices=TargetKind.choices, allow_null=True, help_text="What is due then."
    )
    resolved_at = serializers.DateTimeField(allow_null=True)
    revision = serializers.IntegerField(help_text="Grows with each change; send it with yours.")


class FileShape(Shape):
    id = serializers.UUIDField()
    name = serializers.CharField()
    size = serializers.IntegerField(help_text="Bytes.")
    content_type = serializers.CharField(help_text="As its content shows.")


class PinnedShape(Shape):
    number = serializers.CharField()
    plan = serializers.CharField(help_text="The code of the plan.")


class ClockShape(Shape):
    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=TargetKind.choices)
    round = serializers.IntegerField()
    state = serializers.ChoiceField(choices=ClockState.choices)
    target_minutes = serializers.IntegerField()
    unit = serializers.ChoiceField(choices=Unit.choices)
    time_zone = serializers.CharField(help_text="Of the coverage hours.")
    started_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField(help_text="While paused: as if it went on when it was paused.")
    paused_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True, help_text="When it was met or stopped.")
    broken = serializers.BooleanField(help_text="The due time passed unmet.")
    commitment_at = serializers.DateTimeField(
        allow_null=True, help_text="After a breach: by when an answer is now committed to."
    )


class IncidentDetailShape(IncidentShape):
    description = serializers.CharField(help_text="Markdown.")
    channel = serializers.ChoiceField(choices=Channel.choices)
    installation = InstallationShape(allow_null=True)
    contract = PinnedShape(allow_null=True, help_text="The contract that was pinned when it was logged.")
    clocks = ClockShape(many=True, help_text="What it is promised, in the order in which it began.")
    waiting_since = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)
    resolution = serializers.CharField(allow_blank=True)
    attachments = FileShape(many=True, help_text="Those of the description.")


class MessageShape(Shape):
    id = serializers.IntegerField()
    author = NamedShape()
    by_staff = serializers.BooleanField()
    internal = serializers.BooleanField(help_text="For staff only.")
    channel = serializers.ChoiceField(choices=Channel.choices)
    body = serializers.CharField(help_text="Markdown.")
    created_at = serializers.DateTimeField()
    attachments = FileShape(many=True)


class ChangeShape(Shape):
    id = serializers.IntegerField()
    at = serializers.DateTimeField()
    verb = serializers.CharField()
    by = serializers.CharField(allow_blank=True, help_text="Empty for the portal itself.")
    sentence = serializers.CharField()
    words = serializers.CharField(allow_blank=True, help_text="The person's own: a reason, a resolution.")


class SpanShape(Shape):
    start = serializers.DateTimeField()
    end = serializers.DateTimeField()


class SegmentShape(Shape):
    at = serializers.DateTimeField(help_text="From then on.")
    state = serializers.ChoiceField(choices=ClockState.choices)
    reason = serializers.ChoiceField(choices=SegmentReason.choices)
    by = serializers.CharField(allow_blank=True, help_text="Empty for the portal itself.")
    target_minutes = serializers.IntegerField()
    unit = serializers.ChoiceField(choices=Unit.choices)


class WhyShape(ClockShape):
    segments = SegmentShape(many=True, help_text="What happened to the clock, oldest first.")
    spans = SpanShape(many=True, help_text="The coverage that was counted, oldest first.")


class PromiseShape(Shape):
    covered = serializers.BooleanField(help_text="If not, an incident goes to the coverage check.")
    sentence = serializers.CharField(help_text="Why, in the language of the token's person.")
    remedy = serializers.CharField(allow_blank=True)
    due_at = serializers.DateTimeField(allow_null=True, help_text=_DUE)
    target_minutes = serializers.IntegerField(allow_null=True)
    unit = serializers.ChoiceField(choices=Unit.choices, allow_null=True)
    next_target_minutes = serializers.IntegerField(
        allow_null=True, help_text="Within how much time each later message is answered."
    )
    time_zone = serializers.CharField(allow_null=True, help_text="Of the coverage hours.")


class ReasonShape(Shape):
    code = serializers.ChoiceField(
        choices=["severity", "plan_priority", "no_plan_priority", "overdue", "due", "no_due_time", "logged"]
    )
    value = serializers.JSONField(allow_null=True, help_text="A number, a time, or nothing.")


class QueueRowShape(Shape):
    reference = serializers.CharField()
    title = serializers.CharField()
    severity = serializers.ChoiceField(choices=Severity.choices)
    state = serializers.ChoiceField(choices=State.choices)
    account = serializers.CharField(help_text="Its name.")
    product = serializers.CharField(help_text="Its code.")
    plan = serializers.CharField(allow_null=True, help_text="Its name.")
    assignee = NamedShape(allow_null=True)
    created_at = serializers.DateTimeField()
    last_activity_at = serializers.DateTimeField()
    waiting_since = serializers.DateTimeField(allow_null=True)
    due_at = serializers.DateTimeField(allow_null=True)
    why = ReasonShape(many=True, help_text="Why it stands here, the strongest reason first.")
