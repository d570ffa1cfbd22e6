"""Every benchmark, one after another, then the page of results and the comparison with the floors.

`--small` took eight minutes on two cores at rest; `--full` measures at 1 and 9 million listings as well, for hours. A
benchmark that fails does not stop the others; the suite then ends with exit code 1, as it does where a ratio is worse
than its floor. What needs an Elasticsearch is left out, and named, where ELASTICSEARCH_URL is not set or nothing
answers there; so is what needs a program that is not installed.
"""

import argparse
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import orjson
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from benchmarks import floors, merge, page, plots
from benchmarks.floors import FLOORS, Compared, Standing
from benchmarks.page import REASONS, Everything, Outcome
from benchmarks.report import RESULTS, amount
from directory.domain.errors import InvalidInput
from directory.engines.elasticsearch.client import connect

ROOT = Path(__file__).resolve().parents[1]
DONE, FAILED, MISSING, LEFT_OUT = "done", "failed", "missing", "left out"
NO_SERVER = "no Elasticsearch answers at ELASTICSEARCH_URL"
_TICK_S = 0.5
_UNKNOWN_S = 40.0
"""What a benchmark is expected to take that never ran to its end here."""
_LAST_LINES = 12
_FORM = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE


@dataclass(frozen=True, slots=True)
class Step:
    """One benchmark at one size: a module, its options, and the folder below the results that it writes into."""

    module: str
    options: tuple[str, ...] = ()
    folder: str = ""
    minutes: float = 10
    needs_server: bool = False
    program: str = ""
    """What has to be installed beside Python's own packages."""

    @property
    def name(self) -> str:
        return self.module.rpartition(".")[2]

    @property
    def command(self) -> str:
        return " ".join(("python -m", self.module, *self.options))


SMALL = (
    Step("benchmarks.engines", ("--size", "10000", "--queries", "20"), "10k"),
    Step("benchmarks.engines", ("--size", "100000", "--queries", "20"), "100k"),
    Step("benchmarks.embedded", folder="small"),
    Step("benchmarks.elasticsearch", folder="small", needs_server=True),
    Step("benchmarks.http", folder="small", program="wrk"),
    Step("benchmarks.loading", ("--rows", "50000", "--changes", "2500", "--rounds", "5"), "small"),
    Step("benchmarks.tables", folder="small"),
    Step("benchmarks.understanding", folder="small"),
    Step("benchmarks.freshness", ("--approvals", "5"), "small"),
)
FULL = (
    *SMALL,
    Step("benchmarks.engines", ("--size", "1000000"), "1m", 60),
    Step("benchmarks.embedded", ("--size", "1000000"), "1m", 60),
    Step("benchmarks.elasticsearch", ("--size", "1000000", "--without-layouts"), "1m", 60, needs_server=True),
    Step("benchmarks.http", ("--rows", "1500000", "--seconds", "5"), "1m", 60, program="wrk"),
    Step("benchmarks.tables", ("--rows", "1000000"), "1m", 60),
    Step("benchmarks.engines", ("--size", "9000000", "--without-scan"), "9m", 240),
    Step("benchmarks.embedded", ("--size", "9000000", "--builds", "1000000", "3000000", "9000000"), "9m", 240),
    Step("benchmarks.loading", ("--rows", "9000000", "--changes", "50000", "--rounds", "5"), "9m", 240),
)
DISK_GIB, MEMORY_GIB = 40, 16
NEEDS = (
    f"A full run needs about {DISK_GIB} GiB of free disk in var/ and as much where Elasticsearch keeps its data, "
    f"{MEMORY_GIB} GiB of memory with an Elasticsearch heap of 4 GiB in it, and several hours: estimated from what a "
    "hundred thousand listings take (99 MB of index, twice while it is rebuilt), not seen in one run."
)
ORDER = tuple(dict.fromkeys(step.name for step in SMALL))


@dataclass(frozen=True, slots=True)
class Places:
    """Where the suite reads and writes."""

    results: Path = RESULTS
    page: Path = ROOT / "docs" / "benchmarks.md"
    data: Path = ROOT / "docs" / "benchmarks.json"
    plots: Path = ROOT / "docs" / "benchmarks"
    floors: Path = FLOORS
    reasons: Path = REASONS
    scratch: Path = ROOT / "var" / "benchmarks"

    @property
    def last_run(self) -> Path:
        return self.results / merge.LAST_RUN


Tick = Callable[[float], None]
"""Called with the seconds that a step has taken so far."""


def reachable(url: str) -> bool:
    """Whether an Elasticsearch answers there."""
    try:
        with connect(url) as client:
            return bool(client.ping())
    except InvalidInput:
        return False


def environment(given: Mapping[str, str], places: Places, *, server: bool) -> dict[str, str]:
    """What a benchmark sees: temporary files beside ours, and an Elasticsearch only if it answers."""
    own = dict(given) | {"TMPDIR": str(places.scratch / "tmp"), "PYTHONUNBUFFERED": "1"}
    if not server:
        own.pop("ELASTICSEARCH_URL", None)
    return own


