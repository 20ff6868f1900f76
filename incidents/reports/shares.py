"""How many promises were kept, and how that is said. Pure but for the words."""

from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.translation import gettext as _

NONE = "–"


@dataclass(frozen=True, slots=True)
class Count:
    """Promises that came to an end, and how many of them were kept."""

    promises: int
    kept: int

    @property
    def broken(self) -> int:
        return self.promises - self.kept

    @property
    def share(self) -> float | None:
        """Of those kept, 0 to 1; none without promises."""
        return self.kept / self.promises if self.promises else None


NOTHING = Count(0, 0)


def percent(count: Count) -> str:
    """Whole percent. Never 100 when one was broken, nor 0 when one was kept."""
    if not count.promises:
        return NONE
    if count.broken > 0 and 200 * count.kept >= 199 * count.promises:
        return _said(_("%(percent)s %%+"), 99)
    if count.kept > 0 and 200 * count.kept < count.promises:
        return _said(_("<%(percent)s %%"), 1)
    # Half a percent goes up, in whole numbers: a float would round some halves down.
    whole = (200 * count.kept + count.promises) // (2 * count.promises)
    return _said(_("%(percent)s %%"), whole)


def _said(words: str, whole: int) -> str:
    """With spaces that no line breaks at."""
    return (words % {"percent": whole}).replace(" ", "\u00a0")


def hundredths(count: Count) -> str:
    """Percent with two digits and the reader's decimal mark, for spreadsheets; likewise never quite all."""
    if not count.promises:
        return ""
    hundred = (20000 * count.kept + count.promises) // (2 * count.promises)
    if count.broken:
        hundred = min(hundred, 9999)
    if count.kept:
        hundred = max(hundred, 1)
    return str(number_format(hundred / 100, decimal_pos=2))


def figure(number: int) -> str:
    """A whole number with the reader's thousands mark."""
    return str(number_format(number, force_grouping=True))
