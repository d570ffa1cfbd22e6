"""Registration on the records: drafts, submission, review, approval; on SQLite and on PostgreSQL."""

import threading
from dataclasses import replace

import pytest
from sqlalchemy import Engine, func, select

from directory.domain.application import Action, NotAllowed, OutOfDate, Party, State
from directory.domain.draft import ClinicDraft, ClinicStep, LocationDraft, PersonDraft, Step
from directory.domain.errors import InvalidInput, NotFound
from directory.domain.evidence import Level
from directory.domain.place import Point, Precision
from directory.records.database import open_database
from directory.records.source import SqlListingSource
from directory.records.tables import application_event, clinic, exclusion, mail, ownership
from directory.registration.applications import CheckKind, CheckResult
from directory.registration.loading import PractitionerEntry
from directory.registration.publishing import Seen
from directory.search.document import Making, listings
from directory.search.listing import Field
from directory.vocabulary import Vocabulary
from tests.factories import loads as make
from tests.factories.records import TODAY, npi, practitioner, role
from tests.factories.registration import DRAFT, OTHER, OWNER, PLACE, REVIEWER, SECOND, Desk
from tests.fakes.positions import MIDDLE


@pytest.fixture
def desk(engine: Engine) -> Desk:
    make.loaded(engine, [], [make.person(1), make.person(2, taxonomies=("225100000X",))])
    return Desk(engine)


def count(engine: Engine, table: object) -> int:
    with engine.connect() as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())  # type: ignore[arg-type]


def exclude(engine: Engine, number: str, folded_name: str) -> None:
    values = {"npi": number, "folded_name": folded_name, "name": folded_name.upper(), "state": "IL", "kind": "1128a1"}
    with engine.begin() as connection:
        connection.execute(exclusion.insert().values(**values, excluded_on=TODAY, as_of=TODAY))


