"""Public holidays of a region, for calendars and for the people who read them."""

from datetime import UTC, date, datetime

import pytest

from plans.coverage import Calendar, is_open, openings
from plans.public_holidays import UnknownRegion, public_holidays


def test_the_holidays_of_a_country_come_in_order_with_their_names():
    found = public_holidays("SE", years=[2027, 2026], language="sv")
    assert list(found) == sorted(found)
    assert found[date(2026, 6, 6)] == "Nationaldagen"
    assert found[date(2027, 1, 6)] == "Trettondedag jul"
    assert {day.year for day in found} == {2026, 2027}


def test_a_subdivision_adds_its_own():
    assert date(2027, 3, 8) in public_holidays("DE", "BE", years=[2027])
    assert date(2027, 3, 8) not in public_holidays("DE", "BY", years=[2027])


@pytest.mark.parametrize(
    ("country", "language", "name"),
    [
        ("FR", "fr", "Jour de l'an"),
        ("IT", "it", "Capodanno"),
        ("NL", "nl", "Nieuwjaarsdag"),
        ("US", "en", "New Year's Day"),
        ("BE", "fr", "Nouvel an"),
        ("DE", "sv", "Neujahr"),
    ],
)
def test_names_come_in_the_language_asked_for_or_in_the_countrys_own(country, language, name):
    assert public_holidays(country, years=[2027], language=language)[date(2027, 1, 1)].casefold() == (
        name.casefold()
    )


def test_names_do_not_depend_on_the_environment(monkeypatch):
    monkeypatch.setenv("LANGUAGE", "uk")
    assert public_holidays("DE", years=[2031], language="sv")[date(2031, 1, 1)] == "Neujahr"


def test_a_holiday_made_up_for_on_a_working_day_counts_on_both_dates():
    found = public_holidays("US", years=[2027])
    assert {date(2027, 7, 4), date(2027, 7, 5)} <= found.keys()


@pytest.mark.parametrize("region", [("XX", ""), ("", ""), ("DE", "QQ"), ("germany", "")])
def test_an_unknown_region_is_refused(region):
    with pytest.raises(UnknownRegion):
        public_holidays(*region, years=[2027])


def test_they_close_a_calendar():
    holidays = frozenset(public_holidays("KR", years=[2027], language="ko"))
    office = Calendar("Asia/Seoul", openings(range(5), "08:00", "18:00"), holidays)
    assert not is_open(office, datetime(2027, 3, 1, 3, tzinfo=UTC))
    assert is_open(office, datetime(2027, 3, 2, 3, tzinfo=UTC))
