"""Files: uploaded first, attached with the incident or the message that names their ids."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from incidents import actions
from incidents.access import attachment_for, incident_for
from incidents.api import answers, inputs, shapes
from incidents.downloads import download_of
from portal.core.wire import TooLarge
from portal.identity.access import account_for
from portal.identity.models import Account
from portal.identity.operations import PersonView

_ENVELOPE = 64 * 1024
"""What a form around a file may add to its size, in bytes."""


class Attachments(PersonView):
    parser_classes = [MultiPartParser]

    @extend_schema(
        operation_id="upload_attachment",
        summary="Upload a file, to be attached",
        description="At most 25 MB. Until it is attached, only its uploader sees it; after a day it is gone.",
        request={"multipart/form-data": inputs.StaffUpload},
        responses={201: shapes.FileShape},
        tags=["attachments"],
    )
    def post(self, request: Request) -> Response:
        if int(request.META.get("CONTENT_LENGTH") or 0) > settings.MAX_ATTACHMENT_BYTES + _ENVELOPE:
            raise TooLarge  # before it is read
        given = self.given(inputs.StaffUpload if self.person.is_staff_member else inputs.Upload)
        file = given["file"]
        stored = actions.upload(person=self.person, account=self._account(given), file=file, name=file.name)
        return Response(answers.file_of(stored), status=status.HTTP_201_CREATED)

    def _account(self, given: dict[str, Any]) -> Account:
        """Whose file it becomes."""
        own: Account | None = self.person.account
        if "incident" in given:
            account: Account = incident_for(self.person, given["incident"]).account
            return account
        if own is not None:
            return own
        if "account" not in given:
            raise ValidationError({"account": [_("Give the incident or the customer that the file is for.")]})
        return account_for(self.person, given["account"])


class OneAttachment(PersonView):
    @extend_schema(
        operation_id="download_attachment",
        summary="Download a file",
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
        tags=["attachments"],
    )
    def get(self, request: Request, pk: UUID) -> HttpResponseBase:
        return download_of(attachment_for(self.person, pk))

    @extend_schema(
        operation_id="discard_attachment",
        summary="Take back an own upload that isn't attached yet",
        responses={204: None},
        tags=["attachments"],
    )
    def delete(self, request: Request, pk: UUID) -> Response:
        found = attachment_for(self.person, pk)
        if found.incident_id is not None or found.uploaded_by_id != self.person.pk:
            raise Http404
        actions.discard(person=self.person, attachment=found)
        return Response(status=status.HTTP_204_NO_CONTENT)
