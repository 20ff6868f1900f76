"""Administrators: the products that are sold, and their versions."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from plans import actions
from plans.access import product_for
from plans.forms import ProductForm, ProductNameForm, VersionForm
from plans.queries import product_versions, products_of
from portal.core.errors import Refused
from portal.identity.enums import Role
from portal.identity.forms import show_refusal
from portal.identity.guards import role_required
from portal.identity.requests import PersonRequest


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN)
def products(request: PersonRequest) -> HttpResponse:
    form = ProductForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            product = actions.add_product(tenant=request.tenant, actor=request.person, **form.cleaned_data)
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, _("%(name)s was added.") % {"name": product.name})
            return redirect("plans:product", product.code)
    return render(request, "plans/products.html", {"products": products_of(request.tenant), "form": form})


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN)
def product(request: PersonRequest, code: str) -> HttpResponse:
    """One product; the form on it adds a version."""
    found = product_for(request.person, code)
    form = VersionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            version = actions.add_version(product=found, actor=request.person, **form.cleaned_data)
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, _("Version %(name)s was added.") % {"name": version.name})
            return redirect("plans:product", found.code)
    context = {"product": found, "versions": product_versions(found), "form": form}
    return render(request, "plans/product.html", context)


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN)
def rename_product(request: PersonRequest, code: str) -> HttpResponse:
    found = product_for(request.person, code)
    form = ProductNameForm(request.POST or None, initial={"name": found.name})
    if request.method == "POST" and form.is_valid():
        actions.edit_product(product=found, actor=request.person, **form.cleaned_data)
        messages.success(request, _("%(name)s was saved.") % {"name": found.name})
        return redirect("plans:product", found.code)
    return render(request, "plans/product_name.html", {"product": found, "form": form})


@require_POST
@role_required(Role.ADMIN)
def retire_product(request: PersonRequest, code: str) -> HttpResponse:
    """Takes it off the market, or with ``restore`` sells it again."""
    found = product_for(request.person, code)
    if request.POST.get("restore"):
        actions.restore_product(product=found, actor=request.person)
        messages.success(request, _("%(name)s is sold again.") % {"name": found.name})
    else:
        actions.retire_product(product=found, actor=request.person)
        messages.success(request, _("%(name)s is no longer sold.") % {"name": found.name})
    return redirect("plans:product", found.code)
