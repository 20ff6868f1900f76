"""The description holds: whatever a program sends, the answer is one that is described."""

import json

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from portal.config.api import description

pytestmark = pytest.mark.django_db
EXAMPLES = 6
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
]
SCHEMA = schemathesis.openapi.from_dict(json.loads(description(None).content))
SCHEMA.app = get_wsgi_application()


class _Undone(Exception):
    pass


@pytest.fixture(autouse=True)
def _keep_the_connection():
    """A request through plain WSGI would end the test's transaction; Django's own client sees to this."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def caller(program, cast, settings):
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "DEFAULT_THROTTLE_CLASSES": []}
    return program(cast.acme.lead)


@pytest.mark.parametrize("operation", list(SCHEMA.get_all_operations()), ids=lambda one: one.ok().label)
def test_every_answer_is_described(caller, incident, operation):
    found = operation.ok()
    modes = [found.as_strategy(generation_mode=mode) for mode in GenerationMode]

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=st.one_of(modes))
    def try_it(case):
        if "reference" in (case.path_parameters or {}):
            case.path_parameters["reference"] = incident.reference
        try:
            with transaction.atomic():
                response = case.call(
                    base_url=f"http://{incident.tenant.label}.localhost",
                    headers={"Authorization": f"Bearer {caller.secret}"},
                )
                raise _Undone
        except _Undone:
            case.validate_response(response, checks=CHECKS)

    try_it()
