"""What a command costs, with the memory of the processes that it starts."""

import os
import sys
from pathlib import Path

import pytest

from benchmarks.processes import Cost, cost, running

_HOLDS = """
import multiprocessing, time
held = bytearray(60_000_000)
def hold():
    more = bytearray(50_000_000)
    time.sleep(0.6)
child = multiprocessing.get_context("fork").Process(target=hold)
child.start(); child.join()
"""


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="the system does not tell")
def test_memory_is_that_of_all_processes_together_shared_pages_once() -> None:
    found = cost((sys.executable, "-I", "-c", _HOLDS), os.environ)
    assert 110 < found.peak_mb < 160
    assert found.memory
    assert all(0 <= at <= found.elapsed_s for at, _ in found.memory)


def test_a_command_that_fails_ends_the_benchmark() -> None:
    with pytest.raises(SystemExit, match="exit code 3"):
        cost((sys.executable, "-c", "raise SystemExit(3)"), os.environ)


def test_costs_add_up_and_memory_follows_on() -> None:
    total = Cost(2.0, 1.0, 50.0, ((1.0, 50.0),)) + Cost(3.0, 1.5, 80.0, ((0.5, 80.0),))
    assert (total, total.memory) == (Cost(5.0, 2.5, 80.0), ((1.0, 50.0), (2.5, 80.0)))


def test_a_command_beside_ends_with_its_block(tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    script = f"import os, time; open({str(mark)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    with running((sys.executable, "-I", "-c", script), os.environ):
        while not mark.exists() or not mark.read_text():
            pass
    with pytest.raises(ProcessLookupError):
        os.kill(int(mark.read_text()), 0)


def test_modules_are_compiled_once_as_where_the_software_is_installed(tmp_path: Path) -> None:
    (tmp_path / "kept.py").write_text("")
    environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(tmp_path), "PYTHONPYCACHEPREFIX": ""}
    cost((sys.executable, "-c", "import kept"), environment)
    assert list(tmp_path.glob("__pycache__/kept.*.pyc"))
