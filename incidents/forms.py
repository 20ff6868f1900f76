"""The forms of the incident pages: they check shape and hand cleaned values to actions."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, cast
from uuid import UUID, uuid4

from django import forms
from django.core.files.base import File
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from entitlements.models import Installation
from incidents.enums import LOGGED_KINDS
from incidents.models import Incident
from plans.enums import Severity
from plans.queries import ProductValue
from portal.core.numbers import number_in
from portal.core.ui.forms import renew
from portal.identity.models import Membership, Team

TEXT_LIMIT = 100_000
FILES_LIMIT = 20
NOBODY = "none"


def new_key() -> str:
    """Names one rendered form, so that however often it arrives it has one effect."""
    return uuid4().hex


def offer(form: forms.Form, name: str, choices: Sequence[Any] | Callable[[], Sequence[Any]]) -> None:
    cast(forms.ChoiceField, form.fields[name]).choices = choices


class KeyedForm(forms.Form):
    key = forms.CharField(max_length=80, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("key", new_key())

    def submission_key(self) -> str:
        """The key that this rendering of the form carries."""
        return str(self["key"].value() or self.initial["key"])


class _FilesMixin:
    """Files already uploaded, as ids in ``uploads``; and ``files`` as they come without JavaScript."""

    data: Any
    files: Any

    def upload_ids(self) -> list[UUID]:
        """Well-formed ids, each once. Whose they are is the action's business."""
        given = self.data.getlist("uploads") if hasattr(self.data, "getlist") else []
        return list(dict.fromkeys(found for text in given[:FILES_LIMIT] if (found := _uuid(text))))

    def new_files(self) -> "list[File[Any]]":
        return list(self.files.getlist("files"))[:FILES_LIMIT] if hasattr(self.files, "getlist") else []


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def text_area(label: Any, *, rows: int = 4, key: str = "", **kwargs: Any) -> forms.CharField:
    shortcut = {"data-key": key, "data-key-label": label} if key else {}
    widget = forms.Textarea(attrs={"rows": rows, **shortcut})
    return forms.CharField(label=label, widget=widget, strip=False, max_length=TEXT_LIMIT, **kwargs)


