"""The demo is what was promised, and as true as if it had been lived: times, walls, replays."""

from collections import Counter
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.core.files.storage.memory import InMemoryStorage
from django.db import transaction
from django.utils import timezone

from entitlements.decide import contract_state
from entitlements.enums import ContractState
from entitlements.holdings import load_holdings
from entitlements.models import Installation
from incidents.actions import take_next
from incidents.clocks.replay import replay
from incidents.demo import roll, seed
from incidents.demo.material import PASSWORD
from incidents.enums import State
from incidents.models import (
    AgentProduct,
    Attachment,
    Clock,
    Follower,
    Incident,
    Message,
    Score,
    SolutionLink,
)
from knowledge.critical.models import Loop, Notice
from knowledge.releases.enums import Kind as ReleaseKind
from knowledge.releases.models import Download, Release, ReleaseFile, Replacement
from knowledge.releases.streams import parts_of
from knowledge.solutions.models import Revision, Solution, Verdict
from notifications.events import NEWS
from notifications.models import Delivery, Notification
from plans.enums import TargetKind
from plans.models import Edition, Product
from portal.core.history import history_of
from portal.core.models import HistoryEntry
from portal.core.tenancy import EVERY_ACCOUNT, acting
from portal.identity.enums import Role
from portal.identity.models import Account, Membership, Tenant, User

pytestmark = pytest.mark.django_db

LABELS = ("tarnwick", "ostrelle")


@pytest.fixture(scope="module")
def now(django_db_setup, django_db_blocker):
    """The demo with each conversation told once, made before the module's tests and gone after them."""
    storage, default_storage._wrapped = default_storage._wrapped, InMemoryStorage()
    try:
        with django_db_blocker.unblock(), transaction.atomic():
            now = timezone.now()
            assert list(seed(now=now, tellings=1)) == [("Tarnwick Systems", 61), ("Ostrelle Software", 8)]
            yield now
            transaction.set_rollback(True)
    finally:
        default_storage._wrapped = storage


@pytest.fixture
def tarnwick(now):
    tenant = Tenant.objects.get(label="tarnwick")
    with acting(tenant_id=tenant.pk, account_id=EVERY_ACCOUNT):
        yield tenant


def _everything():
    """How many rows there are of each kind in either portal."""
    counts = {}
    for label in LABELS:
        tenant = Tenant.objects.get(label=label)
        with acting(tenant_id=tenant.pk, account_id=EVERY_ACCOUNT):
            for model in (Account, Membership, Incident, Message, Attachment, Notification, HistoryEntry):
                counts[label, model.__name__] = model.objects.count()
    return counts, User.objects.count()


def test_seeding_again_changes_nothing(now):
    before = _everything()
    assert list(seed(now=timezone.now(), tellings=1)) == []
    assert _everything() == before


def test_solutions_are_at_every_stage_and_show_what_they_are_worth(tarnwick):
    solutions = list(Solution.objects.order_by("id"))
    assert Counter(one.state for one in solutions) == {"published": 9, "draft": 2}
    assert Counter(one.audience for one in solutions if one.state == "published") == {
        "customers": 7,
        "public": 1,
        "internal": 1,
    }
    assert [sum(getattr(one, name) for one in solutions) for name in ("reviews", "stale", "flags_open")] == [
        1,
        1,
        1,
    ]
    assert sum(one.links for one in solutions) == SolutionLink.objects.count() >= 8
    assert sum(one.helped for one in solutions) == Verdict.objects.filter(helped=True).count() == 22
    for text in Revision.objects.exclude(reviewer=None):
        assert text.reviewer_id not in text.writers
        assert text.saved_at < text.published_at <= timezone.now()


