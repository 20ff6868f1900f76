"""Every operation of the API, called by every program with no right to what it names.

The grid is made from the API's description. An operation, parameter or field that names an object and
is missing here fails.
"""

import json
import re

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client

from portal.core.tenancy import EVERY_ACCOUNT, acting
from portal.identity.actions.tokens import make_token
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

IN_PATHS = {
    "reference": lambda scene: [scene.incident.reference],
    "solution": lambda scene: [scene.solution.reference],
    "number": lambda scene: [scene.draft_release.number],
    "file": lambda scene: [scene.file.pk],
    "id": lambda scene: [scene.attached.pk, scene.internal.pk, scene.waiting.pk],
}
IN_QUERIES = {
    "account": (lambda scene: KEY, "NOBODY"),
    "product": (lambda scene: scene.product.code, "nothing"),
    "installation": (lambda scene: scene.company.installation.pk, 987654321),
    "team": (lambda scene: scene.team.pk, 987654321),
    "plan": (lambda scene: scene.plan.code, "nothing"),
    "clock": (lambda scene: scene.incident.due_clock_id, 987654321),
}
"""Parameters that name an object: the scene's, and one that nobody has."""
PLAIN_QUERIES = {
    "after", "size", "severity", "state", "feature", "on", "view", "language",
    "period", "since", "until", "kind", "by", "all", "q", "version",
}  # fmt: skip
IN_BODIES = {
    "reported_by": (lambda scene: scene.owner.pk, 987654321),
    "installation": (lambda scene: scene.company.installation.pk, 987654321),
    "assignee": (lambda scene: scene.cast.acme.agent.pk, 987654321),
    "team": (lambda scene: scene.team.pk, 987654321),
    "person": (lambda scene: scene.owner.pk, 987654321),
    "mentions": (lambda scene: [scene.cast.acme.agent.pk], [987654321]),
    "attachments": (lambda scene: [str(scene.waiting.pk)], ["01234567-0123-4123-8123-0123456789ab"]),
    "product": (lambda scene: scene.product.code, "nothing"),
    "incident": (lambda scene: scene.incident.reference, "NOBODY-1"),
    "account": (lambda scene: KEY, "NOBODY"),
    "solution": (lambda scene: scene.solution.reference, "S-987654"),
}
"""Fields that name an object, likewise."""
OF_THE_TENANT = {"product", "team", "plan"}
"""What these name is for everybody in the tenant."""
PLAIN_FIELDS = {
    "kind", "severity", "title", "description", "body", "internal", "waiting", "revision", "reason",
    "resolution", "file", "channel", "called_at", "by",
}  # fmt: skip
REQUIRED = {"severity": 2, "product": "ledger", "feature": "targeted_response", "q": "obsidian+zephyrine"}
"""What lists ask for before they answer."""
VALID = {
    "kind": "defect", "severity": 2, "product": "ledger", "title": "Mine", "description": "Mine",
    "body": "Mine", "internal": False, "waiting": False, "reason": "Mine", "resolution": "Mine",
}  # fmt: skip


@pytest.fixture(scope="module")
def description():
    from portal.config.api import _document

    return json.loads(_document())


def operations(description):
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def parameters(operation, place):
    return {one["name"]: one for one in operation.get("parameters", []) if one["in"] == place}


def fields(description, operation):
    """The fields of an operation's body, by media type."""
    for media_type, content in operation.get("requestBody", {}).get("content", {}).items():
        name = content["schema"]["$ref"].rpartition("/")[2]
        return media_type, description["components"]["schemas"][name].get("properties", {})
    return None, {}


