"""The Celery application. Tasks only wake people up sooner; what must happen is a row."""

import os

from celery import Celery
from celery.schedules import crontab

from portal.core.health import BEAT_EVERY

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.config.settings")

PROMPT = "prompt"
"""The queue of what is promised in seconds: short slices that only the database is asked for. It has a worker
of its own, so that neither mails nor slow receivers of webhooks hold it up; see docs/decisions/0021."""

app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.update(
    task_ignore_result=True,
    task_acks_late=True,
    worker_prefetch_multiplier=1,
    broker_connection_retry_on_startup=True,
    broker_transport_options={"socket_connect_timeout": 2},
    timezone="UTC",
    task_queues={"celery": {}, PROMPT: {}},
    task_routes={"incidents.tasks.alert_due": PROMPT, "knowledge.critical.tasks.tell_due": PROMPT},
    beat_schedule={
        "note-beat": {
            "task": "portal.core.tasks.note_beat",
            "schedule": BEAT_EVERY,
            "options": {"expires": BEAT_EVERY},
        },
        "mail-invitations": {
            "task": "portal.identity.tasks.mail_invitations",
            "schedule": 30.0,
            "options": {"expires": 30},
        },
        "deliver-notifications": {
            "task": "notifications.tasks.deliver_due",
            "schedule": 5.0,
            "options": {"expires": 5},
        },
        "alert-due-clocks": {
            "task": "incidents.tasks.alert_due",
            "schedule": 3.0,
            "options": {"expires": 3},
        },
        "go-on-with-rehearsals": {
            "task": "incidents.tasks.rehearse",
            "schedule": 60.0,
            "options": {"expires": 60},
        },
        "tell-of-critical-solutions": {
            "task": "knowledge.critical.tasks.tell_due",
            "schedule": 10.0,
            "options": {"expires": 10},
        },
        "remind-of-critical-solutions": {
            "task": "knowledge.critical.tasks.remind_due",
            "schedule": 60.0,
            "options": {"expires": 60},
        },
        "replan-alerts": {
            "task": "incidents.tasks.replan_alerts",
            "schedule": 60.0,
            "options": {"expires": 60},
        },
        "call-webhooks": {
            "task": "notifications.webhooks.tasks.call_due",
            "schedule": 5.0,
            "options": {"expires": 5},
        },
        "forget-webhook-calls": {
            "task": "notifications.webhooks.tasks.forget_calls",
            "schedule": crontab(hour=3, minute=40),
            "options": {"expires": 3600},
        },
        "close-resolved-incidents": {
            "task": "incidents.tasks.close_resolved",
            "schedule": crontab(minute=7),
            "options": {"expires": 3600},
        },
        "clear-uploads": {
            "task": "incidents.tasks.clear_uploads",
            "schedule": crontab(hour=3, minute=20),
            "options": {"expires": 3600},
        },
        "clear-release-uploads": {
            "task": "knowledge.releases.tasks.clear_uploads",
            "schedule": crontab(hour=3, minute=30),
            "options": {"expires": 3600},
        },
        "tell-of-endings": {
            "task": "incidents.tasks.tell_of_endings",
            "schedule": crontab(hour=5, minute=15),
            "options": {"expires": 3600},
        },
        "tell-of-solutions-due": {
            "task": "knowledge.solutions.tasks.tell_due",
            "schedule": crontab(hour=0, minute=15),
            "options": {"expires": 3600},
        },
        "replay-clocks": {
            "task": "incidents.tasks.replay_clocks",
            "schedule": crontab(hour=2, minute=40),
            "options": {"expires": 3600},
        },
    },
)
app.autodiscover_tasks()
