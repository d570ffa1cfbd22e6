"""Loading a registry file or the demonstration data into the records."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from directory.registration.loading import AlreadyLoaded, Dataset, Load, LoadFile, Taken
from directory.registration.loading import Loading as Records
from directory.registration.loading import Tally as Kept
from directory.search.places import Positions
from directory.vocabulary.vocabulary import Vocabulary
from indexer.beside import Beside, here
from indexer.further import Done, FurtherLoader
from indexer.further import check as check_further
from indexer.garbage import rarely_collected
from indexer.reporting import BYTES, Reporter
from indexer.sources.archive import Survey, Table, opened, survey
from indexer.sources.batches import Batch, encoded_batches
from indexer.sources.dating import dating, file_date, is_whole
from indexer.sources.nppes import SOURCE, Reading, check
from indexer.sources.outcome import Tally
from indexer.sources.rejects import Rejects, rejects
from indexer.sources.seed import Seed, read_seed


@dataclass(frozen=True, slots=True)
class Options:
    """How a registry file is taken: see `indexer load nppes --help`. `rejects_dir` is where rejected rows go."""

    rejects_dir: Path
    max_age_days: int
    stated_date: date | None = None
    accept_old: bool = False
    allow_older: bool = False
    repeat: bool = False
    mend: bool = False
    everybody: bool = False

    def decisive(self, vocabulary: Vocabulary) -> dict[str, str]:
        """Those on which it depends what is loaded, as they are kept with a load: the usual ones are left out."""
        chosen = {
            "taxonomies": "all" * self.everybody,
            "mend": "yes" * self.mend,
            "accept-old": "yes" * self.accept_old,
        }
        return {name: value for name, value in chosen.items() if value} | {"vocabulary": vocabulary.fingerprint[:16]}


@dataclass(slots=True)
class Loading:
    """What one load did. `kept` counts what changed in the records, `tally` what became of the rows."""

    file: LoadFile
    note: str = ""
    load_id: int = 0
    already: bool = False
    tally: Tally = field(default_factory=Tally)
    kept: Kept = field(default_factory=Kept)
    withdrawn: int = 0
    further: dict[Table, Done] = field(default_factory=dict)
    rejects: Path | None = None
    counts: Mapping[str, int] = field(default_factory=dict)


class Onlooker(Protocol):
    """Whoever makes something of what a load writes while it goes on."""

    def take(self, taken: Taken | None, piece: bytes = b"") -> None:
        """What was written of a piece, an encoded batch; None where the load cannot tell."""
        ...


class _Nobody:
    def take(self, taken: Taken | None, piece: bytes = b"") -> None: ...


NOBODY: Onlooker = _Nobody()


@dataclass(frozen=True, slots=True)
class RegistryLoader:
    """Loads registry files. `today` is the day of loading; `beside` says where rows are read and judged; `onlooker` is
    told what is written."""

    records: Records
    vocabulary: Vocabulary
    positions: Positions
    today: date
    reporter: Reporter
    beside: Beside = here
    onlooker: Onlooker = NOBODY

    def load(self, path: Path, options: Options) -> Loading:
        """Reads the file through, then loads it. Nothing is loaded from a file that is damaged or of another layout."""
        found = self._surveyed(path)
        for part in found.parts:
            with opened(part) as stream:
                check(stream, part.label, mend=options.mend)
        for part in found.further:
            check_further(part)
        members = tuple(part.member for part in found.parts or found.further)
        day = file_date(path, members, options.stated_date, self.today)
        dates = dating(day, self.today, options.max_age_days, accept_old=options.accept_old)
        reading = Reading(self.vocabulary, self.positions, dates, mend=options.mend, everybody=options.everybody)
        file = LoadFile(_source(found), path.name, found.sha256, day)
        decisive = options.decisive(self.vocabulary)
        try:
            load = self.records.begin(
                Dataset.REGISTRY, file, options=decisive, allow_older=options.allow_older, repeat=options.repeat
            )
        except AlreadyLoaded as before:
            return Loading(file, dates.note, before.load.id, already=True, counts=before.load.counts)
        with rejects(options.rejects_dir / f"{path.name}.rejects.csv") as rejected, rarely_collected():
            return self._loaded(found, reading, load, file, rejected)

    def _surveyed(self, path: Path) -> Survey:
        size = path.stat().st_size if path.is_file() else None
        with self.reporter.task(f"Checking {path.name}", size, BYTES) as advance:
            return survey(path, advance)

    def _loaded(self, found: Survey, reading: Reading, load: Load, file: LoadFile, rejected: Rejects) -> Loading:
        done = Loading(file, reading.dating.note)
        if found.parts:
            self._take_main(found, reading, load, rejected, done)
        whole = all(is_whole(part.member or part.path.name) for part in (*found.parts, *found.further))
        further = FurtherLoader(load, reading, self.reporter, rejected.add, lambda: load.advance(_counts(done)))
        for table, brought in further.take(found, whole=whole):
            done.further[table] = brought
        self.onlooker.take(load.taken())
        done.rejects = rejected.path if rejected.count else None
        record = load.finish(_counts(done))
        done.load_id, done.counts = record.id, record.counts
        return done

    def _take_main(self, found: Survey, reading: Reading, load: Load, rejected: Rejects, done: Loading) -> None:
        rows = sum(part.lines for part in found.parts) - len(found.parts)
        # Started before the bar, which has a thread: a process is best copied while it has one only.
        with (
            self.beside(partial(encoded_batches, found.parts, reading)) as pieces,
            self.reporter.task(f"Loading {found.path.name}", rows, "rows") as advance,
        ):
            before = _Before(load.before)
            for piece in pieces:
                batch = Batch.decode(piece)
                self._take(batch, load, rejected, done, before)
                self.onlooker.take(load.taken(), piece)
                advance(batch.tally.rows)

    def _take(self, batch: Batch, load: Load, rejected: Rejects, done: Loading, before: "_Before") -> None:
        done.tally += batch.tally
        for row in batch.rejected:
            rejected.add(row, batch.table)
        if done.tally.rows <= before.rows:
            done.kept, done.withdrawn = before.kept, before.withdrawn
            load.advance(before.counts)
            return
        done.kept += load.clinics(batch.clinics.values())
        done.kept += load.practitioners(batch.practitioners.values())
        done.kept += load.deactivate(batch.deactivated)
        done.withdrawn += load.withdraw(batch.skipped).changed
        load.advance(_counts(done))


@dataclass(frozen=True, slots=True)
class _Before:
    """How far a load came that was cut off: its batches are all kept up to so many rows."""

    counts: Mapping[str, int]

    @property
    def rows(self) -> int:
        return self.counts.get("rows", 0)

    @property
    def kept(self) -> Kept:
        return Kept(*(self.counts.get(name, 0) for name in ("added", "changed", "unchanged", "older")))

    @property
    def withdrawn(self) -> int:
        return self.counts.get("withdrawn", 0)


_MAIN_ONLY = "deactivated"
"""What becomes of no row of a further table."""


def _source(found: Survey) -> str:
    """The kind of file: files of a further table alone are in an order of their own."""
    return SOURCE.lower() if found.parts else f"{SOURCE.lower()}/{found.further[0].table}"


def _counts(done: Loading) -> dict[str, int]:
    """What the book of loads keeps: of each table the sums that add up to its rows, what changed, and every reason."""
    main = {**_row_counts(done.tally), **_changes(done)} if done.tally.rows or not done.further else {}
    return main | {
        f"{table}: {name}": count
        for table, brought in done.further.items()
        for name, count in (_row_counts(brought.tally) | _changes(brought)).items()
        if name != _MAIN_ONLY
    }


def _row_counts(tally: Tally) -> dict[str, int]:
    sums = {
        "rows": tally.rows,
        "loaded": tally.loaded,
        "skipped": tally.skipped,
        "deactivated": tally.deactivated,
        "rejected": tally.rejected,
    }
    reasons = {
        f"{kind}: {reason}": count
        for kind, found in (
            ("loaded", tally.kinds),
            ("skipped", tally.skipped_because),
            ("rejected", tally.rejected_because),
            ("note", tally.notes),
        )
        for reason, count in found.most_common()
    }
    return sums | reasons


def load_seed(folder: Path, records: Records, today: date, reporter: Reporter) -> Loading:
    """Loads the demonstration data with dates that count back from today."""
    seed = read_seed(folder, today)
    file = LoadFile("seed", folder.name, seed.sha256, today)
    try:
        load = records.begin(Dataset.DEMONSTRATION, file)
    except AlreadyLoaded as before:
        return Loading(file, load_id=before.load.id, already=True, counts=before.load.counts)
    return _seeded(seed, load, file, reporter)


def _seeded(seed: Seed, load: Load, file: LoadFile, reporter: Reporter) -> Loading:
    done = Loading(file)
    with reporter.task("Loading clinics", len(seed.clinics), "clinics") as advance:
        done.kept += load.clinics(seed.clinics)
        advance(len(seed.clinics))
    with reporter.task("Loading practitioners", len(seed.practitioners), "practitioners") as advance:
        done.kept += load.practitioners(seed.practitioners)
        advance(len(seed.practitioners))
    with reporter.task("Loading links", len(seed.links), "links") as advance:
        done.kept += load.links(seed.links)
        advance(len(seed.links))
    counts = {"practitioners": len(seed.practitioners), "clinics": len(seed.clinics), "links": len(seed.links)}
    record = load.finish({**counts, **_changes(done)})
    done.load_id, done.counts = record.id, record.counts
    return done


def _changes(done: Loading | Done) -> dict[str, int]:
    kept = done.kept
    return {
        "added": kept.added,
        "changed": kept.changed,
        "unchanged": kept.unchanged,
        "older": kept.older,
        "withdrawn": done.withdrawn,
    }


def as_lines(done: Loading) -> list[str]:
    """What a load did, for people."""
    lines = [f"{done.file.name} of {done.file.date}: load {done.load_id}"]
    if done.already:
        return [f"{lines[0]} took this very file before: there is nothing to do"]
    if done.tally.rows:
        lines += _row_lines(done.tally)
    if done.tally.rows or not done.further:
        lines.append(_record_line("records", done))
    for table, brought in done.further.items():
        lines += [f"  {table}", *_row_lines(brought.tally, main=False), _record_line("numbers", brought)]
    if done.rejects is not None:
        lines.append(f"  rejected rows: {done.rejects}")
    if done.note:
        lines.append("  the file is old: every card made from it says so")
    return lines


def _record_line(what: str, done: Loading | Done) -> str:
    kept = done.kept
    return (
        f"  {what}: {kept.added:,} added, {kept.changed:,} changed, {kept.unchanged:,} unchanged, "
        f"{kept.older:,} held of a later day, {done.withdrawn:,} withdrawn"
    )


def _row_lines(tally: Tally, *, main: bool = True) -> list[str]:
    gone = f"{tally.deactivated:,} deactivated + " * main
    sums = (
        f"  {tally.rows:,} rows = {tally.loaded:,} loaded + {tally.skipped:,} skipped + "
        f"{gone}{tally.rejected:,} rejected"
    )
    found = (("loaded", tally.kinds), ("skipped", tally.skipped_because), ("rejected", tally.rejected_because),
             ("note", tally.notes))  # fmt: skip
    reasons = [f"  {kind}: {count:,} {reason}" for kind, counts in found for reason, count in counts.most_common()]
    return [sums, *reasons]


def as_data(done: Loading) -> dict[str, Any]:
    """The same for programs."""
    return {
        "load": done.load_id,
        "file": asdict(done.file),
        "already_loaded": done.already,
        "counts": dict(done.counts),
        "rejects": str(done.rejects) if done.rejects else None,
        "note": done.note,
    }
