"""Background work: what may be called by name, and that no argument leads into another tenant."""

import inspect

import pytest
from celery import current_app

from tests.isolation.scene import contents, differences

pytestmark = pytest.mark.django_db

OURS = ("portal.", "plans.", "entitlements.", "notifications.", "knowledge.", "incidents.")
TASKS = {
    "incidents.tasks.alert_due",
    "incidents.tasks.clear_uploads",
    "incidents.tasks.close_resolved",
    "incidents.tasks.rehearse",
    "incidents.tasks.replan_alerts",
    "incidents.tasks.replay_clocks",
    "incidents.tasks.tell_of_endings",
    "knowledge.critical.tasks.remind_due",
    "knowledge.critical.tasks.tell_due",
    "knowledge.releases.tasks.clear_uploads",
    "knowledge.solutions.tasks.tell_due",
    "notifications.tasks.deliver_due",
    "notifications.webhooks.tasks.call_due",
    "notifications.webhooks.tasks.forget_calls",
    "portal.core.tasks.note_beat",
    "portal.identity.tasks.mail_invitations",
}


def ours():
    current_app.loader.import_default_modules()
    return {name: task for name, task in current_app.tasks.items() if name.startswith(OURS)}


def test_the_tasks_are_these():
    assert ours().keys() == TASKS


@pytest.mark.parametrize("name", sorted(TASKS))
def test_a_task_takes_nothing_and_refuses_foreign_ids(scene, name):
    """A task finds its work through a door, so nobody can name a row of another tenant to it."""
    task = ours()[name]
    assert list(inspect.signature(task.run).parameters) == []
    before = contents(scene)
    with pytest.raises(TypeError):
        task(scene.cast.rival.tenant.pk, scene.incident.pk)
    assert differences(before, contents(scene)) == []
