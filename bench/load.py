"""``python -m bench.load 1000000``: fill a fresh database. Runs as the owner of its tables."""

import sys
import time
from typing import Any

import django

django.setup()

from django.db import connection  # noqa: E402  the settings come first

from bench import rows  # noqa: E402
from bench.bulk import without_indexes  # noqa: E402
from bench.vendors import Vendor, open_vendor  # noqa: E402

LARGE, SMALL = "large", "small"
_FEWEST_UNSOLVED = 200


def main(scale: int) -> None:
    began = time.monotonic()
    unsolved = min(scale, max(scale * 12 // 100, _FEWEST_UNSOLVED))
    accounts = max(scale // 500, 10)
    vendors = [
        open_vendor(
            label,
            accounts=accounts * share // 100,
            incidents=scale * share // 100,
            unsolved=unsolved * share // 100,
        )
        for label, share in ((LARGE, 80), (SMALL, 20))
    ]
    with connection.cursor() as cursor, without_indexes(cursor, rows.TABLES):
        for vendor in vendors:
            _fill(cursor, vendor)
    print(f"Loaded {scale:,} incidents in {time.monotonic() - began:.0f} s.")


def _fill(cursor: Any, vendor: Vendor) -> None:
    parameters = {
        "tenant": vendor.tenant_id,
        "label": vendor.label,
        "edition": vendor.edition_id,
        "accounts": vendor.accounts,
        "incidents": vendor.incidents,
        "unsolved": vendor.unsolved,
        "five": rows.FIVE,
        "five_hundred": rows.FIVE_HUNDRED,
    }
    for step in rows.STEPS:
        cursor.execute(step, parameters)


if __name__ == "__main__":
    main(int(sys.argv[1]))
