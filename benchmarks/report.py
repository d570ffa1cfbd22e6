"""The one form of a benchmark's result: rows, each ours against a peer in the same run, and how they were measured.

A benchmark writes `FOLDER/NAME.json`; `benchmarks.suite` merges them. Rounds alternate between the two sides, and the
ratio is taken round by round, so that a disturbance shows in the spread. It does not fall on both sides alike: a server
that has to be woken for each request suffers more from a busy machine than what runs in the process that asks. So
measure at rest; how busy the machine was is written down.
"""

import argparse
import os
import platform
import statistics
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import numpy as np
import orjson

RESULTS = Path(__file__).parent / "results"
ROUNDS, SEED = 5, 1
LOWER, HIGHER = "lower", "higher"
_UNREPEATABLE = {"output", "url", "into"}
"""Options that name this machine's folders and servers: nobody could repeat them elsewhere."""
_FEWEST_FOR_P99 = 100
_FORM = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE | orjson.OPT_SERIALIZE_NUMPY


@dataclass(frozen=True, slots=True)
class Row:
    """One measurement against one peer.

    `ours_ms_p50` and `peer_ms_p50` are milliseconds, or what `unit` says. Ratios are ours divided by the peer's: the
    median over the rounds, and the extremes over the rounds. A target is a maximum, or a minimum where `better` is
    "higher". `peer` may be a budget, which then says so in its name. `what` explains a name that is a code. `details`
    go into the JSON as they are.
    """

    name: str
    size: int
    peer: str
    ours_ms_p50: float
    peer_ms_p50: float
    ratio_p50: float
    ratio_p50_least: float
    ratio_p50_most: float
    ratio_p99: float | None = None
    target_p50: float | None = None
    target_p99: float | None = None
    unit: str = "ms"
    better: str = LOWER
    what: str = ""
    details: Mapping[str, object] | None = None

    def shares(self) -> list[tuple[str, float]]:
        """How far each ratio is from its target: above 1 it missed it by that factor."""
        pairs = (("p50", self.ratio_p50, self.target_p50), ("p99", self.ratio_p99, self.target_p99))
        return [
            (name, target / ratio if self.better == HIGHER else ratio / target)
            for name, ratio, target in pairs
            if ratio and target
        ]

    def missed(self) -> list[str]:
        """Which of its targets it missed: p50, p99, both or none."""
        return [name for name, share in self.shares() if share > 1]

    def behind(self) -> bool:
        """Whether the peer is better."""
        return self.ratio_p50 < 1 if self.better == HIGHER else self.ratio_p50 > 1

    def as_json(self) -> dict[str, object]:
        fields = asdict(self)
        details = fields.pop("details") or {}
        return {name: _rounded(value) for name, value in (fields | details).items()}


@dataclass(frozen=True, slots=True)
class Curve:
    """Something that grew while the benchmark ran, memory say: points of x and y."""

    name: str
    x: str
    y: str
    points: Sequence[tuple[float, float]]


def paired(
    name: str,
    size: int,
    peer: str,
    ours: Sequence[Sequence[float]],
    theirs: Sequence[Sequence[float]],
    *,
    targets: tuple[float | None, float | None] = (None, None),
    unit: str = "ms",
    better: str = LOWER,
    what: str = "",
    details: Mapping[str, object] | None = None,
) -> Row:
    """A row from alternating rounds: each side's measurements, round by round, in `unit`.

    The p99 is that of all rounds together, and left out below 100 measurements of a side.
    Raises ValueError where the sides have not the same number of rounds, or none.
    """
    ratios = ratios_of(ours, theirs)
    mine, other = _flat(ours), _flat(theirs)
    return Row(
        name,
        size,
        peer,
        statistics.median(mine),
        statistics.median(other),
        statistics.median(ratios),
        min(ratios),
        max(ratios),
        ratio_p99(mine, other),
        *targets,
        unit=unit,
        better=better,
        what=what,
        details=details,
    )


def ratios_of(ours: Sequence[Sequence[float]], theirs: Sequence[Sequence[float]]) -> list[float]:
    """Each round's median of ours over its median of theirs."""
    if not ours:
        raise ValueError("No round was measured.")
    return [statistics.median(mine) / statistics.median(other) for mine, other in zip(ours, theirs, strict=True)]


def ratio_p99(ours: Sequence[float], theirs: Sequence[float]) -> float | None:
    """The ratio of the 99th percentiles; None where there are too few measurements to speak of one."""
    if min(len(ours), len(theirs)) < _FEWEST_FOR_P99:
        return None
    return float(np.percentile(ours, 99) / np.percentile(theirs, 99))


