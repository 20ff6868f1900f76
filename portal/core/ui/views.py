"""Views that belong to the components themselves."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from portal.core.ui import markdown
from portal.core.ui.gallery import samples

PREVIEW_LIMIT = 100_000
FRAMES = {"staff", "customer", "public"}


@require_POST
def markdown_preview(request: HttpRequest) -> HttpResponse:
    """The posted ``text`` as the reader will see it; shows nobody's data but the sender's own words."""
    text = request.POST.get("text", "")
    if len(text) > PREVIEW_LIMIT:
        return HttpResponseBadRequest()
    return HttpResponse(markdown.render(text))


@require_GET
def gallery(request: HttpRequest) -> HttpResponse:
    """Every component in all its states, for those who build pages; ``?frame=customer`` or ``public``.

    :raises Http404: unless DEBUG is on.
    """
    if not settings.DEBUG:
        raise Http404
    frame = request.GET.get("frame", "staff")
    if frame not in FRAMES:
        raise Http404
    return render(request, "ui/gallery.html", {**samples(), "gallery_frame": f"frames/{frame}.html"})
