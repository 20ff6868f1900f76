"""Which known word somebody meant who typed another. Pure."""

from collections.abc import Collection

_LONG, _JOINED = 9, 5
_JOINING = ("nl", "sv")
"""Languages that write joined words as one; what begins such a word is what it is about."""


def nearest(word: str, known: Collection[str], language: str) -> str:
    """The word one slip away; else, where words are joined, the longest that this one begins with; else,
    of a long word, the one two slips away. Empty where there is none, or the word itself is known."""
    if word in known:
        return ""
    allowed = 2 if len(word) >= _LONG else 1
    slips = sorted(
        (distance(word, other), abs(len(word) - len(other)), other)
        for other in known
        if other[0] == word[0] and abs(len(other) - len(word)) <= allowed
    )
    slip = slips[0] if slips and slips[0][0] <= allowed else None
    if slip is None or slip[0] > 1:
        joined = [other for other in known if len(other) >= _JOINED and word.startswith(other)]
        if language in _JOINING and joined:
            return max(joined, key=len)
    return slip[2] if slip else ""


def distance(one: str, other: str) -> int:
    """Letters left out, added, changed or swapped with their neighbour."""
    earlier: list[int] = []
    above = list(range(len(other) + 1))
    for row, letter in enumerate(one, start=1):
        here = [row]
        for column, second in enumerate(other, start=1):
            cost = min(above[column] + 1, here[-1] + 1, above[column - 1] + (letter != second))
            swapped = row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == second
            here.append(min(cost, earlier[column - 2] + 1) if swapped else cost)
        earlier, above = above, here
    return above[-1]
