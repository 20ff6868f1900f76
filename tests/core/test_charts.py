"""Charts: every part that isn't nothing is seen, words are escaped, and nothing needs a style of its own."""

import re
from xml.etree import ElementTree

import pytest

from portal.core.ui.charts import Slice, bars, columns, swatch

TICKS = ["0 %", "50 %", "100 %"]


def drawn(slices):
    return columns("time", slices, title="Share", description="In all 3 of 4.", ticks=TICKS)


def test_it_is_well_formed_and_says_what_it_shows():
    root = ElementTree.fromstring(drawn([Slice("5 Mar", "5 Mar: 3 of 4 kept", 0.75)]))
    assert [child.text for child in root[:2]] == ["Share", "In all 3 of 4."]
    assert root.attrib["aria-labelledby"] == "time-title time-words"
    assert root.attrib["role"] == "img"


@pytest.mark.parametrize(
    ("share", "kept", "rest"),
    [
        (None, [], []),
        (0.0, [], [150]),
        (1.0, [150], []),
        (0.5, [75], [75]),
        (0.9999, [148], [2]),
        (0.0001, [2], [148]),
    ],
)
def test_a_part_is_seen_unless_it_is_nothing(share, kept, rest):
    svg = drawn([Slice("5 Mar", "", share)])
    heights = [
        [float(height) for height in re.findall(rf'class="chart-{kind}"[^>]*height="([\d.]+)"', svg)]
        for kind in ("part", "rest")
    ]
    assert heights == [kept, rest]


def test_a_bar_is_as_long_as_its_share():
    svg = bars(
        "groups",
        [Slice("Ledger", "", 0.6, "60 %"), Slice("Store", "", 1.0, "100 %")],
        title="",
        description="",
    )
    widths = [re.findall(rf'class="chart-{kind}"[^>]*?width="([\d.]+)%"', svg) for kind in ("part", "rest")]
    assert widths == [["60.00", "100.00"], ["40.00"]]
    assert 'height="84"' in svg


def test_the_rest_is_hatched_so_that_colour_is_not_alone():
    svg = drawn([Slice("5 Mar", "", 0.5)])
    assert '<pattern id="time-hatch"' in svg
    assert 'fill="url(#time-hatch)"' in svg
    assert 'fill="url(#time-hatch)"' in swatch("time", filled=False)
    assert "url(" not in swatch("time", filled=True)


def test_words_are_escaped_and_nothing_is_styled():
    hostile = "<script>alert(1)</script>"
    for svg in (
        drawn([Slice(hostile, hostile, 0.5)]),
        bars("groups", [Slice(hostile, hostile, 0.5, hostile)], title=hostile, description=hostile),
    ):
        assert "<script" not in svg
        assert "style" not in svg
        ElementTree.fromstring(svg)


@pytest.mark.parametrize("many", [1, 2, 3, 5, 30, 1100])
def test_so_few_columns_are_named_that_the_words_never_touch(many):
    svg = drawn([Slice(f"day{number}", "", 0.5) for number in range(many)])
    named = re.findall(r">day(\d+)</text>", svg)
    assert len(named) == min(many, 3)
    assert (named[0], named[-1]) == ("0", str(many - 1))


def test_a_long_name_is_cut():
    svg = bars(
        "groups", [Slice("A name that is far too long for a phone", "", 0.5)], title="", description=""
    )
    assert ">A name that is far too long for a…</text>" in svg
