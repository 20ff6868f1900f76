"""Numbers out of addresses: what anybody types is a number that a key could be, or none."""

import pytest

from portal.core.numbers import number_in


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("007", 7), ("9" * 18, 10**18 - 1), ("٣", 3)])
def test_a_number_is_read(text, number):
    assert number_in(text) == number


@pytest.mark.parametrize("text", ["", "x", "-1", "1.5", "²", " 1", "9" * 19, "9" * 30, "9" * 5000])
def test_what_no_row_could_have_is_none(text):
    assert number_in(text) is None
