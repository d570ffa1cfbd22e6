"""What a command costs, with the memory of the processes that it starts."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from benchmarks import processes
from benchmarks.processes import Cost, cost, held_mb, repeated, running


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="the system does not tell")
def test_memory_is_that_of_all_processes_together_shared_pages_once() -> None:
    script = """
import os, signal
held = bytearray(60_000_000)
if os.fork() == 0:
    more = bytearray(50_000_000)
    print("ready", flush=True)
signal.pause()
"""
    command = (sys.executable, "-I", "-c", script)
    with subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        assert 110 < held_mb(process.pid) < 160
        os.killpg(process.pid, signal.SIGKILL)


def test_memory_is_looked_at_while_a_command_runs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    looks, seen = iter((50.0, 80.0)), tmp_path / "seen"

    def look(_: int) -> float:
        held = next(looks, 30.0)
        seen.touch() if held == 30.0 else None
        return held

    monkeypatch.setattr(processes, "_EVERY_S", 0.001)
    monkeypatch.setattr(processes, "held_mb", look)
    found = cost((sys.executable, "-I", "-c", f"import os\nwhile not os.path.exists({str(seen)!r}): pass"), os.environ)
    assert found.peak_mb == 80.0
    assert [held for _, held in found.memory][:3] == [50.0, 80.0, 30.0]
    assert all(0 <= at <= found.elapsed_s for at, _ in found.memory)


def test_a_command_that_fails_ends_the_benchmark() -> None:
    with pytest.raises(SystemExit, match="exit code 3"):
        cost((sys.executable, "-c", "raise SystemExit(3)"), os.environ)


def test_costs_add_up_and_memory_follows_on() -> None:
    total = Cost(2.0, 1.0, 50.0, ((1.0, 50.0),)) + Cost(3.0, 1.5, 80.0, ((0.5, 80.0),))
    assert (total, total.memory) == (Cost(5.0, 2.5, 80.0), ((1.0, 50.0), (2.5, 80.0)))


def test_a_command_beside_ends_with_its_block(tmp_path: Path) -> None:
    told = tmp_path / "told"
    os.mkfifo(told)
    script = f"import os, signal; open({str(told)!r}, 'w').write(str(os.getpid())); signal.pause()"
    with running((sys.executable, "-I", "-c", script), os.environ):
        pid = int(told.read_text())
        os.kill(pid, 0)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_nothing_is_done_after_the_block() -> None:
    done: list[int] = []
    often, before = threading.Event(), threading.active_count()

    def act() -> None:
        done.append(1)
        if len(done) == 3:
            often.set()

    with repeated(act, 0.001):
        assert often.wait(30)
    assert threading.active_count() == before


def test_modules_are_compiled_once_as_where_the_software_is_installed(tmp_path: Path) -> None:
    (tmp_path / "kept.py").write_text("")
    environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(tmp_path), "PYTHONPYCACHEPREFIX": ""}
    cost((sys.executable, "-c", "import kept"), environment)
    assert list(tmp_path.glob("__pycache__/kept.*.pyc"))