class Program:
    def __init__(self, scene, person, tenant):
        self.client = Client(HTTP_HOST=f"{tenant.label}.{settings.BASE_HOST}")
        self.headers = {}
        if person is not None:
            with acting(tenant_id=person.tenant_id, account_id=EVERY_ACCOUNT):
                _token, secret = make_token(person=person, name="Program", scope="write", expires_at=None)
            self.headers["authorization"] = f"Bearer {secret}"
        self.nothing = self.call("GET", "/api/v1/nothing/is/here/")

    def call(self, method, path, body=None, media_type="application/json"):
        data = json.dumps(body or {}) if method != "GET" else ""
        if media_type == "multipart/form-data":
            given = {"file": SimpleUploadedFile("a.txt", b"text"), **(body or {})}
            response = self.client.post(path, given, headers=self.headers)
        else:
            response = self.client.generic(
                method, path, data, content_type="application/json", headers=self.headers
            )
        content = response.getvalue() if response.streaming else response.content
        if response.headers.get("Content-Type") == "application/json":
            content = json.dumps(json.loads(content)).encode()
        return response.status_code, content.decode(errors="replace")


@pytest.fixture
def program_of(scene):
    def make(name):
        stranger = STRANGERS[name]
        return Program(scene, stranger.person(scene), stranger.tenant(scene))

    return make


def paths_of(scene, path):
    found = [path]
    for name in re.findall(r"{(\w+)}", path):
        found = [one.replace(f"{{{name}}}", str(value)) for one in found for value in IN_PATHS[name](scene)]
    return found


def test_each_parameter_and_field_is_in_the_grid(description):
    in_paths, in_queries, in_bodies = set(), set(), set()
    for _method, _path, operation in operations(description):
        in_paths |= parameters(operation, "path").keys()
        in_queries |= parameters(operation, "query").keys()
        in_bodies |= fields(description, operation)[1].keys()
    assert in_paths == IN_PATHS.keys()
    assert in_queries == IN_QUERIES.keys() | PLAIN_QUERIES
    assert in_bodies == IN_BODIES.keys() | PLAIN_FIELDS


@pytest.mark.parametrize("name", STRANGERS)
def test_what_is_out_of_sight_answers_as_what_never_existed(scene, program_of, description, name):
    program = program_of(name)
    signed_in = name not in {"nobody", "removed customer admin"} and not name.endswith(", here")
    before, holes = contents(scene), []
    for method, path, _operation in operations(description):
        for url in paths_of(scene, path) if "{" in path else []:
            got = program.call(method, url)
            if got != program.nothing if signed_in else got[0] != 401:
                holes.append((method, url, got))
    assert holes == []
    assert differences(before, contents(scene)) == []


def test_the_grid_names_what_exists(scene, description):
    """Without this, a misspelt value in the grid would make it pass for nothing."""
    agent = Program(scene, scene.cast.acme.agent, scene.cast.acme.tenant)
    owner = Program(scene, scene.owner, scene.cast.acme.tenant)
    unreached = []
    for method, path, _operation in operations(description):
        for url in paths_of(scene, path) if "{" in path else []:
            with transaction.atomic():
                answers = [agent.call(method, url), owner.call(method, url)]
                transaction.set_rollback(True)
            if all(status == 404 for status, _body in answers) and method != "DELETE":
                unreached.append((method, url))
    assert unreached == []


@pytest.mark.parametrize("name", [name for name in STRANGERS if name != "nobody"])
def test_no_list_or_filter_tells_a_stranger(scene, program_of, description, name):
    program = program_of(name)
    words = [OF_THE_CONTACT, *([OF_THE_ACCOUNT] if STRANGERS[name].apart else [])]
    before, holes = contents(scene), []
    for method, path, operation in operations(description):
        if method != "GET" or "{" in path:
            continue
        asked = parameters(operation, "query")
        given = {key: value for key, value in REQUIRED.items() if asked.get(key, {}).get("required")}
        foreign = IN_QUERIES.keys() - (set() if STRANGERS[name].at_rival else OF_THE_TENANT)
        foreign = foreign if STRANGERS[name].apart else set()
        for key in [None, *(asked.keys() & foreign)]:
            theirs, nobodys = IN_QUERIES[key] if key else (None, None)
            answers = [
                program.call("GET", _with(path, {**given, **({key: value} if key else {})}))
                for value in ((theirs(scene), nobodys) if key else (None,))
            ]
            if len(set(answers)) > 1 or any(word in answers[0][1] for word in words):
                holes.append((path, key, answers))
    assert holes == []
    assert differences(before, contents(scene)) == []


