"""What an account holds and may do, for programs."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from entitlements.decide import Decision, contract_state, decide, last_line, leading_line
from entitlements.enums import ContractState, Environment, InstallationKind, Reason
from entitlements.holdings import Holdings, Line, load_holdings
from entitlements.models import Installation
from entitlements.overview import held_products
from entitlements.queries import holdings_for
from entitlements.responses import AccountPromise, hours_words, promises
from entitlements.sentences import remedy_sentence, sentence
from plans.api import product_asked, product_codes
from plans.editions import matrix_of
from plans.enums import Severity, TargetKind, Unit
from plans.queries import features_of
from portal.core.api import IdField, StrictSerializer
from portal.core.openapi import Shape, all_of
from portal.identity.access import account_for
from portal.identity.models import Account, Membership
from portal.identity.operations import PersonView


class AccountQuery(StrictSerializer):
    account = serializers.CharField(
        required=False, max_length=6, help_text="The key of a customer: staff must give it, contacts can't."
    )


class DecisionQuery(AccountQuery):
    feature = serializers.CharField(
        required=False, max_length=60, help_text="Its code; without it, every feature."
    )
    product = serializers.CharField(required=False, max_length=40, help_text="Its code.")
    installation = IdField(required=False, help_text="The use is for this installation.")
    on = serializers.DateField(required=False, help_text="The day of a use that is asked for ahead.")


class DecisionShape(Shape):
    feature = serializers.CharField()
    product = serializers.CharField(allow_null=True)
    allowed = serializers.BooleanField()
    reason = serializers.ChoiceField(choices=Reason.choices)
    sentence = serializers.CharField(help_text="Why, in the language of the token's person.")
    remedy = serializers.CharField(allow_blank=True, help_text="What would help; empty for a yes.")
    remedy_plan = serializers.CharField(
        allow_null=True, help_text="The code of the lowest plan that would help."
    )
    contract = serializers.CharField(allow_null=True, help_text="The number of the contract that decided.")
    plan = serializers.CharField(allow_null=True, help_text="The code of its plan.")
    edition = serializers.IntegerField(help_text="The number of the edition that the answer comes from.")
    granted_until = serializers.DateField(
        allow_null=True, help_text="The last day of the grant that gave it, where the plan alone would not."
    )


class TargetQuery(AccountQuery):
    product = serializers.CharField(
        required=False, max_length=40, help_text="Its code; without it, every product that is held."
    )


class TargetShape(Shape):
    product = serializers.CharField(help_text="Its code.")
    severity = serializers.ChoiceField(choices=Severity.choices)
    kind = serializers.ChoiceField(choices=TargetKind.choices)
    minutes = serializers.IntegerField()
    unit = serializers.ChoiceField(choices=Unit.choices)
    feature = serializers.CharField(help_text="The code of the feature whose hours count.")
    calendar = serializers.CharField(
        allow_null=True, help_text="The code of the coverage hours; none where elapsed minutes count."
    )
    hours = serializers.CharField(help_text="In words, in the language of the token's person.")
    time_zone = serializers.CharField(allow_null=True, help_text="Of the coverage hours.")
    holidays = serializers.BooleanField(help_text="Whether public holidays of the account's region count.")
    contract = serializers.CharField(help_text="The number of the contract that promises it.")


class ContractShape(Shape):
    number = serializers.CharField()
    plan = serializers.CharField(help_text="The code of the plan that it has now.")
    plan_name = serializers.CharField()
    state = serializers.ChoiceField(choices=ContractState.choices)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(help_text="The last day, in the account's time zone.")
    grace_days = serializers.IntegerField()
    edition = serializers.IntegerField(help_text="The number of the edition that it is pinned to.")
    products = serializers.ListField(child=serializers.CharField(), help_text="Codes.")


class InstallationShape(Shape):
    id = serializers.IntegerField()
    name = serializers.CharField()
    product = serializers.CharField(help_text="Its code.")
    version = serializers.CharField(allow_null=True)
    environment = serializers.ChoiceField(choices=Environment.choices)
    kind = serializers.ChoiceField(choices=InstallationKind.choices)


def account_asked(person: Membership, asked: dict[str, Any]) -> Account:
    """A contact's own account; for staff the customer that they name. Raises ValidationError, Http404."""
    own: Account | None = person.account
    if own is not None:
        if "account" in asked:
            raise ValidationError({"account": [_("Only staff choose a customer.")]})
        return own
    if "account" not in asked:
        raise ValidationError({"account": [_("Give the key of a customer.")]})
    return account_for(person, asked["account"])


def holdings_asked(person: Membership, asked: dict[str, Any]) -> Holdings:
    """What that account holds. Raises ValidationError, Http404."""
    account = account_asked(person, asked)
    return holdings_for(person) if person.is_contact else load_holdings(account)


def installation_of(account_id: int, tenant_id: int, pk: int) -> Installation:
    """An installation that the account runs. Raises ValidationError for the field ``installation``."""
    found = Installation.objects.filter(
        tenant_id=tenant_id, account_id=account_id, pk=pk, retired_at=None
    ).first()
    if found is None:
        raise ValidationError({"installation": [_("There is no such installation.")]})
    return found