def test_every_state_severity_and_language_is_there(tarnwick):
    incidents = list(Incident.objects.all())
    states = Counter(incident.state for incident in incidents)
    assert min(states[state] for state in State) >= 6
    severities = Counter(incident.severity for incident in incidents)
    assert min(severities[severity] for severity in (1, 2, 3, 4)) >= 6
    languages = Counter(incident.language for incident in incidents)
    assert languages == {"en": 11, "fr": 10, "it": 10, "nl": 10, "sv": 10, "ko": 10}
    assert Account.objects.values("time_zone").distinct().count() >= 3


def test_the_queue_has_something_to_take_at_each_severity_and_for_each_agent(tarnwick):
    unassigned = Incident.objects.filter(assignee=None).to_do()
    assert set(unassigned.values_list("severity", flat=True)) == {1, 2, 3, 4}
    assert AgentProduct.objects.count() == 0
    agents = Membership.objects.filter(role=Role.AGENT)
    assert agents.count() == 6
    for agent in agents.select_related("tenant", "user"):
        with transaction.atomic():
            assert take_next(person=agent) is not None, agent.name
            transaction.set_rollback(True)


def test_some_are_overdue_some_were_late_and_most_in_time(tarnwick, now):
    assert Incident.objects.to_do().filter(due_at__lte=now).count() >= 3
    answered = Score.objects.filter(kind=TargetKind.FIRST_RESPONSE)
    assert 1 <= answered.filter(kept=False).count() <= answered.count() // 3


def test_contracts_stand_as_promised(tarnwick, now):
    found = {}
    for account in Account.objects.all():
        line = load_holdings(account).lines[0]
        found[account.key] = (line.plan.code, contract_state(line, now))
        assert Edition.objects.get(pk=line.edition_id).number == 2
    assert found == {
        "QUIL": ("elite", ContractState.ACTIVE),
        "VAUB": ("premium", ContractState.EXPIRING),
        "BREN": ("xtreme", ContractState.ACTIVE),
        "WATER": ("premium", ContractState.EXPIRING),
        "NORR": ("xtreme", ContractState.EXPIRED),
        "HANBIT": ("elite", ContractState.ACTIVE),
    }
    assert Installation.objects.filter(kind="modified").count() == 1
    unsolved = Incident.objects.filter(coverage_check=True, state=State.NEW)
    assert set(unsolved.values_list("account__key", flat=True)) == {"NORR"}


def test_a_product_without_critical_support_keeps_office_hours(tarnwick):
    counter = Product.objects.get(code="counter")
    critical = Clock.objects.filter(incident__severity=1, kind=TargetKind.FIRST_RESPONSE)
    hours = critical.filter(incident__product=counter).values_list("calendar__code", flat=True)
    assert set(hours) == {"business"}
    others = critical.exclude(incident__product=counter).values_list("calendar__code", flat=True)
    assert set(others) == {"24x5", "24x7"}


def test_every_history_is_in_the_order_of_time_and_ends_before_now(tarnwick, now):
    for incident in Incident.objects.all():
        times = [entry.at for entry in history_of(incident)]
        assert times[0] == incident.created_at
        assert times == sorted(times), incident.reference
        messages = list(incident.messages.order_by("id").values_list("created_at", flat=True))
        assert messages == sorted(messages), incident.reference
        assert max([*times, *messages, incident.last_activity_at]) <= now, incident.reference


def test_references_count_up_in_the_order_of_logging(tarnwick):
    for account in Account.objects.all():
        logged = list(Incident.objects.filter(account=account).order_by("created_at", "number"))
        assert [incident.number for incident in logged] == list(range(1, len(logged) + 1))


def test_replaying_the_clocks_gives_the_stored_due_times(tarnwick):
    assert list(replay(tarnwick, ended=True)) == []
    assert Clock.objects.count() > 90


def test_the_past_is_read_and_was_not_mailed(tarnwick, now):
    old = Notification.objects.filter(created_at__lt=now - NEWS)
    assert old.count() > 100
    assert old.filter(read_at=None).count() == 0
    told_lately = Notification.objects.filter(created_at__gt=now - NEWS)
    assert told_lately.exclude(read_at=None).count() == 0
    assert Delivery.objects.count() == told_lately.count()


