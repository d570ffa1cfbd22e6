"""The page of results, `docs/benchmarks.md`: what is lost first, then everything, and how it was measured."""

import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.floors import Compared, Standing
from benchmarks.merge import Entry, Source
from benchmarks.plots import Growth, Plot
from benchmarks.report import HIGHER, amount

REASONS = Path(__file__).parent / "reasons.toml"
_IN_SECONDS_FROM_MS = 10_000
_ALMOST_LINEAR = 0.8
"""From this exponent on, the page asks for the reason."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a target is missed, or why something grows as it does, and what was tried, of the rows that have one of the
    names; `size` 0 stands for every size."""

    benchmark: str
    names: Sequence[str]
    why: str
    size: int = 0

    def about(self, entry: Entry) -> bool:
        same = self.benchmark == entry.source.benchmark and entry.row.name in self.names
        return same and self.size in (0, entry.row.size)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one benchmark of the last run went: `state` is done, failed, missing or left out."""

    benchmark: str
    command: str
    state: str
    seconds: float
    why: str = ""


@dataclass(frozen=True, slots=True)
class Everything:
    """What the page is made of."""

    entries: Sequence[Entry]
    sources: Sequence[Source]
    plots: Sequence[Plot]
    growths: Sequence[Growth]
    outcomes: Sequence[Outcome]
    floors: Sequence[Compared]
    reasons: Sequence[Reason]
    problems: Sequence[str]


def load_reasons(path: Path = REASONS) -> list[Reason]:
    """The committed reasons. Raises TypeError where an entry lacks a field."""
    return [Reason(**entry) for entry in tomllib.loads(path.read_text(encoding="utf-8")).get("reason", ())]


def page(found: Everything, folder: str) -> str:
    """The page in Markdown; plots are read from a folder beside it."""
    parts = (
        _HEAD,
        *_lost(found),
        *_plots("How far from the targets", found.plots, folder, "targets"),
        *_growth(found, folder),
        *_plots("While it runs", [plot for plot in found.plots if not _is_kept(plot)], folder, ""),
        *_all(found.entries),
        *_floors(found.floors),
        *_how(found),
    )
    return "\n\n".join(parts) + "\n"


_HEAD = """\
# Benchmarks

Written by `make bench` and `make bench-full`: edit nothing here. [benchmarks.json](benchmarks.json) has the same rows.

