"""What every API answer has in common: errors as ``{"code", "message", "fields"}``."""

from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import set_rollback

from portal.core.errors import Refused


def problem(status_code: int, code: str, message: str, fields: Any = None, **headers: str) -> Response:
    body: dict[str, Any] = {"code": code, "message": message}
    if fields:
        body["fields"] = fields
    return Response(body, status=status_code, headers=headers)


def problem_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler: our refusals and DRF's own errors in one shape; None lets the error be a 500."""
    if isinstance(error, Refused):
        set_rollback()
        return problem(error.status, error.code, str(error), {error.field: [str(error)]} if error.field else None)
    if isinstance(error, Http404):
        set_rollback()
        return problem(status.HTTP_404_NOT_FOUND, "not_found", _("There is nothing here."))
    if isinstance(error, exceptions.ValidationError):
        set_rollback()
        return problem(error.status_code, "invalid", _("Some values can't be used."), error.detail)
    if isinstance(error, exceptions.APIException):
        set_rollback()
        headers = {}
        if wait := getattr(error, "wait", None):
            headers["Retry-After"] = str(int(wait) + 1)
        if challenge := getattr(error, "auth_header", None):
            headers["WWW-Authenticate"] = challenge
        return problem(error.status_code, error.default_code, str(error.detail), **headers)
    return None
