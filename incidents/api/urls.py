from django.urls import path

from incidents.api import attachments, conversation, incidents, queue, solutions
from incidents.api.changes import CHANGES
from incidents.reports.api import Promises

urlpatterns = [
    path("incidents/", incidents.Incidents.as_view(), name="incidents"),
    path("incidents/<slug:reference>/", incidents.OneIncident.as_view(), name="incident"),
    path("incidents/<slug:reference>/why/", incidents.Why.as_view(), name="why"),
    path("incidents/<slug:reference>/messages/", conversation.Messages.as_view(), name="messages"),
    path("incidents/<slug:reference>/history/", conversation.History.as_view(), name="history"),
    path("incidents/<slug:reference>/followers/", conversation.Followers.as_view(), name="followers"),
    path("incidents/<slug:reference>/follow/", conversation.Follow.as_view(), name="follow"),
    path("incidents/<slug:reference>/unfollow/", conversation.Unfollow.as_view(), name="unfollow"),
    path(
        "incidents/<slug:reference>/solutions/", solutions.LinkedSolutions.as_view(), name="linked_solutions"
    ),
    path("incidents/<slug:reference>/solutions/unlink/", solutions.Unlink.as_view(), name="unlink_solution"),
    path("incidents/<slug:reference>/make-solution/", solutions.MakeSolution.as_view(), name="make_solution"),
    *(
        path(f"incidents/<slug:reference>/{name}/", view.as_view(), name=name)
        for name, view in CHANGES.items()
    ),
    path("attachments/", attachments.Attachments.as_view(), name="attachments"),
    path("attachments/<uuid:pk>/", attachments.OneAttachment.as_view(), name="attachment"),
    path("promise/", incidents.ThePromise.as_view(), name="promise"),
    path("queue/", queue.Queue.as_view(), name="queue"),
    path("queue/next/", queue.TakeNext.as_view(), name="next"),
    path("reports/promises/", Promises.as_view(), name="report_promises"),
]
