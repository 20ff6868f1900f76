"""A tenant's own features and plans: added, put in order, retired and taken up again."""

from datetime import timedelta

import pytest
from django.utils import timezone

from entitlements.actions import extend_contract, upgrade_contract
from entitlements.models import Contract
from plans import actions
from plans.comparison import compare_plans
from plans.enums import Category, FeatureCode
from plans.models import Cell, Edition, Feature, FeatureText, Plan
from plans.queries import feature_texts, features_of, plans_of
from portal.core.errors import NotAllowed, Refused
from portal.core.history import history_of

pytestmark = pytest.mark.django_db
OF_UPDATES = [
    FeatureCode.CRITICAL_SOLUTION_NOTIFICATION,
    FeatureCode.UPDATES_AND_FEATURE_PACKS,
    FeatureCode.PATCHES_AND_SERVICE_PACKS,
    FeatureCode.SUPPORT_ACTIVITY_REVIEW,
    FeatureCode.EARLY_ADOPTER,
]


@pytest.fixture
def house(cast, acting_as):
    with acting_as(cast.acme.admin):
        yield cast.acme


@pytest.fixture
def add_feature(house):
    def add(name="Site visits", **fields):
        values = {"category": Category.UPDATES, "language": "en", "name": name, **fields}
        return actions.add_feature(tenant=house.tenant, actor=house.admin, **values)

    return add


@pytest.fixture
def add_plan(house):
    def add(name="Platinum", rank=None, **fields):
        return actions.add_plan(
            tenant=house.tenant, name=name, rank=rank, language="en", actor=house.admin, **fields
        )

    return add


def codes_of(house, category=Category.UPDATES):
    return [feature.code for feature in features_of(house.tenant) if feature.category == category]


def ranks_of(house):
    return {plan.code: plan.rank for plan in plans_of(house.tenant)}


def verbs_of(subject):
    return [line.verb for line in history_of(subject)]


def test_a_feature_of_ones_own_is_the_last_of_its_group(house, add_feature):
    feature = add_feature(summary="We come.", product_limited=True, discretionary=True)
    assert codes_of(house) == [*OF_UPDATES, "site_visits"]
    assert [one.code for one in features_of(house.tenant)].index("site_visits") == 5
    words = feature_texts(house.tenant, "fr")["site_visits"]
    assert (words.name, words.summary, words.language) == ("Site visits", "We come.", "en")
    page = compare_plans(house.tenant, "en", timezone.now())
    row = page.groups[0].rows[-1]
    assert (row.words.name, row.marks, row.cells) == ("Site visits", ("*", "**"), (None, None, None))
    assert verbs_of(feature) == ["added"]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Phone access!", "phone_access_2"),
        ("Visites à domicile", "visites_a_domicile"),
        ("현장 방문", "feature"),
        ("New", "new_2"),
        ("x" * 120, "x" * 56),
    ],
)
def test_a_code_is_made_from_the_name(add_feature, name, code):
    assert add_feature(name).code == code


def test_a_name_comes_once_whatever_its_language_and_case(house, add_feature):
    add_feature("Site visits")
    with pytest.raises(Refused, match="Another feature has this name") as refused:
        add_feature("SITE VISITS", category=Category.SUPPORT, language="fr")
    assert refused.value.field == "name"
    assert FeatureText.objects.filter(tenant=house.tenant, name__in=["SITE VISITS"]).count() == 0


def test_a_feature_moves_within_its_group_only(house, add_feature):
    feature = add_feature()
    actions.move_feature(feature=feature, up=True, actor=house.admin)
    assert codes_of(house)[-2:] == ["site_visits", FeatureCode.EARLY_ADOPTER]
    for _time in range(2):
        actions.move_feature(feature=feature, up=False, actor=house.admin)
    assert codes_of(house) == [*OF_UPDATES, "site_visits"]
    assert verbs_of(feature) == ["added", "moved", "moved"]
    positions = (
        Feature.objects.filter(tenant=house.tenant).order_by("position").values_list("position", flat=True)
    )
    assert list(positions) == list(range(24))


