"""A contact asks the tenant's sales contact about another plan."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from entitlements.queries import holdings_for
from incidents.access import product_for
from incidents.actions import ask_about_plan
from incidents.forms_plan import PlanQuestionForm
from plans.queries import ProductValue, plans_of, sold_products_of
from portal.core.errors import Refused
from portal.identity.forms import show_refusal
from portal.identity.guards import person_required
from portal.identity.kept import keeps_text, kept_text
from portal.identity.requests import PersonRequest


@require_http_methods(["GET", "POST"])
@person_required
@keeps_text
def ask(request: PersonRequest) -> HttpResponse:
    """The question becomes an incident, so its answer is where all answers are."""
    person = request.person
    if person.account is None:
        raise Http404
    form = PlanQuestionForm(
        request.POST or None,
        plans=plans_of(request.tenant),
        products=_products(request),
        initial={"plan": request.GET.get("plan", ""), **kept_text(request)},
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            asked = ask_about_plan(
                person=person,
                plan=given["plan"],
                product=product_for(person, given["product"]),
                question=given["question"],
                key=given["key"],
            )
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, _("Your question is %(reference)s.") % {"reference": asked.reference})
            return redirect("incidents:incident", asked.reference)
    return render(request, "incidents/plan_question.html", {"form": form}, status=422 if form.errors else 200)


def _products(request: PersonRequest) -> list[ProductValue]:
    """What is sold; what the account holds stands first."""
    held = holdings_for(request.person).by_product
    return sorted(sold_products_of(request.tenant), key=lambda product: product.id not in held)
