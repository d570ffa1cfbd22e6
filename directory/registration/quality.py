"""How well the records are kept, in figures that anybody may see."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from directory.domain.evidence import Level

AGE_BANDS_DAYS = (30, 60, 90, 120)
"""Upper ends of the bands of age in days; what is older is in a last band of its own."""


@dataclass(frozen=True, slots=True)
class Quality:
    """Figures as of a day.

    `listings`: (level, upper end of the age band in days, None for the last) -> roles and clinic sites whose strongest
    unexpired evidence is of that level and age. They may show more than the search, which lists no role twice at one
    place. `oldest_report_days` is None without open cases, `median_days_to_mend` without settled ones in the year.
    """

    as_of: date
    listings: Mapping[tuple[Level, int | None], int]
    open_reports: int
    overdue_reports: int
    oldest_report_days: int | None
    settled_in_a_year: int
    median_days_to_mend: float | None


class QualityDesk(Protocol):
    """Raises RecordsUnavailable."""

    def quality(self, at: datetime) -> Quality: ...


def age_band(checked_on: date, today: date) -> int | None:
    """The upper end in days of the band that evidence of this day falls in today."""
    age = today - checked_on
    return next((band for band in AGE_BANDS_DAYS if age <= timedelta(days=band)), None)
