"""How far the indices are behind the records, what was loaded last, and what expires soon."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from directory.domain.errors import EngineUnavailable
from directory.registration.loading import Loading
from directory.search.index import Generation, Index
from directory.search.source import ListingSource
from indexer.provenance import LoadStatus, load_lines, load_status

SOON_DAYS = 30
LATEST = 5
"""Loads shown unless told otherwise."""


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """One index. `behind` is the number of revisions it has still to take, None without a generation; `problem`
    says what is wrong and what to do, or is empty."""

    engine: str
    generation: Generation | None
    behind: int | None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Status:
    """`records` are practitioners and clinics that may have listings, `revision` is the records' latest.

    `expiring` counts by level the roles and sites of which a check expires within 30 days.
    """

    records: int
    demonstration: bool
    revision: int
    indices: tuple[IndexStatus, ...]
    loads: tuple[LoadStatus, ...]
    expiring: Mapping[str, int]


def status(
    source: ListingSource,
    indices: Sequence[Index],
    loads: Loading,
    fingerprint: str,
    today: date,
    moment: datetime | None = None,
    latest: int = LATEST,
) -> Status:
    """How things stand at this moment, with the latest loads. An index that is down is part of the answer.

    Raises RecordsUnavailable.
    """
    revision = source.position()
    expiring = source.expiring(today, today + timedelta(days=SOON_DAYS))
    return Status(
        records=source.count(),
        demonstration=source.is_demonstration(),
        revision=revision,
        indices=tuple(_index_status(index, revision, fingerprint) for index in indices),
        loads=tuple(load_status(record, moment or datetime.now(UTC)) for record in loads.latest(latest)),
        expiring={level.value: count for level, count in sorted(expiring.items())},
    )


def _index_status(index: Index, revision: int, fingerprint: str) -> IndexStatus:
    try:
        live = index.live()
    except EngineUnavailable as error:
        return IndexStatus(index.name, None, None, str(error))
    if live is None:
        return IndexStatus(index.name, None, None, "There is no index yet: run `indexer rebuild`.")
    return IndexStatus(index.name, live, revision - live.position, _problem(live, revision, fingerprint))


def _problem(live: Generation, revision: int, fingerprint: str) -> str:
    if live.fingerprint != fingerprint:
        return "It was made with another vocabulary, document shape or folding: run `indexer rebuild`."
    if live.position > revision:
        return "It is ahead of the records: run `indexer rebuild`."
    return "" if live.position == revision else "It is behind the records: run `indexer sync`."


def as_lines(found: Status) -> list[str]:
    """The status for people."""
    kind = "demonstration" if found.demonstration else "registry"
    lines = [f"Records: {found.records:,} that may be listed ({kind}), revision {found.revision:,}"]
    for item in found.indices:
        lines.append(_index_line(item))
    for load in found.loads:
        lines += load_lines(load)
    soon = ", ".join(f"{count:,} {level}" for level, count in found.expiring.items()) or "none"
    lines.append(f"Checks that expire within {SOON_DAYS} days: {soon}")
    return lines


def _index_line(item: IndexStatus) -> str:
    if item.generation is None:
        return f"Index {item.engine}: {item.problem}"
    live = item.generation
    state = f"{live.listings:,} listings in {live.name} of {live.created_at}, {item.behind:,} revisions behind"
    return f"Index {item.engine}: {state}. {item.problem}".rstrip()
