"""The command `indexer`: the only writer of registry facts and of every index."""

import signal
import sys
import threading
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import click

from directory.bootstrap import Composition, compose, now
from directory.domain.errors import (
    DirectoryError,
    EngineUnavailable,
    FencedOut,
    LockHeld,
    PromotionRefused,
    RecordsUnavailable,
)
from directory.search.index import Index
from indexer import copy as copying
from indexer import exclusions as excluding
from indexer import load as loading
from indexer import publishing
from indexer import rebuild as rebuilding
from indexer import reconcile as reconciling
from indexer import snapshot as keeping
from indexer import status as reviewing
from indexer import sync as syncing
from indexer import why_not as explaining
from indexer.alongside import alongside
from indexer.beside import CutOff, beside
from indexer.reporting import Reporter, reporter
from indexer.sources.dating import Dating
from indexer.sources.nppes import Reading

BAD_INPUT, ENGINE_DOWN, LOCKED, REFUSED, RECORDS_DOWN, OUT_OF_STEP, CUT_OFF = 3, 4, 5, 6, 7, 8, 9
_CODES: tuple[tuple[type[DirectoryError], int], ...] = (
    (RecordsUnavailable, RECORDS_DOWN),
    (EngineUnavailable, ENGINE_DOWN),
    (LockHeld, LOCKED),
    (FencedOut, LOCKED),
    (PromotionRefused, REFUSED),
    (syncing.RebuildNeeded, OUT_OF_STEP),
    (reconciling.DifferenceRemains, OUT_OF_STEP),
    (CutOff, CUT_OFF),
)
EXIT_CODES = """\b
Exit codes:
  0  done
  2  bad usage: an unknown option or verb
  3  bad input: a file, number or setting that cannot be used
  4  the search engine does not answer
  5  another indexer holds the lock
  6  promotion refused: the new index is too small, or listings were refused
  7  the records (the database) do not answer
  8  index and records are out of step: a rebuild is needed
  9  a part of this run was ended from outside: run it again
"""
ENGINES = ("embedded", "elasticsearch")
SEED = Path(__file__).resolve().parent.parent / "seed_data"
Command = TypeVar("Command", bound=Callable[..., Any])


class Run:
    """One run of the command: where it reports to, what it works with, and the exit code so far."""

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json
        self.report: Reporter = reporter(sys.stdout, sys.stderr, as_json=as_json)
        self.code = 0

    def attempt(self, act: Callable[[], None]) -> None:
        """Does something; an expected error becomes a message and an exit code, the first of which counts."""
        try:
            act()
        except DirectoryError as error:
            code = next((code for kind, code in _CODES if isinstance(error, kind)), BAD_INPUT)
            self.code = self.code or code
            self.report.result({"error": str(error), "exit_code": code}, [])
            if not self.as_json:
                click.echo(f"Error: {error}", err=True)

    def leave(self) -> None:
        raise SystemExit(self.code)


def _composed() -> Composition:
    """The composition, over records that have all their indices whatever became of an earlier run."""
    composition = compose()
    composition.maintenance.mend()
    return composition


def _json_option(command: Command) -> Command:
    return click.option("--json", "as_json", is_flag=True, help="One JSON object a line, for programs.")(command)


def _engine_option(command: Command) -> Command:
    option = click.option(
        "--engine",
        type=click.Choice([*ENGINES, "all"]),
        help="Which index; without it, those that DIRECTORY_ENGINE and DIRECTORY_FALLBACK_ENGINE name.",
    )
    return option(command)


def _names(engine: str | None, composition: Composition) -> tuple[str, ...]:
    """The engines meant, each once."""
    if engine == "all":
        return ENGINES
    settings = composition.settings
    chosen = (engine,) if engine else (settings.engine, settings.fallback)
    return tuple(dict.fromkeys(name for name in chosen if name))


def _on_each(run: Run, engine: str | None, act: Callable[[Composition, Index], None]) -> None:
    """Does something to every index meant; one that fails does not keep the others from it."""
    _on_each_name(run, engine, lambda composition, name: act(composition, composition.index(name)))


def _on_each_name(run: Run, engine: str | None, act: Callable[[Composition, str], None]) -> None:
    """The same by the engine's name."""

    def start() -> None:
        composition = _composed()
        for name in _names(engine, composition):
            run.attempt(partial(act, composition, name))

    run.attempt(start)
    run.leave()


