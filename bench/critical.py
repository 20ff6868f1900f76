"""A critical solution for a hundred thousand registered contacts: looked at, stored, and handed over.

One process stores, as one worker does; two hand over, with a transport that keeps the finished letters.
Then another is told while clocks come to their steps (:mod:`bench.beside`), and its mails leave over SMTP
(:mod:`bench.leaving`).
"""

import resource
import time
from multiprocessing.connection import Connection

from celery import current_app
from django.db import connections
from django.urls import reverse

from bench import beside, forked, leaving
from bench.deliveries import NullTransport
from bench.figures import Failed, Figure, at_least, at_most
from bench.load import LARGE
from knowledge.critical.actions import tell_customers
from knowledge.critical.enums import NoticeState
from knowledge.critical.fanout import tell_due
from knowledge.critical.models import Notice
from knowledge.critical.preview import preview
from knowledge.critical.queries import published_text
from knowledge.search.enums import Audience
from knowledge.solutions.actions import Range, Words, ask_review, draft_solution, publish
from knowledge.solutions.actions.changes import open_revision
from knowledge.solutions.actions.writing import mark_of
from knowledge.solutions.models import Solution
from notifications.delivery import deliver_batch
from plans.models import Product
from portal.core.tenancy import EVERY_ACCOUNT, acting
from portal.identity.enums import Role
from portal.identity.models import Membership, Tenant

ACCOUNTS, CONTACTS = 10_000, 10
"""So many contacts of each account."""
PEOPLE = ACCOUNTS * CONTACTS
PROCESSES = 2
_STORED_IN, _LOOKED_AT_IN = 20, 20
_HELD, _GROWTH = 1.0, 32
_RATE = 5_000
_PREPARE = f"""
UPDATE notifications_delivery SET state = 'sent' WHERE state <> 'sent';
INSERT INTO identity_user (password, email, name, language, time_zone, is_active, created_at)
SELECT '!', format('critical%%s.%%s@%%s.example', a, c, %(label)s), format('Contact %%s of %%s', c, a),
       (ARRAY['en','fr','it','nl','sv','ko'])[1 + a %% 6], 'Europe/Berlin', true, now()
FROM generate_series(1, {ACCOUNTS}) a, generate_series(1, {CONTACTS}) c;
INSERT INTO identity_account (tenant_id, name, key, language, time_zone, country, subdivision,
                              last_incident_number, created_at)
SELECT %(tenant)s, format('Concerned %%s', a), 'C' || lpad(upper(to_hex(a)), 5, '0'), 'en', 'Europe/Berlin',
       'DE', '', 0, now()
FROM generate_series(1, {ACCOUNTS}) a;
CREATE TEMP TABLE concerned AS
SELECT id, row_number() OVER (ORDER BY id) AS n FROM identity_account
 WHERE tenant_id = %(tenant)s AND name LIKE 'Concerned %%';
INSERT INTO identity_membership (tenant_id, user_id, account_id, role, languages, sales_contact, joined_at)
SELECT %(tenant)s, u.id, concerned.id, 'customer', '{{}}', false, now()
FROM concerned, generate_series(1, {CONTACTS}) c, identity_user u
WHERE u.email = format('critical%%s.%%s@%%s.example', n, c, %(label)s);
INSERT INTO entitlements_contract (tenant_id, account_id, number, plan_id, edition_id, starts_on, ends_on,
                                   grace_days, created_at)
SELECT %(tenant)s, concerned.id, 'CC-' || concerned.n, plan.id, edition.id, current_date - 100,
       current_date + 265, 14, now()
FROM concerned, plans_plan plan, plans_edition edition
WHERE plan.tenant_id = %(tenant)s AND plan.rank = 1 AND edition.tenant_id = %(tenant)s AND edition.number = 1;
INSERT INTO entitlements_contractline (tenant_id, account_id, contract_id, product_id)
SELECT %(tenant)s, contract.account_id, contract.id, %(product)s
FROM entitlements_contract contract JOIN concerned ON concerned.id = contract.account_id;
INSERT INTO entitlements_installation (tenant_id, account_id, product_id, version_id, name, environment, kind)
SELECT %(tenant)s, concerned.id, %(product)s, version.id, 'Production ' || n, 'production', 'standard'
FROM concerned, plans_productversion version
WHERE version.tenant_id = %(tenant)s AND version.product_id = %(product)s;
INSERT INTO critical_registration (tenant_id, account_id, person_id, product_id, by_mail, in_portal,
                                   tell_unaffected, made_at)
SELECT %(tenant)s, account_id, membership.id, %(product)s, true, true, false, now()
FROM identity_membership membership JOIN concerned ON concerned.id = membership.account_id;
ANALYZE identity_user, identity_account, identity_membership, entitlements_contract,
        entitlements_contractline, entitlements_installation, critical_registration;
"""


