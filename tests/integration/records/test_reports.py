"""Reports of wrong fields, and referral links that clinics make; on SQLite and on PostgreSQL."""

import re
from dataclasses import replace

import pytest
from sqlalchemy import Engine, select

from directory.domain.draft import PartnerDraft
from directory.domain.errors import InvalidInput, NotFound
from directory.records.source import SqlListingSource
from directory.records.tables import mail, report
from directory.registration.reports import MAX_REPORT, Outcome, ReportField
from directory.search.source import ClinicRecord, PractitionerRecord
from tests.factories import loads as make
from tests.factories.records import npi
from tests.factories.registration import DRAFT, OTHER, OWNER, REVIEWER, Desk

ANA = f"p{npi(1)}.{make.place().id}"
FIRST, SECOND, THIRD = "192.0.2.1", "192.0.2.2", "192.0.2.3"


@pytest.fixture
def desk(engine: Engine) -> Desk:
    make.loaded(engine, [], [make.person(1), make.person(2)])
    return Desk(engine)


def hidden(source: SqlListingSource) -> bool:
    record = source.record(f"p{npi(1)}")
    assert isinstance(record, PractitionerRecord)
    return record.roles[0].evidence == ()


def reported(desk: Desk, *clients: str, field: ReportField = ReportField.PRACTICES_HERE) -> list[bool]:
    """Reports on consecutive days."""
    answers = []
    for client in clients:
        answers.append(desk.reporting.report(ANA, field, "moved away", client))
        desk.clock.passes(days=1)
    return answers


def test_the_second_independent_report_hides_the_field(desk: Desk, source: SqlListingSource) -> None:
    before = source.position()
    assert reported(desk, FIRST) == [False]
    assert (hidden(source), source.position()) == (False, before)
    assert reported(desk, SECOND) == [True]
    assert hidden(source)
    assert source.changed_since(before, 10).subjects == (f"p{npi(1)}",)


def test_one_person_or_one_day_is_not_enough(desk: Desk, source: SqlListingSource) -> None:
    assert reported(desk, FIRST, FIRST) == [False, False]
    desk.clock.passes(days=-1)
    assert desk.reporting.report(ANA, ReportField.PHONE, "", FIRST) is False
    assert desk.reporting.report(ANA, ReportField.PHONE, "", SECOND) is False
    assert not hidden(source)


def test_who_reported_is_never_kept(desk: Desk, engine: Engine) -> None:
    reported(desk, FIRST)
    with engine.connect() as connection:
        (client,) = connection.scalars(select(report.c.client)).all()
    assert FIRST not in client
    assert desk.reporting.forget() == 0
    desk.clock.passes(days=30)
    assert (desk.reporting.forget(), desk.reporting.forget()) == (1, 0)
    assert reported(desk, SECOND) == [False]


def test_a_case_is_due_within_two_business_days_and_settled(desk: Desk, source: SqlListingSource) -> None:
    # Wednesday, then Thursday: due on Monday.
    reported(desk, FIRST, SECOND)
    (case,) = desk.reporting.cases()
    assert (case.listing_id, case.field, case.messages) == (ANA, ReportField.PRACTICES_HERE, ("moved away",) * 2)
    assert case.due_on.isoformat() == "2026-11-30"
    desk.reporting.settle(case.id, Outcome.VERIFIED, REVIEWER)
    assert (hidden(source), desk.reporting.cases()) == (False, ())
    with pytest.raises(NotFound):
        desk.reporting.settle(case.id, Outcome.VERIFIED, REVIEWER)
    # What was answered does not count towards a new case.
    assert reported(desk, THIRD, FIRST) == [False, True]


def test_a_pinned_field_is_not_hidden_again(desk: Desk, source: SqlListingSource, engine: Engine) -> None:
    reported(desk, FIRST, SECOND)
    desk.reporting.settle(desk.reporting.cases()[0].id, Outcome.DISMISSED, REVIEWER, pin=True)
    assert reported(desk, FIRST, SECOND, THIRD) == [False] * 3
    assert not hidden(source)
    with engine.connect() as connection:
        assert len(connection.scalars(select(report.c.id)).all()) == 5


def test_only_the_reported_field_is_hidden(desk: Desk, source: SqlListingSource) -> None:
    subject = desk.approved(desk.submitted()).subject
    listing_id = f"{subject}.{make.place().id}"
    for client in (FIRST, SECOND):
        desk.reporting.report(listing_id, ReportField.PHONE, "", client)
        desk.reporting.report(listing_id, ReportField.LANGUAGES, "", client)
        desk.clock.passes(days=1)
    record = source.record(subject)
    assert isinstance(record, ClinicRecord)
    (site,) = record.sites
    assert (site.contact.phone, site.contact.website) == ("", "https://juniper.example")
    assert (site.facts.languages, site.facts.hours) == ((), "9 to 5")
    assert site.evidence != ()