def test_a_move_steps_over_what_is_retired(house, add_feature):
    hidden, last = add_feature("Hidden"), add_feature("Last")
    actions.retire_feature(feature=hidden, actor=house.admin)
    actions.move_feature(feature=last, up=True, actor=house.admin)
    assert codes_of(house)[-2:] == ["last", FeatureCode.EARLY_ADOPTER]


def test_a_feature_that_nobody_has_is_retired_and_taken_up_again(house, add_feature):
    feature = add_feature()
    actions.retire_feature(feature=feature, actor=house.admin)
    actions.retire_feature(feature=feature, actor=house.admin)
    assert codes_of(house) == OF_UPDATES
    actions.restore_feature(feature=feature, actor=house.admin)
    assert codes_of(house) == [*OF_UPDATES, "site_visits"]
    assert verbs_of(feature) == ["added", "retired", "restored"]


def _refusal(act, **values):
    with pytest.raises(Refused) as refused:
        act(**values)
    return str(refused.value)


def test_a_feature_of_a_plan_stays_and_the_refusal_says_what_to_do(house):
    phone = Feature.objects.get(tenant=house.tenant, code=FeatureCode.PHONE_ACCESS)
    assert _refusal(actions.retire_feature, feature=phone, actor=house.admin) == (
        "Xtreme has “Phone Access” in edition 1. Publish an edition in which no plan has it, then retire it."
    )
    assert FeatureCode.PHONE_ACCESS in codes_of(house, Category.SUPPORT)


def test_a_feature_in_the_draft_stays(house, add_feature):
    feature = add_feature()
    draft = actions.start_draft(tenant=house.tenant, actor=house.admin)
    plan = Plan.objects.get(tenant=house.tenant, code="elite")
    Cell.objects.create(tenant=house.tenant, edition=draft, plan=plan, feature=feature)
    assert _refusal(actions.retire_feature, feature=feature, actor=house.admin) == (
        "Xtreme Elite has “Site visits” in the draft of edition 2. Take it out of the draft, then retire it."
    )
    actions.publish_draft(
        edition=draft, actor=house.admin, effective_at=timezone.now() + timedelta(days=30), note=""
    )
    assert "in edition 2" in _refusal(actions.retire_feature, feature=feature, actor=house.admin)


def test_a_feature_that_contracts_keep_from_an_earlier_edition_stays_until_they_end(house):
    review = Feature.objects.get(tenant=house.tenant, code=FeatureCode.SUPPORT_ACTIVITY_REVIEW)
    draft = actions.start_draft(tenant=house.tenant, actor=house.admin)
    Cell.objects.filter(edition=draft, feature=review).delete()
    actions.publish_draft(edition=draft, actor=house.admin, effective_at=timezone.now(), note="")
    said = _refusal(actions.retire_feature, feature=review, actor=house.admin)
    assert said.startswith("The contract C-BIG was signed when its plan had this feature, and keeps it until")
    Contract.objects.filter(number="C-BIG").update(cancelled_at=timezone.now())
    actions.retire_feature(feature=review, actor=house.admin)
    assert FeatureCode.SUPPORT_ACTIVITY_REVIEW not in codes_of(house)


def _publish(house, *, cells=(), without=()):
    """The next edition, with these (plan, feature) and without any cell of those features."""
    draft = actions.start_draft(tenant=house.tenant, actor=house.admin)
    by = {"edition": draft, "actor": house.admin}
    for code, feature in cells:
        actions.set_cell(**by, plan=Plan.objects.get(tenant=house.tenant, code=code), feature=feature)
    Cell.objects.filter(edition=draft, feature__in=without).delete()
    actions.publish_draft(**by, effective_at=timezone.now(), note="")


