"""What timers and operators run for registered listings, as they meet it."""

import csv
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine

from directory.cli import main as directory_main
from directory.records.source import SqlListingSource
from directory.registration.reports import ReportField
from directory.vocabulary import Vocabulary
from indexer.cli import main as indexer_main
from tests.factories import loads as make
from tests.factories.records import npi
from tests.factories.registration import OWNER, Clock, Desk

Command = Callable[..., Result]


@pytest.fixture
def command(database_url: str, tmp_path: Path) -> Command:
    def run(*words: str) -> Result:
        program, *arguments = words
        main = {"directory": directory_main, "indexer": indexer_main}[program]
        environment = {"DIRECTORY_DATABASE_URL": database_url, "DIRECTORY_DATA_DIR": str(tmp_path)}
        return CliRunner().invoke(main, arguments, env=environment, catch_exceptions=False)

    return run


@pytest.fixture
def desk(engine: Engine) -> Desk:
    """Registration that happened long enough ago for everything to be due today."""
    make.loaded(engine, [], [make.person(1), make.person(2)])
    return Desk(engine, Clock(datetime.now(UTC)))


def test_reminders_go_out_once_however_often_the_timer_runs(desk: Desk, command: Command) -> None:
    desk.clock.passes(days=-60)
    desk.approved(desk.submitted())
    assert command("directory", "attest-due").output == "1 reminders queued.\n"
    assert command("directory", "attest-due").output == "0 reminders queued.\n"


def test_expiring_is_told_once(desk: Desk, command: Command, engine: Engine, vocabulary: Vocabulary) -> None:
    desk.clock.passes(days=-90)
    subject = desk.approved(desk.submitted()).subject
    before = SqlListingSource(engine, vocabulary).position()
    assert command("directory", "expire").output.startswith("1 listings left the search.")
    assert subject in SqlListingSource(engine, vocabulary).changed_since(before, 10).subjects
    assert command("directory", "expire").output.startswith("0 listings left the search.")
    desk.clock.passes(days=90)
    desk.practices.attest(OWNER, subject)
    assert command("directory", "expire").output.startswith("0 listings left the search.")


def test_reported_fields_are_listed_and_settled(desk: Desk, command: Command) -> None:
    desk.clock.passes(days=-5)
    for client in ("a", "b"):
        desk.reporting.report(f"p{npi(1)}.{make.place().id}", ReportField.PHONE, "rings\nnowhere", client)
        desk.clock.passes(days=1)
    shown = command("directory", "reports").output
    assert "phone of Ana Núñez" in shown
    assert "    rings nowhere" in shown
    (case,) = json.loads(command("directory", "reports", "--json").output)
    assert command("directory", "settle-report", str(case["id"]), "dismissed", "--pin").exit_code == 0
    assert command("directory", "reports").output == "0 open.\n"
    assert command("directory", "settle-report", str(case["id"]), "verified").exit_code == 3


def test_quality_in_words_and_in_json(desk: Desk, command: Command) -> None:
    desk.approved(desk.submitted())
    found = json.loads(command("directory", "quality", "--json").output)
    assert {"level": "reviewed", "checked_within_days": 30, "count": 1} in found["listings"]
    assert found["median_days_to_mend"] is None
    words = command("directory", "quality").output
    assert "reviewed, checked within 30 days: 1" in words
    assert "Median days to mend: unknown" in words


def test_the_list_of_exclusions_is_loaded_and_enforced(desk: Desk, command: Command, tmp_path: Path) -> None:
    path = tmp_path / "UPDATED.csv"
    cells = {
        "LASTNAME": "NUNEZ",
        "FIRSTNAME": "ANA",
        "BUSNAME": "",
        "NPI": npi(1),
        "STATE": "IL",
        "EXCLTYPE": "1128a1",
        "EXCLDATE": "20200102",
        "REINDATE": "00000000",
    }
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, cells)
        writer.writeheader()
        writer.writerow(cells)
    done = command("indexer", "load", "leie", str(path), "--file-date", "2026-11-01")
    assert "1 rows = 1 excluded + 0 reinstated + 0 rejected" in done.output
    assert "1 left the search, 0 came back" in done.output
    refused = command("directory", "unhide", npi(1))
    assert (refused.exit_code, "OIG" in refused.stderr) == (3, True)
    data = json.loads(command("indexer", "load", "leie", str(path), "--json").stdout)
    assert (data["excluded"], data["hidden"]) == (1, 0)
    older = command("indexer", "load", "leie", str(path), "--file-date", "2020-01-01")
    assert older.exit_code == 3
    assert "load a later one" in older.stderr
