"""No view is open by accident: each says whom it is for, and the public ones are reviewed here."""

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

OURS = ("portal", "plans", "entitlements", "notifications", "knowledge", "incidents")
PUBLIC = {
    "identity:home",
    "identity:find_portal",
    "identity:set_language",
    "identity:open_portal",
    "identity:suggest_label",
    "identity:opening_mailed",
    "identity:confirm_opening",
    "identity:accept_invitation",
    "identity:arrive",
    "notifications:stop",
    "notifications:undo_stop",
    "incidents:answers",
    "notifications:unread",
    "plans:comparison",
    "solutions:solution",
    "search:search",
    "healthz",
    "readyz",
}


def patterns(resolver, prefix=""):
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            namespace = f"{prefix}{entry.namespace}:" if entry.namespace else prefix
            yield from patterns(entry, namespace)
        elif isinstance(entry, URLPattern):
            yield f"{prefix}{entry.name}", entry.callback


def our_pages():
    return {
        name: view
        for name, view in patterns(get_resolver())
        if view.__module__.startswith(OURS)
        and not hasattr(view, "cls")
        and not name.startswith(("api:", "dev", "gallery", "None"))
    }


def test_every_view_says_whom_it_is_for():
    assert [
        name for name, view in our_pages().items() if not hasattr(view, "guard") and name not in PUBLIC
    ] == []


def test_the_public_views_are_these():
    public = {name for name, view in our_pages().items() if getattr(view, "guard", "public") == "public"}
    assert public - PUBLIC == set()


@pytest.mark.django_db
def test_nobody_is_asked_to_sign_in_and_comes_back(cast, client_of):
    response = client_of(None).get("/customers/?q=BIG")
    assert response["Location"] == "/account/login/?next=%2Fcustomers%2F%3Fq%3DBIG"


@pytest.mark.django_db
def test_a_fragment_moves_the_whole_page_to_the_sign_in(cast, client_of):
    headers = {"HX-Request": "true", "HX-Current-URL": "http://acme.localhost/customers/"}
    response = client_of(None).get("/customers/", headers=headers)
    assert response["HX-Redirect"] == "/account/login/?next=%2Fcustomers%2F"
    assert response.content == b""
