from django.urls import path, register_converter
from django.urls.converters import StringConverter

from incidents.reports import views as reports
from incidents.reports.questions import Outcome
from incidents.views import (
    answers,
    attachments,
    changes,
    duty,
    incident,
    ladder,
    lists,
    log,
    plan_question,
    queue,
    rehearsal,
    solutions,
)


class ReferenceConverter(StringConverter):
    """``ABC-1042``: an account's key and a number."""

    regex = "[A-Z][A-Z0-9]{1,5}-[0-9]{1,9}"


register_converter(ReferenceConverter, "reference")

app_name = "incidents"

urlpatterns = [
    path("incidents/", lists.incidents, name="list"),
    path("incidents/new/", log.new, name="new"),
    path("incidents/new/promise/", log.promise, name="promise"),
    path("incidents/new/answers/", answers.beside, name="answers"),
    path("incidents/new/solved/", answers.solved, name="solved"),
    path("incidents/<reference:reference>/", incident.incident, name="incident"),
    path("incidents/<reference:reference>/reply/", incident.reply, name="reply"),
    path("incidents/<reference:reference>/note/", incident.note, name="note"),
    path("incidents/<reference:reference>/history/", incident.history, name="history"),
    path("incidents/<reference:reference>/why/", incident.why, name="why"),
    path("incidents/<reference:reference>/follow/", incident.follow, name="follow"),
    path("incidents/<reference:reference>/unfollow/", incident.unfollow, name="unfollow"),
    path("incidents/<reference:reference>/make-solution/", solutions.make, name="make_solution"),
    path(
        "incidents/<reference:reference>/solutions/<solution:solution>/unlink/",
        solutions.unlink,
        name="unlink_solution",
    ),
    path("incidents/<reference:reference>/<slug:name>/", changes.change, name="change"),
    path("settings/editions/<int:number>/rehearsal/", rehearsal.rehearsal, name="rehearsal"),
    path("settings/editions/<int:number>/rehearsal/start/", rehearsal.start, name="start_rehearsal"),
    path("settings/editions/<int:number>/rehearsal/cancel/", rehearsal.cancel, name="cancel_rehearsal"),
    path("settings/editions/<int:number>/rehearsal/<slug:fared>/", rehearsal.behind, name="rehearsed"),
    path("plan/question/", plan_question.ask, name="ask_about_plan"),
    path("queue/", queue.queue, name="queue"),
    path("queue/next/", queue.next_incident, name="next"),
    path("queue/why/<reference:reference>/", queue.why_here, name="why_here"),
    path("reports/promises/", reports.promises, name="reports"),
    path("reports/promises/table.csv", reports.table_csv, name="report_csv"),
    *(
        path(
            f"reports/promises/{outcome.value}/",
            reports.behind,
            {"outcome": outcome},
            name=f"report_{outcome.value}",
        )
        for outcome in Outcome
    ),
    *(
        path(
            f"reports/promises/{outcome.value}.csv",
            reports.behind_csv,
            {"outcome": outcome},
            name=f"report_{outcome.value}_csv",
        )
        for outcome in Outcome
    ),
    path("duty/", duty.duty, name="duty"),
    path("duty/<int:pk>/remove/", duty.remove, name="remove_duty"),
    path("settings/alerts/", ladder.ladder, name="ladder"),
    path("settings/alerts/<int:pk>/", ladder.step, name="step"),
    path("settings/alerts/<int:pk>/remove/", ladder.remove, name="remove_step"),
    path("attachments/", attachments.upload, name="upload"),
    path("attachments/<uuid:pk>/", attachments.attachment, name="attachment"),
    path("attachments/<uuid:pk>/discard/", attachments.discard, name="discard"),
]
