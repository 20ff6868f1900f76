"""Every address, asked by everybody who has no right to it: 404, as for what never existed.

The grid is made from the URL map. A new pattern fails here until ``addresses.py`` says what it names.
"""

import re

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from incidents.sight import forget_kept
from portal.core.walls import TenantModel
from portal.identity.enums import STAFF_ROLES, Role
from tests.isolation.addresses import (
    NAMED,
    NO_OBJECT,
    OPEN_TO_NOBODY,
    addresses,
    patterns,
    without_objects,
)
from tests.isolation.scene import (
    KEY,
    OF_STAFF,
    OF_THE_ACCOUNT,
    OF_THE_CONTACT,
    STRANGERS,
    contents,
    differences,
)

pytestmark = pytest.mark.django_db

STOPPED_BY_ROWS = [
    "customer admin of another account",
    "contact of another tenant",
    "admin of another tenant",
    "admin of another tenant, here",
]
"""One for each policy: by account, by tenant, and by tenant for staff."""
OURS = (
    "identity:",
    "plans:",
    "entitlements:",
    "incidents:",
    "notifications:",
    "webhooks:",
    "search:",
    "solutions:",
    "releases:",
    "critical:",
)


def text_of(response):
    content = response.getvalue() if response.streaming else response.content
    return content.decode(errors="replace")


def body(response):
    """A page without what says only where it was asked for, or is drawn afresh each time."""
    afresh = r'(name="(?:next|csrfmiddlewaretoken|csrf-token)" (?:value|content)=")[^"]*'
    return re.sub(afresh, r"\1", text_of(response))


def answer(response):
    if response.status_code == 302:
        return 302, response.headers["Location"].partition("?")[0]
    return response.status_code, body(response)


def refusals(client, scene, name):
    """What may be answered: nothing here, not by this method, or (to nobody) please sign in."""
    nothing = answer(client.get("/nothing/is/here/"))
    assert nothing[0] == 404
    allowed = [nothing, (405, "")]
    return [*allowed, (302, reverse("account_login"))] if STRANGERS[name].person(scene) is None else allowed


def reached(client, scene, name):
    """What a stranger got from the objects' addresses and should not have got."""
    allowed = refusals(client, scene, name)
    holes = []
    for pattern in NAMED:
        for url, named in addresses(scene, pattern):
            if named.for_account and not STRANGERS[name].apart:
                continue
            for method in (client.get, client.post):
                got = answer(method(url))
                if got not in allowed:
                    holes.append((method.__name__, url, got[0]))
    return holes


def told(client, *words, searching=True):
    """Which of our pages without an object tell one of the words, by themselves or when it is searched."""
    queries = [{}, *({"q": word[:-2], "account": KEY} for word in words if searching)]
    pages = [name for name in without_objects() if name.startswith(OURS)]
    return {
        name for name in pages if any(_tells(client.get(reverse(name), query), words) for query in queries)
    }


def _tells(response, words):
    text = text_of(response)
    return any(word in text for word in words)


def test_every_pattern_with_values_is_in_the_grid():
    with_values = {pattern.name for pattern in patterns() if pattern.parameters}
    assert with_values == NAMED.keys() | NO_OBJECT.keys()


def test_every_view_of_ours_says_whom_it_is_for():
    assert [p.name for p in patterns() if p.name.startswith(OURS) and p.guard is None] == []


@pytest.mark.parametrize("name", STRANGERS)
def test_what_is_out_of_sight_answers_as_what_never_existed(scene, browser_of, name):
    client = browser_of(name)
    before = contents(scene)
    assert reached(client, scene, name) == []
    assert differences(before, contents(scene)) == []


def test_the_grid_names_what_exists_and_a_random_name_gets_the_same_404(scene, client_of):
    """Without this, a misspelt value in the grid would make it pass for nothing."""
    misnamed, told_apart = [], []
    for pattern in NAMED:
        for url, named in addresses(scene, pattern):
            client = client_of(named.rightful(scene))
            nothing = [answer(client.get("/nothing/is/here/")), (405, "")]
            random = _renamed(url)
            if any(answer(method(random)) not in nothing for method in (client.get, client.post)):
                told_apart.append(random)
            with transaction.atomic():
                answers = [answer(client.get(url)), answer(client.post(url))]
                transaction.set_rollback(True)
            if all(got in nothing for got in answers):
                misnamed.append(url)
    assert (misnamed, told_apart) == ([], [])


def _renamed(url):
    """The same address with a name that nobody has."""
    url = url.replace(KEY, "NOBODY").replace("/quetzal/", "/nobody/")
    url = re.sub(r"/S-\d+/", "/S-987654321/", url)
    url = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "01234567-0123-4123-8123-0123456789ab", url)
    url = re.sub(r"/R-\d+/", "/R-987654321/", url)
    url = re.sub(r"/\d+:[^/]+$", "/987654321:made:up", url)
    return re.sub(r"/\d+/", "/987654321/", url)


@pytest.mark.parametrize("name", STRANGERS)
def test_no_list_search_or_filter_tells_a_stranger(scene, browser_of, name):
    client = browser_of(name)
    before = contents(scene)
    words = (OF_THE_CONTACT, OF_THE_ACCOUNT) if STRANGERS[name].apart else (OF_THE_CONTACT,)
    assert told(client, *words) == set()
    assert differences(before, contents(scene)) == []


