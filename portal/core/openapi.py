"""The description of the API: what no single operation says of itself."""

from typing import Any

from drf_spectacular.extensions import OpenApiSerializerExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import extend_schema_serializer, inline_serializer
from rest_framework import serializers

from portal.core.api import StrictSerializer

_MEANING = {
    "400": "A value, field or parameter can't be used; `fields` says which and why.",
    "401": "No token, or one that is unknown, revoked or expired.",
    "403": "The token may only read, or its person may not do this.",
    "404": "There is no such thing, or not for this person.",
    "409": "It was changed meanwhile, or the key was used for something else.",
    "413": "The body or the file is too large.",
    "415": "The body is of a media type that isn't understood here.",
    "422": "Understood and refused; `message` says why and what would help.",
    "429": "Too many requests; `Retry-After` says for how many seconds to wait.",
}
_READING = ("400", "401", "403", "404", "429")
_PROBLEM = {
    "type": "object",
    "required": ["code", "message"],
    "properties": {
        "code": {"type": "string", "description": "For programs; it stays the same in every language."},
        "message": {"type": "string", "description": "A sentence in the language of the token's person."},
        "fields": {
            "type": "object",
            "additionalProperties": {},
            "description": "What is wrong with which field.",
        },
        "current": {
            "type": "object",
            "additionalProperties": {},
            "description": "With code `stale`: what was to be changed, as it is now.",
        },
    },
}


def document_errors(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Every operation can be refused: give each the answers that say so."""
    result["components"]["schemas"]["Problem"] = _PROBLEM
    for operations in result["paths"].values():
        for method, operation in operations.items():
            for code in _READING if method == "get" else _MEANING:
                operation["responses"][code] = _answer(code)
    return result


def _answer(code: str) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "description": _MEANING[code],
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    if code == "429":
        answer["headers"] = {"Retry-After": {"schema": {"type": "integer"}}}
    return answer


class Operation(AutoSchema):
    """Describes an operation by its own words only, not by the docstrings of its classes."""

    def get_description(self) -> str:  # type: ignore[override]
        return ""


class StrictInput(OpenApiSerializerExtension):  # type: ignore[no-untyped-call]
    """Says of each input that it takes no other fields."""

    target_class = StrictSerializer
    match_subclasses = True

    def map_serializer(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        schema: dict[str, Any] = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)
        return {**schema, "additionalProperties": False}


class Shape(serializers.Serializer[Any]):
    """The shape of an answer, for the description alone: answers are built as plain values.

    ``IncidentShape`` is described as ``Incident``.
    """

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        extend_schema_serializer(component_name=cls.__name__.removesuffix("Shape"))(cls)


def page_of(shape: type[Shape]) -> serializers.Serializer[Any]:
    """The shape of a page of a list."""
    return inline_serializer(
        name=f"{shape.__name__.removesuffix('Shape')}Page",
        fields={
            "results": shape(many=True),
            "next": serializers.CharField(allow_null=True, help_text="The `after` of the next page."),
        },
    )


def all_of(shape: type[Shape]) -> serializers.Serializer[Any]:
    """The shape of a list that comes whole."""
    return inline_serializer(
        name=f"{shape.__name__.removesuffix('Shape')}List", fields={"results": shape(many=True)}
    )
