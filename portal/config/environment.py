"""Typed readers of environment variables; each fails loudly on a value it can't use.

``NAME_FILE`` may name a file that holds the value (for mounted secrets).
"""

import json
import os
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

REQUIRED = object()


def text(name: str, default: object = REQUIRED) -> str:
    """The value of ``name``, or of the file that ``name_FILE`` points to.

    :raises ImproperlyConfigured: when it is not set and has no default.
    """
    if name in os.environ:
        return os.environ[name]
    if path := os.environ.get(f"{name}_FILE"):
        return Path(path).read_text().strip()
    if default is REQUIRED:
        raise ImproperlyConfigured(f"Set the environment variable {name} (see .env.example).")
    return str(default)


def flag(name: str, default: bool = False) -> bool:
    value = text(name, "1" if default else "0").lower()
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off", ""}:
        return False
    raise ImproperlyConfigured(f"{name} is {value!r}; use 1 or 0.")


def number(name: str, default: int) -> int:
    value = text(name, default)
    try:
        return int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} is {value!r}; use a whole number.") from None


def words(name: str, default: str = "") -> list[str]:
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def mapping(name: str) -> dict[str, object]:
    """A JSON object; empty where nothing is set."""
    value = text(name, "") or "{}"
    try:
        found = json.loads(value)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise ImproperlyConfigured(f"{name} is {value!r}; use a JSON object.")
    return found


def database(url: str) -> dict[str, object]:
    """Django's settings for ``postgres://user:password@host:port/name``.

    ``?host=/folder`` names a unix socket.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured("A database address starts with postgres://")
    query = parse_qs(parts.query)
    return {
        "ENGINE": "portal.core.postgres",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.get("host", [parts.hostname or ""])[0],
        "PORT": str(parts.port or query.get("port", [""])[0]),
    }


def smtp(url: str) -> dict[str, object]:
    """The parts of ``smtp://user:password@host:port`` (``smtps://`` for TLS)."""
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtps"}:
        raise ImproperlyConfigured("SMTP_URL starts with smtp:// or smtps://")
    return {
        "host": parts.hostname or "localhost",
        "port": parts.port or (465 if parts.scheme == "smtps" else 25),
        "user": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "ssl": parts.scheme == "smtps",
    }
