"""The day a registry file speaks of, and until when what it says may be shown."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from directory.domain.errors import InvalidInput

OLD_FILE_NOTE = "old_registry_file"
"""The caveat that every card made from an old file carries."""
_DAY = re.compile(r"(?<![0-9])20[0-9]{6}(?![0-9])")
_SPAN = re.compile(r"(?<![0-9])([0-9]{8})-([0-9]{8})(?![0-9])")
_WEEKS = timedelta(days=45)
"""No longer span is that of an update."""
_WEEK = re.compile(r"_[0-9]{6}_([0-9]{6})_Weekly", re.IGNORECASE)
_MONTH = re.compile(r"_([A-Z][a-z]+)_(20[0-9]{2})(?![0-9])")


@dataclass(frozen=True, slots=True)
class Dating:
    """What evidence from one file carries: its day, its last day, and a caveat or ""."""

    checked_on: date
    expires_on: date
    note: str = ""


def date_in_name(name: str) -> date | None:
    """The day in a file name: the end of a week or of the span covered, the first of a month; None without one.

    "npidata_pfile_20251103-20251109.csv" -> 2025-11-09, "NPPES_Data_Dissemination_110325_110925_Weekly.zip" ->
    2025-11-09, "NPPES_Data_Dissemination_November_2025.zip" -> 2025-11-01.
    """
    days = [day for text in _DAY.findall(name) if (day := _parsed(text, "%Y%m%d"))]
    if days:
        return days[-1]
    if week := _WEEK.search(name):
        return _parsed(week[1], "%m%d%y")
    if month := _MONTH.search(name):
        return _parsed(f"1 {month[1]} {month[2]}", "%d %B %Y")
    return None


def file_date(path: Path, members: tuple[str, ...], stated: date | None, today: date) -> date:
    """The stated day, else the one in the members' names, else in the file's. Raises InvalidInput without one."""
    named = [day for member in members if (day := date_in_name(member))]
    found = stated or max(named, default=None) or date_in_name(path.name)
    if found is None:
        raise InvalidInput(
            f"The name {path.name} holds no date: say with --file-date YYYY-MM-DD which day the file is of.",
            field="file_date",
        )
    if found > today:
        raise InvalidInput(f"{path.name} is dated {found}, which is after today ({today}).", field="file_date")
    return found


def is_whole(name: str) -> bool:
    """Whether a table's name says that it speaks of every number, not of those of a week: its span is longer."""
    span = _SPAN.search(name)
    first, last = (_parsed(day, "%Y%m%d") for day in span.groups()) if span else (None, None)
    return first is not None and last is not None and last - first > _WEEKS


def dating(day: date, today: date, max_age_days: int, *, accept_old: bool) -> Dating:
    """When evidence of a file of that day expires. Raises InvalidInput for an old file unless it is accepted.

    An accepted old file holds for as long as a fresh one, counted from today, with a caveat on every card.
    """
    age = timedelta(days=max_age_days)
    if day + age > today:
        return Dating(day, day + age)
    if not accept_old:
        raise InvalidInput(
            f"The file is of {day}, {(today - day).days} days ago; files older than {max_age_days} days are refused. "
            "Load a newer one, or use --accept-old: every card then says that it comes from an old file.",
            field="file",
        )
    return Dating(day, today + age, OLD_FILE_NOTE)


def _parsed(text: str, pattern: str) -> date | None:
    try:
        return datetime.strptime(text, pattern).date()  # noqa: DTZ007
    except ValueError:
        return None
