"""What a command costs: elapsed and processor seconds, and the memory that it and the processes it starts hold."""

import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

_EVERY_S = 0.25
_KB = 1024


@dataclass(frozen=True, slots=True)
class Cost:
    """What processes took, summed where several commands are. `peak_mb` is the most that all processes of one command
    held at a time, shared pages counted once; `memory` is that over time, in seconds and MB."""

    elapsed_s: float = 0.0
    processor_s: float = 0.0
    peak_mb: float = 0.0
    memory: tuple[tuple[float, float], ...] = field(default=(), compare=False)

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(
            self.elapsed_s + other.elapsed_s,
            self.processor_s + other.processor_s,
            max(self.peak_mb, other.peak_mb),
            self.memory + tuple((self.elapsed_s + at, held) for at, held in other.memory),
        )


def cost(command: Sequence[str], environment: Mapping[str, str]) -> Cost:
    """Runs a command to its end. Raises SystemExit where it fails."""
    began = time.perf_counter()
    process = subprocess.Popen(command, env=_ordinary(environment), stdout=subprocess.DEVNULL)
    with _watched(process.pid, began) as memory:
        _, status, used = os.wait4(process.pid, 0)
    elapsed = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command[-4:])} ended with exit code {process.returncode}.")
    # Not the system's own figure where there is a choice: it counts what this process held when it made the other.
    peak = max((held for _, held in memory), default=used.ru_maxrss / _KB)
    return Cost(elapsed, used.ru_utime + used.ru_stime, peak, tuple(memory))


@contextmanager
def running(command: Sequence[str], environment: Mapping[str, str]) -> Iterator[None]:
    """A command that goes on beside the block."""
    process = subprocess.Popen(command, env=_ordinary(environment), stdout=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def _ordinary(environment: Mapping[str, str]) -> dict[str, str]:
    """Compiled modules are kept between runs, as they are wherever the software is installed."""
    return {name: value for name, value in environment.items() if name != "PYTHONDONTWRITEBYTECODE"}


@contextmanager
def _watched(pid: int, began: float) -> Iterator[list[tuple[float, float]]]:
    found: list[tuple[float, float]] = []
    with repeated(lambda: found.append((time.perf_counter() - began, held_mb(pid))), _EVERY_S):
        yield found


@contextmanager
def repeated(act: Callable[[], None], every_s: float) -> Iterator[None]:
    """Does something again and again beside the block, with so many seconds between, and not once after it."""
    ended = threading.Event()

    def repeat() -> None:
        while not ended.wait(every_s):
            act()

    thread = threading.Thread(target=repeat)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def held_mb(pid: int) -> float:
    """What a process and those that it started hold together, in MB: of a page that n share each has one nth."""
    return sum(memory_mb(one).get("Pss", 0.0) for one in family(pid))


def cpu_s(pid: int) -> float:
    """Processor seconds that a process and those that it started have used."""
    return sum(map(_ticks, family(pid))) / os.sysconf("SC_CLK_TCK")


def family(pid: int) -> Iterator[int]:
    """A process and those that it started and that still run."""
    yield pid
    for child in _text(f"/proc/{pid}/task/{pid}/children").split():
        yield from family(int(child))


def memory_mb(pid: int) -> dict[str, float]:
    """What the system says of a process' memory (smaps_rollup), in MB by its own names; empty where it says nothing."""
    lines = (line.split() for line in _text(f"/proc/{pid}/smaps_rollup").splitlines())
    return {name.rstrip(":"): int(amount) / _KB for name, amount, *unit in lines if unit == ["kB"]}


def _ticks(pid: int) -> int:
    """Ticks in its own code and in the system's; its name, which may hold blanks, stands in brackets before them."""
    fields = _text(f"/proc/{pid}/stat").rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12]) if fields else 0


def _text(path: str) -> str:
    """The text of a file of the system, or nothing where its process has ended or the system has no such file."""
    try:
        return Path(path).read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""
