"""The command as people and programs use it: messages, JSON, exit codes, and a clean stop."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from indexer.cli import EXIT_CODES, main
from tests.factories.registry import deactivation, individual, number, organization
from tests.integration.indexer.conftest import Site, last_week

Invoke = Callable[..., Result]


def environment(site: Site) -> dict[str, str]:
    return {
        "DIRECTORY_DATA_DIR": str(site.folder),
        "DIRECTORY_DATABASE_URL": f"sqlite:///{site.folder / 'directory.sqlite'}",
        "DIRECTORY_INDEX_DIR": str(site.folder / "index"),
        "DIRECTORY_ENGINE": "embedded",
        "DIRECTORY_FALLBACK_ENGINE": "",
        "ELASTICSEARCH_ALIAS": "indexer-nobody",
    }


@pytest.fixture
def invoke(site: Site) -> Invoke:
    def _invoke(*arguments: str | Path, **variables: str) -> Result:
        words = [str(argument) for argument in arguments]
        return CliRunner().invoke(main, words, env=environment(site) | variables, catch_exceptions=False)

    return _invoke


def only(result: Result) -> Any:
    (line,) = result.stdout.splitlines()
    return json.loads(line)


def test_from_a_file_to_a_listing_that_is_found(site: Site, invoke: Invoke) -> None:
    path = site.file(individual(1), organization(2), individual(3, state="XX"))
    loaded = invoke("load", "nppes", path)
    assert loaded.exit_code == 0
    assert "3 rows = 2 loaded + 0 skipped + 0 deactivated + 1 rejected" in loaded.stdout
    assert f"rejected rows: {site.folder / 'rejects' / path.name}.rejects.csv" in loaded.stdout
    rebuilt = invoke("rebuild")
    assert "embedded: 2 listings, live as" in rebuilt.stdout
    assert invoke("sync").stdout.startswith("embedded: 0 listings written")
    assert "difference now 0" in invoke("reconcile").stdout
    assert "embedded: found as" in invoke("why-not", number(1)).stdout
    shown = invoke("status").stdout
    assert re.search(r"Index embedded: 2 listings in \S+ of \S+, 0 revisions behind", shown)
    assert f"{path.name} of" in shown


def test_one_command_from_a_file_to_a_search(site: Site, invoke: Invoke) -> None:
    first = invoke("load", "nppes", "--rebuild", site.file(individual(1), organization(2), day=last_week()))
    assert first.exit_code == 0
    assert re.search(r"^Building embedded: 2 listings in \d", first.stdout, re.MULTILINE)
    assert "embedded: 2 listings, live as 000001" in first.stdout
    assert "difference now 0" in invoke("reconcile").stdout
    # Records that hold something are read in the usual way.
    later = invoke("load", "nppes", "--rebuild", site.file(individual(1), individual(3)))
    assert re.search(r"^Building embedded: 3 records in \d", later.stdout, re.MULTILINE)
    assert "embedded: 3 listings, 2 before, live as 000002" in later.stdout


def test_no_index_of_a_file_that_could_not_be_loaded(site: Site, invoke: Invoke) -> None:
    assert invoke("load", "nppes", "--rebuild", site.folder / "nowhere.csv").exit_code == 3
    assert site.index.live() is None


def test_an_index_that_is_locked_is_said_and_the_load_is_kept(site: Site, invoke: Invoke) -> None:
    with site.index.lock():
        found = invoke("load", "nppes", "--rebuild", site.file(individual(1)))
    assert found.exit_code == 5
    assert site.composition.source.count() == 1


def test_a_line_for_every_step_without_a_terminal(site: Site, invoke: Invoke) -> None:
    path = site.file(individual(1))
    out = invoke("load", "nppes", path).stdout
    assert re.search(rf"^Checking {path.name}: [\d,]+ bytes in \d", out, re.MULTILINE)
    assert re.search(rf"^Loading {path.name}: 1 rows in \d", out, re.MULTILINE)
    assert "\x1b" not in out
    assert re.search(r"^Building embedded: 1 records in \d", invoke("rebuild").stdout, re.MULTILINE)


def test_json_is_one_object_a_line_and_nothing_else(site: Site, invoke: Invoke) -> None:
    path = site.file(individual(1), individual(2, "122300000X"))
    loaded = only(invoke("load", "nppes", path, "--json"))
    assert (loaded["counts"]["loaded"], loaded["counts"]["skipped"], loaded["already_loaded"]) == (1, 1, False)
    assert only(invoke("load", "nppes", path, "--json"))["already_loaded"] is True
    assert only(invoke("rebuild", "--json"))["generation"]["listings"] == 1
    assert only(invoke("sync", "--json"))["upserted"] == 0
    assert only(invoke("reconcile", "--json"))["difference"] == 0
    assert only(invoke("status", "--json"))["indices"][0]["behind"] == 0
    assert only(invoke("why-not", number(1), "--json"))["findable"]["embedded"]


@pytest.mark.parametrize("verb", [["rebuild"], ["sync"], ["reconcile"], ["status"], ["why-not"], ["load", "nppes"],
                                  ["load", "seed"]])  # fmt: skip
def test_help_teaches_with_an_example_and_names_the_exit_codes(invoke: Invoke, verb: list[str]) -> None:
    shown = invoke(*verb, "--help").stdout
    assert "Example" in shown
    assert f"indexer {' '.join(verb)}" in shown.split("Example")[1]
    for line in EXIT_CODES.splitlines()[2:]:
        assert line.strip() in shown


def test_bad_usage(invoke: Invoke) -> None:
    assert invoke("rebuild", "--no-such-option").exit_code == 2
    assert invoke("load", "nppes").exit_code == 2
    assert invoke("rebuild", "--engine", "solr").exit_code == 2


def test_bad_input(site: Site, invoke: Invoke) -> None:
    missing = invoke("load", "nppes", site.folder / "absent.csv")
    assert (missing.exit_code, "absent.csv cannot be read" in missing.stderr) == (3, True)
    other = site.folder / "npidata_pfile_20260101.csv"
    other.write_text("a,b\n1,2\n")
    assert invoke("load", "nppes", other).exit_code == 3
    wrong = invoke("status", DIRECTORY_ENGINE="solr")
    assert (wrong.exit_code, "DIRECTORY_ENGINE" in wrong.stderr) == (3, True)
    unclear = invoke("status", "--engine", "elasticsearch", ELASTICSEARCH_URL="search.example.org")
    assert (unclear.exit_code, "ELASTICSEARCH_URL" in unclear.stderr) == (3, True)


def test_one_bad_file_does_not_keep_the_next_one_out(site: Site, invoke: Invoke) -> None:
    good = site.file(individual(1))
    result = invoke("load", "nppes", site.folder / "absent.csv", good)
    assert result.exit_code == 3
    assert "1 loaded" in result.stdout


def test_an_error_is_json_where_json_is_asked_for(site: Site, invoke: Invoke) -> None:
    result = invoke("load", "nppes", site.folder / "absent.csv", "--json")
    assert only(result)["exit_code"] == result.exit_code == 3
    assert "absent.csv" in only(result)["error"]


def test_an_engine_that_is_down(site: Site, invoke: Invoke) -> None:
    site.load(individual(1))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        down = invoke("rebuild", "--engine", "elasticsearch", ELASTICSEARCH_URL=url)
        both = invoke("rebuild", "--engine", "all", ELASTICSEARCH_URL=url)
        status = invoke("status", DIRECTORY_ENGINE="elasticsearch", ELASTICSEARCH_URL=url)
        one, every = (only(invoke("status", "--engine", name, "--json", ELASTICSEARCH_URL=url))["indices"]
                      for name in ("elasticsearch", "all"))  # fmt: skip
    assert (down.exit_code, down.stderr.startswith("Error: ")) == (4, True)
    assert (both.exit_code, "embedded: 1 listings" in both.stdout) == (4, True)
    assert (status.exit_code, "Index elasticsearch: " in status.stdout) == (0, True)
    assert [item["engine"] for item in one] == ["elasticsearch"]
    assert [item["engine"] for item in every] == ["embedded", "elasticsearch"]


@pytest.mark.fault(10)
def test_a_lock_that_is_held(site: Site, invoke: Invoke) -> None:
    site.load(individual(1))
    with site.index.lock():
        assert [invoke(verb).exit_code for verb in ("rebuild", "sync", "reconcile")] == [5, 5, 5]
    assert invoke("rebuild").exit_code == 0


@pytest.mark.fault(14)
def test_a_promotion_that_is_refused(site: Site, invoke: Invoke) -> None:
    site.load(*(individual(serial) for serial in range(1, 11)), day=last_week())
    assert invoke("rebuild").exit_code == 0
    site.load(deactivation(1))
    refused = invoke("rebuild")
    assert (refused.exit_code, "--force" in refused.stderr) == (6, True)
    assert invoke("rebuild", "--force").exit_code == 0


def test_records_that_do_not_answer(site: Site, invoke: Invoke, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new.sqlite'}"
    for arguments in (["status"], ["rebuild"], ["load", "seed"], ["load", "nppes", str(site.file(individual(1)))]):
        result = invoke(*arguments, DIRECTORY_DATABASE_URL=url)
        assert (result.exit_code, "directory database upgrade" in result.stderr) == (7, True), arguments


def test_a_rebuild_that_is_needed(site: Site, invoke: Invoke) -> None:
    site.load(individual(1))
    asked = invoke("sync")
    assert (asked.exit_code, "indexer rebuild" in asked.stderr) == (8, True)
    done = invoke("sync", "--rebuild")
    assert (done.exit_code, "embedded: 1 listings" in done.stdout) == (0, True)


def test_the_fallback_is_kept_up_to_date_too(site: Site, invoke: Invoke) -> None:
    site.load(individual(1))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        result = invoke("rebuild", DIRECTORY_ENGINE="elasticsearch", DIRECTORY_FALLBACK_ENGINE="embedded",
                        ELASTICSEARCH_URL=url)  # fmt: skip
    assert (result.exit_code, "embedded: 1 listings" in result.stdout) == (4, True)


@pytest.mark.fault(25)
def test_following_takes_changes_and_stops_cleanly_on_sigterm(site: Site) -> None:
    site.load(individual(1), day=last_week())
    site.rebuild()
    command = [sys.executable, "-c", "from indexer.cli import main; main()", "sync", "--follow", "--interval", "0.1"]
    root = Path(__file__).resolve().parents[3]
    running = os.environ | environment(site) | {"PYTHONPATH": str(root)}
    with subprocess.Popen(command, env=running, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            assert process.stdout.readline() == "Following the records for embedded\n"
            site.load(individual(2))
            assert process.stdout.readline().startswith("embedded: 1 listings written")
            assert site.found(number(2))
            process.send_signal(signal.SIGTERM)
            assert process.stdout.read() == "Stopped\n"
            assert process.wait(timeout=30) == 0
        finally:
            process.kill()


def test_snapshots_are_taken_listed_restored_and_dropped(site: Site, invoke: Invoke) -> None:
    site.load(individual(1), individual(2), day=last_week())
    assert invoke("rebuild").exit_code == 0
    taken = invoke("snapshot", "monday", "--json")
    assert only(taken)["snapshot"]["generation"]["listings"] == 2
    assert re.search(r"embedded: 1 in .*snapshots\n  monday: taken .*, 2 listings", invoke("snapshot", "--list").stdout)
    site.load(individual(1, family="RENAMED"))
    restored = invoke("restore", "monday")
    assert restored.exit_code == 0
    assert "embedded: restored monday" in restored.stdout
    assert "1 changes made meanwhile are in it" in restored.stdout
    assert "difference now 0" in restored.stdout
    assert only(invoke("sync", "--json"))["upserted"] == 0
    assert "difference now 0" in invoke("reconcile").stdout
    assert invoke("snapshot", "--drop", "monday").stdout == "embedded: dropped monday\n"
    assert invoke("snapshot", "--list").stdout.startswith("embedded: no snapshots in")
    unnamed = only(invoke("snapshot", "--json"))
    assert re.fullmatch(r"\d{8}-\d{6}", unnamed["snapshot"]["name"])


def test_snapshots_that_cannot_be_are_refused_with_the_reason(site: Site, invoke: Invoke) -> None:
    early = invoke("snapshot")
    assert (early.exit_code, "indexer rebuild" in early.stderr) == (4, True)
    site.load(individual(1))
    invoke("rebuild")
    upper = invoke("snapshot", "Monday")
    assert (upper.exit_code, "a-z, 0-9" in upper.stderr) == (3, True)
    unknown = invoke("restore", "tuesday")
    assert (unknown.exit_code, "there are: none" in unknown.stderr) == (3, True)
    assert invoke("snapshot", "--drop").exit_code == 2


def test_a_snapshot_that_does_not_fit_is_rebuilt_when_asked(site: Site, invoke: Invoke) -> None:
    site.load(individual(1))
    with site.index.lock():
        draft = site.index.draft("another")
        draft.finish(1)
        site.index.promote(draft)
    assert invoke("snapshot", "old").exit_code == 0
    refused = invoke("restore", "old")
    assert (refused.exit_code, "another vocabulary" in refused.stderr) == (8, True)
    rebuilt = invoke("restore", "old", "--rebuild")
    assert rebuilt.exit_code == 0
    assert "embedded: 1 listings" in rebuilt.stdout
    assert site.found(number(1))


def test_a_copy_from_an_index_that_is_not_there(invoke: Invoke) -> None:
    onto_itself = invoke("copy", "--from", "embedded", "--to", "embedded")
    assert (onto_itself.exit_code, "to itself" in onto_itself.stderr) == (3, True)
    assert invoke("copy", "--from", "embedded").exit_code == 2


def test_a_copy_moves_to_elasticsearch_and_proves_it(double_site: Site) -> None:
    double_site.load(individual(1), individual(2))
    double_site.rebuild()
    origin = double_site.index.name
    target = "elasticsearch" if origin == "embedded" else "embedded"
    settings = double_site.composition.settings
    variables = environment(double_site) | {
        "ELASTICSEARCH_URL": settings.elasticsearch_url,
        "ELASTICSEARCH_ALIAS": settings.elasticsearch_alias,
    }
    words = ["copy", "--from", origin, "--to", target]
    done = CliRunner().invoke(main, words, env=variables, catch_exceptions=False)
    assert done.exit_code == 0
    assert f"Copying {origin} to {target}: 2 listings" in done.output
    assert f"{target}: 2 listings, live as" in done.output
    assert "of 2 listings; difference now 0" in done.output
