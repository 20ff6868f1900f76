from django.urls import path

from knowledge.releases.views import downloads, drafts, lists, release, uploads

app_name = "releases"

urlpatterns = [
    path("", lists.releases, name="list"),
    path("new/", drafts.new, name="new"),
    path("downloads/", downloads.log_page, name="log"),
    path("downloads.csv", downloads.log_csv, name="log_csv"),
    path("R-<int:number>/", release.release, name="release"),
    path("R-<int:number>/edit/", drafts.edit, name="edit"),
    path("R-<int:number>/words/", drafts.words, name="words"),
    path("R-<int:number>/publish/", release.publish, name="publish"),
    path("R-<int:number>/withdraw/", release.withdraw, name="withdraw"),
    path("R-<int:number>/discard/", release.discard, name="discard"),
    path("R-<int:number>/files/", uploads.add, name="add_file"),
    path("R-<int:number>/uploads/", uploads.begin, name="begin_upload"),
    path("uploads/<uuid:pk>/", uploads.upload, name="upload"),
    path("uploads/<uuid:pk>/parts/<int:number>/", uploads.part, name="part"),
    path("uploads/<uuid:pk>/finish/", uploads.finish, name="finish_upload"),
    path("uploads/<uuid:pk>/give-up/", uploads.give_up, name="give_up_upload"),
    path("files/<uuid:pk>/get/", downloads.ask, name="get"),
    path("files/<uuid:pk>/remove/", uploads.remove, name="remove_file"),
    path("files/<str:token>", downloads.link, name="link"),
]