def run(step: Step, places: Places, given: Mapping[str, str], tick: Tick) -> Outcome:
    """Runs one benchmark to its end, and says how it went."""
    began = time.monotonic()
    state, why = _state(step, places, given, tick)
    return Outcome(step.name, step.command, state, round(time.monotonic() - began, 1), why)


def _state(step: Step, places: Places, given: Mapping[str, str], tick: Tick) -> tuple[str, str]:
    if importlib.util.find_spec(step.module) is None:
        return MISSING, f"there is no {step.module}"
    if step.needs_server and "ELASTICSEARCH_URL" not in given:
        return LEFT_OUT, NO_SERVER
    if step.program and shutil.which(step.program) is None:
        return LEFT_OUT, f"{step.program} is not installed"
    why = _run(step, places, given, tick)
    return (FAILED, why) if why else (DONE, "")


def _run(step: Step, places: Places, given: Mapping[str, str], tick: Tick) -> str:
    """Why it failed; nothing where it did not."""
    written = places.results / step.folder / f"{step.name}.json"
    before = _changed(written)
    command = [sys.executable, "-m", step.module, *step.options, "--output", str(written.parent)]
    with _temporary(places.scratch / "tmp"), log(step, places).open("w", encoding="utf-8") as out:
        process = subprocess.Popen(
            command, cwd=ROOT, env=given, stdout=out, stderr=subprocess.STDOUT, start_new_session=True
        )
        try:
            why = _ended(process, step.minutes * 60, tick)
        finally:
            _end(process)
    return why or ("" if _changed(written) != before else "it wrote no result")


def log(step: Step, places: Places) -> Path:
    """What a benchmark printed."""
    return places.scratch / f"{'-'.join(filter(None, (step.name, step.folder)))}.log"


def _changed(path: Path) -> int:
    return path.stat().st_mtime_ns if path.exists() else 0


@contextmanager
def _temporary(folder: Path) -> Iterator[None]:
    """An empty folder, gone afterwards with whatever a benchmark that was stopped has left there."""
    folder.mkdir(parents=True, exist_ok=True)
    try:
        yield
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _ended(process: "subprocess.Popen[bytes]", limit_s: float, tick: Tick) -> str:
    began = time.monotonic()
    while True:
        try:
            code = process.wait(_TICK_S)
        except subprocess.TimeoutExpired:
            taken = time.monotonic() - began
            tick(taken)
            if taken > limit_s:
                return f"stopped after {limit_s / 60:g} minutes"
        else:
            return f"exit code {code}" if code else ""


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Ends it with everything that it started, servers too."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    process.wait()


def publish(outcomes: Sequence[Outcome], places: Places, since: str = "") -> tuple[list[Compared], list[str]]:
    """Writes the page, its plots and the JSON from all results. Floors are compared with rows measured since then."""
    sources, problems = merge.read(places.results)
    entries = merge.newest(sources, ORDER)
    used = merge.used(sources, entries)
    compared = floors.compare(floors.load(places.floors), entries, since)
    found = Everything(
        entries,
        used,
        plots.write(places.plots, entries, used),
        plots.growths(entries),
        outcomes,
        compared,
        page.load_reasons(places.reasons),
        problems,
    )
    places.data.write_bytes(orjson.dumps(merge.published(entries, used), option=_FORM))
    places.page.write_text(page.page(found, places.plots.name), encoding="utf-8")
    return compared, problems


@dataclass(frozen=True, slots=True)
class LastRun:
    """What is kept of a run: when it began, and how each benchmark went."""

    began: str
    outcomes: list[Outcome]


def short_of(places: Places) -> list[str]:
    """What a full run needs and this machine lacks."""
    places.scratch.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(places.scratch).free / 2**30
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    found = ((free, DISK_GIB, f"free disk in {places.scratch.name}"), (memory, MEMORY_GIB, "memory"))
    return [f"{there:.0f} GiB of {what}, {needed} are needed" for there, needed, what in found if there < needed]


def last_run(places: Places) -> LastRun:
    if not places.last_run.exists():
        return LastRun("", [])
    return msgspec.json.decode(places.last_run.read_bytes(), type=LastRun)


def measure(steps: Sequence[Step], places: Places, given: Mapping[str, str], console: Console) -> LastRun:
    """Runs every step, whatever becomes of the others."""
    expected = {outcome.command: outcome.seconds for outcome in last_run(places).outcomes if outcome.state == DONE}
    seconds = [expected.get(step.command, _UNKNOWN_S) for step in steps]
    places.scratch.mkdir(parents=True, exist_ok=True)
    began = datetime.now(UTC).isoformat(timespec="seconds")
    outcomes = []
    with _bar(console) as bar:
        task = bar.add_task("", total=sum(seconds))
        for at, step in enumerate(steps):
            bar.update(task, description=f"{at + 1} of {len(steps)}: {step.name}")
            try:
                outcome = run(step, places, given, _shown(bar, task, sum(seconds[:at]), seconds[at]))
            except KeyboardInterrupt:
                outcomes.append(Outcome(step.name, step.command, FAILED, 0.0, "stopped by hand, with all after it"))
                break
            bar.update(task, completed=sum(seconds[: at + 1]))
            _say(bar.console, step, outcome, places)
            outcomes.append(outcome)
    return LastRun(began, outcomes)


