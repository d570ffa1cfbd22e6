"""A load knows which NPIs are held without asking about each, and still sees what others do meanwhile."""

import pytest
from sqlalchemy import Engine, event

from directory.records import held
from directory.registration.loading import Tally
from tests.factories import loads as make
from tests.factories.records import npi


def test_numbers_that_this_load_brought_are_withdrawn_by_a_later_row(engine: Engine) -> None:
    load = make.begun(engine)
    assert load.withdraw([npi(1), npi(50)]) == Tally(unknown=2)
    load.practitioners([make.person(1)])
    load.clinics([make.clinic("k1", npi=npi(50))])
    assert load.withdraw([npi(1), npi(50), npi(2)]) == Tally(changed=2, unknown=1)


def test_numbers_that_another_load_brings_meanwhile_are_seen(engine: Engine) -> None:
    load = make.begun(engine)
    assert load.withdraw([npi(1)]) == Tally(unknown=1)
    make.begun(engine, "other.csv").practitioners([make.person(1)])
    load.practitioners([make.person(2)])
    assert load.withdraw([npi(1), npi(2)]) == Tally(changed=2)


def test_a_chunk_that_changed_nothing_hides_nothing_from_the_load(engine: Engine) -> None:
    load = make.begun(engine)
    load.practitioners([make.person(1)])
    assert load.withdraw([npi(7)]) == Tally(unknown=1)
    assert load.practitioners([make.person(1)]) == Tally(unchanged=1)
    make.begun(engine, "other.csv").practitioners([make.person(3)])
    assert load.withdraw([npi(3)]) == Tally(changed=1)


def test_a_number_that_nobody_holds_costs_no_question_of_its_own(engine: Engine) -> None:
    load = make.begun(engine)
    load.withdraw([npi(9)])
    asked: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *call: asked.append(call[2]))
    load.withdraw([npi(number) for number in range(10, 900)])
    assert not [statement for statement in asked if "practitioner" in statement or "clinic" in statement]


def test_what_another_changes_meanwhile_costs_a_look_at_that_only(engine: Engine) -> None:
    load = make.begun(engine)
    load.practitioners([make.person(number) for number in range(1, 30)])
    load.withdraw([npi(900)])
    make.begun(engine, "other.csv").practitioners([make.person(40)])
    asked: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *call: asked.append(call[2]))
    assert load.withdraw([npi(900)]) == Tally(unknown=1)
    assert [statement for statement in asked if "revision >" in statement]


def asked_for(engine: Engine, table: str) -> list[str]:
    """The questions about a table from now on."""
    asked: list[str] = []

    def note(*call: object) -> None:
        if str(call[2]).startswith("SELECT") and f"FROM {table}" in str(call[2]).replace("\n", ""):
            asked.append(str(call[2]))

    event.listen(engine, "before_cursor_execute", note)
    return asked


def test_a_first_load_asks_only_about_what_it_wrote(engine: Engine) -> None:
    load = make.begun(engine)
    people, places = asked_for(engine, "practitioner"), asked_for(engine, "location")
    assert load.practitioners([make.person(1, make.place("1 Elm St"))]) == Tally(added=1)
    assert load.practitioners([make.person(2, make.place("2 Elm St"))]) == Tally(added=1)
    assert (people, places) == ([], [])
    assert load.practitioners([make.person(3, make.place("2 Elm St"))]) == Tally(added=1)
    assert (len(people), len(places)) == (0, 1)
    assert load.practitioners([make.person(1, make.place("1 Elm St"))]) == Tally(unchanged=1)
    assert len(people) == 1


@pytest.mark.parametrize("most", [1, 4_000_000])
def test_where_places_are_forgotten_or_others_wrote_the_database_is_asked(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(held, "MOST_PLACES", most)
    load = make.begun(engine)
    load.practitioners([make.person(1, make.place("1 Elm St")), make.person(2, make.place("2 Elm St"))])
    if most > 1:
        other = make.begun(engine, "other.csv")
        other.practitioners([make.person(7, make.place("7 Elm St"))])
    assert load.practitioners(
        [make.person(3, make.place("2 Elm St")), make.person(4, make.place("7 Elm St"))]
    ) == Tally(added=2)
    assert load.practitioners([make.person(7, make.place("7 Elm St"))]) == (
        Tally(unchanged=1) if most > 1 else Tally(1)
    )