def budget(
    name: str,
    size: int,
    times: Sequence[Sequence[float]],
    allowed_ms: float,
    details: Mapping[str, object] | None = None,
) -> Row:
    """A row without a peer: milliseconds, round by round, as a share of what is allowed."""
    allowed = [[allowed_ms]] * len(times)
    return paired(name, size, f"budget of {allowed_ms:g} ms", times, allowed, targets=(1.0, None), details=details)


def options(name: str, description: str | None, rounds: int = ROUNDS) -> argparse.ArgumentParser:
    """The options that every benchmark has; its own are added to it."""
    parser = argparse.ArgumentParser(
        prog=f"python -m benchmarks.{name}",
        description=description,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--rounds", type=int, default=rounds, help=f"alternating rounds (default {rounds})")
    parser.add_argument("--seed", type=int, default=SEED, help=f"default {SEED}")
    parser.add_argument("--output", type=Path, default=RESULTS, help=f"folder for {name}.json")
    return parser


def command(name: str, chosen: argparse.Namespace) -> str:
    """The command that repeats a run, defaults written out."""
    words = [f"--{key.replace('_', '-')} {value}" for key, value in vars(chosen).items() if _repeatable(key, value)]
    flags = [f"--{key.replace('_', '-')}" for key, value in vars(chosen).items() if value is True]
    return " ".join([f"python -m benchmarks.{name}", *words, *flags])


def _repeatable(key: str, value: object) -> bool:
    return key not in _UNREPEATABLE and value not in (None, "") and not isinstance(value, bool | Path | list)


def about(command: str, **extra: object) -> dict[str, object]:
    """When, on what and how busy a machine, and with which versions; `extra` goes in after it."""
    return {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": machine(),
        "load_average_after": [round(value, 1) for value in os.getloadavg()],
        "python": platform.python_version(),
        "commit": _commit(),
        "command": command,
        **extra,
    }


def machine() -> str:
    """Processors, memory and system, without a name that tells whose it is."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} CPUs{_processor()}, {memory:.0f} GiB, {platform.machine()}, {platform.system()}"


def versions(*packages: str) -> dict[str, str]:
    """Installed versions by package."""
    return {name: version(name) for name in packages}


def write(
    name: str,
    rows: Sequence[Row],
    notes: Sequence[str],
    output: Path,
    about: Mapping[str, object],
    curves: Sequence[Curve] = (),
) -> Path:
    """Writes `output/name.json` whole or not at all, prints its rows, and returns where it is."""
    data = {"about": about, "rows": [row.as_json() for row in rows], "notes": list(notes)}
    if curves:
        data["curves"] = [asdict(curve) for curve in curves]
    output.mkdir(parents=True, exist_ok=True)
    path, draft = output / f"{name}.json", output / f"{name}.json.new"
    draft.write_bytes(orjson.dumps(data, option=_FORM))
    draft.replace(path)
    sys.stdout.write("\n".join([*map(_line, rows), *notes, f"Written to {path.name}", ""]))
    return path


def _line(row: Row) -> str:
    target = "" if row.target_p50 is None else f", target {row.target_p50:g}"
    return (
        f"{row.name} at {row.size:,}: {amount(row.ours_ms_p50)} {row.unit} against {amount(row.peer_ms_p50)} "
        f"({row.peer}), ratio {amount(row.ratio_p50)} "
        f"({amount(row.ratio_p50_least)} to {amount(row.ratio_p50_most)}{target})"
    )


def amount(value: float) -> str:
    """A number as people read it: three digits that count, whole from a hundred on."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _rounded(value: object) -> object:
    return float(f"{value:.4g}") if isinstance(value, float) else value


def _flat(rounds: Sequence[Sequence[float]]) -> list[float]:
    return [time for times in rounds for time in times]


def _processor() -> str:
    return "".join(f" {name}" for name in sorted(set(_processors())))


def _processors() -> Iterator[str]:
    listing = Path("/proc/cpuinfo")
    for line in listing.read_text().splitlines() if listing.exists() else ():
        if line.startswith("model name"):
            yield line.partition(":")[2].strip()


def _commit() -> str:
    """The commit measured, with a plus where files differ from it; empty without git."""
    try:
        found = subprocess.run(
            ["git", "describe", "--always", "--dirty=+", "--abbrev=10"],
            cwd=RESULTS.parent,
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError:
        return ""
    return found.stdout.strip()
