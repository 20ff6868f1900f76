"""What programs may send. Staff send more than contacts: for a contact, those fields don't exist."""

from django.utils.translation import gettext as _
from rest_framework import serializers

from incidents.enums import LOGGED_KINDS, Channel, State
from incidents.forms import FILES_LIMIT, TEXT_LIMIT
from incidents.models import Incident
from incidents.queries import QueueView
from plans.enums import Severity
from portal.core.api import IdField, PageQuery, StrictSerializer

_TITLE_LIMIT = Incident._meta.get_field("title").max_length


def _text(**kwargs: object) -> serializers.CharField:
    return serializers.CharField(max_length=TEXT_LIMIT, trim_whitespace=False, **kwargs)  # type: ignore[arg-type]


def _files() -> serializers.ListField:
    return serializers.ListField(
        child=serializers.UUIDField(),
        required=False,
        default=list,
        max_length=FILES_LIMIT,
        help_text="Ids of own uploads that aren't attached yet.",
    )


def _severity(**kwargs: object) -> serializers.ChoiceField:
    return serializers.ChoiceField(choices=Severity.choices, **kwargs)  # type: ignore[arg-type]


class IncidentsQuery(PageQuery):
    state = serializers.ListField(
        child=serializers.ChoiceField(choices=State.choices),
        required=False,
        help_text="May be given several times.",
    )
    severity = serializers.ListField(
        child=_severity(), required=False, help_text="May be given several times."
    )
    product = serializers.CharField(required=False, max_length=40, help_text="Its code.")


class StaffIncidentsQuery(IncidentsQuery):
    account = serializers.CharField(
        required=False, max_length=6, help_text="Staff only: the key of a customer."
    )


class Log(StrictSerializer):
    kind = serializers.ChoiceField(choices=LOGGED_KINDS)
    severity = _severity()
    product = serializers.CharField(max_length=40, help_text="Its code.")
    installation = IdField(required=False, allow_null=True, default=None)
    title = serializers.CharField(max_length=_TITLE_LIMIT)
    description = _text(help_text="Markdown.")
    attachments = _files()


class LogForContact(Log):
    reported_by = IdField(
        required=False, help_text="Staff only, who must give it: the contact to log it for."
    )


class Reply(StrictSerializer):
    body = _text(help_text="Markdown.")
    attachments = _files()


class StaffMessage(Reply):
    internal = serializers.BooleanField(
        default=False, help_text="Staff only: a note that the customer never sees."
    )
    waiting = serializers.BooleanField(
        default=False, help_text="Staff only: the message asks for something, and the incident waits for it."
    )
    mentions = serializers.ListField(
        child=IdField(), default=list, max_length=50, help_text="With `internal`: colleagues who are told."
    )
    channel = serializers.ChoiceField(
        choices=Channel.choices,
        default=Channel.API,
        help_text="Staff only: `phone` notes a call with the customer, which is a response of its time.",
    )
    called_at = serializers.DateTimeField(
        default=None, allow_null=True, help_text="With `phone`: when the call was, at most 24 hours ago."
    )

    def validate_channel(self, channel: str) -> str:
        if channel == Channel.WEB:
            raise serializers.ValidationError(_("A program doesn't write in the portal."))
        return channel


class Upload(StrictSerializer):
    file = serializers.FileField(max_length=255, allow_empty_file=True)
    incident = serializers.CharField(
        required=False, max_length=20, help_text="The reference of the incident it is for."
    )


class StaffUpload(Upload):
    account = serializers.CharField(
        required=False, max_length=6, help_text="Staff only, without `incident`: the customer it is for."
    )


class Follower(StrictSerializer):
    person = IdField()


class Change(StrictSerializer):
    revision = serializers.IntegerField(
        required=False, default=None, allow_null=True, min_value=0, max_value=2**31 - 1,
        help_text="Of the incident that you have read: a change since then answers 409.",
    )  # fmt: skip


class Assign(Change):
    assignee = IdField(allow_null=True, help_text="Null gives it back to the queue.")
    team = IdField(required=False, help_text="Moves it to another team.")


class ChangeSeverity(Change):
    severity = _severity()
    reason = _text(help_text="The customer reads it.")


class Reason(Change):
    reason = _text()


class Resolve(Change):
    resolution = _text()


class Commitment(Change):
    by = serializers.DateTimeField(help_text="The customer is told of it.")


class WhyQuery(StrictSerializer):
    clock = IdField(required=False, help_text="One of the incident's; without it the one that is due.")


class PromiseQuery(StrictSerializer):
    product = serializers.CharField(max_length=40, help_text="Its code.")
    severity = _severity()
    installation = IdField(required=False, help_text="One of the account's installations of the product.")
    account = serializers.CharField(
        required=False, max_length=6, help_text="The key of a customer: staff must give it, contacts can't."
    )


class QueueQuery(PageQuery):
    view = serializers.ChoiceField(choices=QueueView.choices, default=QueueView.TO_DO)
    severity = _severity(required=False)
    product = serializers.CharField(required=False, max_length=40, help_text="Its code.")
    team = IdField(required=False)
    language = serializers.CharField(required=False, max_length=8)
