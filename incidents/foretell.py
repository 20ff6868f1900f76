"""What the log form says before anything is logged: by when, counted how, by whom it can be asked at once."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from entitlements.decide import Decision, decide
from entitlements.holdings import Holdings
from entitlements.sentences import remedy_sentence, sentence
from incidents.promise import Promise, first_response
from plans.calendars import calendar_in_region
from plans.coverage import NeverOpens, closes_next, is_open, opens_next
from plans.enums import FeatureCode
from plans.matrix import TargetValue
from plans.wording import calendar_hours, calendar_name, target_words
from portal.core.ui.formatting import Formats, formats, formats_for
from portal.identity.models import Tenant


@dataclass(frozen=True, slots=True)
class Foretold:
    """The answer for one product and severity, in sentences."""

    covered: bool
    due: str = ""
    due_full: str = ""
    target: str = ""
    """How much time of which hours the plan promises."""
    counting: str = ""
    """When the time begins to count, where that is not at once."""
    why: str = ""
    """The decision behind it; for a no, the refusal."""
    remedy: str = ""
    following: str = ""
    """How soon each later message is answered."""
    phone: str = ""


def foretell(
    holdings: Holdings,
    tenant: Tenant,
    *,
    severity: int,
    product_id: int,
    at: datetime,
    installation_kind: str | None = None,
    zone: str | None = None,
) -> Foretold:
    """Costs no statement once the holdings are loaded.

    :param zone: the time zone of whoever is answered, where that isn't the reader's own.
    """
    cover = decide(holdings, FeatureCode.UNLIMITED_INCIDENTS, at=at, product_id=product_id)
    if not cover.allowed:
        return Foretold(covered=False, why=sentence(cover), remedy=remedy_sentence(cover))
    form = formats_for(get_language() or "en", zone) if zone else formats()
    phone = _phone(holdings, tenant, product_id=product_id, at=at, form=form)
    promise = first_response(
        holdings, severity=severity, product_id=product_id, at=at, installation_kind=installation_kind
    )
    if promise is None:
        return Foretold(covered=True, why=sentence(cover), phone=phone)
    reason = decide(holdings, promise.promised.feature, at=at, product_id=product_id)
    return Foretold(
        covered=True,
        due=form.moment(promise.due_at, at),
        due_full=form.full(promise.due_at),
        target=_target(promise, holdings, form),
        counting=_counting(promise, form),
        why=sentence(reason),
        following=_following(promise),
        phone=phone,
    )


def _target(promise: Promise, holdings: Holdings, form: Formats) -> str:
    calendar = promise.promised.calendar
    zone = calendar.time_zone or holdings.time_zone if calendar else ""
    said = {"plan": promise.line.plan.name, "span": form.duration(promise.rule.target)}
    if calendar is None:
        return _("%(plan)s promises a first response within %(span)s.") % said
    return _("%(plan)s promises a first response within %(span)s of coverage: %(hours)s.") % {
        **said,
        "hours": f"{calendar_name(calendar)} ({calendar_hours(calendar)}, {zone})",
    }


def _following(promise: Promise) -> str:
    if promise.following is None:
        return ""
    target = target_words(TargetValue(promise.following.minutes, promise.following.unit))
    return _("Whatever you write after that is answered within %(span)s.") % {"span": target}


def _counting(promise: Promise, form: Formats) -> str:
    explanation = promise.explained()
    if explanation is None or not explanation.spans or explanation.spans[0].start <= promise.started_at:
        return ""
    begins = form.moment(explanation.spans[0].start, promise.started_at)
    return _("The time begins to count %(time)s, when coverage opens.") % {"time": begins}


def _phone(holdings: Holdings, tenant: Tenant, *, product_id: int, at: datetime, form: Formats) -> str:
    """Whether the phone is answered now, and until or from when."""
    decision: Decision = decide(holdings, FeatureCode.PHONE_ACCESS, at=at, product_id=product_id)
    if not decision.allowed or decision.line is None:
        return ""
    if decision.cell is None or decision.cell.calendar_id is None:
        return ""
    value = decision.line.matrix.calendars[decision.cell.calendar_id]
    hours = calendar_in_region(value, holdings.time_zone, holdings.region, at.year)
    number = f": {tenant.support_phone}" if tenant.support_phone else "."
    try:
        if not is_open(hours, at):
            opens = form.moment(opens_next(hours, at), at)
            return _("Phone support is closed now and opens again %(time)s") % {"time": opens} + number
        closes = closes_next(hours, at)
    except NeverOpens:
        return ""
    if closes is None:
        return _("Phone support is open now, at all hours") + number
    return _("Phone support is open now, until %(time)s") % {"time": form.moment(closes, at)} + number
