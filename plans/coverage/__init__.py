"""Coverage arithmetic: when is a promised time over, and how much of it has passed.

Pure: a calendar and instants go in, an instant or an amount comes out. The rules, with worked numbers,
are in docs/rules/coverage.md.
"""

from plans.coverage.arithmetic import (
    Explanation,
    Span,
    closes_next,
    due,
    elapsed,
    explain_due,
    explain_elapsed,
    is_open,
    opens_next,
)
from plans.coverage.calendar import ALWAYS_OPEN, Calendar, Hours, Opening, openings
from plans.coverage.errors import CalendarFault, CoverageError, InvalidCalendar, NeverOpens, OutOfRange

__all__ = [
    "ALWAYS_OPEN",
    "Calendar",
    "CalendarFault",
    "CoverageError",
    "Explanation",
    "Hours",
    "InvalidCalendar",
    "NeverOpens",
    "Opening",
    "OutOfRange",
    "Span",
    "closes_next",
    "due",
    "elapsed",
    "explain_due",
    "explain_elapsed",
    "is_open",
    "openings",
    "opens_next",
]
