from django.urls import path

from portal.identity.views import accounts, audit, home, joining, opening, own, people, portal

app_name = "identity"

urlpatterns = [
    path("", home.home, name="home"),
    path("find/", home.find_portal, name="find_portal"),
    path("language/", home.set_language, name="set_language"),
    path("open/", opening.open_portal, name="open_portal"),
    path("open/label/", opening.suggest_label, name="suggest_label"),
    path("open/mailed/", opening.opening_mailed, name="opening_mailed"),
    path("open/<str:token>/", opening.confirm_opening, name="confirm_opening"),
    path("invitation/<str:secret>/", joining.accept_invitation, name="accept_invitation"),
    path("arrive/", own.arrive, name="arrive"),
    path("profile/", own.profile, name="profile"),
    path("portals/", own.portals, name="portals"),
    path("portals/<int:pk>/enter/", own.enter, name="enter"),
    path("tokens/", own.tokens, name="tokens"),
    path("tokens/<int:pk>/revoke/", own.revoke, name="revoke_token"),
    path("people/", people.own_people, name="people"),
    path("people/<int:pk>/", people.edit_person, name="person"),
    path("people/<int:pk>/remove/", people.remove, name="remove_person"),
    path("invitations/<int:pk>/resend/", people.resend, name="resend_invitation"),
    path("invitations/<int:pk>/revoke/", people.revoke, name="revoke_invitation"),
    path("staff/", people.staff, name="staff"),
    path("customers/", accounts.accounts, name="accounts"),
    path("customers/new/", accounts.new_account, name="new_account"),
    path("customers/<slug:key>/", accounts.account, name="account"),
    path("customers/<slug:key>/edit/", accounts.change_account, name="change_account"),
    path("customers/<slug:key>/people/", people.account_people, name="account_people"),
    path("settings/", portal.portal_settings, name="portal_settings"),
    path("settings/audit/", audit.audit, name="audit"),
    path("settings/audit/audit.csv", audit.audit_csv, name="audit_csv"),
    path("teams/", portal.teams, name="teams"),
    path("teams/<int:pk>/", portal.edit_team, name="team"),
]