@pytest.mark.parametrize(
    ("change", "with_feature"),
    [("upgrade", "premium"), ("extend", "xtreme")],
    ids=["of its upgrade", "of a product that was added"],
)
def test_a_feature_that_a_contract_keeps_by_the_edition_of_a_later_change_stays(
    house, add_feature, change, with_feature
):
    feature, by_code = add_feature(), {plan.code: plan for plan in Plan.objects.filter(tenant=house.tenant)}
    contract, today = Contract.objects.get(number="C-SMA"), timezone.localdate()
    _publish(house, cells=[(with_feature, feature)])
    of = {"contract": contract, "starts_on": today + timedelta(days=2), "actor": house.admin}
    if change == "upgrade":
        upgrade_contract(**of, plan=by_code["premium"])
    else:
        kiosk = actions.add_product(tenant=house.tenant, code="kiosk", name="Kiosk", actor=house.admin)
        extend_contract(**of, products=[kiosk])
    _publish(house, without=[feature])
    said = _refusal(actions.retire_feature, feature=feature, actor=house.admin)
    assert said.startswith("The contract C-SMA was signed when its plan had this feature")
    Contract.objects.filter(number="C-SMA").update(cancelled_at=timezone.now())
    actions.retire_feature(feature=feature, actor=house.admin)


def test_a_new_plan_stands_above_the_others_without_features(house, add_plan):
    plan = add_plan(summary="The best.")
    assert ranks_of(house) == {"xtreme": 1, "premium": 2, "elite": 3, "platinum": 4}
    page = compare_plans(house.tenant, "en", timezone.now())
    assert [(column.plan.name, column.summary) for column in page.columns][-1] == ("Platinum", "The best.")
    assert {row.cells[-1] for group in page.groups for row in group.rows} == {None}
    assert verbs_of(plan) == ["added"]


@pytest.mark.parametrize(
    ("fields", "field", "said"),
    [
        ({"name": "xtreme ELITE"}, "name", "Another plan has this name."),
        ({"rank": 2}, "rank", "Xtreme Premium has this rank."),
        ({"rank": 0}, "rank", "Choose a rank from 1 to 999."),
        ({"rank": 1000}, "rank", "Choose a rank from 1 to 999."),
    ],
)
def test_a_name_and_a_rank_come_once(house, add_plan, fields, field, said):
    with pytest.raises(Refused, match=said) as refused:
        add_plan(**fields)
    assert refused.value.field == field
    assert Plan.objects.filter(tenant=house.tenant).count() == 3


def test_plans_change_ranks_with_their_neighbours(house):
    elite = Plan.objects.get(tenant=house.tenant, code="elite")
    actions.move_plan(plan=elite, up=False, actor=house.admin)
    assert ranks_of(house) == {"xtreme": 1, "elite": 2, "premium": 3}
    for _time in range(3):
        actions.move_plan(plan=elite, up=False, actor=house.admin)
    assert ranks_of(house) == {"elite": 1, "xtreme": 2, "premium": 3}
    assert [column.plan.code for column in compare_plans(house.tenant, "en", timezone.now()).columns] == [
        *("elite", "xtreme", "premium")
    ]
    assert verbs_of(elite) == ["moved", "moved"]


def test_a_plan_of_a_contract_stays_and_the_refusal_says_what_to_do(house):
    elite = Plan.objects.get(tenant=house.tenant, code="elite")
    said = _refusal(actions.retire_plan, plan=elite, actor=house.admin)
    assert said.startswith("The contract C-BIG has Xtreme Elite until ")
    assert said.endswith(
        "Cancel it, or let it end and sign the next one for another plan; then retire the plan."
    )
    assert "elite" in ranks_of(house)


def test_a_plan_that_a_contract_was_upgraded_to_stays(house):
    premium = Plan.objects.get(tenant=house.tenant, code="premium")
    contract, day = Contract.objects.get(number="C-SMA"), timezone.localdate() + timedelta(days=2)
    upgrade_contract(contract=contract, plan=premium, starts_on=day, actor=house.admin)
    said = _refusal(actions.retire_plan, plan=premium, actor=house.admin)
    assert said.startswith("The contract C-SMA has Xtreme Premium until ")
    Contract.objects.filter(number="C-SMA").update(cancelled_at=timezone.now())
    actions.retire_plan(plan=premium, actor=house.admin)


