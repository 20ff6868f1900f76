"""What the mail catcher holds, for development: everybody who reaches this server may read it."""

from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from portal.core.mailcatcher import mailbox
from portal.core.mailcatcher.mailbox import Mail

_PAGE = 50
# Scripts, forms and anything from elsewhere stay dead; links open in a tab of their own.
_HTML_POLICY = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; frame-ancestors 'self';"
    " sandbox allow-popups allow-popups-to-escape-sandbox"
)


@require_safe
def mail_list(request: HttpRequest) -> HttpResponse:
    mails = mailbox.newest(_folder(), before=request.GET.get("before", ""), limit=_PAGE + 1)
    older = mails[_PAGE - 1].key if len(mails) > _PAGE else ""
    return render(request, "core/mailcatcher/list.html", {"mails": mails[:_PAGE], "older": older})


@require_safe
def mail(request: HttpRequest, key: str) -> HttpResponse:
    return render(request, "core/mailcatcher/mail.html", {"mail": _found(key)})


@require_safe
@xframe_options_sameorigin
def mail_html(request: HttpRequest, key: str) -> HttpResponse:
    """The HTML part alone, to be shown in a frame that can do nothing."""
    response = HttpResponse(f'<base target="_blank">{_found(key).html}')
    response.headers["Content-Security-Policy"] = _HTML_POLICY
    return response


def _folder() -> Path:
    if not settings.MAILBOX_DIR:
        raise Http404
    return Path(settings.MAILBOX_DIR)


def _found(key: str) -> Mail:
    found = mailbox.find(_folder(), key)
    if found is None:
        raise Http404
    return found
