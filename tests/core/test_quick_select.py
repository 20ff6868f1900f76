"""Lists of choices that Jinja draws: the same as Django's own."""

from html.parser import HTMLParser

import pytest
from django import forms

from portal.core.ui.forms import QuickSelect

CHOICES = [("", "Any <team>"), (1, "One & all"), (2, 'Two "quoted"')]


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.read = []

    def handle_starttag(self, tag, attrs):
        self.read.append((tag, sorted((name, value or "") for name, value in attrs if name != "selected")))
        self.read.append("selected" in dict(attrs))

    def handle_data(self, data):
        if data.strip():
            self.read.append(data.strip())


def _read(html):
    reader = _Reader()
    reader.feed(html)
    return reader.read


@pytest.mark.parametrize("value", [None, "", "1", 2, "9"])
def test_it_says_what_djangos_list_says(value):
    attrs = {"class": "input", "aria-label": 'A "name"', "hidden": True, "data-none": False, "data-size": 3}
    quick, slow = (kind(attrs=attrs, choices=CHOICES) for kind in (QuickSelect, forms.Select))
    drawn = quick.render("team", value, {"id": "id_team"})
    assert _read(drawn) == _read(slow.render("team", value, {"id": "id_team"}))
    assert "<team>" not in drawn
