"""What people choose from: languages, time zones, countries, in words they know."""

from functools import cache
from importlib.resources import files
from unicodedata import normalize
from zoneinfo import available_timezones

from babel import Locale
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext_lazy as _

_REGIONS: dict[str, str | Promise] = {
    "Europe": _("Europe"),
    "Asia": _("Asia"),
    "America": _("America"),
    "Africa": _("Africa"),
    "Australia": _("Australia"),
    "Pacific": _("Pacific"),
    "Atlantic": _("Atlantic"),
    "Indian": _("Indian Ocean"),
}

_NO_COUNTRY = {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"}
"""Codes in CLDR's list that stand for groups, tests and the unknown."""

Choice = tuple[str, str | Promise]
Group = tuple[str | Promise, list[Choice]]


def languages() -> list[Choice]:
    """Each language under its own name, so that everybody finds theirs."""
    return [
        (code, str(get_language_info(code)["name_local"]).capitalize()) for code, _name in settings.LANGUAGES
    ]


def time_zones() -> list[Choice | Group]:
    """The places of the time zone database by region, without its historical names."""
    grouped: dict[str, list[Choice]] = {region: [] for region in _REGIONS}
    for name in _places():
        region, _slash, place = name.partition("/")
        if region in grouped:
            grouped[region].append((name, place.replace("_", " ").replace("/", " – ")))
    groups: list[Choice | Group] = [(label, grouped[region]) for region, label in _REGIONS.items()]
    return [*groups, ("UTC", "UTC")]


def countries() -> list[Choice]:
    """ISO 3166 codes with their names in the reader's language, sorted by name."""
    return _countries_in(get_language() or "en")


@cache
def _places() -> list[str]:
    table = files("tzdata").joinpath("zoneinfo", "zone.tab").read_text()
    names = {line.split("\t")[2].strip() for line in table.splitlines() if not line.startswith("#")}
    return sorted(names & available_timezones())


@cache
def _countries_in(language: str) -> list[Choice]:
    names = Locale.parse(language.replace("-", "_")).territories
    real = {code: name for code, name in names.items() if len(code) == 2 and code.isalpha()}
    countries = [(code, name) for code, name in real.items() if code not in _NO_COUNTRY]
    return sorted(countries, key=lambda pair: _without_accents(pair[1]))


def _without_accents(name: str) -> str:
    return normalize("NFKD", name).encode("ascii", "ignore").decode().casefold() or name