class LogForm(_FilesMixin, KeyedForm):
    """A new incident. ``contacts`` are given where staff log for one."""

    kind = forms.ChoiceField(label=_("What is it about?"), choices=LOGGED_KINDS)
    product = forms.TypedChoiceField(label=_("Product"), coerce=int)
    installation = forms.TypedChoiceField(
        label=_("Installation"), coerce=int, required=False, empty_value=None
    )
    severity = forms.TypedChoiceField(label=_("Severity"), choices=Severity.choices, coerce=int)
    title = forms.CharField(
        label=_("Title"),
        max_length=160,
        help_text=_("One line that says what is wrong or what you want to know."),
    )
    description = text_area(
        _("Description"),
        rows=9,
        help_text=_("What happened, what you expected instead, since when, and what you have tried."),
    )
    reported_by = forms.TypedChoiceField(label=_("Contact"), coerce=int, required=False, empty_value=None)

    def __init__(
        self,
        *args: Any,
        covered: Sequence[ProductValue],
        others: Sequence[ProductValue],
        installations: Callable[[], Sequence[Installation]],
        contacts: Sequence[Membership] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.installations = installations
        self.contacts = {contact.pk: contact for contact in contacts or ()}
        offer(self, "product", _product_choices(covered, others))
        # Asked for only where one is chosen, or the list is shown.
        offer(self, "installation", lambda: _installation_choices(installations(), self._product_id()))
        if contacts is None:
            del self.fields["reported_by"]
        else:
            self.fields["reported_by"].required = True
            offer(self, "reported_by", [("", gettext("Choose a contact")), *_people(contacts)])

    def _product_id(self) -> int | None:
        return number_in(str(self["product"].value() or ""))

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        chosen = values.get("installation")
        installation = (
            next((one for one in self.installations() if one.pk == chosen), None) if chosen else None
        )
        if installation is not None and installation.product_id != values.get("product"):
            self.add_error("installation", gettext("This installation is of another product."))
        values["installation"] = installation
        return values


def _product_choices(covered: Sequence[ProductValue], others: Sequence[ProductValue]) -> list[Any]:
    choices: list[Any] = [("", gettext("Choose a product"))]
    if not covered or not others:
        return choices + [(one.id, one.name) for one in (*covered, *others)]
    return [
        *choices,
        (gettext("On your contract"), [(one.id, one.name) for one in covered]),
        (gettext("Not on your contract: coverage is checked first"), [(one.id, one.name) for one in others]),
    ]


def _installation_choices(installations: Sequence[Installation], product_id: int | None) -> list[Any]:
    """Those of the product; before one is chosen, all of them under the names of their products."""
    nothing = ("", gettext("None of these, or I don’t know"))
    if product_id is not None:
        return [
            nothing,
            *((one.pk, _installation(one)) for one in installations if one.product_id == product_id),
        ]
    groups: dict[str, list[tuple[int, str]]] = {}
    for one in installations:
        groups.setdefault(one.product.name, []).append((one.pk, _installation(one)))
    return [nothing, *groups.items()]


def _installation(one: Installation) -> str:
    version = f" {one.version.name}" if one.version else ""
    return f"{one.name}{version} · {one.get_environment_display()}"


def _people(people: Iterable[Membership]) -> list[tuple[int, str]]:
    return [(person.pk, person.name) for person in people]


class ReplyForm(_FilesMixin, KeyedForm):
    body = text_area(_("Your reply"), key="r")
    waiting = forms.BooleanField(required=False)


class NoteForm(_FilesMixin, KeyedForm):
    body = text_area(_("Internal note"))
    mentions = forms.TypedMultipleChoiceField(
        label=_("Mention colleagues"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, colleagues: Sequence[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.colleagues = {colleague.pk: colleague for colleague in colleagues}
        offer(self, "mentions", _people(colleagues))

    def mentioned(self) -> list[Membership]:
        return [self.colleagues[pk] for pk in self.cleaned_data["mentions"]]


class MomentInput(forms.DateTimeInput):
    """A day and a time, in the reader's zone."""

    input_type = "datetime-local"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M", **kwargs)


class ChangeForm(forms.Form):
    """A change of an incident; ``revision`` tells from which state of it the form was made."""

    revision = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, person: Membership, incident: Incident, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        self.incident = incident
        self.initial["revision"] = incident.revision

    def renew(self) -> None:
        """Show what was typed, but from the incident as it is now."""
        renew(self, revision=self.incident.revision)


class SeverityForm(ChangeForm):
    severity = forms.TypedChoiceField(
        label=_("Severity"), choices=Severity.choices, coerce=int, widget=forms.RadioSelect
    )
    reason = text_area(_("Reason"), help_text=_("The customer reads it."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("severity", self.incident.severity)
        offer(self, "severity", [(value, f"{value} · {label}") for value, label in Severity.choices])


class ContestForm(ChangeForm):
    reason = text_area(
        _("Why should the severity be another?"),
        help_text=_(
            "Say what the problem stops you from doing. Who works on it and the team leads are told."
        ),
    )


class ReopenForm(ChangeForm):
    reason = text_area(_("What is still open?"))


class ResolutionForm(ChangeForm):
    resolution = text_area(_("How was it solved?"), help_text=_("Both sides read it, now and later."))


class CommitmentForm(ChangeForm):
    by = forms.DateTimeField(
        label=_("By when?"),
        widget=MomentInput,
        help_text=_("In your time zone. The customer is told at once."),
    )


class AssignForm(ChangeForm):
    assignee = forms.ChoiceField(label=_("Assignee"))
    team = forms.TypedChoiceField(label=_("Team"), coerce=int, required=False, empty_value=None)

    def __init__(self, *args: Any, staff: Sequence[Membership], teams: Sequence[Team], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.staff = {str(one.pk): one for one in staff}
        self.teams = {team.pk: team for team in teams}
        self.initial.setdefault("assignee", self.incident.assignee_id or NOBODY)
        self.initial.setdefault("team", self.incident.team_id)
        colleagues = ((str(one.pk), f"{one.name} · {one.get_role_display()}") for one in staff)
        offer(self, "assignee", [(NOBODY, gettext("Nobody: back to the queue")), *colleagues])
        offer(self, "team", [("", gettext("No change of team")), *((team.pk, team.name) for team in teams)])


class FollowerForm(ChangeForm):
    follower = forms.TypedChoiceField(
        label=_("Colleague"),
        coerce=int,
        help_text=_("They see the incident from now on and are told of each reply."),
    )

    def __init__(self, *args: Any, people: Sequence[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {one.pk: one for one in people}
        offer(self, "follower", [("", gettext("Choose a colleague")), *_people(people)])