Every ratio is **ours divided by the peer's**, both measured in the same run in alternating rounds: the median of the
rounds' ratios, and in brackets the least and the most of any round. Below 1 ours is quicker; where a row says that
higher is better, above 1 is. p99 is the ratio of both sides' 99th percentiles. A *budget* is not a peer: it is a limit
in milliseconds that we set ourselves. Times belong to the machine named below; ratios travel better, but a busy machine
(see the load averages) slows a server more than what runs in the process that asks it."""


def _lost(found: Everything) -> Iterator[str]:
    missed = sorted((entry for entry in found.entries if entry.row.missed()), key=_distance, reverse=True)
    behind = [entry for entry in found.entries if entry.row.behind() and _is_free(entry)]
    aimed = sum(bool(entry.row.shares()) for entry in found.entries)
    yield "## Where we lose"
    yield f"Of {aimed} rows with a target, {len(missed)} missed it."
    if missed:
        yield _table(("benchmark", *_COLUMNS), (_cells(entry) for entry in missed))
        yield "\n".join(_reasons(missed, found.reasons))
    if behind:
        yield "The peer is better, and nobody set a target:"
        yield _table(("benchmark", *_COLUMNS), (_cells(entry) for entry in behind))


def _distance(entry: Entry) -> float:
    return max(share for _, share in entry.row.shares())


def _is_free(entry: Entry) -> bool:
    return not entry.row.shares()


_UNEXPLAINED = "Nobody has written down why yet (`benchmarks/reasons.toml`)."


def _reasons(missed: Iterable[Entry], reasons: Sequence[Reason]) -> Iterator[str]:
    """Each reason once, with the names of all rows that it is about."""
    named = {(entry.source.benchmark, entry.row.name): entry for entry in missed}
    told: dict[tuple[str, str], list[str]] = {}
    for (benchmark, name), entry in named.items():
        why = " ".join(reason.why.strip() for reason in reasons if reason.about(entry))
        told.setdefault((benchmark, why or _UNEXPLAINED), []).append(name)
    for (benchmark, why), names in told.items():
        yield f"- **{benchmark}: {'; '.join(names)}.** {why}"


def _is_kept(plot: Plot) -> bool:
    return plot.file.startswith(("targets", "growth"))


def _plots(title: str, plots: Sequence[Plot], folder: str, prefix: str) -> Iterator[str]:
    shown = [plot for plot in plots if plot.file.startswith(prefix)]
    if shown:
        yield f"## {title}"
    yield from (_image(plot, folder) for plot in shown)


def _image(plot: Plot, folder: str) -> str:
    alt = plot.alt.replace("[", "(").replace("]", ")")
    return f"{plot.title}.\n\n![{alt}]({folder}/{plot.file})"


def _growth(found: Everything, folder: str) -> Iterator[str]:
    if not found.growths:
        return
    yield from _plots("Growth", found.plots, folder, "growth")
    yield (
        "The exponent is the slope of the line through those points: 0 where time does not grow, 1 where it doubles "
        "when the size does."
    )
    rows = (
        (growth.benchmark, growth.name, *_exponents(growth), _why(growth, found.reasons)) for growth in found.growths
    )
    yield _table(("benchmark", "name", "sizes", "exponent of ours", "of the peers", "why"), rows)


def _exponents(growth: Growth) -> tuple[str, str, str]:
    ours, *peers = growth.series
    sizes = ", ".join(f"{size:,.0f}" for size, _ in ours.points)
    return sizes, f"{ours.exponent:.2f}", "; ".join(f"{peer.label} {peer.exponent:.2f}" for peer in peers)


def _why(growth: Growth, reasons: Iterable[Reason]) -> str:
    growing = f"{growth.name}, growth"
    mine = (item for item in reasons if item.benchmark == growth.benchmark and growing in item.names)
    found = " ".join(item.why.strip() for item in mine)
    linear = growth.series[0].exponent > _ALMOST_LINEAR
    return found or (_UNEXPLAINED if linear else "")


_COLUMNS = ("what", "size", "peer", "ours", "peer's", "ratio (rounds)", "p99", "target", "met")


def _all(entries: Sequence[Entry]) -> Iterator[str]:
    yield "## Everything measured"
    for benchmark in dict.fromkeys(entry.source.benchmark for entry in entries):
        own = [entry for entry in entries if entry.source.benchmark == benchmark]
        yield f"### {benchmark}"
        yield _table(_COLUMNS, (_cells(entry)[1:] for entry in own))
        notes = dict.fromkeys(note for entry in own for note in entry.source.written.notes)
        if notes:
            yield "\n".join(f"- {note}" for note in notes)


def _cells(entry: Entry) -> tuple[str, ...]:
    row = entry.row
    return (
        entry.source.benchmark,
        f"{row.name}: {row.what}" if row.what else row.name,
        f"{row.size:,}",
        row.peer,
        _shown(row.ours_ms_p50, row.unit),
        _shown(row.peer_ms_p50, row.unit),
        f"**{amount(row.ratio_p50)}**{_spread(entry)}{' (higher is better)' if row.better == HIGHER else ''}",
        "" if row.ratio_p99 is None else amount(row.ratio_p99),
        _target(entry),
        _met(entry),
    )


def _spread(entry: Entry) -> str:
    return f" ({amount(entry.row.ratio_p50_least)} to {amount(entry.row.ratio_p50_most)})"


def _target(entry: Entry) -> str:
    sign = "≥" if entry.row.better == HIGHER else "≤"
    named = (("", entry.row.target_p50), ("p99 ", entry.row.target_p99))
    return ", ".join(f"{name}{sign} {amount(target)}" for name, target in named if target is not None)


def _met(entry: Entry) -> str:
    if not entry.row.shares():
        return ""
    missed = entry.row.missed()
    return f"**missed** ({', '.join(missed)})" if missed else "yes"


def _shown(value: float, unit: str) -> str:
    if unit == "ms" and value >= _IN_SECONDS_FROM_MS:
        return f"{amount(value / 1_000)} s"
    return f"{amount(value)} {unit.removeprefix('rate ')}"


def _floors(compared: Sequence[Compared]) -> Iterator[str]:
    yield "## Floors"
    yield (
        "What a change may not make worse (`benchmarks/floors.toml`), compared with the last run. "
        + "; ".join(f"{sum(item.standing is kind for item in compared)} {_BRIEF[kind]}" for kind in Standing)
        + "."
    )
    shown = [item for item in compared if item.standing is not Standing.OK]
    if shown:
        yield _table(
            ("benchmark", "name", "size", "peer", "floor", "allowed", "measured", "standing"), map(_floor, shown)
        )


_BRIEF = {
    Standing.OK: "ok",
    Standing.BETTER: "better by more than the tolerance",
    Standing.WORSE: "worse",
    Standing.ABSENT: "not measured",
}


def _floor(item: Compared) -> tuple[str, ...]:
    floor = item.floor
    measured = "" if item.measured is None else amount(item.measured)
    allowed = f"{floor.sign} {amount(floor.limit)}"
    key = (floor.benchmark, floor.name, f"{floor.size:,}", floor.peer)
    return (*key, amount(floor.ratio), allowed, measured, _BRIEF[item.standing])


def _how(found: Everything) -> Iterator[str]:
    yield "## How it was measured"
    yield "\n".join(f"- {fact}" for fact in _machines(found.sources))
    columns = ("results", "measured at (UTC)", "load average after", "versions", "command")
    yield _table(columns, map(_source, found.sources))
    if found.problems:
        yield "Not read:\n\n" + "\n".join(f"- {problem}" for problem in found.problems)
    if found.outcomes:
        yield "The last run of the suite:"
        yield _table(("benchmark", "command", "outcome", "seconds"), map(_outcome, found.outcomes))


def _machines(sources: Iterable[Source]) -> list[str]:
    return list(dict.fromkeys(str(source.written.about.get("machine", "a machine not named")) for source in sources))


def _source(source: Source) -> tuple[str, ...]:
    about = source.written.about
    load = about.get("load_average_after", ())
    return (
        source.file,
        source.measured_at[:16].replace("T", " "),
        " ".join(map(str, load)),
        ", ".join(f"{name} {value}" for name, value in about.items() if name not in _NOT_VERSIONS and _brief(value)),
        f"`{about.get('command', '')}`",
    )


_NOT_VERSIONS = {"measured_at", "machine", "load_average_after", "command"}


def _brief(value: object) -> bool:
    return isinstance(value, str | int | float) and str(value) != ""


def _outcome(outcome: Outcome) -> tuple[str, ...]:
    state = f"{outcome.state}: {outcome.why}" if outcome.why else outcome.state
    return outcome.benchmark, f"`{outcome.command}`", state, f"{outcome.seconds:.0f}"


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [_line(columns), _line(["---"] * len(columns)), *map(_line, rows)]
    return "\n".join(lines)


def _line(cells: Iterable[str]) -> str:
    escaped = (cell.replace("|", r"\|") for cell in cells)
    return f"| {' | '.join(escaped)} |"
