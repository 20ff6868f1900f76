"""What the portal does by itself: once, in every tenant, and nothing that is no longer right."""

import os
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from celery import current_app
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone

from incidents import sweeps, tasks
from incidents.actions import NewIncident, log_incident, resolve, upload
from incidents.actions.attachments import FOLDER
from incidents.enums import Kind, State
from incidents.models import Attachment, Incident
from plans.enums import Severity
from portal.config.celery import app
from portal.core.history import history_of
from portal.identity.models import Tenant

pytestmark = pytest.mark.django_db


@pytest.fixture
def resolved(cast, acting_in):
    """An incident of a house that was resolved so many days ago."""

    def make(house, days):
        with acting_in(house.tenant):
            given = NewIncident(
                kind=Kind.DEFECT,
                severity=Severity.MINOR,
                product=house.ledger,
                title="Posting run stops",
                description="At step 4.",
            )
            incident = log_incident(person=house.big.contact, incident=given)
            at = timezone.now() - timedelta(days=days)
            return resolve(person=house.agent, incident=incident, resolution="Restarted.", at=at)

    return make


@pytest.fixture
def state_of(acting_in):
    def read(incident):
        with acting_in(incident.tenant):
            return Incident.objects.get(pk=incident.pk).state

    return read


@pytest.fixture
def files(settings, tmp_path):
    storages = {**settings.STORAGES}
    storages["default"] = {**storages["default"], "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = storages
    return tmp_path


@pytest.fixture
def uploaded(acting_in, files):
    """A stored upload of a contact, so many hours old, with its file."""

    def make(house, hours):
        at = timezone.now() - timedelta(hours=hours)
        contact = house.big.contact
        with acting_in(house.tenant):
            stored = upload(person=contact, account=contact.account, file=ContentFile(b"text"), name="a.txt")
            Attachment.objects.filter(pk=stored.pk).update(created_at=at)
        os.utime(default_storage.path(stored.path), (at.timestamp(), at.timestamp()))
        return stored

    return make


def _stored(house, acting_in):
    with acting_in(house.tenant):
        return set(Attachment.objects.values_list("pk", flat=True))


def test_resolved_for_longer_than_the_tenant_waits_is_closed(cast, resolved, state_of, acting_in):
    old, recent = resolved(cast.acme, 8), resolved(cast.acme, 6)
    tasks.close_resolved()
    assert (state_of(old), state_of(recent)) == (State.CLOSED, State.RESOLVED)
    with acting_in(cast.acme.tenant):
        last = history_of(old).last()
    assert (last.verb, last.actor_id) == ("closed", None)


def test_each_tenant_waits_as_long_as_it_chose(cast, resolved, state_of, acting_in):
    with acting_in(cast.rival.tenant):
        Tenant.objects.filter(pk=cast.rival.tenant.pk).update(close_after_days=30)
    ours, theirs = resolved(cast.acme, 10), resolved(cast.rival, 10)
    assert sweeps.close_resolved() == 1
    assert (state_of(ours), state_of(theirs)) == (State.CLOSED, State.RESOLVED)


def test_closing_twice_changes_nothing_more(cast, resolved, acting_in):
    old = resolved(cast.acme, 8)
    assert [sweeps.close_resolved(), sweeps.close_resolved()] == [1, 0]
    with acting_in(cast.acme.tenant):
        assert [entry.verb for entry in history_of(old)].count("closed") == 1
        assert Incident.objects.get(pk=old.pk).revision == old.revision + 1


def test_more_than_a_batch_is_closed_in_one_run(cast, resolved, state_of, monkeypatch):
    monkeypatch.setattr(sweeps, "BATCH", 2)
    incidents = [resolved(cast.acme, 8 + number) for number in range(5)]
    assert sweeps.close_resolved() == 5
    assert {state_of(one) for one in incidents} == {State.CLOSED}


def test_what_was_reopened_meanwhile_stays_open(cast, resolved, state_of, acting_in, monkeypatch):
    old = resolved(cast.acme, 8)
    monkeypatch.setattr(sweeps, "_due", lambda door: [(old.tenant_id, old.pk)])
    with acting_in(cast.acme.tenant):
        Incident.objects.filter(pk=old.pk).update(state=State.OPEN)
    assert (sweeps.close_resolved(), state_of(old)) == (0, State.OPEN)


def test_a_foreign_tenant_with_an_id_closes_nothing(cast, resolved, state_of, monkeypatch):
    old = resolved(cast.acme, 8)
    monkeypatch.setattr(sweeps, "_due", lambda door: [(cast.rival.tenant.pk, old.pk)])
    assert (sweeps.close_resolved(), state_of(old)) == (0, State.RESOLVED)


def test_uploads_that_nobody_attached_within_a_day_go_with_their_files(
    cast, uploaded, acting_in, files, django_capture_on_commit_callbacks
):
    old, recent, other = uploaded(cast.acme, 25), uploaded(cast.acme, 23), uploaded(cast.rival, 48)
    with django_capture_on_commit_callbacks(execute=True):
        assert sweeps.remove_unattached() == 2
    assert (_stored(cast.acme, acting_in), _stored(cast.rival, acting_in)) == ({recent.pk}, set())
    assert [default_storage.exists(one.path) for one in (old, recent, other)] == [False, True, False]
    with django_capture_on_commit_callbacks(execute=True):
        assert sweeps.remove_unattached() == 0
    assert default_storage.exists(recent.path)


def test_what_is_attached_stays(cast, uploaded, resolved, acting_in):
    attached, incident = uploaded(cast.acme, 48), resolved(cast.acme, 1)
    with acting_in(cast.acme.tenant):
        Attachment.objects.filter(pk=attached.pk).update(incident=incident)
    tasks.clear_uploads()
    assert (_stored(cast.acme, acting_in), default_storage.exists(attached.path)) == ({attached.pk}, True)


def test_files_that_no_row_names_are_removed_after_a_day(cast, uploaded, files):
    named = uploaded(cast.acme, 30)
    place = Path(default_storage.path(named.path)).parent
    stray, fresh = place / uuid.uuid4().hex, place / uuid.uuid4().hex
    elsewhere = files / "exports" / str(cast.acme.tenant.pk) / "report"
    elsewhere.parent.mkdir(parents=True)
    day_ago = (timezone.now() - timedelta(hours=30)).timestamp()
    for file in (stray, fresh, elsewhere):
        file.write_bytes(b"text")
    for file in (stray, elsewhere):
        os.utime(file, (day_ago, day_ago))
    assert [sweeps.remove_stray_files(), sweeps.remove_stray_files()] == [1, 0]
    assert [file.exists() for file in (stray, fresh, elsewhere)] == [False, True, True]
    assert default_storage.exists(named.path)


def test_a_tenants_row_protects_no_file_of_another(cast, uploaded, files):
    named = uploaded(cast.acme, 30)
    stray = files / FOLDER / str(cast.rival.tenant.pk) / "ab" / Path(named.path).name
    stray.parent.mkdir(parents=True)
    stray.write_bytes(b"text")
    os.utime(stray, (0, 0))
    assert (sweeps.remove_stray_files(), stray.exists()) == (1, False)
    assert default_storage.exists(named.path)


@pytest.mark.parametrize(
    "door",
    [
        *("incidents_to_close", "attachments_unattached"),
        *("incidents_clocks_to_alert", "incidents_ladders_to_replan"),
    ],
)
def test_a_door_tells_ids_only_and_opens_for_the_portal_alone(db, door):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT prosecdef, proconfig, proargnames::text[],"
            " has_function_privilege('public', oid, 'execute') FROM pg_proc WHERE proname = %s",
            [door],
        )
        definer, config, names, everybody = cursor.fetchone()
    assert (definer, config) == (True, ["search_path=pg_catalog, public, pg_temp"])
    assert (names, everybody) == (["batch", "tenant_id", "id"], False)


def test_beat_starts_both(cast):
    scheduled = {entry["task"] for entry in app.conf.beat_schedule.values()}
    ours = {"incidents.tasks.close_resolved", "incidents.tasks.clear_uploads"}
    assert ours <= scheduled
    assert ours <= set(current_app.tasks)