@click.group(epilog=EXIT_CODES, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Fills the records from files, and every search index from the records.

    \b
    The usual order:
      indexer load nppes npidata_pfile_20251103-20251109.csv
      indexer rebuild            the first time, and when it is asked for
      indexer sync --follow      beside the site, for changes made there
      indexer reconcile          once a night
      indexer snapshot           now and then: indexer restore brings one back
    When one machine is not enough:
      indexer copy --from embedded --to elasticsearch
    """


@main.group()
def load() -> None:
    """Fill the records: from the registry's files, or with the demonstration."""


@load.command("seed", epilog=EXIT_CODES)
@click.option("--from", "folder", type=click.Path(path_type=Path), default=SEED, help="Folder of the JSON files.")
@_json_option
def load_seed(folder: Path, *, as_json: bool) -> None:
    """Load the demonstration: invented people, with dates that count back from today.

    It never shares a database with registry records.

    \b
    Example:
      DIRECTORY_DATABASE_URL=sqlite:///demo.sqlite indexer load seed
    """
    run = Run(as_json=as_json)

    def act() -> None:
        done = loading.load_seed(folder, _composed().loading, now().date(), run.report)
        run.report.result(loading.as_data(done), loading.as_lines(done))

    run.attempt(act)
    run.leave()


@load.command("nppes", epilog=EXIT_CODES)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--file-date", type=click.DateTime(["%Y-%m-%d"]), help="The day the file is of; else from its name.")
@click.option("--accept-old", is_flag=True, help="Take a file older than REGISTRY_MAX_AGE_DAYS; every card says so.")
@click.option("--allow-older", is_flag=True, help="Take a file older than one loaded before; newer facts stay.")
@click.option("--repeat", is_flag=True, help="Take the same file again.")
@click.option("--mend", is_flag=True, help="Put back digits that a spreadsheet changed, where that is certain.")
@click.option(
    "--taxonomies",
    type=click.Choice(["ours", "all"]),
    default="ours",
    show_default=True,
    help="Whom to take: back and neck care, or every active number, of which the others are found by name only.",
)
@click.option("--rejects", type=click.Path(path_type=Path, file_okay=False), help="Folder for rejected rows.")
@click.option("--rebuild", "rebuilds", is_flag=True, help="Rebuild the index too; on a first load, while it goes on.")
@_engine_option
@_json_option
def load_nppes(files: tuple[Path, ...], engine: str | None, *, rebuilds: bool, as_json: bool, **options: Any) -> None:
    """Load registry files (NPPES): .csv, .csv.gz, or the registry's .zip with its tables.

    Each file is read through before anything is loaded from it. Every row is loaded, skipped, deactivated or
    rejected; rejected rows go to a file with their line numbers. Loading a file twice changes nothing; a load that
    was cut off goes on where it was when it is run again. Give several files in the order of their dates.

    Secondary locations (pl_pfile), other names (othername_pfile) and endpoints (endpoint_pfile) are taken from the
    archive, or as files of their own once the main table is loaded.

    With --rebuild the index of --engine is made as well. Where nothing was held before and one file is given, it is
    made of the rows while they are loaded, in half the time.

    \b
    Examples:
      indexer load nppes --rebuild NPPES_Data_Dissemination_November_2025.zip
      indexer load nppes NPPES_Data_Dissemination_November_2025.zip
      indexer load nppes pl_pfile_20251103-20251109.csv
      indexer load nppes --accept-old npidata_pfile_week_20240122.csv.gz
    """
    run = Run(as_json=as_json)

    def start() -> None:
        composition = _composed()
        names = _names(engine, composition) if rebuilds else ()
        if len(files) == 1 and names and not composition.source.count():
            names = _load_with_index(run, composition, files[0], options, names)
        else:
            for path in files:
                run.attempt(partial(_load_file, run, composition, path, options))
        for name in () if run.code else names:
            run.attempt(partial(_rebuild, run, composition, composition.index(name)))

    run.attempt(start)
    run.leave()


@load.command("leie", epilog=EXIT_CODES)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--file-date", type=click.DateTime(["%Y-%m-%d"]), help="The day the list is of; without it, today.")
@click.option("--rejects", type=click.Path(path_type=Path, file_okay=False), help="Folder for rejected rows.")
@_json_option
def load_leie(file: Path, file_date: datetime | None, rejects: Path | None, *, as_json: bool) -> None:
    """Load the OIG's list of excluded individuals and entities (UPDATED.csv) in place of the one before.

    Whoever is on it by NPI leaves the search and cannot register; who is not on it any more comes back.

    \b
    Example:
      indexer load leie UPDATED.csv
    """
    run = Run(as_json=as_json)

    def act() -> None:
        composition = _composed()
        as_of = file_date.date() if file_date else now().date()
        folder = rejects or composition.settings.data_dir / "rejects"
        done = excluding.load(file, composition.exclusions, as_of, folder)
        run.report.result(excluding.as_data(done), excluding.as_lines(done))

    run.attempt(act)
    run.leave()


def _load_with_index(
    run: Run, composition: Composition, path: Path, options: dict[str, Any], names: tuple[str, ...]
) -> tuple[str, ...]:
    """Loads a file into empty records, and makes the first index meanwhile. Names the indices still to be made."""
    with alongside(composition.index(names[0]), composition.source, composition.making()) as maker:
        run.attempt(partial(_load_file, run, composition, path, options, maker))
        if run.code:
            return ()
        with run.report.task(f"Building {names[0]}", None, "listings") as advance:
            done = maker.published()
            advance(done.generation.listings if done else 0)
    if done is None:
        return names
    run.report.result(publishing.as_data(done), publishing.as_lines(done))
    return names[1:]


def _load_file(
    run: Run, composition: Composition, path: Path, options: dict[str, Any], onlooker: loading.Onlooker = loading.NOBODY
) -> None:
    day: datetime | None = options["file_date"]
    loader = loading.RegistryLoader(
        composition.loading, composition.vocabulary, composition.positions, now().date(), run.report, beside, onlooker
    )
    chosen = loading.Options(
        rejects_dir=options["rejects"] or composition.settings.data_dir / "rejects",
        max_age_days=composition.settings.registry_max_age_days,
        stated_date=day.date() if day else None,
        accept_old=options["accept_old"],
        allow_older=options["allow_older"],
        repeat=options["repeat"],
        mend=options["mend"],
        everybody=options["taxonomies"] == "all",
    )
    done = loader.load(path, chosen)
    run.report.result(loading.as_data(done), loading.as_lines(done))


@main.command(epilog=EXIT_CODES)
@_engine_option
@click.option("--force", is_flag=True, help="Promote although the new index has under 95 % of the old one's listings.")
@_json_option
def rebuild(engine: str | None, *, force: bool, as_json: bool) -> None:
    """Build a new index beside the live one, and switch to it at once.

    The old one serves until then. What changes meanwhile is in the new one. Counts are compared before the switch.

    \b
    Example:
      indexer rebuild --engine all
    """
    run = Run(as_json=as_json)

    def act(composition: Composition, index: Index) -> None:
        done = rebuilding.rebuild(
            composition.source, index, composition.making(), run.report, force=force, beside=beside
        )
        run.report.result(publishing.as_data(done), publishing.as_lines(done))

    _on_each(run, engine, act)


@main.command(epilog=EXIT_CODES)
@_engine_option
@click.option("--follow", is_flag=True, help="Stay, and take changes as they come, until SIGTERM or Ctrl-C.")
@click.option("--interval", type=click.FloatRange(0.1, 3600), default=1.0, show_default=True, help="Seconds.")
@click.option("--rebuild", "rebuilds", is_flag=True, help="Rebuild an index that cannot be brought up to date.")
@_json_option
def sync(engine: str | None, *, follow: bool, interval: float, rebuilds: bool, as_json: bool) -> None:
    """Bring the index up to date with changes of the records.

    With --follow it waits out an engine or a database that is down.

    \b
    Example:
      indexer sync --follow --interval 5
    """
    run = Run(as_json=as_json)
    if follow:
        run.attempt(lambda: _follow(run, engine, interval, rebuilds=rebuilds))
        run.leave()

    def act(composition: Composition, index: Index) -> None:
        try:
            done = syncing.sync(composition.source, index, composition.making())
        except syncing.RebuildNeeded as needed:
            if not rebuilds:
                raise
            run.report.say(str(needed))
            _rebuild(run, composition, index)
        else:
            run.report.result(asdict(done), [syncing.summary(done)])

    _on_each(run, engine, act)


def _rebuild(run: Run, composition: Composition, index: Index, *, force: bool = False) -> None:
    making = composition.making()
    done = rebuilding.rebuild(composition.source, index, making, run.report, force=force, beside=beside)
    run.report.result(publishing.as_data(done), publishing.as_lines(done))


def _follow(run: Run, engine: str | None, interval: float, *, rebuilds: bool) -> None:
    composition = _composed()
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    indices = tuple(composition.index(name) for name in _names(engine, composition))
    rebuilder = partial(_rebuild, run, composition) if rebuilds else None
    run.report.say(f"Following the records for {', '.join(index.name for index in indices)}")
    syncing.Follower(composition.source, indices, composition.making, run.report, stopping, interval, rebuilder).run()
    run.report.say("Stopped")


@main.command(epilog=EXIT_CODES)
@_engine_option
@_json_option
def reconcile(engine: str | None, *, as_json: bool) -> None:
    """Compare the index with the records, mend every difference, and end only when there is none.

    \b
    Example:
      indexer reconcile --engine elasticsearch
    """
    run = Run(as_json=as_json)

    _on_each(run, engine, partial(_reconcile, run))


def _reconcile(run: Run, composition: Composition, index: Index) -> None:
    done = reconciling.reconcile(composition.source, index, composition.making(), run.report)
    run.report.result(reconciling.as_data(done), reconciling.as_lines(done))


@main.command(epilog=EXIT_CODES)
@click.option("--from", "origin", type=click.Choice(ENGINES), required=True, help="The index that is read.")
@click.option("--to", "target", type=click.Choice(ENGINES), required=True, help="The index that is written anew.")
@click.option("--force", is_flag=True, help="Promote although the copy has under 95 % of what the target had.")
@click.option("--reconcile/--no-reconcile", "proves", default=True, help="Compare the copy with the records after.")
@_json_option
def copy(origin: str, target: str, *, force: bool, proves: bool, as_json: bool) -> None:
    """Move from one engine to the other with nobody noticing.

    Every listing of one index goes into a new generation of the other, with the revision up to which it is complete;
    what changed meanwhile is replayed, and one switch makes it live. Both indices serve throughout, and a copy that
    fails or is killed leaves the target as it was. Then the copy is compared with the records.

    \b
    Example, to Elasticsearch:
      indexer copy --from embedded --to elasticsearch
      export DIRECTORY_ENGINE=elasticsearch      and restart the site and `indexer sync --follow`
    """
    run = Run(as_json=as_json)

    def act() -> None:
        composition = _composed()
        into = composition.index(target)
        making = composition.making()
        done = copying.copy(composition.source, composition.index(origin), into, making, run.report, force=force)
        data = publishing.as_data(done.published, source=done.source, origin=asdict(done.origin))
        run.report.result(data, copying.as_lines(done))
        if proves:
            _reconcile(run, composition, into)

    run.attempt(act)
    run.leave()


@main.command(epilog=EXIT_CODES)
@click.argument("name", required=False)
@click.option("--list", "lists", is_flag=True, help="Show the snapshots there are, newest first; take none.")
@click.option("--drop", "drops", is_flag=True, help="Delete the snapshot called NAME instead of taking one.")
@_engine_option
@_json_option
def snapshot(name: str | None, engine: str | None, *, lists: bool, drops: bool, as_json: bool) -> None:
    """Keep the live index apart from it, to be restored quicker than a rebuild. NAME is the time unless given.

    The embedded index is copied to DIRECTORY_SNAPSHOT_DIR and read back against its checksums. Elasticsearch writes to
    its snapshot repository (ELASTICSEARCH_SNAPSHOT_REPOSITORY, registered at ELASTICSEARCH_SNAPSHOT_LOCATION if there
    is none). Searches go on; changes wait in the outbox until it is done.

    \b
    Examples:
      indexer snapshot
      indexer snapshot before-upgrade --engine elasticsearch
      indexer snapshot --list
      indexer snapshot --drop before-upgrade
    """
    run = Run(as_json=as_json)
    if drops and (lists or not name):
        raise click.UsageError("--drop needs the NAME of a snapshot, and no --list.")
    chosen = name or keeping.default_name(now())

    def act(composition: Composition, engine: str) -> None:
        index, archive = composition.archived(engine)
        if lists:
            there = archive.snapshots()
            facts = keeping.kept_data(engine, archive.where, there)
            run.report.result(facts, keeping.kept_lines(engine, archive.where, there))
        elif drops:
            keeping.drop(index, archive, chosen)
            run.report.result({"engine": engine, "dropped": chosen}, [f"{engine}: dropped {chosen}"])
        else:
            done = keeping.take(index, archive, chosen, run.report)
            run.report.result(asdict(done), keeping.taken_lines(done))

    _on_each_name(run, engine, act)


@main.command(epilog=EXIT_CODES)
@click.argument("name")
@_engine_option
@click.option("--force", is_flag=True, help="Promote although the snapshot has under 95 % of the live one's listings.")
@click.option("--rebuild", "rebuilds", is_flag=True, help="Rebuild instead, where the snapshot does not fit any more.")
@_json_option
def restore(name: str, engine: str | None, *, force: bool, rebuilds: bool, as_json: bool) -> None:
    """Bring a snapshot back as a new index, beside the live one, and switch to it at once.

    Whatever changed since the snapshot was taken is replayed from the records before the switch: nothing is lost, and
    nobody who left comes back. Then the index is compared with the records, as `reconcile` does. A snapshot made with
    another vocabulary, mapping or folding of names is refused.

    \b
    Examples:
      indexer snapshot --list
      indexer restore before-upgrade --engine elasticsearch
    """
    run = Run(as_json=as_json)

    def act(composition: Composition, engine: str) -> None:
        index, archive = composition.archived(engine)
        making = composition.making()
        try:
            done = keeping.restore(composition.source, index, archive, name, making, run.report, force=force)
        except syncing.RebuildNeeded as needed:
            if not rebuilds:
                raise
            run.report.say(str(needed))
            _rebuild(run, composition, index, force=force)
        else:
            data = publishing.as_data(done.published, snapshot=asdict(done.snapshot))
            run.report.result(data, keeping.as_lines(done))
            # What left by its date alone since the snapshot is no change of a record.
            _reconcile(run, composition, index)

    _on_each_name(run, engine, act)


@main.command(epilog=EXIT_CODES)
@_engine_option
@click.option("--loads", type=click.IntRange(0, 1000), default=reviewing.LATEST, show_default=True, help="How many.")
@_json_option
def status(engine: str | None, *, loads: int, as_json: bool) -> None:
    """Show how far each index is behind, what was loaded last and how, and what expires soon.

    A load is shown with its file, the file's day and SHA-256, options that were not the usual ones, how long it took,
    and what became of each table's rows; one that was cut off, with how far it came.

    \b
    Example:
      indexer status --engine all --json
    """
    run = Run(as_json=as_json)

    def act() -> None:
        composition = _composed()
        making = composition.making()
        indices = [composition.index(name) for name in _names(engine, composition)]
        found = reviewing.status(
            composition.source, indices, composition.loading, making.fingerprint(), making.today, now(), loads
        )
        run.report.result(asdict(found), reviewing.as_lines(found))

    run.attempt(act)
    run.leave()


@main.command("why-not", epilog=EXIT_CODES)
@click.argument("npi")
@click.option("--file", "path", type=click.Path(path_type=Path), help="Also look for its row in a registry file.")
@_engine_option
@_json_option
def why_not(npi: str, path: Path | None, engine: str | None, *, as_json: bool) -> None:
    """Explain why an NPI is not found: from the number itself to the index.

    \b
    Examples:
      indexer why-not 1234567893
      indexer why-not 1234567893 --file npidata_pfile_20251103-20251109.csv
    """
    run = Run(as_json=as_json)

    def act() -> None:
        composition = _composed()
        targets = [
            explaining.Target(name, composition.index(name), composition.engine_named(name))
            for name in _names(engine, composition)
        ]
        explainer = explaining.Explainer(composition.source, composition.making(), composition.positions, targets)
        found = explainer.explain(npi)
        if path is not None:
            row = explaining.in_file(npi, path, _undated(composition))
            found = replace(found, findings=(*found.findings, row))
        run.report.result(asdict(found), explaining.as_lines(found))

    run.attempt(act)
    run.leave()


def _undated(composition: Composition) -> Reading:
    """For judging rows that are not loaded: their day does not matter."""
    today = now().date()
    return Reading(composition.vocabulary, composition.positions, Dating(today, today))
