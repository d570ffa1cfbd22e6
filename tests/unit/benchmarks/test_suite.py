"""The suite: each benchmark in a process of its own, a failing one stops no other, and the exit code tells."""

import io
import os
from pathlib import Path

import orjson
import pytest
from rich.console import Console

from benchmarks import suite
from benchmarks.suite import DONE, FAILED, LEFT_OUT, MISSING, NO_SERVER, Places, Step, measure, publish, report
from tests.factories.results import row, written

WRITES = """
import argparse, os, pathlib, datetime, json, tempfile
parser = argparse.ArgumentParser()
parser.add_argument("--output", type=pathlib.Path)
chosen = parser.parse_args()
chosen.output.mkdir(parents=True, exist_ok=True)
about = {"measured_at": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
         "temporary": tempfile.gettempdir(), "server": os.environ.get("ELASTICSEARCH_URL", "none")}
row = {"name": "Q1", "size": 1, "peer": "p", "ours_ms_p50": 1, "peer_ms_p50": 2, "ratio_p50": 0.5,
       "ratio_p50_least": 0.4, "ratio_p50_most": 0.6}
(chosen.output / "writing.json").write_text(json.dumps({"about": about, "rows": [row]}))
"""
MODULES = {
    "writing": WRITES,
    "breaking": "raise RuntimeError('it broke here')",
    "silent": "",
    "endless": "import signal\nsignal.pause()",
}


@pytest.fixture
def places(tmp_path: Path) -> Places:
    (tmp_path / "floors.toml").write_text("tolerance = 0.3\n")
    (tmp_path / "reasons.toml").write_text("")
    return Places(
        tmp_path / "results",
        tmp_path / "page.md",
        tmp_path / "rows.json",
        tmp_path / "plots",
        tmp_path / "floors.toml",
        tmp_path / "reasons.toml",
        tmp_path / "scratch",
    )


@pytest.fixture
def given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, places: Places) -> dict[str, str]:
    """Benchmarks that can be run, and the environment that finds them."""
    folder = tmp_path / "modules"
    (folder / "made").mkdir(parents=True)
    (folder / "made" / "__init__.py").touch()
    for name, text in MODULES.items():
        (folder / "made" / f"{name}.py").write_text(text)
    monkeypatch.syspath_prepend(folder)
    places.results.mkdir()
    return suite.environment(dict(os.environ) | {"PYTHONPATH": str(folder)}, places, server=False)


def run(places: Places, given: dict[str, str], *steps: Step) -> tuple[suite.LastRun, str]:
    out = io.StringIO()
    return measure(steps, places, given, Console(file=out, width=200)), out.getvalue()


def test_a_failing_benchmark_stops_no_other_and_is_named(places: Places, given: dict[str, str]) -> None:
    found, said = run(places, given, Step("made.breaking"), Step("made.writing", folder="small"))
    assert [(item.state, item.why) for item in found.outcomes] == [(FAILED, "exit code 1"), (DONE, "")]
    assert "it broke here" in said
    compared, problems = publish(found.outcomes, places, found.began)
    out = io.StringIO()
    assert report(found, compared, problems, Console(file=out, width=200)) == 1
    assert "breaking failed: exit code 1" in out.getvalue()
    assert "failed: exit code 1" in places.page.read_text(encoding="utf-8")
    assert [row["benchmark"] for row in orjson.loads(places.data.read_bytes())["rows"]] == ["writing"]


def test_all_well_ends_with_0(places: Places, given: dict[str, str]) -> None:
    found, _ = run(places, given, Step("made.writing"))
    compared, problems = publish(found.outcomes, places, found.began)
    assert report(found, compared, problems, Console(file=io.StringIO())) == 0


def test_a_benchmark_that_writes_no_result_failed_even_with_an_older_result(
    places: Places, given: dict[str, str]
) -> None:
    written(places.results, "silent", row())
    found, _ = run(places, given, Step("made.silent"))
    assert [(item.state, item.why) for item in found.outcomes] == [(FAILED, "it wrote no result")]


def test_a_benchmark_that_does_not_exist_is_missing(places: Places, given: dict[str, str]) -> None:
    found, said = run(places, given, Step("made.nowhere"))
    assert [item.state for item in found.outcomes] == [MISSING]
    assert "there is no made.nowhere" in said
    assert report(found, [], [], Console(file=io.StringIO())) == 1


def test_what_needs_an_absent_server_is_left_out_and_named(places: Places, given: dict[str, str]) -> None:
    found, said = run(places, given, Step("made.writing", needs_server=True))
    assert [(item.state, item.why) for item in found.outcomes] == [(LEFT_OUT, NO_SERVER)]
    assert NO_SERVER in said
    assert report(found, [], [], Console(file=io.StringIO())) == 0