class Decisions(PersonView):
    @extend_schema(
        operation_id="decisions",
        summary="May the account use a feature, for this product, now? And why?",
        parameters=[DecisionQuery],
        responses=all_of(DecisionShape),
        tags=["plans"],
    )
    def get(self, request: Request) -> Response:
        asked, tenant = self.asked(DecisionQuery), self.person.tenant
        codes = [feature.code for feature in features_of(tenant)]
        if "feature" in asked:
            if asked["feature"] not in codes:
                raise ValidationError({"feature": [_("There is no feature with this code.")]})
            codes = [asked["feature"]]
        product = product_asked(tenant, asked)
        holdings = holdings_asked(self.person, asked)
        kind = None
        if "installation" in asked:
            kind = installation_of(holdings.account_id, tenant.pk, asked["installation"]).kind
        now = timezone.now()
        decisions = [
            decide(
                holdings, code, at=now, product_id=product.id if product else None, installation_kind=kind,
                event_on=asked.get("on"),
            )
            for code in codes
        ]  # fmt: skip
        return Response({"results": [_decision(one, product.code if product else None) for one in decisions]})


def _decision(decision: Decision, product: str | None) -> dict[str, Any]:
    line = decision.line
    return {
        "feature": decision.feature_code,
        "product": product,
        "allowed": decision.allowed,
        "reason": decision.reason,
        "sentence": sentence(decision),
        "remedy": remedy_sentence(decision),
        "remedy_plan": decision.remedy.code if decision.remedy else None,
        "contract": line.number if line else None,
        "plan": line.plan.code if line else None,
        "edition": decision.edition_number,
        "granted_until": decision.grant.ends_on if decision.grant else None,
    }


class Targets(PersonView):
    @extend_schema(
        operation_id="targets",
        summary="By when an account is answered, by product and severity, and in which hours that counts",
        parameters=[TargetQuery],
        responses=all_of(TargetShape),
        tags=["plans"],
    )
    def get(self, request: Request) -> Response:
        asked, tenant, now = self.asked(TargetQuery), self.person.tenant, timezone.now()
        product = product_asked(tenant, asked)
        holdings, codes = holdings_asked(self.person, asked), product_codes(tenant)
        return Response(
            {
                "results": [
                    _target(promise, codes[product_id], holdings)
                    for product_id in ((product.id,) if product else held_products(holdings, now))
                    for promise in promises(holdings, product_id=product_id, at=now)
                ]
            }
        )


def _target(promise: AccountPromise, product: str, holdings: Holdings) -> dict[str, Any]:
    promised = promise.promised
    calendar = promised.calendar
    return {
        "product": product,
        "severity": promise.severity,
        "kind": promise.kind,
        "minutes": promised.minutes,
        "unit": promised.unit,
        "feature": promised.feature,
        "calendar": calendar.code if calendar else None,
        "hours": hours_words(calendar),
        "time_zone": (calendar.time_zone or holdings.time_zone) if calendar else None,
        "holidays": calendar is None or not calendar.holidays,
        "contract": promise.line.number,
    }


class Contracts(PersonView):
    @extend_schema(
        operation_id="contracts",
        summary="An account's contracts, the latest first",
        parameters=[AccountQuery],
        responses=all_of(ContractShape),
        tags=["plans"],
    )
    def get(self, request: Request) -> Response:
        holdings = holdings_asked(self.person, self.asked(AccountQuery))
        codes = product_codes(self.person.tenant)
        return Response(
            {"results": [_contract(lines, holdings.tenant_id, codes) for lines in holdings.contracts]}
        )


def _contract(lines: tuple[Line, ...], tenant_id: int, codes: dict[int, str]) -> dict[str, Any]:
    now, named = timezone.now(), {one.product_id for one in lines}
    line, last = leading_line(lines, now), last_line(lines)
    return {
        "number": line.number,
        "plan": line.plan.code,
        "plan_name": line.plan.name,
        "state": contract_state(line, now),
        "starts_on": min(one.starts_on for one in lines),
        "ends_on": last.ends_on,
        "grace_days": last.grace_days,
        "edition": matrix_of(tenant_id, line.edition_id).number,
        "products": [code for product_id, code in codes.items() if product_id in named],
    }


class Installations(PersonView):
    @extend_schema(
        operation_id="installations",
        summary="What an account runs",
        parameters=[AccountQuery],
        responses=all_of(InstallationShape),
        tags=["plans"],
    )
    def get(self, request: Request) -> Response:
        account = account_asked(self.person, self.asked(AccountQuery))
        rows = Installation.objects.filter(tenant_id=account.tenant_id, account=account, retired_at=None)
        found = rows.select_related("product", "version").order_by("product__position", "name", "id")
        return Response({"results": [_installation(one) for one in found]})


def _installation(one: Installation) -> dict[str, Any]:
    return {
        "id": one.pk,
        "name": one.name,
        "product": one.product.code,
        "version": one.version.name if one.version else None,
        "environment": one.environment,
        "kind": one.kind,
    }
