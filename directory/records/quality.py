"""Figures about the records, counted by the database."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Engine, case, func, select

from directory.domain.evidence import Level
from directory.records.changes import VISIBLE_CLINIC
from directory.records.database import reading
from directory.records.tables import clinic, clinic_site, evidence, practitioner, report_case, role
from directory.registration.quality import Quality, age_band

_YEAR = timedelta(days=365)
_RANKS = {Level.REGISTRY: 1, Level.PRACTICE: 2, Level.REVIEWED: 3}
_LEVELS = {rank: level for level, rank in _RANKS.items()}
_RANK = case({level.value: rank for level, rank in _RANKS.items()}, value=evidence.c.level)
_VISIBLE_ROLES = (
    select(role.c.id)
    .join(practitioner, practitioner.c.npi == role.c.npi)
    .where(
        practitioner.c.hidden_at.is_(None),
        practitioner.c.deactivated_on.is_(None),
        role.c.clinic_id.is_(None) | role.c.confirmed_on.is_not(None),
    )
)
_VISIBLE_SITES = select(clinic_site.c.id).join(clinic, clinic.c.id == clinic_site.c.clinic_id).where(VISIBLE_CLINIC)


class SqlQuality:
    """Implements `registration.quality.QualityDesk`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def quality(self, at: datetime) -> Quality:
        today = at.date()
        with reading(self._engine) as connection:
            listings = _listings(connection, today)
            unsettled = connection.execute(select(report_case).where(report_case.c.settled_at.is_(None))).all()
            recently = select(report_case).where(report_case.c.settled_at > at - _YEAR)
            mended = [row.settled_at - row.opened_at for row in connection.execute(recently)]
        ages = [(at - row.opened_at).days for row in unsettled]
        return Quality(
            as_of=today,
            listings=listings,
            open_reports=len(unsettled),
            overdue_reports=sum(row.due_on < today for row in unsettled),
            oldest_report_days=max(ages, default=None),
            settled_in_a_year=len(mended),
            median_days_to_mend=round(median(mended) / timedelta(days=1), 1) if mended else None,
        )


def _listings(connection: Connection, today: date) -> Mapping[tuple[Level, int | None], int]:
    found: Counter[tuple[Level, int | None]] = Counter()
    for owner, visible in ((evidence.c.role_id, _VISIBLE_ROLES), (evidence.c.site_id, _VISIBLE_SITES)):
        for rank, checked_on, count in connection.execute(_by_strongest(owner, owner.in_(visible), today)):
            found[_LEVELS[rank], age_band(checked_on, today)] += count
    return found


def _by_strongest(owner: Column[str], visible: ColumnElement[bool], today: date) -> Any:
    """(rank, day of the check, how many owners): of each owner the latest check of its strongest level."""
    held = visible & (evidence.c.expires_on > today)
    strongest = select(owner.label("owner"), func.max(_RANK).label("rank")).where(held).group_by(owner).subquery()
    same = (strongest.c.owner == owner) & (strongest.c.rank == _RANK)
    latest = (
        select(strongest.c.rank, func.max(evidence.c.checked_on).label("checked_on"))
        .join(strongest, same)
        .where(evidence.c.expires_on > today)
        .group_by(owner, strongest.c.rank)
        .subquery()
    )
    counted = select(latest.c.rank, latest.c.checked_on, func.count())
    return counted.group_by(latest.c.rank, latest.c.checked_on)
