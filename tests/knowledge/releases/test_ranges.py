"""Which bytes a request asks for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.releases.ranges import Span, Unsatisfiable, asked_span

ETAG = '"abc"'


def asked(header, if_range=None, size=100):
    return asked_span(header, if_range, size=size, etag=ETAG)


@pytest.mark.parametrize(
    ("header", "span"),
    [
        ("bytes=0-9", Span(0, 10)),
        ("bytes=10-", Span(10, 100)),
        ("bytes=-10", Span(90, 100)),
        ("bytes=-500", Span(0, 100)),
        ("bytes=90-500", Span(90, 100)),
        ("bytes = 99-99", Span(99, 100)),
        (None, None),
        ("bytes=5-2", None),
        ("bytes=0-1,4-5", None),
        ("lines=1-2", None),
        ("bytes=-", None),
        ("bytes=a-b", None),
        (f"bytes={'9' * 30}-", None),
    ],
)
def test_a_range_is_read_or_ignored(header, span):
    assert asked(header) == span


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=5000-6000", "bytes=-0"])
def test_what_lies_behind_the_end_is_refused(header):
    with pytest.raises(Unsatisfiable):
        asked(header)


def test_a_range_of_other_content_is_ignored():
    assert asked("bytes=10-", '"other"') is None
    assert asked("bytes=10-", "Thu, 26 Nov 2026 10:00:00 GMT") is None
    assert asked("bytes=10-", ETAG) == Span(10, 100)


@given(
    header=st.text(max_size=30) | st.from_regex(r"bytes=\d{0,4}-\d{0,4}", fullmatch=True),
    size=st.integers(1, 500),
)
def test_a_span_always_lies_within_the_file(header, size):
    try:
        span = asked(header, size=size)
    except Unsatisfiable:
        return
    assert span is None or 0 <= span.start < span.end <= size