@pytest.mark.parametrize(
    ("starts", "ends", "grace", "free"),
    [(10, 20, 0, False), (-400, 0, 0, False), (-400, -5, 14, False), (-400, -20, 14, True)],
    ids=["scheduled", "in force", "in grace", "over"],
)
def test_a_plan_is_free_when_its_contracts_are_over(house, starts, ends, grace, free):
    elite, today = Plan.objects.get(tenant=house.tenant, code="elite"), timezone.localdate()
    Contract.objects.filter(number="C-BIG").update(
        starts_on=today + timedelta(days=starts), ends_on=today + timedelta(days=ends), grace_days=grace
    )
    if free:
        actions.retire_plan(plan=elite, actor=house.admin)
    else:
        _refusal(actions.retire_plan, plan=elite, actor=house.admin)
    assert ("elite" not in ranks_of(house)) == free


def test_the_only_plan_stays(house):
    Contract.objects.update(cancelled_at=timezone.now())
    by_code = {plan.code: plan for plan in Plan.objects.filter(tenant=house.tenant)}
    actions.retire_plan(plan=by_code["elite"], actor=house.admin)
    actions.retire_plan(plan=by_code["premium"], actor=house.admin)
    assert _refusal(actions.retire_plan, plan=by_code["xtreme"], actor=house.admin) == (
        "Xtreme is your only plan. Add another one before you retire it."
    )
    assert ranks_of(house) == {"xtreme": 1}


def test_a_plan_comes_back_at_its_rank_or_above_the_others(house, add_plan):
    premium = Plan.objects.get(tenant=house.tenant, code="premium")
    actions.retire_plan(plan=premium, actor=house.admin)
    actions.restore_plan(plan=premium, actor=house.admin)
    assert ranks_of(house) == {"xtreme": 1, "premium": 2, "elite": 3}
    actions.retire_plan(plan=premium, actor=house.admin)
    add_plan("Silver", rank=2)
    actions.restore_plan(plan=premium, actor=house.admin)
    assert ranks_of(house) == {"xtreme": 1, "silver": 2, "elite": 3, "premium": 4}
    assert verbs_of(premium) == ["retired", "restored", "retired", "restored"]


def test_nobody_but_an_administrator_of_this_portal_does_it(cast, house):
    elite = Plan.objects.get(tenant=house.tenant, code="elite")
    phone = Feature.objects.get(tenant=house.tenant, code=FeatureCode.PHONE_ACCESS)
    new_plan = {"tenant": house.tenant, "name": "X", "rank": None, "language": "en"}
    new_feature = {"tenant": house.tenant, "category": Category.UPDATES, "language": "en", "name": "X"}
    words = dict.fromkeys(("name", "summary", "description", "use"), "X")
    rank = dict.fromkeys(("name", "definition", "example"), "X")
    for actor in (house.lead, house.big.admin, cast.rival.admin):
        for act, values in (
            (actions.add_plan, new_plan),
            (actions.move_plan, {"plan": elite, "up": False}),
            (actions.retire_plan, {"plan": elite}),
            (actions.restore_plan, {"plan": elite}),
            (actions.add_feature, new_feature),
            (actions.move_feature, {"feature": phone, "up": False}),
            (actions.retire_feature, {"feature": phone}),
            (actions.restore_feature, {"feature": phone}),
            (actions.add_product, {"tenant": house.tenant, "code": "x", "name": "X"}),
            (actions.edit_product, {"product": house.ledger, "name": "X"}),
            (actions.retire_product, {"product": house.ledger}),
            (actions.restore_product, {"product": house.ledger}),
            (actions.add_version, {"product": house.ledger, "name": "X"}),
            (actions.rename_plan, {"plan": elite, "name": "X"}),
            (actions.edit_plan_text, {"plan": elite, "language": "en", "summary": "X"}),
            (actions.edit_feature_text, {"feature": phone, "language": "en", **words}),
            (actions.edit_severity_text, {"tenant": house.tenant, "severity": 1, "language": "en", **rank}),
        ):
            with pytest.raises(NotAllowed):
                act(actor=actor, **values)
    assert ranks_of(house) == {"xtreme": 1, "premium": 2, "elite": 3}
    assert Edition.objects.filter(tenant=house.tenant).count() == 1
    assert not verbs_of(elite) + verbs_of(phone) + verbs_of(house.ledger)
