"""`directory user`: the first administrator, roles, and help for who is locked out."""

import pytest
from click.testing import CliRunner, Result
from flask.testing import FlaskClient

from directory.bootstrap import Composition
from directory.cli import main
from tests.functional.accounts.people import PASSWORD, People

KIM = "kim@example.org"


def _run(here: Composition, *arguments: str, typed: str = "") -> Result:
    return CliRunner().invoke(main, ["user", *arguments], obj=here, input=typed)


@pytest.fixture
def kim(here: Composition) -> None:
    made = _run(here, "create", KIM, "--role", "reviewer", typed=f"{PASSWORD}\n{PASSWORD}\n")
    assert made.exit_code == 0, made.output
    assert PASSWORD not in made.output


@pytest.mark.usefixtures("kim")
def test_who_is_made_by_an_operator_can_sign_in(people: People, visitor: FlaskClient) -> None:
    assert people.sign_in(visitor, KIM).location.startswith("/account/second-factor")


@pytest.mark.usefixtures("kim")
def test_roles_are_given_and_taken(here: Composition) -> None:
    assert "is administrator." in _run(here, "role", KIM, "administrator").output
    assert "already" in _run(here, "role", KIM, "administrator").output
    assert "administrator, reviewer" in _run(here, "list").output
    assert "no longer" in _run(here, "role", KIM, "administrator", "--take").output
    assert '"roles": [\n      "reviewer"\n    ]' in _run(here, "list", "--json").output


def test_disabling_signs_out_and_keeps_out(here: Composition, people: People, visitor: FlaskClient) -> None:
    people.sign_up(KIM, visitor)
    assert _run(here, "disable", KIM).exit_code == 0
    assert visitor.get("/account").status_code == 303
    assert people.sign_in(visitor, KIM).status_code == 200
    _run(here, "enable", KIM)
    assert people.sign_in(visitor, KIM).status_code == 302


def test_a_lost_second_factor_is_reset(here: Composition, people: People, visitor: FlaskClient) -> None:
    people.sign_up(KIM, visitor)
    people.with_second_factor(visitor)
    assert _run(here, "reset-second-factor", KIM).exit_code == 0
    assert people.sign_in(visitor, KIM).location == "/registrations"


@pytest.mark.parametrize(
    ("arguments", "typed", "said"),
    [
        (("create", "nobody", "--role", "reviewer"), f"{PASSWORD}\n{PASSWORD}\n", "address"),
        (("create", "a@example.org"), "short\nshort\n", "10 characters"),
        (("create", KIM.upper()), f"{PASSWORD}\n{PASSWORD}\n", "Another account"),
        (("disable", "who@example.org"), "", "No account"),
        (("role", "who@example.org", "reviewer"), "", "No account"),
    ],
)
@pytest.mark.usefixtures("kim")
def test_what_cannot_be_done_is_said(here: Composition, arguments: tuple[str, ...], typed: str, said: str) -> None:
    refused = _run(here, *arguments, typed=typed)
    assert refused.exit_code == 3
    assert said in refused.output
