"""Registration killed at every statement: what was acknowledged is there whole, what was not is not there at all."""

from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from directory.domain.application import Application, NotAllowed
from directory.domain.errors import RecordsUnavailable
from directory.records.backup import back_up, restore
from directory.records.changes import changing
from directory.records.database import open_database, reading
from directory.records.mails import SqlMailQueue
from directory.records.tables import METADATA, mail
from directory.registration.mail import MAX_ATTEMPTS, Mail, MailUnavailable, Relay
from directory.registration.publishing import Seen
from tests.factories import loads as make
from tests.factories.records import npi
from tests.factories.registration import DRAFT, OTHER, OWNER, REVIEWER, Clock, Desk
from tests.integration.records.test_faults import check_outbox, run_killed

Step = Callable[[Engine, Application], object]


def submit(engine: Engine, application: Application) -> object:
    return Desk(engine).applying.submit(OWNER, application.id, application.version)


def approve(engine: Engine, application: Application) -> object:
    desk = Desk(engine)
    held = desk.applying.read(OWNER, application.id)
    return desk.reviewing.approve(REVIEWER, application.id, held.version, Seen.SAW_DOCUMENT)


def attest(engine: Engine, application: Application) -> object:
    return Desk(engine).practices.attest(OWNER, Desk(engine).applying.read(OWNER, application.id).subject)


def prepared(engine: Engine, act: Step) -> Application:
    """An application right before the act."""
    make.loaded(engine, [], [make.person(1), make.person(2)])
    desk = Desk(engine)
    application = desk.drafted()
    if act is not submit:
        application = desk.begun(desk.submit(application))
    if act is attest:
        approve(engine, application)
    return application


def everything(engine: Engine) -> list[object]:
    with reading(engine) as connection:
        tables = METADATA.sorted_tables
        return [connection.execute(select(table).order_by(*table.primary_key.columns)).all() for table in tables]


@pytest.mark.fault(15)
@pytest.mark.parametrize("act", [submit, approve, attest])
def test_killed_at_every_statement(database_url: str, engine: Engine, act: Step) -> None:
    """Fault 15. The act is tried again after each kill, as a person would, until one lives to its end."""
    application = prepared(engine, act)
    before = everything(engine)
    engine.dispose()
    for statements in count(1):
        acknowledged = run_killed(database_url, lambda its: act(its, application), statements)
        after = everything(engine)
        check_outbox(engine)
        engine.dispose()
        if acknowledged:
            assert after != before
            break
        assert after == before
    assert statements > 5


@pytest.mark.fault(17)
def test_the_answer_was_lost_but_the_approval_was_not(engine: Engine) -> None:
    """Fault 17: who presses the button again gets the same approval, and nothing is written twice."""
    application = prepared(engine, approve)
    approve(engine, application)
    before = everything(engine)
    held = Desk(engine).reviewing.approve(REVIEWER, application.id, application.version, Seen.SAW_DOCUMENT)
    assert held.subject
    assert everything(engine) == before


@pytest.mark.fault(16)
def test_a_locked_database_answers_and_keeps_the_draft(engine: Engine, database_url: str) -> None:
    """Fault 16."""
    application = prepared(engine, approve)
    hurried = open_database(database_url, wait_s=0.1)
    with changing(engine, "long"), pytest.raises(RecordsUnavailable, match="busy"):
        approve(hurried, application)
    approve(hurried, application)
    hurried.dispose()


def test_a_clinic_that_was_listed_meanwhile_is_not_overwritten(engine: Engine) -> None:
    """Two accounts submit one clinic before either was approved."""
    make.loaded(engine, [], [make.person(1), make.person(2)])
    desk = Desk(engine)
    draft = replace(DRAFT, clinic=replace(DRAFT.clinic, npi=npi(70)))
    first, second = desk.submitted(draft), desk.submitted(draft, OTHER)
    desk.approved(first)
    with pytest.raises(NotAllowed, match="claim"):
        desk.approved(second)
    assert desk.practices.listings(OTHER) == ()
    assert [item.subject for item in desk.practices.listings(OWNER)] == [f"cn{npi(70)}"]


class Broken:
    """A mail server that takes every other mail."""

    def __init__(self) -> None:
        self.taken: list[Mail] = []
        self.asked = 0

    def send(self, mail: Mail) -> None:
        self.asked += 1
        if self.asked % 2:
            raise MailUnavailable("not now")
        self.taken.append(mail)


@pytest.mark.fault(17)
def test_no_mail_is_lost_while_the_server_refuses_some(engine: Engine) -> None:
    """Fault 17: a mail goes out with the change that queued it, later where it must, and is erased once it is gone."""
    desk, clock, server = Desk(engine), Clock(), Broken()
    make.loaded(engine, [], [make.person(1), make.person(2)])
    for _ in range(3):
        desk.applying.withdraw(OWNER, desk.drafted().id)
    queue = SqlMailQueue(engine)
    relay = Relay(queue, server)
    assert relay.send_due(clock()) == (1, 2)
    assert relay.send_due(clock()) == (0, 0)
    for _ in range(4):
        clock.passes(hours=1)
        relay.send_due(clock())
    assert [item.subject for item in server.taken] == ["Your registration was withdrawn"] * 3
    with reading(engine) as connection:
        assert set(connection.scalars(select(mail.c.body))) == {""}


def test_a_mail_that_nobody_takes_is_given_up_after_days(engine: Engine) -> None:
    desk, clock = Desk(engine), Clock()
    desk.applying.withdraw(OWNER, desk.drafted().id)
    tried = 0
    relay = Relay(SqlMailQueue(engine), Refusing())
    for _ in range(24 * 14):
        tried += relay.send_due(clock())[1]
        clock.passes(hours=1)
    assert tried == MAX_ATTEMPTS
    assert SqlMailQueue(engine).due(clock(), 10) == []


class Refusing:
    def send(self, mail: Mail) -> None:
        raise MailUnavailable("not now")


def test_a_backup_brings_registration_back_whole(engine: Engine, empty_url: str, tmp_path: Path) -> None:
    """Applications, mails and tokens included; numbering goes on after them."""
    attest(engine, prepared(engine, attest))
    made = back_up(engine, tmp_path / "records.gz")
    copy = open_database(empty_url)
    assert restore(copy, tmp_path / "records.gz") == made
    assert everything(copy) == everything(engine)
    again = Desk(copy).submitted(replace(DRAFT, clinic=replace(DRAFT.clinic, name="Oak")))
    assert Desk(copy).applying.read(OWNER, again.id) == again
    copy.dispose()
