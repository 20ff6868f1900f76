"""What is new for an account, from what it runs and what is given out."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge.releases.enums import Kind
from knowledge.releases.news import (
    Candidate,
    Known,
    News,
    Running,
    concerns,
    has_problem,
    known_issues,
    news,
)

LEDGER, STORE = 1, 2
OLD, MIDDLE, NEW = 0, 1, 2  # 7.4, 8.1, 8.2
PRODUCTION, TESTS = Running(1, LEDGER, MIDDLE), Running(2, LEDGER, OLD)


def release(kind, version, first=None, last=None, pk=1, product=LEDGER, day=1):
    first = (OLD if kind == Kind.UPDATE else version) if first is None else first
    return Candidate(pk, product, kind, version, first, version if last is None else last, date(2026, 1, day))


@pytest.mark.parametrize(
    ("one", "whose"),
    [
        (release(Kind.UPDATE, NEW), [1, 2]),
        (release(Kind.UPDATE, NEW, first=MIDDLE), [1]),
        (release(Kind.PATCH, MIDDLE), [1]),
        (release(Kind.PATCH, MIDDLE, first=OLD, last=MIDDLE), [1, 2]),
        (release(Kind.PATCH, NEW), []),
        (release(Kind.UPDATE, MIDDLE), [2]),
        (release(Kind.DOCUMENTATION, MIDDLE), []),
        (release(Kind.PATCH, MIDDLE, product=STORE), []),
    ],
)
def test_the_examples_of_the_page(one, whose):
    assert [running.id for running in (PRODUCTION, TESTS) if concerns(one, running)] == whose


def test_each_kind_goes_into_its_group():
    kinds = (
        Kind.UPDATE,
        Kind.FEATURE_PACK,
        Kind.PATCH,
        Kind.SERVICE_PACK,
        Kind.REGULATORY,
        Kind.DOCUMENTATION,
    )
    released = [release(kind, NEW if kind == Kind.UPDATE else MIDDLE, pk=pk) for pk, kind in enumerate(kinds)]
    found = news([PRODUCTION], released, frozenset())
    ids = [[one.id for one, _whose in group] for group in (found.newer, found.missing, found.regulatory)]
    assert ids == [[0], [3, 2, 1], [4]]


def test_an_installation_without_a_version_has_no_news():
    assert news([Running(1, LEDGER, None)], [release(Kind.UPDATE, NEW)], frozenset()) == News([], [], [])


candidates = st.builds(
    release,
    kind=st.sampled_from(list(Kind)),
    version=st.integers(0, 4),
    first=st.integers(0, 4),
    last=st.integers(0, 4),
    pk=st.integers(1, 30),
    product=st.sampled_from([LEDGER, STORE]),
    day=st.integers(1, 28),
)
running = st.builds(
    Running,
    id=st.integers(1, 5),
    product_id=st.sampled_from([LEDGER, STORE]),
    version=st.none() | st.integers(0, 4),
)
many = st.lists(candidates, max_size=12, unique_by=lambda one: one.id)
installed = st.lists(running, max_size=4, unique_by=lambda one: one.id)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(installed=installed, released=many, fetched=st.frozensets(st.integers(1, 30)))
def test_news_are_what_concerns_an_installation_and_nothing_else(installed, released, fetched):
    found = news(installed, released, fetched)
    told = [*found.newer, *found.missing, *found.regulatory]
    expected = {
        one.id: [each.id for each in installed if concerns(one, each)]
        for one in released
        if one.id not in fetched
    }
    assert {one.id: list(whose) for one, whose in told} == {
        pk: whose for pk, whose in expected.items() if whose
    }
    assert len(told) == len({one.id for one, _whose in told})
    versions = {each.id: each.version for each in installed}
    assert all(versions[pk] < one.version for one, whose in found.newer for pk in whose)
    assert all(one.first <= versions[pk] <= one.last for one, whose in told for pk in whose)
    for group in (found.newer, found.missing, found.regulatory):
        assert list(group) == sorted(group, key=lambda pair: (pair[0].released_on, pair[0].id), reverse=True)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(installed=installed, released=many, more=running)
def test_another_installation_takes_no_news_away(installed, released, more):
    before, after = news(installed, released, frozenset()), news([*installed, more], released, frozenset())
    for name in ("newer", "missing", "regulatory"):
        assert {one.id for one, _ in getattr(before, name)} <= {one.id for one, _ in getattr(after, name)}


def solution(first=None, last=None, fixed_at=None, pk=1, product=LEDGER, critical=False, day=1):
    return Known(pk, product, first, last, fixed_at, critical, datetime(2026, 1, day, tzinfo=UTC))


@pytest.mark.parametrize(
    ("one", "whose"),
    [
        (solution(OLD, fixed_at=NEW), [1, 2]),
        (solution(OLD, fixed_at=MIDDLE), [2]),
        (solution(OLD, fixed_at=OLD), []),
        (solution(OLD), [1, 2]),
        (solution(MIDDLE, MIDDLE), [1]),
        (solution(last=OLD), [2]),
        (solution(), [1, 2]),
        (solution(product=STORE), []),
    ],
)
def test_known_issues_of_the_page(one, whose):
    assert known_issues([PRODUCTION, TESTS], [one]) == ({1: whose} if whose else {})


def test_critical_issues_come_first_then_the_latest():
    solutions = [solution(pk=1, day=9), solution(pk=2, critical=True), solution(pk=3, day=20)]
    assert list(known_issues([PRODUCTION], solutions)) == [2, 3, 1]


def test_a_solution_for_two_products_is_one_issue():
    store = Running(3, STORE, NEW)
    both = [solution(MIDDLE), solution(product=STORE)]
    assert known_issues([store, PRODUCTION, TESTS], both) == {1: [1, 3]}


ends = st.none() | st.integers(0, 4)
solutions = st.builds(
    solution,
    first=ends,
    last=ends,
    fixed_at=ends,
    pk=st.integers(1, 30),
    product=st.sampled_from([LEDGER, STORE]),
    critical=st.booleans(),
    day=st.integers(1, 28),
)
several = st.lists(solutions, max_size=12, unique_by=lambda one: one.id)


@given(installed=installed, solved=several)
def test_issues_are_of_installed_versions_in_range_that_no_update_has_reached(installed, solved):
    found = known_issues(installed, solved)
    by_id = {one.id: one for one in solved}
    for one in solved:
        allowed = range(one.first or 0, 5 if one.last is None else one.last + 1)
        fixed = range(5 if one.fixed_at is None else one.fixed_at, 5)
        expected = sorted(
            each.id
            for each in installed
            if each.product_id == one.product_id and each.version in allowed and each.version not in fixed
        )
        assert list(found.get(one.id, [])) == expected
    order = [(by_id[pk].critical, by_id[pk].published_at, pk) for pk in found]
    assert order == sorted(order, reverse=True)


@given(installed=installed, one=solutions, update=st.integers(0, 4), newer=st.integers(0, 4))
def test_whoever_installs_a_fix_or_something_newer_has_the_issue_no_more(installed, one, update, newer):
    fixed = one._replace(fixed_at=update)
    for each in installed:
        after = each._replace(version=max(update, newer))
        assert not has_problem(fixed, after)
        assert not has_problem(fixed, each) or has_problem(one._replace(fixed_at=None), each)
