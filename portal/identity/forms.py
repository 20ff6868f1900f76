"""Forms about portals, people and accounts. They check shape; the actions decide."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.core.errors import Refused
from portal.identity import choices, hosts, labels, rules
from portal.identity.enums import Scope
from portal.identity.models import ACCOUNT_KEY, Account, Membership, Team, Tenant, User


def show_refusal(form: forms.BaseForm, refused: Refused) -> None:
    """Print an action's refusal at its field, or above the form."""
    form.add_error(refused.field if refused.field in form.fields else None, str(refused))


class LanguageField(forms.ChoiceField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=choices.languages, **{"label": _("Language"), **kwargs})


class TimeZoneField(forms.ChoiceField):
    """A place of the time zone database; a value stored under an older name stays possible."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=choices.time_zones, **{"label": _("Time zone"), **kwargs})

    def keep(self, value: str) -> None:
        if value and not self.valid_value(value):
            self.choices = [(value, value), *choices.time_zones()]


class _PasswordForm(forms.Form):
    """A new password, judged against the person's name and address."""

    password = forms.CharField(
        label=_("Password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        strip=False,
        help_text=_("At least ten characters; a sentence is easy to remember."),
    )

    def check_password(self, *, email: str, name: str) -> None:
        if password := self.cleaned_data.get("password"):
            try:
                password_validation.validate_password(password, User(email=email, name=name))
            except forms.ValidationError as error:
                self.add_error("password", error)


class OpeningForm(forms.Form):
    portal = forms.CharField(
        label=_("Name of your company"), max_length=120, help_text=_("Your customers see it on every page.")
    )
    label = forms.CharField(
        label=_("Address of the portal"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false"}),
    )
    language = LanguageField()
    time_zone = TimeZoneField()
    name = forms.CharField(
        label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    email = forms.EmailField(
        label=_("Your e-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["label"].help_text = _(
            "One word, to stand before .%(base)s. Left empty, it is made from the name."
        ) % {"base": hosts.base_name()}

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()

    def clean_label(self) -> str:
        label = self.cleaned_data["label"].strip().lower() or labels.suggest(
            self.cleaned_data.get("portal", "")
        )
        if problem := labels.problem_of(label):
            raise forms.ValidationError(str(problem))
        if Tenant.objects.filter(label=label).exists():
            raise forms.ValidationError(_("This address is taken already. Choose another."))
        return label


class FindForm(forms.Form):
    label = forms.SlugField(
        label=_("Address of the portal"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false"}),
    )

    def clean_label(self) -> str:
        return str(self.cleaned_data["label"]).lower()


class OpeningPasswordForm(_PasswordForm):
    def __init__(self, *args: Any, email: str, name: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email, self.name = email, name

    def clean(self) -> None:
        self.check_password(email=self.email, name=self.name)


class JoinForm(_PasswordForm):
    """What somebody without a sign-in tells about themself when they accept an invitation."""

    name = forms.CharField(
        label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    language = LanguageField()
    time_zone = TimeZoneField()
    field_order = ["name", "password", "language", "time_zone"]

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def clean(self) -> None:
        self.check_password(email=self.email, name=self.cleaned_data.get("name", ""))


class ProfileForm(forms.Form):
    name = forms.CharField(
        label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    language = LanguageField(help_text=_("Of the screens, and of the mails that you get."))
    time_zone = TimeZoneField(help_text=_("All times are shown in it."))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        kwargs["initial"] = {"name": user.name, "language": user.language, "time_zone": user.time_zone}
        super().__init__(*args, **kwargs)
        self.fields["time_zone"].keep(user.time_zone)  # type: ignore[attr-defined]


class InviteForm(forms.Form):
    email = forms.EmailField(label=_("E-mail address"))
    role = forms.ChoiceField(label=_("Role"))
    language = LanguageField(help_text=_("Of the invitation; they can change it later."))
    team = forms.ModelChoiceField(label=_("Team"), queryset=Team.objects.none(), required=False)

    def __init__(
        self, *args: Any, account: Account | None, teams: list[Team] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [(role.value, role.label) for role in rules.roles_for(account)]  # type: ignore[attr-defined]
        _offer_teams(self, teams)


class RoleForm(forms.Form):
    """A contact's role."""

    role = forms.ChoiceField(label=_("Role"))

    def __init__(self, *args: Any, person: Membership, **kwargs: Any) -> None:
        kwargs["initial"] = {"role": person.role}
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [(r.value, r.label) for r in rules.roles_for(person.account)]  # type: ignore[attr-defined]


class StaffForm(RoleForm):
    """A member of staff: role, team, languages served."""

    team = forms.ModelChoiceField(label=_("Team"), queryset=Team.objects.none(), required=False)
    languages = forms.MultipleChoiceField(
        label=_("Languages served"),
        choices=choices.languages,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen means all."),
    )

    def __init__(self, *args: Any, person: Membership, teams: list[Team], **kwargs: Any) -> None:
        super().__init__(*args, person=person, **kwargs)
        self.initial["team"], self.initial["languages"] = person.team_id, person.languages
        _offer_teams(self, teams)


class _CapitalsField(forms.CharField):
    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).upper()


class AccountForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120)
    key = _CapitalsField(
        label=_("Key"),
        max_length=6,
        validators=[ACCOUNT_KEY],
        help_text=_("Two to six capital letters or digits. It begins the number of each incident and stays."),
    )
    language = LanguageField()
    time_zone = TimeZoneField(label=_("Time zone of the support region"))
    country = forms.ChoiceField(
        label=_("Country"), required=False, help_text=_("Its public holidays are not support hours.")
    )
    subdivision = forms.RegexField(
        r"^[A-Z0-9]{1,3}$",
        label=_("Region"),
        max_length=3,
        required=False,
        help_text=_(
            "The second part of its ISO 3166-2 code, BY for Bavaria, where holidays differ by region."
        ),
    )
    csm = forms.ModelChoiceField(
        label=_("Success manager"), queryset=Membership.objects.none(), required=False
    )

    def __init__(
        self, *args: Any, csms: list[Membership], account: Account | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"].choices = [("", _("Not known")), *choices.countries()]  # type: ignore[attr-defined]
        self.fields["csm"].queryset = Membership.objects.filter(pk__in=[csm.pk for csm in csms])  # type: ignore[attr-defined]
        self.fields["csm"].choices = [("", _("Nobody")), *((csm.pk, csm.name) for csm in csms)]  # type: ignore[attr-defined]
        if account is not None:
            del self.fields["key"]
            self.initial = {name: getattr(account, name) for name in self.fields} | {"csm": account.csm_id}
            self.fields["time_zone"].keep(account.time_zone)  # type: ignore[attr-defined]


class TeamForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=80)


class PortalForm(forms.ModelForm):  # type: ignore[type-arg]
    language = LanguageField(help_text=_("For visitors whose own language is not known."))
    time_zone = TimeZoneField(help_text=_("Of your business hours."))
    consulting_url = forms.URLField(
        label=_("Consulting services"),
        required=False,
        assume_scheme="https",
        help_text=_("Where questions about installation and implementation are led to."),
    )

    sales_contact = forms.TypedChoiceField(
        label=_("Sales contact"),
        required=False,
        coerce=int,
        empty_value=None,
        help_text=_("Gets what customers ask about other plans."),
    )

    class Meta:
        model = Tenant
        fields = (
            "name",
            "accent",
            "language",
            "time_zone",
            "support_email",
            "support_phone",
            "consulting_url",
            "consulting_email",
            "customers_see_company",
            "require_second_factor",
            "grace_days",
            "close_after_days",
        )

    def __init__(self, *args: Any, staff: Sequence[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["time_zone"].keep(self.instance.time_zone)  # type: ignore[attr-defined]
        self.staff = {person.pk: person for person in staff}
        people = [(person.pk, person.name) for person in staff]
        self.fields["sales_contact"].choices = [("", _("The first administrator")), *people]  # type: ignore[attr-defined]
        self.initial["sales_contact"] = next((person.pk for person in staff if person.sales_contact), None)

    def clean_sales_contact(self) -> Membership | None:
        chosen = self.cleaned_data["sales_contact"]
        return self.staff[chosen] if chosen else None


class TokenForm(forms.Form):
    LIFETIMES = (
        ("30", _("30 days")),
        ("90", _("90 days")),
        ("365", _("One year")),
        ("0", _("Until it is revoked")),
    )

    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("What the token is for."))
    scope = forms.ChoiceField(
        label=_("Scope"),
        choices=Scope.choices,
        initial=Scope.READ,
        help_text=_("Never more than you may do yourself."),
    )
    lifetime = forms.ChoiceField(label=_("Valid for"), choices=LIFETIMES, initial="90")

    def expires_at(self) -> datetime | None:
        days = int(self.cleaned_data["lifetime"])
        return timezone.now() + timedelta(days=days) if days else None


def _offer_teams(form: forms.Form, teams: list[Team] | None) -> None:
    if teams is None:
        del form.fields["team"]
        return
    field = form.fields["team"]
    field.queryset = Team.objects.filter(pk__in=[team.pk for team in teams])  # type: ignore[attr-defined]
    field.choices = [("", _("No team")), *((team.pk, team.name) for team in teams)]  # type: ignore[attr-defined]
