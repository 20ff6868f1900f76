"""The receiver in docs/webhooks.md checks what this portal sends."""

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from notifications.webhooks.delivery import WAITS
from notifications.webhooks.signing import new_secret, signature_header

PAGE = (Path(settings.BASE_DIR) / "docs" / "webhooks.md").read_text()
BODY = b'{"type":"portal.test","timestamp":"2026-03-02T08:30:00+00:00","data":{}}'


@pytest.fixture
def is_genuine() -> Callable[..., bool]:
    [example] = re.findall(r"```python\n(.+?)```", PAGE, re.DOTALL)
    names: dict[str, Any] = {}
    exec(example, names)
    return names["is_genuine"]


def _headers(*secrets: str, ago: int = 0) -> dict[str, str]:
    sent_at = int(time.time()) - ago
    return {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(sent_at),
        "webhook-signature": signature_header(secrets, message_id="msg_1", timestamp=sent_at, body=BODY),
    }


def test_the_example_takes_what_the_portal_signs(is_genuine: Callable[..., bool]) -> None:
    old, new = new_secret(), new_secret()
    assert is_genuine(new, _headers(new), BODY)
    assert is_genuine(old, _headers(new, old), BODY)
    assert is_genuine(new, _headers(new, old), BODY)


def test_the_example_refuses_everything_else(is_genuine: Callable[..., bool]) -> None:
    secret = new_secret()
    assert not is_genuine(secret, _headers(new_secret()), BODY)
    assert not is_genuine(secret, _headers(secret), BODY + b" ")
    assert not is_genuine(secret, _headers(secret, ago=301), BODY)
    assert not is_genuine(secret, {**_headers(secret), "webhook-id": "msg_2"}, BODY)


def test_the_page_names_the_waits() -> None:
    words = "5 seconds, 1, 5 and 30 minutes, 2, 6 and 12 hours, and twice after a day"
    assert words in PAGE
    assert [int(wait.total_seconds()) for wait in WAITS] == [
        5, 60, 300, 1800, 7200, 21600, 43200, 86400, 86400,
    ]  # fmt: skip
