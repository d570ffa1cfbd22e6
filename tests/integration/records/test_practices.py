"""Roles that are confirmed, details that are attested, reminders, expiry; on SQLite and on PostgreSQL."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select

from directory.domain.errors import NotFound
from directory.domain.evidence import Level, strongest
from directory.records.exclusions import SqlExclusionDesk
from directory.records.register import SqlRegister
from directory.records.source import SqlListingSource
from directory.records.tables import mail, notice
from directory.registration.applications import Exclusion
from directory.registration.publishing import Seen
from directory.search.document import Making, listings
from directory.search.listing import Field, Listing
from directory.search.source import ClinicRecord
from directory.vocabulary import Vocabulary
from tests.factories import loads as make
from tests.factories.records import TODAY, npi
from tests.factories.registration import OTHER, OWNER, REVIEWER, Desk

PEOPLE = [make.person(1), make.person(2, taxonomies=("225100000X",))]


@pytest.fixture
def desk(engine: Engine) -> Desk:
    make.loaded(engine, [], PEOPLE)
    return Desk(engine)


@pytest.fixture
def clinic(desk: Desk) -> str:
    """The subject of an approved clinic."""
    return desk.approved(desk.submitted()).subject


def shown(source: SqlListingSource, subject: str, desk: Desk, vocabulary: Vocabulary) -> tuple[Listing, ...]:
    record = source.record(subject)
    assert record is not None
    return listings(record, Making(vocabulary, desk.clock().date()))


def bodies(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return list(connection.scalars(select(mail.c.body).order_by(mail.c.id)))


def token_in(body: str) -> str:
    found = re.search(r"/still-right/(\S+)", body)
    assert found
    return found[1]


def test_integrated_is_computed_from_roles_that_somebody_confirmed(
    desk: Desk, clinic: str, source: SqlListingSource, vocabulary: Vocabulary
) -> None:
    """The clinic itself cannot put anybody at its location."""
    roles = desk.practices.roles(OWNER, clinic)
    assert [(item.npi, item.confirmed_on) for item in roles] == [(npi(1), None), (npi(2), None)]
    assert shown(source, clinic, desk, vocabulary)[0].tokens[Field.CLINIC_MODEL] == ("none",)
    with pytest.raises(NotFound):
        desk.practices.confirm_own_role(OWNER, roles[0].role_id)
    desk.claimed(1, "ana")
    assert desk.practices.confirm_own_role("ana", roles[0].role_id)
    assert desk.practices.confirm_role(REVIEWER, roles[1].role_id, Seen.SAW_DOCUMENT)
    (listing,) = shown(source, clinic, desk, vocabulary)
    assert "integrated" in listing.tokens[Field.CLINIC_MODEL]
    assert [person.npi for person in listing.card.people] == [npi(1), npi(2)]


def test_confirming_twice_is_confirming_once(desk: Desk, clinic: str, source: SqlListingSource) -> None:
    role_id = desk.practices.roles(OWNER, clinic)[0].role_id
    assert desk.practices.confirm_role(REVIEWER, role_id, Seen.SAW_DOCUMENT)
    before = source.position()
    assert not desk.practices.confirm_role(REVIEWER, role_id, Seen.SAW_DOCUMENT)
    assert source.position() == before


def test_a_confirmed_role_outlives_a_change_of_the_clinic(desk: Desk, clinic: str) -> None:
    role_id = desk.practices.roles(OWNER, clinic)[0].role_id
    desk.practices.confirm_role(REVIEWER, role_id, Seen.SAW_DOCUMENT)
    (first,) = [item for item in desk.applying.mine(OWNER) if item.subject == clinic]
    desk.approved(desk.submit(desk.applying.revise(OWNER, first.id)))
    assert [item.confirmed_on for item in desk.practices.roles(OWNER, clinic)] == [TODAY, None]


@pytest.mark.parametrize("who", ["ana", OWNER])
def test_either_side_ends_a_role(desk: Desk, clinic: str, source: SqlListingSource, who: str) -> None:
    desk.claimed(1, "ana")
    role_id = desk.practices.roles(OWNER, clinic)[0].role_id
    desk.practices.confirm_own_role("ana", role_id)
    with pytest.raises(NotFound):
        desk.practices.end_role(OTHER, role_id)
    desk.practices.end_role(who, role_id)
    record = source.record(clinic)
    assert isinstance(record, ClinicRecord)
    assert record.staff == ()
    with pytest.raises(NotFound):
        desk.practices.end_role(who, role_id)


@pytest.mark.fault(32)
def test_nobody_attests_for_somebody_else(desk: Desk, clinic: str) -> None:
    """Fault 32."""
    for act in (desk.practices.attest, desk.practices.roles):
        with pytest.raises(NotFound) as foreign:
            act(OTHER, clinic)
        with pytest.raises(NotFound) as missing:
            act(OTHER, "cnone")
        assert str(foreign.value) == str(missing.value)
    assert desk.practices.listings(OTHER) == ()


def test_attesting_holds_for_another_ninety_days_and_a_review_for_a_year(
    desk: Desk, clinic: str, source: SqlListingSource
) -> None:
    levels = []
    for _ in range(6):
        desk.clock.passes(days=80)
        assert desk.practices.attest(OWNER, clinic) == desk.clock().date() + timedelta(days=90)
        record = source.record(clinic)
        assert isinstance(record, ClinicRecord)
        best = strongest(record.sites[0].evidence, desk.clock().date())
        assert best is not None
        levels.append(best.level)
    assert levels == [Level.REVIEWED] * 4 + [Level.PRACTICE] * 2


def test_reminders_go_out_once_each_on_their_days(desk: Desk, clinic: str, engine: Engine) -> None:
    sent = {}
    for day in range(95):
        if count := desk.practices.remind():
            sent[day] = count
        assert desk.practices.remind() == 0
        desk.clock.passes(days=1)
    assert sent == {60: 1, 75: 1, 85: 1}
    with engine.connect() as connection:
        assert connection.scalars(select(notice.c.day).order_by(notice.c.day)).all() == [60, 75, 85]


def test_after_a_pause_only_the_latest_reminder_goes_out(desk: Desk, clinic: str, engine: Engine) -> None:
    desk.clock.passes(days=86)
    assert desk.practices.remind() == 1
    assert "In 4 days" in bodies(engine)[-1]


@pytest.mark.fault(38)
def test_one_click_says_still_right_once(desk: Desk, clinic: str, engine: Engine) -> None:
    """Fault 38: a link is good once."""
    desk.clock.passes(days=60)
    desk.practices.remind()
    token = token_in(bodies(engine)[-1])
    assert desk.practices.about_token(token).expires_on == TODAY + timedelta(days=90)
    assert desk.practices.attest_by_token(token).expires_on == TODAY + timedelta(days=150)
    for act in (desk.practices.attest_by_token, desk.practices.about_token):
        with pytest.raises(NotFound):
            act(token)
    with engine.connect() as connection:
        assert token not in str(connection.execute(select(notice)).all())


def test_a_link_grows_too_old(desk: Desk, clinic: str, engine: Engine) -> None:
    desk.clock.passes(days=60)
    desk.practices.remind()
    desk.clock.passes(days=60)
    with pytest.raises(NotFound):
        desk.practices.attest_by_token(token_in(bodies(engine)[-1]))


def test_what_expired_leaves_every_index_and_comes_back(
    desk: Desk, clinic: str, engine: Engine, source: SqlListingSource, vocabulary: Vocabulary
) -> None:
    desk.clock.passes(days=89)
    assert desk.practices.expire() == 0
    desk.clock.passes(days=1)
    before = source.position()
    assert (desk.practices.expire(), desk.practices.expire()) == (1, 0)
    assert clinic in source.changed_since(before, 10).subjects
    assert shown(source, clinic, desk, vocabulary) == ()
    desk.practices.attest_by_token(token_in(bodies(engine)[-1]))
    assert len(shown(source, clinic, desk, vocabulary)) == 1


@pytest.mark.fault(18)
def test_a_clock_that_goes_back_sends_nothing_twice(desk: Desk, clinic: str) -> None:
    """Fault 18."""
    desk.clock.passes(days=75)
    assert desk.practices.remind() == 1
    desk.clock.passes(days=-1)
    desk.practices.remind()
    desk.clock.passes(days=1)
    assert desk.practices.remind() == 0


def test_what_the_registry_says_does_not_keep_an_expired_claim(
    desk: Desk, engine: Engine, source: SqlListingSource, vocabulary: Vocabulary
) -> None:
    desk.claimed(1, "ana")
    desk.clock.passes(days=91)
    assert shown(source, f"p{npi(1)}", desk, vocabulary) == ()


def test_a_changed_draft_does_not_touch_what_is_published(desk: Desk, clinic: str, source: SqlListingSource) -> None:
    (first,) = [item for item in desk.applying.mine(OWNER) if item.subject == clinic]
    change = desk.applying.revise(OWNER, first.id)
    desk.filled(change, replace(change.draft, clinic=replace(change.draft.clinic, name="New name")))
    record = source.record(clinic)
    assert isinstance(record, ClinicRecord)
    assert record.clinic.name == "Juniper Spine"


def test_an_owner_takes_a_listing_out_and_shows_it_again(
    desk: Desk, clinic: str, engine: Engine, source: SqlListingSource, vocabulary: Vocabulary
) -> None:
    for act in (desk.practices.leave, desk.practices.come_back):
        with pytest.raises(NotFound):
            act(OTHER, clinic)
    before = source.position()
    assert (desk.practices.leave(OWNER, clinic), desk.practices.leave(OWNER, clinic)) == (True, False)
    assert clinic in source.changed_since(before, 10).subjects
    assert shown(source, clinic, desk, vocabulary) == ()
    assert (desk.practices.come_back(OWNER, clinic), desk.practices.come_back(OWNER, clinic)) == (True, False)
    assert len(shown(source, clinic, desk, vocabulary)) == 1


def test_an_owner_does_not_show_what_an_operator_hid(
    desk: Desk, clinic: str, engine: Engine, source: SqlListingSource, vocabulary: Vocabulary
) -> None:
    desk.practices.leave(OWNER, clinic)
    assert SqlRegister(engine).hide(clinic, "asked by a court")
    assert not desk.practices.come_back(OWNER, clinic)
    assert shown(source, clinic, desk, vocabulary) == ()


def test_an_owner_does_not_show_who_is_excluded(
    desk: Desk, engine: Engine, source: SqlListingSource, vocabulary: Vocabulary
) -> None:
    desk.claimed(1, "ana")
    desk.practices.leave("ana", f"p{npi(1)}")
    SqlExclusionDesk(engine).replace([Exclusion(npi(1), "Ana", "IL", "1128a1", TODAY)], TODAY)
    assert not desk.practices.come_back("ana", f"p{npi(1)}")
    assert shown(source, f"p{npi(1)}", desk, vocabulary) == ()
