"""The operator's commands, as an operator meets them."""

from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine

from directory.cli import main
from directory.records.database import open_database
from directory.records.register import SqlRegister
from directory.records.schema import schema_status
from directory.records.source import SqlListingSource
from directory.registration.register import RemovalKind
from directory.vocabulary import Vocabulary
from tests.factories import loads as make
from tests.factories.records import npi


class Directory:
    """The command line on one database."""

    def __init__(self, url: str, folder: Path) -> None:
        self._environment = {"DIRECTORY_DATABASE_URL": url, "DIRECTORY_DATA_DIR": str(folder)}

    def __call__(self, *arguments: str) -> Result:
        result = CliRunner().invoke(main, arguments, env=self._environment)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
        return result


@pytest.fixture
def directory(database_url: str, tmp_path: Path) -> Directory:
    return Directory(database_url, tmp_path)


@pytest.fixture
def held(engine: Engine) -> SqlRegister:
    make.loaded(engine, [make.clinic("k1", npi=npi(50))], [make.person(1)])
    return SqlRegister(engine)


def test_every_command_explains_itself() -> None:
    def explained(group: object, path: tuple[str, ...]) -> None:
        answer = CliRunner().invoke(main, [*path, "--help"])
        assert answer.exit_code == 0
        assert len(answer.output.splitlines()) > 4
        for name, command in getattr(group, "commands", {}).items():
            assert command.help
            explained(command, (*path, name))

    explained(main, ())


def test_from_no_database_to_one(empty_url: str, tmp_path: Path) -> None:
    directory = Directory(empty_url, tmp_path)
    assert "Run `directory database upgrade`" in directory("database", "status").output
    refused = directory("removals")
    assert (refused.exit_code, refused.stdout) == (7, "")
    assert "directory database upgrade" in refused.stderr
    assert directory("database", "upgrade").exit_code == 0
    head = schema_status(open_database(empty_url)).head
    assert directory("database", "upgrade").output.rstrip().endswith(f"is up to date ({head}).")
    state = orjson.loads(directory("database", "status", "--json").stdout)
    assert (state["schema"], state["revision"], state["held"]) == (state["needed"], 0, "")


def test_status_counts(directory: Directory, held: SqlRegister) -> None:
    held.hide("ck1")
    held.request_removal("ck1", RemovalKind.CORRECT)
    state = orjson.loads(directory("database", "status", "--json").stdout)
    counted = {
        name: state[name] for name in ("held", "practitioners", "clinics", "hidden", "open_removals", "revision")
    }
    assert counted == {
        "held": "registry", "practitioners": 1, "clinics": 1, "hidden": 1, "open_removals": 1, "revision": 3
    }  # fmt: skip
    text = directory("database", "status").output
    assert "open removals  1" in text


def test_a_password_is_not_shown(tmp_path: Path) -> None:
    answer = Directory("postgresql://somebody:secret@127.0.0.1:1/none", tmp_path)("database", "status")
    assert answer.exit_code == 7
    assert "secret" not in answer.output


@pytest.mark.parametrize(("number", "subject"), [(npi(1), f"p{npi(1)}"), (npi(50), "ck1"), ("k1", "ck1")])
def test_hide_and_unhide(
    directory: Directory, held: SqlRegister, engine: Engine, vocabulary: Vocabulary, number: str, subject: str
) -> None:
    source = SqlListingSource(engine, vocabulary)
    assert directory("hide", number, "--reason", "asked by mail").output == f"{subject[1:]} is hidden.\n"
    assert subject not in {record.subject for record in source.records()}
    assert "hidden already" in directory("hide", number).output
    assert "can be found again" in directory("unhide", number).output
    assert subject in {record.subject for record in source.records()}
    assert "was not hidden" in directory("unhide", number).output


@pytest.mark.parametrize("command", ["hide", "unhide"])
def test_a_number_that_nobody_has(directory: Directory, held: SqlRegister, command: str) -> None:
    answer = directory(command, npi(99))
    assert answer.exit_code == 3
    assert answer.stderr == f"Error: The records hold nobody and no clinic under {npi(99)}: check the number.\n"


def test_requests_are_listed_answered_and_settled(directory: Directory, held: SqlRegister) -> None:
    number = held.request_removal(f"p{npi(1)}", RemovalKind.CORRECT, "Wrong phone.\nIt is 0100.", "ana@example.org")
    held.request_removal("ck1", RemovalKind.HIDE, "", "k@example.org")
    listed = directory("removals").output.splitlines()
    assert listed[0].startswith(f"{number}: correct {npi(1)}, ")
    assert listed[0].endswith(" UTC, reply to ana@example.org")
    assert listed[1:3] == ["    Wrong phone.", "    It is 0100."]
    assert listed[-1] == "2 open."
    assert orjson.loads(directory("removals", "--json").stdout)[0]["message"] == "Wrong phone.\nIt is 0100."
    assert "reply to k@example.org" in directory("hide", "k1").output
    assert directory("settle", str(number), "corrected").exit_code == 0
    assert directory("removals").output == "0 open.\n"
    again = directory("settle", str(number), "corrected")
    assert (again.exit_code, again.stdout) == (3, "")


def test_backup_and_restore(directory: Directory, held: SqlRegister, empty_url: str, tmp_path: Path) -> None:
    file = str(tmp_path / "records.gz")
    made = directory("backup", file)
    assert made.exit_code == 0
    assert directory("backup", file).exit_code == 3
    new = Directory(empty_url, tmp_path)
    restored = new("restore", file)
    assert restored.exit_code == 0
    assert restored.output.split("SHA-256 ")[1][:64] == made.output.split("SHA-256 ")[1][:64]
    assert "indexer rebuild" in restored.output
    assert new("restore", file).exit_code == 3
    assert new("restore", str(tmp_path / "none")).exit_code == 2


def test_wrong_usage_and_bad_settings(tmp_path: Path) -> None:
    assert Directory("sqlite:///x", tmp_path)("hide").exit_code == 2
    answer = Directory("oracle://x", tmp_path)("removals")
    assert answer.exit_code == 3
    assert "database URL" in answer.stderr