def mails(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return list(connection.scalars(select(mail.c.subject).order_by(mail.c.id)))


def test_a_draft_keeps_whatever_was_typed_and_is_resumed(desk: Desk) -> None:
    begun = desk.applying.start(OWNER, "me@example.org")
    typed = (LocationDraft(line="1 Elm", zip="6061", phone="call us", point=Point(1.0, 2.0), open_days=("mon",)),)
    saved = desk.applying.save(OWNER, begun.id, Step.LOCATIONS, typed, begun.version)
    assert [problem.field for problem in saved.problems] == ["0.city", "0.state", "0.zip", "0.phone"]
    assert desk.applying.read(OWNER, begun.id).draft.locations == typed
    assert [item.id for item in desk.applying.mine(OWNER)] == [begun.id]


def test_two_windows_do_not_overwrite_one_another(desk: Desk) -> None:
    begun = desk.drafted()
    first = ClinicStep(name="First")
    desk.applying.save(OWNER, begun.id, Step.CLINIC, first, begun.version)
    with pytest.raises(OutOfDate):
        desk.applying.save(OWNER, begun.id, Step.CLINIC, ClinicStep(name="Second"), begun.version)
    assert desk.applying.read(OWNER, begun.id).draft.clinic == first


@pytest.mark.fault(32)
def test_nobody_sees_or_touches_what_is_not_theirs(desk: Desk) -> None:
    """Fault 32: a foreign id answers just as a missing one does."""
    foreign = desk.submitted()
    acts = [
        lambda key: desk.applying.read(OTHER, key),
        lambda key: desk.applying.events(OTHER, key),
        lambda key: desk.applying.save(OTHER, key, Step.CLINIC, ClinicStep(), foreign.version),
        lambda key: desk.applying.submit(OTHER, key, foreign.version),
        lambda key: desk.applying.withdraw(OTHER, key),
        lambda key: desk.applying.revise(OTHER, key),
        lambda key: desk.applying.claim_clinic(OTHER, key, "ck1", foreign.version),
    ]
    for act in acts:
        with pytest.raises(NotFound) as refused:
            act(foreign.id)
        with pytest.raises(NotFound) as missing:
            act("0" * 32)
        assert str(refused.value) == str(missing.value)
    assert desk.applying.mine(OTHER) == ()
    assert desk.applying.read(OWNER, foreign.id) == foreign


def test_a_reviewer_sees_no_drafts(desk: Desk) -> None:
    draft = desk.drafted()
    with pytest.raises(NotFound):
        desk.reviewing.dossier(REVIEWER, draft.id)
    assert desk.reviewing.queue() == ()


def test_a_draft_with_problems_is_not_submitted_and_not_lost(desk: Desk) -> None:
    draft = desk.drafted(replace(DRAFT, locations=(replace(PLACE, phone="123"),)))
    done = desk.applying.submit(OWNER, draft.id, draft.version)
    assert not done.done
    assert [(item.step, item.field) for item in done.problems] == [(Step.LOCATIONS, "0.phone")]
    assert desk.applying.read(OWNER, draft.id) == draft


def test_submitting_twice_is_submitting_once(desk: Desk, engine: Engine) -> None:
    submitted = desk.submitted()
    again = desk.applying.submit(OWNER, submitted.id, submitted.version - 1)
    assert again.application == submitted
    assert mails(engine) == ["We received your registration"]
    assert [event.action for event in desk.applying.events(OWNER, submitted.id)] == [Action.START, Action.SUBMIT]


def test_the_evidence_stands_beside_the_claim(desk: Desk) -> None:
    submitted = desk.submitted(
        replace(
            DRAFT,
            locations=(replace(PLACE, zip="99999", phone="800-555-0100"),),
            people=(PersonDraft(npi=npi(1)), PersonDraft(npi(9))),
        )
    )
    found = {(check.about, check.what): check for check in desk.reviewing.dossier(REVIEWER, submitted.id).checks}
    assert found["locations.0", CheckKind.IN_STATE].result is CheckResult.FAILED
    assert found["locations.0", CheckKind.PHONE].result is CheckResult.UNCLEAR
    assert found["clinic", CheckKind.EMAIL_DOMAIN].result is CheckResult.PASSED
    assert found["people.0", CheckKind.ACTIVE].result is CheckResult.PASSED
    assert found["people.0", CheckKind.TAXONOMY].result is CheckResult.PASSED
    assert found["people.0", CheckKind.REGISTRY_ADDRESS].result is CheckResult.UNCLEAR
    assert found["people.1", CheckKind.REGISTERED].result is CheckResult.UNCLEAR
    assert ("people.1", CheckKind.TAXONOMY) not in found
    assert found["people.1", CheckKind.EXCLUDED].found == "no list is loaded"


def test_the_queue_shows_the_oldest_first(desk: Desk) -> None:
    first = desk.submitted(replace(DRAFT, clinic=replace(DRAFT.clinic, name="Oak")))
    desk.clock.passes(hours=1)
    second = desk.submitted(replace(DRAFT, clinic=replace(DRAFT.clinic, name="Ash")))
    queue = desk.reviewing.queue()
    assert [(item.application_id, item.title) for item in queue] == [(first.id, "Oak"), (second.id, "Ash")]
    assert all(item.unclear > 0 and item.failed == 0 for item in queue)


def test_approval_makes_a_listing_that_search_shows(
    desk: Desk, engine: Engine, source: SqlListingSource, vocabulary: Vocabulary
) -> None:
    before = source.position()
    approved = desk.approved(desk.submitted())
    record = source.record(approved.subject)
    assert record is not None
    (listing,) = listings(record, Making(vocabulary, TODAY))
    assert listing.name == "Juniper Spine"
    assert listing.card.phone == "+13125550100"
    assert listing.tokens[Field.LEVEL] == (Level.REVIEWED.value,)
    assert listing.tokens[Field.LANGUAGE] == ("es",)
    assert listing.card.people == ()
    assert approved.subject in source.changed_since(before, 10).subjects
    assert mails(engine)[-1] == "Your listing is approved"
    assert count(engine, ownership) == 1


def test_an_attested_listing_leaves_search_after_ninety_days(
    desk: Desk, source: SqlListingSource, vocabulary: Vocabulary
) -> None:
    record = source.record(desk.approved(desk.submitted()).subject)
    assert record is not None
    desk.clock.passes(days=89)
    assert listings(record, Making(vocabulary, desk.clock().date()))
    desk.clock.passes(days=1)
    assert listings(record, Making(vocabulary, desk.clock().date())) == ()


def test_approving_twice_is_approving_once(desk: Desk, engine: Engine, source: SqlListingSource) -> None:
    approved = desk.approved(desk.submitted())
    before = source.position()
    again = desk.reviewing.approve(REVIEWER, approved.id, approved.version - 1, Seen.SAW_DOCUMENT)
    assert again == approved
    assert (source.position(), count(engine, clinic), mails(engine).count("Your listing is approved")) == (before, 1, 1)


def test_a_second_reviewer_who_is_late_changes_nothing(desk: Desk, engine: Engine) -> None:
    begun = desk.begun(desk.submitted())
    desk.reviewing.approve(REVIEWER, begun.id, begun.version, Seen.SAW_DOCUMENT)
    with pytest.raises(OutOfDate):
        desk.reviewing.decline(SECOND, begun.id, begun.version, "no")
    assert count(engine, clinic) == 1


def test_more_information_is_asked_for_given_and_submitted_again(desk: Desk, engine: Engine) -> None:
    begun = desk.begun(desk.submitted())
    with pytest.raises(InvalidInput) as refused:
        desk.reviewing.ask_more(REVIEWER, begun.id, begun.version, " ")
    assert refused.value.field == "why"
    asked = desk.reviewing.ask_more(REVIEWER, begun.id, begun.version, "Which suite?")
    saved = desk.applying.save(OWNER, asked.id, Step.LOCATIONS, (replace(PLACE, line2="Suite 4"),), asked.version)
    again = desk.applying.submit(OWNER, asked.id, saved.application.version).application
    assert again.state is State.SUBMITTED
    events = desk.applying.events(OWNER, begun.id)
    assert [event.why for event in events if event.action is Action.ASK_MORE] == ["Which suite?"]
    with engine.connect() as connection:
        assert any("Which suite?" in body for body in connection.scalars(select(mail.c.body)))


def test_declining_needs_a_reason_and_ends_it(desk: Desk, engine: Engine) -> None:
    begun = desk.begun(desk.submitted())
    declined = desk.reviewing.decline(REVIEWER, begun.id, begun.version, "Nobody answers the phone.")
    assert declined.state is State.DECLINED
    with pytest.raises(NotAllowed):
        desk.applying.withdraw(OWNER, declined.id)
    assert count(engine, clinic) == 0


def test_nobody_reviews_their_own_application(desk: Desk) -> None:
    own = desk.submitted(account=REVIEWER)
    with pytest.raises(NotAllowed, match="another reviewer"):
        desk.begun(own)


def test_the_same_clinic_twice_leads_to_a_claim(desk: Desk, engine: Engine) -> None:
    first = desk.approved(desk.submitted())
    again = desk.drafted(replace(DRAFT, clinic=replace(DRAFT.clinic, name="JUNIPER  spine")), OTHER)
    done = desk.applying.submit(OTHER, again.id, again.version)
    assert [item.subject for item in done.duplicates] == [first.subject]
    assert done.duplicates[0].owned
    claim = desk.applying.claim_clinic(OTHER, again.id, first.subject, again.version)
    assert desk.submit(claim).draft == again.draft
    assert count(engine, clinic) == 1


def test_a_clinic_with_the_same_number_is_a_duplicate(desk: Desk, engine: Engine) -> None:
    make.begun(engine).clinics([make.clinic(npi(50), make.place("9 Far St"), name="Other", npi=npi(50))])
    draft = desk.drafted(replace(DRAFT, clinic=replace(DRAFT.clinic, npi=npi(50))))
    assert [item.subject for item in desk.applying.submit(OWNER, draft.id, draft.version).duplicates] == [f"c{npi(50)}"]


def test_another_owner_takes_four_eyes(desk: Desk, engine: Engine) -> None:
    first = desk.approved(desk.submitted())
    draft = desk.drafted(account=OTHER)
    claim = desk.submit(desk.applying.claim_clinic(OTHER, draft.id, first.subject, draft.version))
    begun = desk.begun(claim)
    assert desk.reviewing.dossier(REVIEWER, begun.id).four_eyes
    endorsed = desk.reviewing.approve(REVIEWER, begun.id, begun.version, Seen.SAW_DOCUMENT)
    assert (endorsed.state, endorsed.endorsed_by) == (State.UNDER_REVIEW, REVIEWER)
    assert desk.reviewing.approve(REVIEWER, begun.id, endorsed.version, Seen.SAW_DOCUMENT) == endorsed
    with engine.connect() as connection:
        assert connection.scalar(select(ownership.c.account_id)) == OWNER
    approved = desk.reviewing.approve(SECOND, begun.id, endorsed.version, Seen.SAW_DOCUMENT)
    assert approved.state is State.APPROVED
    with engine.connect() as connection:
        assert connection.scalar(select(ownership.c.account_id)) == OTHER


def test_another_number_takes_four_eyes(desk: Desk) -> None:
    first = desk.approved(desk.submitted())
    change = desk.applying.revise(OWNER, first.id)
    step = replace(DRAFT.clinic, npi=npi(60))
    change = desk.applying.save(OWNER, change.id, Step.CLINIC, step, change.version).application
    begun = desk.begun(desk.submit(change))
    endorsed = desk.reviewing.approve(REVIEWER, begun.id, begun.version, Seen.SAW_DOCUMENT)
    assert endorsed.state is State.UNDER_REVIEW


def test_a_change_replaces_what_was_published(desk: Desk, source: SqlListingSource) -> None:
    first = desk.approved(desk.submitted())
    change = desk.applying.revise(OWNER, first.id)
    moved = (replace(PLACE, line="2 Oak St", point=MIDDLE),)
    change = desk.applying.save(OWNER, change.id, Step.LOCATIONS, moved, change.version).application
    second = desk.approved(desk.submit(change))
    assert second.subject == first.subject
    record = source.record(first.subject)
    assert record is not None
    (site,) = record.sites  # type: ignore[union-attr]
    assert site.location.address.line == "2 Oak St"
    assert site.location.position.precision is Precision.EXACT


def test_a_claimed_listing_shows_what_its_practitioner_states(
    desk: Desk, engine: Engine, source: SqlListingSource, vocabulary: Vocabulary
) -> None:
    desk.claimed(1, "ana")
    # The same file again, with another name: what the practitioner stated stays.
    who = practitioner(1, credential="DC")
    as_loaded = PractitionerEntry(who, (role(who.npi, make.place("8 Old St"), id=f"n{who.npi}"),))
    make.begun(engine).practitioners([as_loaded])
    record = source.record(f"p{npi(1)}")
    assert record is not None
    (listing,) = listings(record, Making(vocabulary, TODAY))
    assert listing.tokens[Field.LEVEL] == ("reviewed",)
    assert "sciatica" in listing.tokens[Field.CONDITION_STATED]
    assert (listing.card.credential, listing.tokens[Field.GENDER]) == ("DO", ("female",))


def test_a_claim_is_about_nobody_else(desk: Desk) -> None:
    claim = desk.applying.claim_listing(OWNER, "ana@example.org", npi(1))
    filled = desk.filled(claim, replace(DRAFT, people=(PersonDraft(npi=npi(2)),)))
    done = desk.applying.submit(OWNER, filled.id, filled.version)
    assert [(item.step, item.field) for item in done.problems] == [(Step.PEOPLE, "0.npi")]
    with pytest.raises(NotFound):
        desk.applying.claim_listing(OWNER, "ana@example.org", npi(99))


def test_who_is_excluded_cannot_be_approved(desk: Desk, engine: Engine) -> None:
    begun = desk.begun(desk.submitted())
    exclude(engine, npi(2), "x")
    with pytest.raises(NotAllowed, match=npi(2)):
        desk.reviewing.approve(REVIEWER, begun.id, begun.version, Seen.SAW_DOCUMENT)
    assert count(engine, clinic) == 0
    assert count(engine, application_event) == 3


def test_a_namesake_on_the_list_is_for_a_reviewer_to_judge(desk: Desk, engine: Engine) -> None:
    exclude(engine, "", "ana nunez")
    submitted = desk.submitted()
    checks = desk.reviewing.dossier(REVIEWER, submitted.id).checks
    found = [check for check in checks if (check.about, check.what) == ("people.0", CheckKind.EXCLUDED)]
    assert [check.result for check in found] == [CheckResult.UNCLEAR]


def test_a_draft_that_is_left_alone_is_withdrawn_and_erased(desk: Desk, engine: Engine) -> None:
    left, submitted = desk.drafted(), desk.submitted(replace(DRAFT, clinic=replace(DRAFT.clinic, name="Oak")))
    desk.clock.passes(days=180)
    assert desk.applying.abandon() == 0
    young = desk.applying.start(OWNER, "me@example.org")
    desk.clock.passes(days=1)
    assert (desk.applying.abandon(), desk.applying.abandon()) == (1, 0)
    after = desk.applying.read(OWNER, left.id)
    assert (after.state, after.draft) == (State.WITHDRAWN, ClinicDraft())
    assert desk.applying.read(OWNER, submitted.id) == submitted
    assert desk.applying.read(OWNER, young.id) == young
    assert desk.applying.events(OWNER, left.id)[-1].actor.party is Party.SYSTEM
    assert mails(engine)[-1] == "Your registration was withdrawn"


def test_a_clinic_keeps_the_name_it_states(desk: Desk, engine: Engine, source: SqlListingSource) -> None:
    approved = desk.approved(desk.submitted(replace(DRAFT, clinic=replace(DRAFT.clinic, npi=npi(50)))))
    make.begun(engine).clinics([make.clinic(approved.subject[1:], name="JUNIPER HOLDINGS LLC", npi=npi(50))])
    record = source.record(approved.subject)
    assert record is not None
    assert record.clinic.name == "Juniper Spine"  # type: ignore[union-attr]


def test_two_reviewers_at_once_publish_once(desk: Desk, engine: Engine, database_url: str) -> None:
    """Whoever is second either finds it approved or is told that it changed; nothing is written twice."""
    begun = desk.begun(desk.submitted())
    answers: list[object] = []

    def approve(reviewer: str) -> None:
        own = open_database(database_url)
        try:
            answers.append(Desk(own).reviewing.approve(reviewer, begun.id, begun.version, Seen.SAW_DOCUMENT).state)
        except OutOfDate as late:
            answers.append(late)
        finally:
            own.dispose()

    threads = [threading.Thread(target=approve, args=(reviewer,)) for reviewer in (REVIEWER, SECOND, "third")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 3
    assert State.APPROVED in answers
    assert mails(engine).count("Your listing is approved") == 1
    assert count(engine, clinic) == 1


def test_what_no_database_keeps_breaks_no_draft(desk: Desk) -> None:
    begun = desk.applying.start(OWNER, "me@example.org")
    saved = desk.applying.save(OWNER, begun.id, Step.CLINIC, ClinicStep(name="Ju\0ni\ud800per 💡"), begun.version)
    assert [problem.field for problem in saved.problems] == ["name", "email"]
    assert desk.applying.read(OWNER, begun.id).draft.clinic.name == "Juniper 💡"


@pytest.mark.parametrize("why", ["zero \0 byte", "half \ud800", "x" * 2_001])
def test_a_reason_that_cannot_be_kept_is_refused(desk: Desk, why: str) -> None:
    begun = desk.begun(desk.submitted())
    with pytest.raises(InvalidInput) as refused:
        desk.reviewing.decline(REVIEWER, begun.id, begun.version, why)
    assert refused.value.field == "why"
    with pytest.raises(InvalidInput):
        desk.reviewing.approve(REVIEWER, begun.id, begun.version, Seen.SAW_DOCUMENT, why)
    with pytest.raises(InvalidInput):
        desk.applying.withdraw(OWNER, begun.id, why)
    assert desk.applying.read(OWNER, begun.id) == begun
