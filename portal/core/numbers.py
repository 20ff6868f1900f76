"""Whole numbers as they stand in addresses and forms, where anybody may type anything."""

_MOST_DIGITS = 18
"""With more a number may not fit into a key of the database; with thousands not even Python reads it."""


def number_in(text: str) -> int | None:
    """The number that the text is; None where it is none, or none that a row could have."""
    return int(text) if text.isdecimal() and len(text) <= _MOST_DIGITS else None
