"""What the gallery shows: made-up values for every component. In English only, like the gallery itself."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone

from portal.core.ui.forms import DayInput

_SEVERITIES = {1: "Critical", 2: "Major", 3: "Minor", 4: "Low"}
_STATES = [
    ("accent", "New"),
    ("info", "Open"),
    ("warn", "Waiting for customer"),
    ("ok", "Resolved"),
    ("neutral", "Closed"),
]
_CLOCKS = [
    ("ok", 30, "1 h 20 min left"),
    ("at-risk", 82, "12 min left"),
    ("overdue", 100, "35 min overdue"),
    ("paused", 40, "Paused"),
    ("met", 60, "Met"),
    ("none", 0, "No target"),
]
_ROWS = [
    (
        1,
        "KL-1042",
        "Nightly posting stops at company 3 with a deadlock",
        "Meridian Foods",
        "ok",
        30,
        "18 min left",
    ),
    (
        1,
        "KL-1038",
        "Point of sale offline in all Lyon shops",
        "Ateliers Vauban",
        "overdue",
        100,
        "4 min overdue",
    ),
    (
        2,
        "KL-1040",
        "Intrastat export drops rows with a tax code of its own",
        "Waterkant",
        "at-risk",
        82,
        "21 min left",
    ),
    (3, "KL-1031", "Label printer prints each label twice", "Norrsken Energi", "paused", 40, "Paused"),
    (4, "KL-1019", "How do we add a second approver to purchase orders?", "한빛전자 유통", "met", 60, "Met"),
]
_MARKDOWN = """The nightly posting stops at **company 3** since the update to `8.4.2`.

1. Run `posting --company 3`
2. Wait for about two minutes

```
ERROR 1213: deadlock found when trying to get lock
```
"""


class SampleForm(forms.Form):
    title = forms.CharField(help_text="One line that says what is wrong.")
    product = forms.ChoiceField(
        choices=[("", "Choose a product"), ("fl", "Finance Ledger"), ("wm", "Warehouse")]
    )
    kind = forms.ChoiceField(
        choices=[
            ("defect", "Something does not work"),
            ("how_to", "How-to question"),
            ("other", "Something else"),
        ],
        widget=forms.RadioSelect,
        initial="defect",
    )
    seen = forms.DateField(required=False, widget=DayInput, label="First seen on")
    description = forms.CharField(
        widget=forms.Textarea, help_text="What happened, and what you expected instead."
    )
    follow = forms.BooleanField(
        required=False, label="Tell my colleagues too", help_text="Those who follow the product."
    )
    locked = forms.CharField(disabled=True, initial="Meridian Foods", label="Account", required=False)


def samples() -> dict[str, Any]:
    now = timezone.now()
    return {
        "severities": _SEVERITIES.items(),
        "tones": ["neutral", "accent", "info", "ok", "warn", "danger"],
        "states": _STATES,
        "clocks": _CLOCKS,
        "rows": _ROWS,
        "markdown": _MARKDOWN,
        "moments": [now, now + timedelta(days=2), now - timedelta(days=40), now - timedelta(days=700)],
        "now": now,
        "form": SampleForm(initial={"title": "Posting stops"}),
        "refused": SampleForm({"title": "", "product": "xx", "kind": "defect", "description": ""}),
        "file_samples": [{"id": "1", "name": "posting-2025-11-12.log", "size": 48213}],
    }
