"""What a person or a program sees of the indexer's work: bars on a terminal, plain lines otherwise, or JSON."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from typing import Any, Protocol, TextIO

import orjson
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from rich.text import Text

Advance = Callable[[int], None]
"""Called with the number of units done since the last call."""
BYTES = "bytes"
"""The unit that is shown in kilo- and megabytes."""


class Reporter(Protocol):
    """Where progress and results go."""

    def say(self, line: str) -> None:
        """One step that was done, or a warning."""
        ...

    def task(self, label: str, total: int | None, unit: str) -> AbstractContextManager[Advance]:
        """A step that takes a while; `total` is in `unit`s, None where it is not known."""
        ...

    def result(self, data: Mapping[str, Any], lines: Sequence[str]) -> None:
        """What came out, for programs (`data`) and for people (`lines`)."""
        ...


class Silent:
    """Says nothing."""

    def say(self, line: str) -> None: ...

    @contextmanager
    def task(self, label: str, total: int | None, unit: str) -> Iterator[Advance]:
        yield lambda _count: None

    def result(self, data: Mapping[str, Any], lines: Sequence[str]) -> None: ...


class Json(Silent):
    """One JSON object a line for each result, and nothing else."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def result(self, data: Mapping[str, Any], lines: Sequence[str]) -> None:
        self._out.write(orjson.dumps(data).decode() + "\n")
        self._out.flush()


class Lines:
    """A plain line for every step that is done, and now and then for one that takes long; for logs."""

    every_s = 30.0
    """Seconds between two lines about one step."""

    def __init__(self, out: TextIO, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._out = out
        self._monotonic = monotonic

    def say(self, line: str) -> None:
        self._out.write(line + "\n")
        self._out.flush()

    @contextmanager
    def task(self, label: str, total: int | None, unit: str) -> Iterator[Advance]:
        began = said = self._monotonic()
        done = 0

        def advance(count: int) -> None:
            nonlocal done, said
            done += count
            if (moment := self._monotonic()) - said >= self.every_s:
                said = moment
                self.say(f"{label}: {_progress(done, total, unit, moment - began)}")

        yield advance
        self.say(f"{label}: {done:,} {unit} in {self._monotonic() - began:.1f} s")

    def result(self, data: Mapping[str, Any], lines: Sequence[str]) -> None:
        for line in lines:
            self.say(line)


def _progress(done: int, total: int | None, unit: str, seconds: float) -> str:
    """How far a step is, how fast, and about how long it has still to go."""
    rate = done / seconds
    if not total or not rate:
        return f"{done:,} {unit}, {rate:,.0f}/s"
    left = max(0, total - done) / rate
    return f"{done:,} of {total:,} {unit}, {rate:,.0f}/s, about {timedelta(seconds=round(left))} left"


class _Rate(ProgressColumn):
    """Units a second."""

    def render(self, task: Task) -> Text:
        return Text(f"{task.speed:,.0f}/s" if task.speed else "", no_wrap=True)


class Terminal(Lines):
    """Bars with rate and time left while a step runs, and its line once it is done."""

    def __init__(self, out: TextIO, console: Console) -> None:
        super().__init__(out)
        self._console = console
        self.every_s = float("inf")  # the bar says it

    @contextmanager
    def task(self, label: str, total: int | None, unit: str) -> Iterator[Advance]:
        with super().task(label, total, unit) as count, self._bar(unit) as progress:
            shown = progress.add_task(label, total=total)

            def advance(done: int) -> None:
                count(done)
                progress.advance(shown, done)

            yield advance

    def _bar(self, unit: str) -> Progress:
        amounts: tuple[ProgressColumn, ...] = (MofNCompleteColumn(), _Rate())
        if unit == BYTES:
            amounts = (DownloadColumn(), TransferSpeedColumn())
        columns = (TextColumn("{task.description}"), BarColumn(bar_width=20), TaskProgressColumn(), *amounts)
        times = (TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn())
        return Progress(*columns, *times, console=self._console, transient=True)


def reporter(out: TextIO, error: TextIO, *, as_json: bool) -> Reporter:
    """The reporter for these streams: progress goes to `error`'s terminal, results to `out`."""
    if as_json:
        return Json(out)
    console = Console(file=error)
    return Terminal(out, console) if console.is_terminal else Lines(out)
