"""A clock that jumps by a day, forward or back: order comes from numbers that only grow, never from the time."""

import inspect
import time
from pathlib import Path

import pytest
from sqlalchemy import Engine

from directory.engines.embedded.index import EmbeddedIndex
from directory.records.source import SqlListingSource
from directory.search.document import Making
from directory.vocabulary import load
from indexer.rebuild import rebuild
from indexer.reporting import Silent
from indexer.sync import Follower, sync
from tests.factories import loads as make
from tests.factories.records import TODAY
from tests.factories.registration import OWNER, Clock, Desk

DAYS = pytest.mark.parametrize("days", [-1, 1])


@DAYS
@pytest.mark.fault(18)
def test_the_generation_that_was_promoted_last_is_live(tmp_path: Path, engine: Engine, days: int) -> None:
    make.loaded(engine, [make.clinic("k1")], [make.person(1), make.person(2)])
    clock, source = Clock(), SqlListingSource(engine, load(), lambda: TODAY)
    index, making = EmbeddedIndex(tmp_path / "index", clock), Making(load(), TODAY)
    first = rebuild(source, index, making, Silent()).generation
    clock.passes(days=days)
    second = rebuild(source, index, making, Silent()).generation
    assert (index.live(), first.name == second.name) == (second, False)
    source.restamp({"ck1"})
    clock.passes(days=days)
    assert sync(source, index, making).position == source.position()
    live = index.live()
    assert live is not None
    assert live.position == source.position()


@DAYS
@pytest.mark.fault(18)
def test_the_moves_of_an_application_keep_their_order(engine: Engine, days: int) -> None:
    make.loaded(engine, [], [make.person(1), make.person(2)])
    desk = Desk(engine)
    application = desk.submitted()
    desk.clock.passes(days=days)
    begun = desk.begun(application)
    desk.clock.passes(days=days)
    desk.reviewing.ask_more("reviewer-1", begun.id, begun.version, "Which suite?")
    events = desk.applying.events(OWNER, application.id)
    assert [event.action.value for event in events] == ["start", "submit", "begin_review", "ask_more"]
    assert desk.applying.read(OWNER, application.id).state is events[-1].to


@pytest.mark.fault(18)
def test_what_is_waited_for_is_measured_by_a_clock_that_never_goes_back() -> None:
    assert inspect.signature(Follower).parameters["clock"].default is time.monotonic
