"""People ask to have a listing corrected or hidden; an operator does it."""

import pytest
from sqlalchemy import Engine, select

from directory.domain.errors import InvalidInput, NotFound
from directory.records.register import SqlRegister
from directory.records.source import SqlListingSource
from directory.records.tables import outbox, removal_request
from directory.registration.register import MAX_MESSAGE, RemovalKind
from tests.factories import loads as make
from tests.factories.records import npi

ANA = f"p{npi(1)}"


@pytest.fixture
def register(engine: Engine) -> SqlRegister:
    make.loaded(engine, [make.clinic("k1", npi=npi(50))], [make.person(1), make.person(2)])
    return SqlRegister(engine)


def hidden(source: SqlListingSource, subject: str) -> bool:
    record = source.record(subject)
    assert record is not None
    return record.practitioner.hidden if subject.startswith("p") else record.clinic.hidden  # type: ignore[union-attr]


@pytest.mark.parametrize("subject", [ANA, "ck1"])
def test_hiding_lasts_until_it_is_undone(
    engine: Engine, register: SqlRegister, source: SqlListingSource, subject: str
) -> None:
    before = source.position()
    assert register.hide(subject, "asked by letter")
    assert hidden(source, subject)
    assert subject not in {record.subject for record in source.records()}
    make.loaded(engine, [make.clinic("k1", npi=npi(50), name="New name")], [make.person(1, credential="DC")])
    assert hidden(source, subject)
    assert register.unhide(subject)
    assert not hidden(source, subject)
    assert subject in source.changed_since(before, 100).subjects


def test_doing_it_twice_is_no_change(register: SqlRegister, source: SqlListingSource) -> None:
    assert not register.unhide(ANA)
    assert register.hide(ANA)
    before = source.position()
    assert not register.hide(ANA)
    assert source.position() == before


@pytest.mark.parametrize("subject", ["p2999999999", "cnone", "x1", ""])
def test_what_is_not_held_cannot_be_asked_about(register: SqlRegister, subject: str) -> None:
    for act in (register.hide, register.unhide, lambda item: register.request_removal(item, RemovalKind.HIDE)):
        with pytest.raises(NotFound):
            act(subject)
    assert register.open_removals() == ()


def test_a_request_is_kept_until_it_is_settled_and_then_erased(engine: Engine, register: SqlRegister) -> None:
    first = register.request_removal(ANA, RemovalKind.CORRECT, " The phone\nis wrong. ", "ana@example.org")
    second = register.request_removal("ck1", RemovalKind.HIDE)
    asked = register.open_removals()
    assert [(item.id, item.subject, item.what) for item in asked] == [
        (first, ANA, RemovalKind.CORRECT),
        (second, "ck1", RemovalKind.HIDE),
    ]
    assert (asked[0].message, asked[0].reply_to) == ("The phone\nis wrong.", "ana@example.org")
    assert asked[0].created_at.tzinfo is not None
    register.settle(first, "corrected")
    assert [item.id for item in register.open_removals()] == [second]
    with engine.connect() as connection:
        row = connection.execute(select(removal_request).where(removal_request.c.id == first)).one()
    assert (row.message, row.reply_to, row.resolution) == ("", "", "corrected")
    with pytest.raises(NotFound, match="directory removals"):
        register.settle(first, "again")


def test_hiding_settles_the_requests_for_it(register: SqlRegister) -> None:
    kept = register.request_removal(ANA, RemovalKind.CORRECT)
    register.request_removal(ANA, RemovalKind.HIDE)
    register.request_removal(ANA, RemovalKind.REMOVE)
    other = register.request_removal(f"p{npi(2)}", RemovalKind.HIDE)
    register.hide(ANA)
    assert [item.id for item in register.open_removals()] == [kept, other]


def test_a_change_names_its_cause_in_the_outbox(engine: Engine, register: SqlRegister) -> None:
    register.hide(ANA)
    register.unhide(ANA)
    with engine.connect() as connection:
        rows = connection.execute(select(outbox).order_by(outbox.c.revision)).all()
    assert [(row.cause, row.subject, row.touched) for row in rows[-2:]] == [("hide", ANA, 1), ("unhide", ANA, 1)]
    assert [(row.cause, row.touched) for row in rows[:2]] == [("load", 1), ("load", 2)]


@pytest.mark.parametrize(
    ("message", "reply_to", "field"),
    [
        ("x" * (MAX_MESSAGE + 1), "", "message"),
        ("zero \x00 byte", "", "message"),
        ("half \ud800 pair", "", "message"),
        ("", "nobody", "reply_to"),
        ("", "a@b", "reply_to"),
        ("", "a@example.org, b@example.org", "reply_to"),
        ("", "a@example.org\nBcc: b@example.org", "reply_to"),
        ("", "a" * 250 + "@example.org", "reply_to"),
    ],
)
def test_what_cannot_be_kept_is_refused(register: SqlRegister, message: str, reply_to: str, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        register.request_removal(ANA, RemovalKind.HIDE, message, reply_to)
    assert refused.value.field == field
    assert register.open_removals() == ()


def test_subjects_are_found_by_npi_or_clinic_id(register: SqlRegister) -> None:
    assert register.subjects_of(npi(1)) == (ANA,)
    assert register.subjects_of(npi(50)) == ("ck1",)
    assert register.subjects_of("k1") == ("ck1",)
    assert register.subjects_of("nothing") == ()