def measure() -> list[Figure]:
    current_app.conf.broker_url = "memory://"
    reverse("notifications:list")  # the addresses are read once, before the clock starts
    tenant = Tenant.objects.get(label=LARGE)
    author, lead, product = _prepare(tenant)
    with acting(tenant_id=tenant.pk, account_id=EVERY_ACCOUNT):
        solution = _published(author, lead, product)
        began = time.monotonic()
        expected = preview(lead, solution).told
        looked = time.monotonic() - began
        if expected != PEOPLE:
            raise Failed(f"The preview found {expected} people.")
        notice = _press(lead, solution)
    stored, held, growth = _store(notice)
    seconds, taken = _hand_over()
    # Nothing counts as fast that is lost or handed over twice.
    rate = PEOPLE / seconds if len(taken) == len(set(taken)) == PEOPLE else 0.0
    name = f"critical solution, {PEOPLE:,} contacts"
    return [
        at_most(f"{name}, who would be told and why", looked, "s", _LOOKED_AT_IN),
        at_most(f"{name}, stored", stored, "s", _STORED_IN),
        at_most(f"{name}, other work waits for the fan-out", held, "s", _HELD),
        at_most(f"{name}, memory grown between the first batches and the last", growth, "MB", _GROWTH),
        at_least(f"{name}, handed over by {PROCESSES} processes", rate, "rows/s", _RATE),
        *beside.measure(lambda: _press_another(tenant, author, lead, product)),
        *leaving.measure(),
    ]


def _prepare(tenant: Tenant) -> tuple[Membership, Membership, Product]:
    """Somebody who writes, somebody who tells, and what all those contacts have."""
    with acting(tenant_id=tenant.pk, account_id=EVERY_ACCOUNT):
        staff = Membership.objects.staff().filter(tenant=tenant)
        author, lead = staff.filter(role=Role.AGENT)[0], staff.filter(role=Role.LEAD)[0]
        product = Product.objects.filter(tenant=tenant).earliest("position")
    with connections["floor"].cursor() as owner:  # who may write every table at once
        owner.execute(_PREPARE, {"tenant": tenant.pk, "label": tenant.label, "product": product.pk})
    return author, lead, product


def _published(author: Membership, lead: Membership, product: Product) -> Solution:
    solution = draft_solution(
        person=author,
        language="en",
        words=Words(title="Postings vanish", symptom="They are gone.", resolution="Install the fix."),
        ranges=[Range(product=product.pk)],
        audience=Audience.CUSTOMERS,
    )
    seen = mark_of(open_revision(solution, "en"))
    ask_review(person=author, solution=solution, language="en", seen=seen)
    publish(person=lead, solution=solution, language="en", seen=seen, critical=True)
    solution.refresh_from_db()
    return solution


def _press(lead: Membership, solution: Solution) -> Notice:
    if (text := published_text(solution)) is None:
        raise Failed("The solution was not published.")
    return tell_customers(person=lead, solution=solution, seen=text.pk)


def _press_another(tenant: Tenant, author: Membership, lead: Membership, product: Product) -> None:
    with acting(tenant_id=tenant.pk, account_id=EVERY_ACCOUNT):
        _press(lead, _published(author, lead, product))


def _store(notice: Notice) -> tuple[float, float, float]:
    """The seconds for all, the longest that a worker went on without a pause, and the memory that grew."""
    began, held, first = time.monotonic(), 0.0, 0.0
    while _goes_on(notice):
        started = time.monotonic()
        tell_due()
        held = max(held, time.monotonic() - started)
        first = first or _memory()
    return time.monotonic() - began, held, _memory() - first


def _goes_on(notice: Notice) -> bool:
    """:raises Failed: it is told, though not to everybody."""
    with acting(tenant_id=notice.tenant_id, account_id=EVERY_ACCOUNT):
        now = Notice.objects.get(tenant_id=notice.tenant_id, pk=notice.pk)
    if now.state != NoticeState.TELLING and now.told != PEOPLE:
        raise Failed(f"{now.told} people were told; the notice is {now.state}.")
    return now.state == NoticeState.TELLING


def _memory() -> float:
    """Megabytes that this process has had at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _hand_over() -> tuple[float, list[str]]:
    began = time.monotonic()
    results: list[list[str]] = [end.recv() for end in forked.start(PROCESSES, _deliver)]
    return time.monotonic() - began, [pk for taken in results for pk in taken]


def _deliver(end: Connection) -> None:
    transport = NullTransport()
    while deliver_batch(transport):
        pass
    end.send(transport.taken)
    end.close()