@pytest.mark.parametrize("listing", ["p2999999999.x", f"p{npi(1)}.nowhere", "cnone.x", "x", "", f"p{npi(1)}"])
def test_what_is_not_listed_cannot_be_reported(desk: Desk, listing: str) -> None:
    with pytest.raises(NotFound):
        desk.reporting.report(listing, ReportField.PHONE, "", FIRST)


def test_a_message_that_is_too_long_is_refused(desk: Desk) -> None:
    with pytest.raises(InvalidInput) as refused:
        desk.reporting.report(ANA, ReportField.PHONE, "x" * (MAX_REPORT + 1), FIRST)
    assert refused.value.field == "message"


@pytest.fixture
def pair(desk: Desk) -> tuple[str, str]:
    """Two approved clinics of two accounts."""
    first = desk.approved(desk.submitted()).subject
    other = replace(DRAFT, clinic=replace(DRAFT.clinic, name="Maple Pain"))
    return first[1:], desk.approved(desk.submitted(other, OTHER)).subject[1:]


def network(source: SqlListingSource, clinic_id: str) -> str:
    record = source.record(f"c{clinic_id}")
    assert isinstance(record, ClinicRecord)
    return record.network_id


def test_a_link_counts_once_both_confirmed_until_either_ends_it(
    desk: Desk, pair: tuple[str, str], source: SqlListingSource
) -> None:
    first, second = pair
    assert not desk.linking.confirm(OWNER, first, second).confirmed
    assert network(source, first) == ""
    assert desk.linking.confirm(OTHER, second, first).confirmed
    assert network(source, first) == network(source, second) == min(pair)
    desk.linking.end(OTHER, second, first)
    assert network(source, first) == network(source, second) == ""
    # It begins anew only with both.
    assert not desk.linking.confirm(OTHER, second, first).confirmed
    assert desk.linking.confirm(OWNER, first, second).confirmed
    assert len(desk.linking.links(OWNER, first)) == 1


def test_one_side_alone_confirms_nothing(desk: Desk, pair: tuple[str, str]) -> None:
    first, second = pair
    assert not desk.linking.confirm(OWNER, first, second).confirmed
    assert not desk.linking.confirm(OWNER, first, second).confirmed
    with pytest.raises(NotFound):
        desk.linking.confirm(OWNER, second, first)
    with pytest.raises(InvalidInput):
        desk.linking.confirm(OWNER, first, first)


@pytest.mark.fault(32)
def test_nobody_links_or_ends_for_somebody_else(desk: Desk, pair: tuple[str, str]) -> None:
    first, second = pair
    desk.linking.confirm(OWNER, first, second)
    for act in (desk.linking.confirm, desk.linking.end):
        with pytest.raises(NotFound) as foreign:
            act("stranger", first, second)
        with pytest.raises(NotFound) as missing:
            act("stranger", "none", second)
        assert str(foreign.value) == str(missing.value)
    with pytest.raises(NotFound):
        desk.linking.links(OTHER, first)


def test_an_approval_invites_the_partners_of_the_draft(
    desk: Desk, pair: tuple[str, str], engine: Engine, source: SqlListingSource
) -> None:
    """Known ones by id, the others by mail; a later change of the clinic invites nobody again."""
    partners = (
        PartnerDraft(clinic_id=pair[0]),
        PartnerDraft(clinic_id="none"),
        PartnerDraft("", "Oak", "oak@x.example"),
    )
    draft = replace(DRAFT, clinic=replace(DRAFT.clinic, name="Birch"), partners=partners)
    approved = desk.approved(desk.submitted(draft, "third"))
    with engine.connect() as connection:
        invited = connection.scalars(select(mail.c.address).where(mail.c.subject.like("%referral partner"))).all()
    assert invited == ["oak@x.example"]
    assert network(source, pair[0]) == ""
    assert desk.linking.confirm(OWNER, pair[0], approved.subject[1:]).confirmed
    change = desk.approved(desk.submit(desk.applying.revise("third", approved.id)))
    assert change.draft.partners == ()
    assert network(source, pair[0]) == network(source, approved.subject[1:]) != ""


def test_a_mailed_invitation_is_good_once(
    desk: Desk, pair: tuple[str, str], engine: Engine, source: SqlListingSource
) -> None:
    first, second = pair
    desk.linking.invite(OWNER, first, "maple@example.org")
    with engine.connect() as connection:
        body = connection.scalars(select(mail.c.body).order_by(mail.c.id)).all()[-1]
    found = re.search(r"/partners/(\S+)", body)
    assert found
    with pytest.raises(NotFound):
        desk.linking.accept(OWNER, first, found[1])
    assert desk.linking.accept(OTHER, second, found[1]).confirmed
    assert network(source, first) == min(pair)
    with pytest.raises(NotFound):
        desk.linking.accept(OTHER, second, found[1])
    with pytest.raises(InvalidInput):
        desk.linking.invite(OWNER, first, "nobody")
