from django.urls import path

from entitlements.views import accounts, fortunes, grants, keeping, lifetimes, own, past, sheets

app_name = "entitlements"

_ACCOUNT = "customers/<slug:key>"
_EDITION = "settings/editions/<int:number>/contracts"

urlpatterns = [
    path("plan/", own.my_plan, name="my_plan"),
    path("plan/compare/", own.compare, name="compare"),
    path("plan/timeline/", past.my_timeline, name="my_timeline"),
    path("contracts/", sheets.bring, name="sheets"),
    path("contracts/contracts.csv", sheets.export, name="export"),
    path("contracts/template.csv", sheets.template, name="template"),
    path(f"{_EDITION}/", fortunes.fortunes, name="fortunes"),
    path(f"{_EDITION}/contracts.csv", fortunes.fortunes_csv, name="fortunes_csv"),
    path(f"{_EDITION}/<slug:plan>/<slug:editions>/", fortunes.fortune, name="fortune"),
    path(f"{_ACCOUNT}/contracts/", accounts.contracts, name="contracts"),
    path(f"{_ACCOUNT}/contracts/new/", keeping.sign, name="sign"),
    path(f"{_ACCOUNT}/contracts/<int:pk>/cancel/", keeping.cancel, name="cancel"),
    path(f"{_ACCOUNT}/contracts/<int:pk>/renew/", lifetimes.renew, name="renew"),
    path(f"{_ACCOUNT}/contracts/<int:pk>/upgrade/", lifetimes.upgrade, name="upgrade"),
    path(f"{_ACCOUNT}/contracts/<int:pk>/extend/", lifetimes.extend, name="extend"),
    path(f"{_ACCOUNT}/contracts/<int:pk>/grace/", lifetimes.grace, name="grace"),
    path(f"{_ACCOUNT}/contracts/timeline/", past.timeline, name="timeline"),
    path(f"{_ACCOUNT}/decisions/", accounts.decisions, name="decisions"),
    path(f"{_ACCOUNT}/installations/new/", keeping.new_installation, name="new_installation"),
    path(f"{_ACCOUNT}/installations/<int:pk>/", keeping.edit_installation, name="installation"),
    path(
        f"{_ACCOUNT}/installations/<int:pk>/retire/", keeping.retire_installation, name="retire_installation"
    ),
    path(f"{_ACCOUNT}/grants/new/", grants.grant, name="grant"),
    path(f"{_ACCOUNT}/grants/<int:pk>/revoke/", grants.revoke, name="revoke_grant"),
    path(f"{_ACCOUNT}/uses/new/", keeping.note_use, name="note_use"),
    path(f"{_ACCOUNT}/uses/<int:pk>/cancel/", keeping.cancel_use, name="cancel_use"),
]