def _with(path, query):
    return path + ("?" + "&".join(f"{key}={value}" for key, value in query.items()) if query else "")


@pytest.mark.parametrize(
    "name", ["customer admin of another account", "agent of another tenant", "admin of another tenant"]
)
def test_a_foreign_name_inside_a_body_is_answered_as_an_unknown_one(
    scene, program_of, description, name, acting_in
):
    """Where the path names an own incident: what the body names must be the program's own too."""
    program, stranger = program_of(name), STRANGERS[name]
    own = _own_incident(scene, stranger)
    foreign = IN_BODIES.keys() - (set() if stranger.at_rival else OF_THE_TENANT)
    holes = []
    for method, path, operation in operations(description):
        media_type, known = fields(description, operation)
        for field in known.keys() & foreign:
            theirs, nobodys = IN_BODIES[field]
            url = path.replace("{reference}", own.reference)
            answers = []
            for value in (theirs(scene), nobodys):
                given = {key: VALID[key] for key in known if key in VALID and key != field}
                if media_type == "multipart/form-data":
                    given = {}
                before = contents(scene)
                with transaction.atomic():
                    answers.append(program.call(method, url, {**given, field: value}, media_type))
                    changed = differences(before, contents(scene))
                    transaction.set_rollback(True)
                if answers[-1][0] < 400 or changed:
                    holes.append((url, field, answers[-1], changed))
            if answers[0] != answers[1]:
                holes.append((url, field, answers))
    assert holes == []


def _own_incident(scene, stranger):
    from incidents.actions import NewIncident, log_incident
    from incidents.enums import Kind
    from plans.enums import Severity

    person = stranger.person(scene)
    house = scene.cast.rival if stranger.at_rival else scene.cast.acme
    contact = person if person.is_contact else house.small.contact
    with acting(tenant_id=house.tenant.pk, account_id=EVERY_ACCOUNT):
        return log_incident(
            person=contact,
            incident=NewIncident(
                kind=Kind.DEFECT,
                severity=Severity.MAJOR,
                product=house.ledger,
                title="Own",
                description="Own",
            ),
        )


def test_contacts_never_read_what_is_internal(scene, description):
    owner = Program(scene, scene.owner, scene.cast.acme.tenant)
    agent = Program(scene, scene.cast.acme.agent, scene.cast.acme.tenant)
    urls = [
        url
        for method, path, _operation in operations(description)
        if method == "GET"
        for url in paths_of(scene, path)
    ]
    assert [url for url in urls if OF_STAFF in owner.call("GET", url)[1]] == []
    assert [url for url in urls if OF_STAFF in agent.call("GET", url)[1]] == [
        f"/api/v1/incidents/{scene.incident.reference}/messages/",
        f"/api/v1/incidents/{scene.incident.reference}/solutions/",
        f"/api/v1/releases/{scene.draft_release.number}/",
        "/api/v1/solutions/",
        f"/api/v1/solutions/{scene.solution.reference}/",
    ]


def test_a_token_that_may_only_read_changes_nothing(scene, description, cast):
    with acting(tenant_id=cast.acme.tenant.pk, account_id=EVERY_ACCOUNT):
        _token, secret = make_token(person=cast.acme.lead, name="Reader", scope="read", expires_at=None)
    program = Program(scene, None, cast.acme.tenant)
    program.headers["authorization"] = f"Bearer {secret}"
    program.call("GET", "/api/v1/me/")
    before = contents(scene)
    for method, path, _operation in operations(description):
        for url in paths_of(scene, path) if method != "GET" else []:
            assert program.call(method, url)[0] == 403, url
    assert differences(before, contents(scene)) == []