def again(before: LastRun, found: LastRun) -> LastRun:
    """The last run with those benchmarks in it that were measured once more."""
    outcomes = {outcome.command: outcome for outcome in (*before.outcomes, *found.outcomes)}
    return LastRun(before.began or found.began, list(outcomes.values()))


def keep(found: LastRun, places: Places) -> None:
    places.results.mkdir(parents=True, exist_ok=True)
    places.last_run.write_bytes(orjson.dumps(asdict(found), option=_FORM))


def _bar(console: Console) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(bar_width=30), TaskProgressColumn())
    return Progress(*columns, TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn(), console=console)


def _shown(bar: Progress, task: Any, before: float, expected: float) -> Tick:
    return lambda taken: bar.update(task, completed=before + min(taken, expected))


def _say(console: Console, step: Step, outcome: Outcome, places: Places) -> None:
    colour = {DONE: "green", LEFT_OUT: "yellow"}.get(outcome.state, "bold red")
    why = f": {outcome.why}" if outcome.why else ""
    console.print(f"[{colour}]{outcome.state}[/] {step.command} ({outcome.seconds:.0f} s){why}", highlight=False)
    if outcome.state == FAILED:
        lines = log(step, places).read_text(encoding="utf-8", errors="replace").splitlines()
        console.print("\n".join(f"    {line}" for line in lines[-_LAST_LINES:]), markup=False, highlight=False)


def table(compared: Iterable[Compared]) -> Table:
    """The floors as people read them in a terminal."""
    shown = Table("benchmark", "name", "size", "peer", "floor", "allowed", "measured", "", title="Floors (ours / peer)")
    colours = {Standing.OK: "green", Standing.BETTER: "green", Standing.WORSE: "bold red", Standing.ABSENT: "yellow"}
    for item in compared:
        floor = item.floor
        measured = "" if item.measured is None else amount(item.measured)
        allowed = f"{floor.sign} {amount(floor.limit)}"
        key = (floor.benchmark, floor.name, f"{floor.size:,}", floor.peer)
        shown.add_row(*key, amount(floor.ratio), allowed, measured, f"[{colours[item.standing]}]{item.standing}[/]")
    return shown


def report(found: LastRun, compared: Sequence[Compared], problems: Sequence[str], console: Console) -> int:
    """Says what came out; the exit code."""
    if compared:
        console.print(table(compared))
    bad = [outcome for outcome in found.outcomes if outcome.state in (FAILED, MISSING)]
    lost = floors.worse(compared)
    lines = [f"{outcome.benchmark} {outcome.state}: {outcome.why}" for outcome in bad]
    lines += [f"Worse than its floor: {item.line()}" for item in lost]
    lines += problems
    for line in lines:
        console.print(line, style="bold red", highlight=False, markup=False)
    return 1 if lines else 0


def main() -> None:
    chosen = _options()
    console = Console(stderr=True, width=None if sys.stderr.isatty() else 160)
    places, steps = Places(), _chosen(chosen)
    if chosen.full:
        console.print(NEEDS, highlight=False)
        if (lacking := short_of(places)) and not chosen.anyway:
            sys.exit(f"Here are {'; '.join(lacking)}. Run it with --anyway to try nonetheless.")
    url = os.environ.get("ELASTICSEARCH_URL", "")
    server = bool(url) and reachable(url)
    if steps and not server:
        console.print(f"{NO_SERVER}: what is measured against it is left out", style="yellow", highlight=False)
    given = environment(os.environ, places, server=server)
    before = last_run(places)
    found = measure(steps, places, given, console) if steps else before
    if steps and chosen.only is not ORDER:
        found = again(before, found)
    keep(found, places)
    compared, problems = publish(found.outcomes, places, found.began)
    code = report(found, compared, problems, console)
    console.print(f"Page: {places.page.relative_to(ROOT)}, rows: {places.data.relative_to(ROOT)}", highlight=False)
    sys.exit(code)


_ONLY = f"measure these again, and keep the rest of the last run: {', '.join(ORDER)}"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.suite",
        description=__doc__,
        epilog=NEEDS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--small", action="store_true", help="took eight minutes on two cores at rest")
    what.add_argument("--full", action="store_true", help="hours: 1 and 9 million listings")
    what.add_argument("--page", action="store_true", help="measure nothing: write the page from the results there are")
    parser.add_argument("--only", nargs="+", choices=ORDER, default=ORDER, metavar="NAME", help=_ONLY)
    parser.add_argument("--anyway", action="store_true", help="a full run even where disk or memory are too small")
    return parser.parse_args()


def _chosen(chosen: argparse.Namespace) -> list[Step]:
    every = () if chosen.page else FULL if chosen.full else SMALL
    return [step for step in every if step.name in chosen.only]


if __name__ == "__main__":
    main()
