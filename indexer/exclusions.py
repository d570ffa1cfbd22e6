"""Loading the OIG's list of exclusions into the records: all of it, in one change."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from directory.domain.errors import InvalidInput
from directory.registration.applications import Exclusion
from directory.registration.exclusions import Enforced, ExclusionDesk
from indexer.sources.leie import Reinstated, entries
from indexer.sources.outcome import Rejected
from indexer.sources.rejects import rejects


@dataclass(slots=True)
class Loading:
    """What one load did: rows = excluded + reinstated + rejected."""

    name: str
    as_of: date
    rows: int = 0
    reinstated: int = 0
    enforced: Enforced = field(default_factory=lambda: Enforced(0, 0, 0))
    rejected: Counter[str] = field(default_factory=Counter)
    rejects: Path | None = None


def load(path: Path, desk: ExclusionDesk, as_of: date, rejects_dir: Path) -> Loading:
    """Reads the file through, then makes it the list. Rejected rows go to a file with their line numbers.

    Raises InvalidInput for a file that is damaged, of another layout or without a single exclusion, and OutOfOrder for
    one older than the list that is held.
    """
    done, found = Loading(path.name, as_of), list[Exclusion]()
    with rejects(rejects_dir / f"{path.name}.rejects.csv") as rejected:
        for entry in entries(path):
            done.rows += 1
            if isinstance(entry, Rejected):
                rejected.add(entry, path.name)
                done.rejected[entry.reason] += 1
            elif isinstance(entry, Reinstated):
                done.reinstated += 1
            else:
                found.append(entry)
        done.rejects = rejected.path if rejected.count else None
    if not found:
        raise InvalidInput(f"{path} excludes nobody: nothing was loaded, the list that is held stays.", "file")
    done.enforced = desk.replace(found, as_of)
    return done


def as_lines(done: Loading) -> list[str]:
    """What a load did, for people."""
    enforced = done.enforced
    sums = f"{enforced.entries:,} excluded + {done.reinstated:,} reinstated + {done.rejected.total():,} rejected"
    lines = [
        f"{done.name} of {done.as_of}: {done.rows:,} rows = {sums}",
        f"  {enforced.hidden:,} left the search, {enforced.shown:,} came back",
        *(f"  rejected: {count:,} {reason}" for reason, count in done.rejected.most_common()),
    ]
    return [*lines, f"  rejected rows: {done.rejects}"] if done.rejects else lines


def as_data(done: Loading) -> dict[str, object]:
    """The same for programs."""
    enforced = done.enforced
    return {
        "file": done.name,
        "as_of": done.as_of,
        "rows": done.rows,
        "excluded": enforced.entries,
        "reinstated": done.reinstated,
        "rejected": done.rejected.total(),
        "hidden": enforced.hidden,
        "shown": enforced.shown,
        "rejects": str(done.rejects) if done.rejects else None,
    }
