"""How far the loop of a notice is closed, as numbers and as a picture."""

from typing import NamedTuple

from django.db.models import Count, Q, Sum
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from knowledge.critical.enums import Standing
from knowledge.critical.models import Loop, Notice
from portal.core.ui import charts
from portal.identity.models import Membership


class Figures(NamedTuple):
    """People who were told, and what they did; accounts, and how they stand."""

    told: int
    read: int
    acknowledged: int
    downloaded: int
    accounts: int
    fixed: int
    not_affected: int
    exposed: int
    unheard: int
    """Accounts that are still exposed, and of which nobody has read it."""


def figures_of(person: Membership, notice: Notice) -> Figures:
    """From the accounts' own counts: one statement, however many people were told."""
    found = Loop.objects.visible_to(person).filter(notice=notice)
    sums = found.aggregate(
        **{f"sum_{name}": Sum(name, default=0) for name in ("told", "read", "acknowledged", "downloaded")},
        accounts=Count("id"),
        **{one.value: Count("id", filter=Q(standing=one)) for one in Standing},
        unheard=Count("id", filter=Q(standing=Standing.EXPOSED, read=0)),
    )
    return Figures(**{name.removeprefix("sum_"): number for name, number in sums.items()})


def picture(figures: Figures) -> SafeString:
    """Of the people the shares that did something, of the customers the shares that stand so."""
    people, accounts = figures.told, figures.accounts
    slices = [
        _slice(_("Read, of the people told"), figures.read, people),
        _slice(_("Acknowledged, of the people told"), figures.acknowledged, people),
        _slice(_("Fix downloaded, of the people told"), figures.downloaded, people),
        _slice(_("Fixed, of customers"), figures.fixed, accounts),
        _slice(_("Not affected, of customers"), figures.not_affected, accounts),
        _slice(_("No longer exposed, of customers"), accounts - figures.exposed, accounts),
    ]
    return charts.bars(
        "loop",
        slices,
        title=_("How far the loop is closed"),
        description="; ".join(one.words for one in slices),
    )


def _slice(name: str, part: int, whole: int) -> charts.Slice:
    value = _("%(part)s of %(whole)s") % {"part": part, "whole": whole}
    return charts.Slice(
        name=name, words=f"{name}: {value}", share=part / whole if whole else None, value=value
    )