def test_what_needs_a_program_that_is_not_installed_is_left_out_and_named(
    places: Places, given: dict[str, str]
) -> None:
    found, _ = run(places, given, Step("made.writing", program="no-such-program"))
    assert [(item.state, item.why) for item in found.outcomes] == [(LEFT_OUT, "no-such-program is not installed")]


def test_a_benchmark_that_takes_too_long_is_ended_with_its_children(places: Places, given: dict[str, str]) -> None:
    found, _ = run(places, given, Step("made.endless", minutes=0.001))
    assert [(item.state, item.why) for item in found.outcomes] == [(FAILED, "stopped after 0.001 minutes")]


def test_stopping_by_hand_ends_the_benchmark_and_leaves_out_the_rest(
    places: Places, given: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(suite, "_ended", interrupted)
    found, _ = run(places, given, Step("made.endless"), Step("made.writing"))
    assert [(item.benchmark, item.why) for item in found.outcomes] == [
        ("endless", "stopped by hand, with all after it")
    ]
    assert report(found, [], [], Console(file=io.StringIO())) == 1


def test_benchmarks_see_only_a_server_that_answers_and_leave_no_temporary_file(
    places: Places, given: dict[str, str]
) -> None:
    here = suite.environment({**given, "ELASTICSEARCH_URL": "http://127.0.0.1:1"}, places, server=False)
    run(places, here, Step("made.writing"))
    about = orjson.loads((places.results / "writing.json").read_bytes())["about"]
    assert about["server"] == "none"
    assert about["temporary"] == str(places.scratch / "tmp")
    assert not (places.scratch / "tmp").exists()


def test_a_full_run_says_what_this_machine_lacks(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suite, "DISK_GIB", 0)
    monkeypatch.setattr(suite, "MEMORY_GIB", 0)
    assert suite.short_of(places) == []
    monkeypatch.setattr(suite, "DISK_GIB", 10**9)
    (lacking,) = suite.short_of(places)
    assert lacking.endswith("GiB of free disk in scratch, 1000000000 are needed")


def test_nothing_answers_where_no_server_is() -> None:
    assert not suite.reachable("http://127.0.0.1:1")
    assert not suite.reachable("not an address")


def test_a_ratio_worse_than_its_floor_ends_with_1_and_says_so(places: Places, given: dict[str, str]) -> None:
    places.floors.write_text(
        'tolerance = 0.3\n[[floor]]\nbenchmark = "writing"\nname = "Q1"\nsize = 1\npeer = "p"\nratio = 0.2\n'
    )
    found, _ = run(places, given, Step("made.writing"))
    compared, problems = publish(found.outcomes, places, found.began)
    out = io.StringIO()
    assert report(found, compared, problems, Console(file=out, width=200)) == 1
    assert "Worse than its floor: writing: Q1 at 1 against p: 0.5 (floor 0.2, allowed ≤ 0.26)" in out.getvalue()


def test_a_floor_that_this_run_did_not_measure_says_so(places: Places, given: dict[str, str]) -> None:
    places.floors.write_text(
        'tolerance = 0.3\n[[floor]]\nbenchmark = "engines"\nname = "Q1"\nsize = 1000\npeer = "scan"\nratio = 0.2\n'
    )
    written(places.results, "engines", row(ratio_p50=0.9), at="2026-11-24T10:00:00+00:00")
    found, _ = run(places, given, Step("made.writing"))
    compared, problems = publish(found.outcomes, places, found.began)
    out = io.StringIO()
    assert report(found, compared, problems, Console(file=out, width=200)) == 0
    assert "not measured" in out.getvalue()


def test_the_page_can_be_written_without_any_result(places: Places) -> None:
    places.results.mkdir()
    assert publish([], places) == ([], [])
    assert "Of 0 rows with a target" in places.page.read_text(encoding="utf-8")


def test_how_the_last_run_went_is_kept(places: Places, given: dict[str, str]) -> None:
    found, _ = run(places, given, Step("made.silent"), Step("made.writing"))
    suite.keep(found, places)
    assert suite.last_run(places) == found


def test_measuring_some_again_keeps_the_rest_of_the_last_run(places: Places, given: dict[str, str]) -> None:
    before, _ = run(places, given, Step("made.breaking"), Step("made.writing"))
    mended = suite.LastRun("later", [suite.Outcome("breaking", "python -m made.breaking", DONE, 1.0)])
    found = suite.again(before, mended)
    assert found.began == before.began
    assert [(item.benchmark, item.state) for item in found.outcomes] == [("breaking", DONE), ("writing", DONE)]


@pytest.mark.parametrize("steps", [suite.SMALL, suite.FULL])
def test_no_two_steps_write_into_the_same_file(steps: tuple[Step, ...]) -> None:
    files = [(step.folder, step.name) for step in steps]
    assert len(files) == len(set(files))
