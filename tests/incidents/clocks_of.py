"""The clocks of an incident, for tests that act in its tenant."""

from incidents.models import Clock, Incident


def first_response(incident: Incident) -> Clock | None:
    return Clock.objects.filter(incident=incident, kind="first_response").first()
