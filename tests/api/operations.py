"""The API's operations as its description lists them."""

import json
from dataclasses import dataclass
from typing import Any

from portal.config.api import description


@dataclass(frozen=True)
class Operation:
    id: str
    method: str
    path: str
    """Below ``/api/v1/``, with its parameters in braces."""
    described: Any

    @property
    def reads(self) -> bool:
        return self.method == "GET"

    @property
    def has_object(self) -> bool:
        return "{" in self.path

    def __str__(self) -> str:
        return self.id


def documented() -> list[Operation]:
    document = json.loads(description(None).content)
    return [
        Operation(described["operationId"], method.upper(), path.removeprefix("/api/v1/"), described)
        for path, methods in document["paths"].items()
        for method, described in methods.items()
    ]