def test_there_are_files_followers_mentions_and_notes(tarnwick):
    files = {attachment.name: attachment for attachment in Attachment.objects.exclude(incident=None)}
    assert Counter(file.content_type for file in files.values())["image/png"] == 2
    assert len(files) == 5
    for file in files.values():
        with default_storage.open(file.path) as stored:
            assert len(stored.read()) == file.size
        assert file.created_at >= file.incident.created_at
    assert Follower.objects.filter(person__account=None).exists()
    assert Follower.objects.exclude(person__account=None).exists()
    assert Message.objects.filter(internal=True).exclude(mentions=[]).exists()


def test_each_portal_sees_only_its_own(now):
    tenants = {label: Tenant.objects.get(label=label) for label in LABELS}
    keys = {}
    for label, tenant in tenants.items():
        with acting(tenant_id=tenant.pk, account_id=EVERY_ACCOUNT):
            keys[label] = set(Incident.objects.values_list("account__key", flat=True))
    assert keys == {
        "tarnwick": {"QUIL", "VAUB", "BREN", "WATER", "NORR", "HANBIT"},
        "ostrelle": {"HARROW", "BELS", "TARN"},
    }
    with acting(tenant_id=None):
        assert Incident.objects.count() == 0


def test_one_person_belongs_to_both_portals_with_one_sign_in(now):
    user = User.objects.get(email="tom.eddery@tarnwick.example")
    assert user.check_password(PASSWORD)
    with acting(tenant_id=None, user_id=user.pk):
        places = Membership.objects.filter(user=user).values_list("tenant__label", "role", "account__key")
        assert {place[:2] for place in places} == {("tarnwick", "admin"), ("ostrelle", "customer_admin")}


def test_the_roll_names_everybody_with_address_role_company_and_password(now):
    text = roll()
    assert f"http://tarnwick.{settings.BASE_HOST}" in text
    assert text.count(PASSWORD) == 1
    lines = [line.split("  ") for line in text.splitlines() if "@" in line]
    assert len(lines) == 12 + 23 + 3 + 9
    row = next(line for line in text.splitlines() if "seoyun.kim@" in line)
    assert row.split() == ["Customer", "administrator", "seoyun.kim@hanbitgoeul.example", "한빛고을유통"]


def test_incidents_lie_within_three_months(tarnwick, now):
    oldest = Incident.objects.earliest("created_at").created_at
    assert now - timedelta(days=90) < oldest


def test_a_critical_solution_was_told_and_its_loop_is_open_here_and_closed_there(tarnwick):
    notice = Notice.objects.get(tenant=tarnwick)
    loops = {loop.account.key: loop for loop in Loop.objects.filter(tenant=tarnwick, notice=notice)}
    assert {key: (loop.affected, loop.standing) for key, loop in loops.items()} == {
        "QUIL": ("yes", "fixed"),
        "VAUB": ("yes", "exposed"),
        "BREN": ("no", "not_affected"),
        "HANBIT": ("yes", "exposed"),
    }
    assert {key: (loop.told, loop.read, loop.acknowledged) for key, loop in loops.items()} == {
        "QUIL": (2, 2, 2),
        "VAUB": (2, 1, 0),
        "BREN": (1, 1, 0),
        "HANBIT": (2, 1, 1),
    }
    assert sorted(notice.titles) == ["en", "fr", "ko"]


def test_releases_of_every_kind_were_given_out_and_fetched(tarnwick):
    releases = list(Release.objects.all())
    assert {release.kind for release in releases} == set(ReleaseKind)
    assert Counter(release.state for release in releases) == {"published": len(releases) - 1, "withdrawn": 1}
    assert Replacement.objects.count() == 1
    assert {release.product.code for release in releases} == {"ledger", "depot", "relay", "counter"}
    assert Download.objects.exclude(finished_at=None).count() >= 5
    for file in ReleaseFile.objects.all():
        assert parts_of(file).sha256() == file.sha256
