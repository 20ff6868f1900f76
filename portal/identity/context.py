from typing import Any

from django.http import HttpRequest


def reader(request: HttpRequest) -> dict[str, Any]:
    """For every template: the tenant whose portal this is, and the person who reads."""
    return {"tenant": getattr(request, "tenant", None), "person": getattr(request, "person", None)}
