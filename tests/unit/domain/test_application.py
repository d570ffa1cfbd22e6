"""The states of an application: a closed table, and nothing outside it."""

from datetime import UTC, datetime
from itertools import product

import pytest

from directory.domain.application import (
    MOVES,
    OPEN,
    Action,
    Actor,
    Application,
    ApplicationKind,
    NotAllowed,
    Party,
    State,
    event_of,
    moved,
)
from directory.domain.draft import ClinicDraft
from directory.domain.errors import InvalidInput

AT = datetime(2026, 11, 25, tzinfo=UTC)
WHY = "because"


def application(state: State, account: str = "applicant") -> Application:
    return Application("x", ApplicationKind.CLINIC, account, "a@x.example", state, ClinicDraft(), 3, AT, AT)


@pytest.mark.parametrize(("state", "action", "party"), list(product(State, Action, Party)))
def test_only_what_the_table_names_can_happen(state: State, action: Action, party: Party) -> None:
    actor = Actor("applicant" if party is Party.APPLICANT else "another", party)
    move = MOVES.get((state, action))
    if move is None or party not in move.by:
        with pytest.raises(NotAllowed):
            moved(application(state), action, actor, AT, WHY)
        return
    after = moved(application(state), action, actor, AT, WHY)
    assert (after.state, after.version) == (move.to, 4)


def test_a_decision_is_final() -> None:
    assert {state for state, _ in MOVES} == OPEN
    assert set(State) - {State.APPROVED, State.DECLINED, State.WITHDRAWN} == OPEN


def test_only_reviewers_decide() -> None:
    deciding = [move.by for (_, action), move in MOVES.items() if action in {Action.APPROVE, Action.DECLINE}]
    assert deciding
    assert all(by == {Party.REVIEWER} for by in deciding)


@pytest.mark.parametrize("action", [Action.ASK_MORE, Action.DECLINE])
def test_the_applicant_is_told_why(action: Action) -> None:
    with pytest.raises(InvalidInput) as refused:
        moved(application(State.UNDER_REVIEW), action, Actor("r", Party.REVIEWER), AT, " \n")
    assert refused.value.field == "why"


def test_nobody_decides_on_their_own() -> None:
    with pytest.raises(NotAllowed, match="another reviewer"):
        moved(application(State.UNDER_REVIEW, "r"), Action.APPROVE, Actor("r", Party.REVIEWER), AT)


def test_an_event_says_who_when_what_and_why() -> None:
    actor = Actor("r", Party.REVIEWER)
    later = AT.replace(hour=5)
    after = moved(application(State.UNDER_REVIEW), Action.DECLINE, actor, later, WHY)
    event = event_of(after, Action.DECLINE, actor, f" {WHY} ")
    assert (event.at, event.actor, event.to, event.why, event.version) == (later, actor, State.DECLINED, WHY, 4)