def test_the_same_searches_tell_whom_they_should(scene, client_of):
    assert told(client_of(scene.cast.acme.agent), OF_THE_CONTACT) >= {"incidents:list", "incidents:queue"}
    assert told(client_of(scene.cast.acme.agent), OF_THE_ACCOUNT) >= {"identity:accounts", "incidents:queue"}
    assert told(client_of(scene.cast.acme.agent), OF_STAFF) >= {"search:search"}
    assert told(client_of(scene.owner), OF_THE_CONTACT) >= {"incidents:list", "notifications:list"}


def test_contacts_never_read_what_is_internal(scene, client_of):
    for person in (scene.owner, scene.company.admin):
        client = client_of(person)
        pages = [url for name in NAMED for url, _named in addresses(scene, name)]
        assert told(client, OF_STAFF) == set()
        assert [url for url in pages if _tells(client.get(url), [OF_STAFF])] == []
        assert client.get(reverse("incidents:attachment", args=[scene.internal.pk])).status_code == 404


def test_staff_do_read_what_is_internal(scene, client_of):
    page = client_of(scene.cast.acme.agent).get(f"/incidents/{scene.incident.reference}/")
    assert OF_STAFF in page.content.decode()


@pytest.mark.parametrize("role", Role)
def test_a_role_opens_only_what_its_guard_allows(scene, client_of, role):
    house = scene.cast.acme
    people = {
        Role.ADMIN: house.admin, Role.LEAD: house.lead, Role.AGENT: house.agent, Role.CSM: house.csm,
        Role.CUSTOMER: scene.owner, Role.CUSTOMER_ADMIN: scene.company.admin,
    }  # fmt: skip
    client = client_of(people[role])
    nothing = answer(client.get("/nothing/is/here/"))
    before = contents(scene)
    holes = []
    for pattern in patterns():
        if _lets_in(pattern.guard, role):
            continue
        if pattern.name in NO_OBJECT:
            continue
        urls = (
            [url for url, _named in addresses(scene, pattern.name)]
            if pattern.parameters
            else [reverse(pattern.name)]
        )
        for url in urls:
            for method in (client.get, client.post):
                if answer(method(url)) not in (nothing, (405, "")):
                    holes.append((method.__name__, url))
    assert holes == []
    assert differences(before, contents(scene)) == []


def _lets_in(guard, role):
    if guard == "staff":
        return role in STAFF_ROLES
    if guard and guard.startswith("role: "):
        return role in guard.removeprefix("role: ").split(", ")
    return True


def test_what_is_open_to_nobody_is_this_list(scene, client_of):
    closed = (302, 404, 405)
    hosts = [client_of(None), Client(HTTP_HOST=settings.BASE_HOST)]
    opened = {
        name
        for name in without_objects()
        if any(client.get(reverse(name)).status_code not in closed for client in hosts)
    }
    assert opened == OPEN_TO_NOBODY


@pytest.mark.parametrize("who", ["staff", "contact"])
def test_no_cache_keeps_a_signed_in_page(scene, client_of, who):
    client = client_of(scene.cast.acme.admin if who == "staff" else scene.owner)
    urls = [reverse(name) for name in without_objects() if not name.startswith(("healthz", "readyz"))]
    urls += [url for name in NAMED for url, _named in addresses(scene, name)]
    kept = {}
    for url in urls:
        header = client.get(url).headers.get("Cache-Control", "")
        if not {"private", "no-store"} <= {part.strip() for part in header.split(",")}:
            kept[url] = header
    assert kept == {}


@pytest.fixture
def without_the_filter(monkeypatch):
    """The mutant: whatever asks for what a person may see gets everything."""
    mutated = set()
    for model in apps.get_models():
        queryset = type(model._default_manager.all())
        if issubclass(model, TenantModel) and hasattr(queryset, "visible_to"):
            monkeypatch.setattr(queryset, "visible_to", lambda self, person: self.all())
            monkeypatch.setattr(
                type(model._default_manager), "visible_to", lambda self, person: self.get_queryset().all()
            )
            mutated.add(model.__name__)
    forget_kept()
    return mutated


@pytest.mark.parametrize("name", STOPPED_BY_ROWS)
def test_row_policies_alone_stop_who_forgets_the_filter(scene, browser_of, without_the_filter, name):
    client = browser_of(name)
    before = contents(scene)
    assert without_the_filter >= {"Incident", "Membership"}
    assert reached(client, scene, name) == []
    assert told(client, OF_THE_CONTACT, OF_THE_ACCOUNT, searching=False) == set()
    assert differences(before, contents(scene)) == []


def test_the_mutant_without_the_filter_lives(scene, browser_of, without_the_filter):
    client = browser_of("colleague without right")
    assert client.get(f"/incidents/{scene.incident.reference}/").status_code == 200


def test_the_checksum_sees_a_change_of_one_row(scene, acting_in):
    before = contents(scene)
    with acting_in(scene.cast.acme.tenant), connection.cursor() as cursor:
        cursor.execute("UPDATE identity_team SET name = 'Third line' WHERE id = %s", [scene.team.pk])
    assert differences(before, contents(scene)) == [("acme", "identity_team")]
