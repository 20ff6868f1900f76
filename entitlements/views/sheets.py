"""All contracts of the tenant as a file, out and in."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from entitlements import actions, sheets
from entitlements.actions.imports import Imported
from entitlements.forms_sheets import SheetForm
from entitlements.queries import exported, known_to
from portal.core.sheets import download, written
from portal.identity.enums import Role
from portal.identity.guards import role_required
from portal.identity.kept import keeps_text, kept_text
from portal.identity.requests import PersonRequest


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN)
@keeps_text
def bring(request: PersonRequest) -> HttpResponse:
    """Try a file, or with ``sign`` sign its contracts."""
    tried: Imported | None = None
    form = SheetForm(request.POST or None, request.FILES or None, initial=kept_text(request))
    if request.method == "POST" and form.is_valid():
        signing = "sign" in request.POST
        try:
            rows = sheets.read(form.cleaned_data["text"], known_to(request.person))
        except sheets.BadFile as bad:
            form.add_error(None, str(bad))
        else:
            tried = actions.import_contracts(rows=rows, actor=request.person, dry_run=not signing)
            if signing and not tried.bad:
                words = ngettext(
                    "%(count)d contract is signed.", "%(count)d contracts are signed.", tried.signed
                )
                messages.success(request, words % {"count": tried.signed})
                return redirect("entitlements:sheets")
            form = form.kept()
    context = {"form": form, "tried": tried, "columns": sheets.COLUMNS.items(), "most": sheets.MOST}
    return render(request, "entitlements/sheets.html", context)


@require_GET
@role_required(Role.ADMIN)
def export(request: PersonRequest) -> HttpResponse:
    return download("contracts", written(sheets.EXPORTED, exported(request.person)))


@require_GET
@role_required(Role.ADMIN)
def template(request: PersonRequest) -> HttpResponse:
    return download(_("contracts-template"), written(list(sheets.COLUMNS), []))
