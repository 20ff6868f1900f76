"""Charts of shares as SVG: a part of each whole is filled, and the rest is hatched.

Made on the server and without styles of their own: the colours come from ``components/chart.css``. They
keep the size of their words on every width: what is across is in percent, what is upright in pixels.
The words of a chart are its title and description; each figure stands in a table beside it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

_TOP, _HEIGHT, _FOOT = 10, 150, 24
_ROW, _BAR = 42, 12
_LEAST = 2.0
"""Pixels, and likewise percent of a bar: so much is shown of any part that isn't nothing."""
_NAME_LENGTH = 34
_MARKS = 3


@dataclass(frozen=True, slots=True)
class Slice:
    """One column or bar. ``share`` is 0 to 1, or None where there is nothing to show a share of."""

    name: str
    words: str
    share: float | None
    value: str = ""


def columns(
    key: str, slices: Sequence[Slice], *, title: str, description: str, ticks: Sequence[str]
) -> SafeString:
    """A column for each slice, in their order.

    :param key: names the chart on its page: lower-case letters.
    :param ticks: the words for nothing, half and all.
    """
    wide = 100 / max(len(slices), 1)
    drawn = format_html_join(
        "",
        "<g><title>{}</title>{}</g>",
        ((one.words, _column(key, one.share, place * wide, wide)) for place, one in enumerate(slices)),
    )
    lines = format_html_join(
        "",
        '<line class="chart-grid" x1="0" x2="100%" y1="{0}" y2="{0}" />'
        '<text class="chart-tick" x="-8" y="{1}" text-anchor="end">{2}</text>',
        (
            (_TOP + _HEIGHT * (2 - place) // 2, _TOP + _HEIGHT * (2 - place) // 2 + 4, words)
            for place, words in enumerate(ticks)
        ),
    )
    names = format_html_join(
        "",
        '<text class="chart-tick" x="{}%" y="{}" text-anchor="{}">{}</text>',
        ((f"{x:.2f}", _TOP + _HEIGHT + 18, anchor, name) for x, anchor, name in _names(slices, wide)),
    )
    inside = format_html("{}{}{}", lines, drawn, names)
    return _chart(key, "chart-columns", _TOP + _HEIGHT + _FOOT, title, description, inside)


def bars(key: str, slices: Sequence[Slice], *, title: str, description: str) -> SafeString:
    """A bar for each slice, one below the other, with its name and value above it."""
    drawn = format_html_join(
        "",
        '<g><title>{0}</title><text class="chart-name" x="0" y="{1}">{2}</text>'
        '<text class="chart-value" x="100%" y="{1}" text-anchor="end">{3}</text>{4}</g>',
        (
            (one.words, y, _short(one.name), one.value, _bar(key, one.share, y + 7))
            for y, one in zip(range(14, len(slices) * _ROW, _ROW), slices, strict=False)
        ),
    )
    return _chart(key, "chart-bars", len(slices) * _ROW, title, description, drawn)


def swatch(key: str, *, filled: bool) -> SafeString:
    """For a legend: the filling of the parts, or of the rests, of the chart with this key."""
    return format_html(
        '<svg class="chart-swatch" width="14" height="14" aria-hidden="true" focusable="false">{}</svg>',
        _part("1", "1", "12", "12") if filled else _rest(key, "1", "1", "12", "12"),
    )


def _chart(key: str, kind: str, height: int, title: str, description: str, inside: SafeString) -> SafeString:
    hatch = format_html(
        '<defs><pattern id="{}-hatch" width="6" height="6" patternUnits="userSpaceOnUse"'
        ' patternTransform="rotate(45)"><rect class="chart-ground" width="6" height="6" />'
        '<line class="chart-hatch" x1="0" y1="0" x2="0" y2="6" /></pattern></defs>',
        key,
    )
    return format_html(
        '<svg class="chart {}" width="100%" height="{}" role="img" aria-labelledby="{}-title {}-words">'
        '<title id="{}-title">{}</title><desc id="{}-words">{}</desc>{}{}</svg>',
        *(kind, height, key, key, key, title, key, description, hatch, inside),
    )


def _column(key: str, share: float | None, x: float, wide: float) -> SafeString:
    if share is None:
        return SafeString()
    high = _seen(share, _HEIGHT)
    left, width = f"{x + wide * 0.1:.3f}%", f"{wide * 0.8:.3f}%"
    foot = _TOP + _HEIGHT - high
    return format_html(
        "{}{}",
        _rest(key, left, str(_TOP), width, f"{_HEIGHT - high:.1f}") if high < _HEIGHT else "",
        _part(left, f"{foot:.1f}", width, f"{high:.1f}") if high else "",
    )


def _bar(key: str, share: float | None, y: int) -> SafeString:
    if share is None:
        return SafeString()
    wide = _seen(share, 100)
    return format_html(
        "{}{}",
        _part("0", str(y), f"{wide:.2f}%", str(_BAR)) if wide else "",
        _rest(key, f"{wide:.2f}%", str(y), f"{100 - wide:.2f}%", str(_BAR)) if wide < 100 else "",
    )


def _seen(share: float, whole: float) -> float:
    """How much of the whole is filled; neither part is too small to be seen unless it is nothing."""
    if share in (0, 1):
        return share * whole
    return min(max(share * whole, _LEAST), whole - _LEAST)


def _part(x: str, y: str, width: str, height: str) -> SafeString:
    return format_html(
        '<rect class="chart-part" x="{}" y="{}" width="{}" height="{}" />', x, y, width, height
    )


def _rest(key: str, x: str, y: str, width: str, height: str) -> SafeString:
    return format_html(
        '<rect class="chart-rest" fill="url(#{}-hatch)" x="{}" y="{}" width="{}" height="{}" />',
        *(key, x, y, width, height),
    )


def _names(slices: Sequence[Slice], wide: float) -> Iterator[tuple[float, str, str]]:
    """Of some columns, so few that their words never touch: where, how it is set, and what."""
    last = len(slices) - 1
    if last < _MARKS:
        yield from ((wide * (place + 0.5), "middle", one.name) for place, one in enumerate(slices))
        return
    for mark in range(_MARKS):
        place = round(mark * last / (_MARKS - 1))
        x, anchor = wide * (place + 0.5), "middle"
        if mark == 0:
            x, anchor = 0, "start"
        elif mark == _MARKS - 1:
            x, anchor = 100, "end"
        yield x, anchor, slices[place].name


def _short(name: str) -> str:
    return name if len(name) <= _NAME_LENGTH else f"{name[: _NAME_LENGTH - 1].rstrip()}…"
