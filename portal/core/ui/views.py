"""Views that belong to the components themselves."""

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from portal.core.ui import markdown
from portal.core.ui.gallery import samples

PREVIEW_LIMIT = 100_000


@require_POST
def markdown_preview(request: HttpRequest) -> HttpResponse:
    """The posted ``text`` as the reader will see it; shows nobody's data but the sender's own words."""
    text = request.POST.get("text", "")
    if len(text) > PREVIEW_LIMIT:
        return HttpResponseBadRequest()
    return HttpResponse(markdown.render(text))


@require_GET
def gallery(request: HttpRequest) -> HttpResponse:
    """Every component in all its states, for those who build pages with them. Development only."""
    return render(request, "ui/gallery.html", samples())
