"""How a share is said: whole percent, but never all when one was broken, nor nothing when one was kept."""

import pytest
from django.utils.translation import override

from incidents.reports.shares import Count, hundredths, percent


@pytest.mark.parametrize(
    ("kept", "promises", "said"),
    [
        (0, 0, "–"),
        (0, 7, "0 %"),
        (7, 7, "100 %"),
        (1, 2, "50 %"),
        (2, 3, "67 %"),
        (1, 8, "13 %"),
        (994, 1000, "99 %"),
        (995, 1000, "99 %+"),
        (999_999, 1_000_000, "99 %+"),
        (5, 1000, "1 %"),
        (4, 1000, "<1 %"),
        (1, 1_000_000, "<1 %"),
    ],
)
def test_percent(kept, promises, said):
    assert percent(Count(promises, kept)) == said.replace(" ", "\u00a0")


@pytest.mark.parametrize(
    ("kept", "promises", "language", "said"),
    [
        (0, 0, "en", ""),
        (2, 3, "en", "66.67"),
        (2, 3, "fr", "66,67"),
        (3, 3, "en", "100.00"),
        (999_999, 1_000_000, "en", "99.99"),
        (1, 1_000_000, "en", "0.01"),
    ],
)
def test_hundredths_carry_the_readers_decimal_mark(kept, promises, language, said):
    with override(language):
        assert hundredths(Count(promises, kept)) == said
