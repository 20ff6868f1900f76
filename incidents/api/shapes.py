"""The shapes of answers, for the description of the API; ``answers.py`` fills them."""

from rest_framework import serializers

from entitlements.api import InstallationShape
from incidents.enums import Channel, Kind, State
from plans.enums import Severity, Unit
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
    first_response_due_at = serializers.DateTimeField(allow_null=True, help_text=_DUE)
    first_responded_at = serializers.DateTimeField(allow_null=True)
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


class IncidentDetailShape(IncidentShape):
    description = serializers.CharField(help_text="Markdown.")
    channel = serializers.ChoiceField(choices=Channel.choices)
    installation = InstallationShape(allow_null=True)
    contract = PinnedShape(allow_null=True, help_text="The contract that was pinned when it was logged.")
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


class WhyShape(Shape):
    counted_from = serializers.DateTimeField(allow_null=True)
    due_at = serializers.DateTimeField(allow_null=True)
    time_zone = serializers.CharField(allow_blank=True)
    spans = SpanShape(many=True, help_text="The coverage that was counted, oldest first.")


class PromiseShape(Shape):
    covered = serializers.BooleanField(help_text="If not, an incident goes to the coverage check.")
    sentence = serializers.CharField(help_text="Why, in the language of the token's person.")
    remedy = serializers.CharField(allow_blank=True)
    due_at = serializers.DateTimeField(allow_null=True, help_text=_DUE)
    target_minutes = serializers.IntegerField(allow_null=True)
    unit = serializers.ChoiceField(choices=Unit.choices, allow_null=True)
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
