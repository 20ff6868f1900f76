"""The public holidays of a region, as dates for a coverage calendar and names for the people who read it."""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache

import holidays


class UnknownRegion(ValueError):
    """No holidays are known for this country, or it has no such subdivision."""


def public_holidays(
    country: str, subdivision: str = "", *, years: Iterable[int], language: str = "en"
) -> Mapping[date, str]:
    """Dates in order, each with its name; several on one date are joined by a semicolon.

    `country` is an ISO 3166-1 code (DE), `subdivision` the part after the hyphen of an ISO 3166-2 code (BE).
    A holiday made up for on a working day counts on both dates. Names come in `language` where the country's
    are known in it, or else in the country's own. Raises UnknownRegion.
    """
    found: dict[date, str] = {}
    for year in sorted(set(years)):
        found.update(_holidays_of_year(country, subdivision, year, language))
    return found


@lru_cache(maxsize=512)
def _holidays_of_year(country: str, subdivision: str, year: int, language: str) -> Mapping[date, str]:
    try:
        region = holidays.country_holidays(
            country, subdiv=subdivision or None, years=year, language=_known_language(country, language)
        )
    except NotImplementedError:
        raise UnknownRegion(f"{country}-{subdivision}" if subdivision else country) from None
    return dict(sorted(region.items()))


def _known_language(country: str, language: str) -> str | None:
    region = holidays.country_holidays(country)
    # Left to itself the library asks the environment of the process.
    return next(
        (code for code in region.supported_languages if code == language or code.startswith(f"{language}_")),
        region.default_language,
    )
