"""Why a release can't be downloaded, as sentences with what would help."""

from django.utils.translation import gettext as _

from entitlements.enums import Reason
from entitlements.sentences import remedy_sentence, sentence
from knowledge.releases.covered import Verdict
from knowledge.releases.models import Release
from portal.core.ui.formatting import formats

_OVER = frozenset({Reason.CONTRACT_EXPIRED, Reason.CONTRACT_CANCELLED})


def why_withdrawn(release: Release) -> str:
    return _("%(release)s was withdrawn: %(reason)s") % {
        "release": release.reference,
        "reason": release.withdrawn_because,
    }


def why_not(verdict: Verdict, release: Release) -> str:
    """Of a no: the reason, and what would turn it into a yes."""
    decision, told = verdict.decision, [sentence(verdict.decision)]
    if verdict.until is not None and decision.reason in _OVER:
        form = formats()
        told.append(
            _("What was released up to %(until)s can still be downloaded; this is of %(day)s.")
            % {"until": form.day(verdict.until), "day": form.day(release.released_on)}
        )
    told.append(remedy_sentence(decision))
    return " ".join(part for part in told if part)
