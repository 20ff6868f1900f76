"""Typed text that outlives an expired session.

A form that arrives from nobody is put into the visitor's session under the path of its page; the
person signs in, is led back to that page, and the view takes the text up::

    @person_required
    @keeps_text
    def write(request): form = WriteForm(request.POST or None, initial=kept_text(request))
"""

from collections.abc import Callable
from typing import Any, TypeVar, overload

from django.http import HttpRequest, QueryDict

from portal.identity.limits import KEPT_TEXT, TooMany, client_address, spend

LIMIT = 200_000
"""Characters kept for one form; a longer one is not kept."""
_PAGES = 3
_KEY = "kept_text"
_NEVER = ("password", "csrf", "secret")

View = TypeVar("View", bound=Callable[..., Any])
Page = Callable[..., str]


def _same_path(request: HttpRequest, *args: object, **kwargs: object) -> str:
    return request.path


@overload
def keeps_text(view: View) -> View: ...


@overload
def keeps_text(*, page: Page) -> Callable[[View], View]: ...


def keeps_text(view: View | None = None, *, page: Page = _same_path) -> View | Callable[[View], View]:
    """Mark a form view, inside its guard.

    :param page: called with the request and the URL's arguments, gives the path of the page that
        shows the form, where that is not the path the form is sent to.
    """

    def mark(marked: View) -> View:
        marked.keeps_text_for = page  # type: ignore[attr-defined]
        return marked

    return mark(view) if view is not None else mark


def keep(request: HttpRequest, path: str) -> str:
    """Put the text fields of the request into the session for the page at ``path``; returns the path."""
    fields = {
        name: values
        for name, values in request.POST.lists()
        if not any(word in name.lower() for word in _NEVER)
    }
    size = sum(len(name) + sum(map(len, values)) for name, values in fields.items())
    if fields and size <= LIMIT and _may_keep(request):
        pages = dict(request.session.get(_KEY, {}))
        pages.pop(path, None)
        request.session[_KEY] = dict([*pages.items(), (path, fields)][-_PAGES:])
    return path


def _may_keep(request: HttpRequest) -> bool:
    """Nobody fills the session store with forms that they never come back for."""
    try:
        spend(KEPT_TEXT, client_address(request))
    except TooMany:
        return False
    return True


def kept_fields(request: HttpRequest) -> QueryDict | None:
    """What was kept for this page, with all values of each field; it is given out once."""
    pages = request.session.get(_KEY)
    if request.method != "GET" or not pages or request.path not in pages:
        return None
    pages = dict(pages)
    fields = QueryDict(mutable=True)
    for name, values in pages.pop(request.path).items():
        fields.setlist(name, values)
    request.session[_KEY] = pages
    return fields


def kept_text(request: HttpRequest) -> dict[str, str]:
    """What was kept for this page, as a form's ``initial``; empty where nothing was. Given out once."""
    fields = kept_fields(request)
    return {name: str(fields[name]) for name in fields} if fields else {}
