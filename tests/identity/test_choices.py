"""What people choose from, in words they know."""

from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from portal.identity import choices


def test_every_time_zone_offered_is_one():
    places = [name for _region, group in choices.time_zones()[:-1] for name, _label in group]
    assert all(ZoneInfo(name) for name in places)
    assert {"Europe/Berlin", "Asia/Seoul", "America/New_York"} <= set(places)
    assert len(places) > 400


def test_historical_names_are_not_offered():
    places = {name for _region, group in choices.time_zones()[:-1] for name, _label in group}
    assert places.isdisjoint({"US/Eastern", "Asia/Calcutta", "GMT", "Etc/GMT+5", "Europe/Belfast"})


@pytest.mark.parametrize(
    ("language", "first", "germany"),
    [("en", "Afghanistan", "Germany"), ("fr", "Afghanistan", "Allemagne"), ("sv", "Afghanistan", "Tyskland")],
)
def test_countries_stand_in_the_readers_language_and_order(language, first, germany):
    with translation.override(language):
        countries = choices.countries()
    assert countries[0][1] == first
    assert dict(countries)["DE"] == germany
    assert "ZZ" not in dict(countries)


def test_each_language_is_offered_under_its_own_name():
    assert choices.languages() == [
        ("en", "English"),
        ("fr", "Français"),
        ("it", "Italiano"),
        ("nl", "Nederlands"),
        ("sv", "Svenska"),
        ("ko", "한국어"),
    ]
