"""What every API operation has in common: strict input, errors as ``{"code", "message", "fields"}``."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import Http404, QueryDict
from django.utils.translation import gettext as _
from rest_framework import exceptions, serializers, status
from rest_framework.response import Response
from rest_framework.views import APIView, set_rollback

from portal.core.errors import Refused
from portal.core.wire import TooLarge

PAGE_SIZE, LARGEST_PAGE = 50, 100
_LARGEST_ID = 2**63 - 1


class StrictSerializer(serializers.Serializer[Any]):
    """Input: a field that it doesn't know, or that only the portal sets, is an error and not ignored."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, QueryDict):
            data = {name: self._plain(name, values) for name, values in data.lists()}
        if isinstance(data, Mapping):
            self._refuse_unknown(data)
        return super().to_internal_value(data)

    def _plain(self, name: str, values: list[Any]) -> Any:
        """What a query or a form gives once is one value; a field that isn't a list refuses several."""
        several = len(values) > 1 or isinstance(self.fields.get(name), serializers.ListField)
        return values if several else values[0]

    def _refuse_unknown(self, data: Mapping[str, Any]) -> None:
        problems = {}
        for name in data:
            field = self.fields.get(name)
            if field is None:
                problems[name] = [_("There is no such field.")]
            elif field.read_only:
                problems[name] = [_("This field can't be set.")]
        if problems:
            raise exceptions.ValidationError(problems)


class IdField(serializers.IntegerField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=1, max_value=_LARGEST_ID, **kwargs)


class Nothing(StrictSerializer):
    """An operation that takes no parameters, or no body."""


class PageQuery(StrictSerializer):
    """Which part of a list."""

    after = serializers.CharField(
        required=False,
        default="",
        allow_blank=True,
        max_length=400,
        help_text="The `next` of the page before.",
    )
    size = serializers.IntegerField(required=False, default=PAGE_SIZE, min_value=1, max_value=LARGEST_PAGE)


class ApiView(APIView):
    """An operation. Input is read through :meth:`asked` and :meth:`given` only."""

    def asked(self, query: type[StrictSerializer]) -> dict[str, Any]:
        """The query parameters. Raises ValidationError."""
        return _read(query, self.request.query_params)

    def given(self, body: type[StrictSerializer]) -> dict[str, Any]:
        """The values of the body. Raises ValidationError."""
        return _read(body, self.request.data)


def _read(shape: type[StrictSerializer], data: Any) -> dict[str, Any]:
    values: dict[str, Any] = _reader(shape).run_validation(data)
    return values


@cache
def _reader(shape: type[StrictSerializer]) -> StrictSerializer:
    """Made once: a serializer copies its fields when it is made, and keeps nothing when it validates."""
    return shape()


def problem(
    status_code: int,
    code: str,
    message: str,
    fields: Any = None,
    *,
    headers: Mapping[str, str] | None = None,
    **more: Any,
) -> Response:
    body: dict[str, Any] = {"code": code, "message": message}
    if fields:
        body["fields"] = fields
    return Response({**body, **more}, status=status_code, headers=dict(headers or {}))


def problem_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler: refusals and DRF's own errors in one shape; None lets the error be a 500."""
    answer = _refusal(error)
    if answer is not None:
        set_rollback()
    return answer


def _refusal(error: Exception) -> Response | None:
    if isinstance(error, Refused):
        fields = {error.field: [str(error)]} if error.field else None
        return problem(error.status, error.code, str(error), fields, headers=_retry_after(error))
    if isinstance(error, Http404):
        return problem(status.HTTP_404_NOT_FOUND, "not_found", _("There is nothing here."))
    if isinstance(error, RequestDataTooBig):
        error = TooLarge()
    if isinstance(error, SuspiciousOperation):
        return problem(status.HTTP_400_BAD_REQUEST, "invalid", _("This request can't be used."))
    if isinstance(error, exceptions.ValidationError):
        return problem(error.status_code, "invalid", _("Some values can't be used."), error.detail)
    if isinstance(error, exceptions.APIException):
        headers = _retry_after(error)
        if challenge := getattr(error, "auth_header", None):
            headers["WWW-Authenticate"] = challenge
        return problem(error.status_code, error.default_code, str(error.detail), headers=headers)
    return None


def _retry_after(error: Exception) -> dict[str, str]:
    wait = getattr(error, "wait", None)
    return {"Retry-After": str(int(wait) + 1)} if wait else {}
