"""The reviewers' pages: the evidence beside the claim, and decisions that are kept or said not to be."""

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from directory.accounts.account import Account, AccountRole
from directory.bootstrap import Composition
from directory.domain.application import Application, State
from directory.domain.draft import ClinicDraft, Step
from directory.registration.register import RemovalKind
from directory.registration.reports import ReportField
from directory.registration.validation import STEPS
from directory.web.identity import install_identity
from tests.factories import loads as make
from tests.factories.records import npi
from tests.factories.registration import DRAFT, EMAIL, OWNER
from tests.functional.accounts.people import token

REVIEWER = Account("r" * 32, "rae@directory.example", frozenset({AccountRole.REVIEWER}), second_factor=True)
SECOND = replace(REVIEWER, id="s" * 32)


@pytest.fixture
def reviewer(own_app: Flask, here: Composition) -> FlaskClient:
    make.begun(here.database).practitioners([make.person(1), make.person(2)])
    install_identity(own_app, lambda: REVIEWER)
    return own_app.test_client()


def submitted(here: Composition, draft: ClinicDraft = DRAFT, account: str = OWNER) -> Application:
    application = here.applying.start(account, EMAIL)
    for step in STEPS[application.kind]:
        content = getattr(draft, step.value)
        application = here.applying.save(account, application.id, step, content, application.version).application
    done = here.applying.submit(account, application.id, application.version)
    assert done.done, done
    return done.application


def decide(client: FlaskClient, here: Composition, application: Application, what: str, **values: str) -> TestResponse:
    page = client.get(f"/review/{application.id}").text
    now = here.reviewing.dossier(REVIEWER.id, application.id).application
    form = {"csrf_token": token(page), "version": str(now.version), **values}
    return client.post(f"/review/{application.id}/{what}", data=form)


def state(here: Composition, application: Application) -> State:
    return here.reviewing.dossier(REVIEWER.id, application.id).application.state


def test_an_empty_queue_says_so(reviewer: FlaskClient) -> None:
    assert "Nothing waits." in reviewer.get("/review").text


def test_from_the_queue_to_an_approval(reviewer: FlaskClient, here: Composition) -> None:
    application = submitted(here)
    queue = reviewer.get("/review").text
    assert "Juniper Spine" in queue
    assert "to look at" in queue
    page = reviewer.get(f"/review/{application.id}").text
    for shown in ("What they state", "What was found", "1 Elm St, Chicago", "check digit", "NPPES", "holds until"):
        assert shown in page
    assert decide(reviewer, here, application, "begin").status_code == 303
    assert decide(reviewer, here, application, "approve", how="SAW_DOCUMENT").status_code == 303
    assert state(here, application) is State.APPROVED
    assert "Nothing waits" in reviewer.get("/review").text
    assert "Juniper Spine" in reviewer.get("/review?state=approved").text


def test_declining_and_asking_need_a_reason(reviewer: FlaskClient, here: Composition) -> None:
    application = submitted(here)
    decide(reviewer, here, application, "begin")
    for what in ("decline", "ask_more"):
        refused = decide(reviewer, here, application, what, why="  ")
        assert refused.status_code == 422
        assert "Say why" in refused.text
    assert state(here, application) is State.UNDER_REVIEW
    decide(reviewer, here, application, "ask_more", why="Which phone is right?")
    assert state(here, application) is State.MORE_INFORMATION
    mails = here.mail_queue.due(here.services().now(), 99)
    assert any("Which phone is right?" in item.mail.body for item in mails)


def test_approving_needs_how(reviewer: FlaskClient, here: Composition) -> None:
    application = submitted(here)
    decide(reviewer, here, application, "begin")
    refused = decide(reviewer, here, application, "approve", note="looks fine")
    assert refused.status_code == 422
    assert "looks fine" in refused.text
    assert state(here, application) is State.UNDER_REVIEW


def test_a_change_meanwhile_is_said_and_nothing_is_decided(reviewer: FlaskClient, here: Composition) -> None:
    application = submitted(here)
    late = {"csrf_token": token(reviewer.get(f"/review/{application.id}").text), "version": str(application.version)}
    decide(reviewer, here, application, "begin")
    answer = reviewer.post(f"/review/{application.id}/decline", data={**late, "why": "typed at length"})
    assert answer.status_code == 409
    assert "Somebody changed this application" in answer.text
    assert "typed at length" in answer.text
    assert state(here, application) is State.UNDER_REVIEW


def test_nobody_reviews_their_own(reviewer: FlaskClient, here: Composition) -> None:
    application = submitted(here, account=REVIEWER.id)
    page = reviewer.get(f"/review/{application.id}").text
    assert "This is your own application" in page
    assert f"/review/{application.id}/begin" not in page
    form = {"csrf_token": token(reviewer.get("/registrations").text), "version": str(application.version)}
    refused = reviewer.post(f"/review/{application.id}/begin", data=form)
    assert refused.status_code == 409
    assert "Nobody reviews their own application" in refused.text


def test_a_change_of_number_needs_two_reviewers(reviewer: FlaskClient, here: Composition, own_app: Flask) -> None:
    make.begun(here.database).clinics([make.clinic("k1", npi=npi(50))])
    application = here.applying.start(OWNER, EMAIL)
    application = here.applying.claim_clinic(OWNER, application.id, "ck1", application.version)
    for step in STEPS[application.kind]:
        content = getattr(DRAFT, step.value)
        application = here.applying.save(OWNER, application.id, step, content, application.version).application
    application = here.applying.submit(OWNER, application.id, application.version).application
    decide(reviewer, here, application, "begin")
    assert "Two reviewers have to approve" in reviewer.get(f"/review/{application.id}").text
    for _ in range(2):
        decide(reviewer, here, application, "approve", how="SAW_DOCUMENT")
        assert state(here, application) is State.UNDER_REVIEW
    install_identity(own_app, lambda: SECOND)
    decide(own_app.test_client(), here, application, "approve", how="SAW_DOCUMENT")
    assert state(here, application) is State.APPROVED


def test_roles_are_confirmed_by_a_reviewer_who_says_how(reviewer: FlaskClient, here: Composition) -> None:
    application = submitted(here)
    decide(reviewer, here, application, "begin")
    decide(reviewer, here, application, "approve", how="SAW_DOCUMENT")
    subject = here.reviewing.dossier(REVIEWER.id, application.id).application.subject
    first, second = here.practices.roles_to_review(REVIEWER.id, subject)
    form = {"csrf_token": token(reviewer.get(f"/review/{application.id}").text), "application": application.id}
    assert reviewer.post(f"/review/roles/{first.role_id}/confirm_role", data=form).status_code == 422
    led = reviewer.post(f"/review/roles/{first.role_id}/confirm_role", data={**form, "how": "SAW_DOCUMENT"})
    assert led.location == f"/review/{application.id}"
    reviewer.post(f"/review/roles/{second.role_id}/reject_role", data=form)
    (left,) = here.practices.roles_to_review(REVIEWER.id, subject)
    assert left.confirmed_on is not None


def test_filters_of_the_queue(reviewer: FlaskClient, here: Composition) -> None:
    submitted(here)
    for query, shown in (
        ("kind=clinic", True),
        ("kind=practitioner", False),
        ("evidence=unclear", True),
        ("evidence=passed", False),
        ("state=declined", False),
        ("state=nonsense&kind=;drop", True),
    ):
        assert ("Juniper Spine" in reviewer.get(f"/review?{query}").text) is shown, query


def test_what_was_never_submitted_is_not_there_for_reviewers(reviewer: FlaskClient, here: Composition) -> None:
    draft = here.applying.start(OWNER, EMAIL)
    assert reviewer.get(f"/review/{draft.id}").status_code == 404


def test_requests_are_settled_or_the_listing_is_hidden(reviewer: FlaskClient, here: Composition) -> None:
    subject = f"p{npi(1)}"
    for what in (RemovalKind.CORRECT, RemovalKind.HIDE):
        here.register.request_removal(subject, what, "<b>please</b>", "who@example.org")
    page = reviewer.get("/review/removals").text
    assert "&lt;b&gt;please" in page
    first, second = here.register.open_removals()
    form = {"csrf_token": token(page)}
    reviewer.post(f"/review/removals/{first.id}", data={**form, "do": "settle", "resolution": "phone put right"})
    reviewer.post(f"/review/removals/{second.id}", data={**form, "do": "hide"})
    assert here.register.open_removals() == ()


def test_what_was_typed_stays_with_its_own_decision(reviewer: FlaskClient, here: Composition) -> None:
    application = submitted(here)
    decide(reviewer, here, application, "begin")
    path = f"/review/{application.id}/decline"
    for form, status in (({"csrf_token": "old"}, 400), ({"version": "1"}, 409)):
        values = {"csrf_token": token(reviewer.get(f"/review/{application.id}").text), "why": "private reason", **form}
        answer = reviewer.post(path, data=values)
        assert answer.status_code == status
        assert answer.text.count("private reason") == 1
        assert 'data-key="d">private reason' in answer.text
    assert state(here, application) is State.UNDER_REVIEW


def test_a_resolution_that_is_refused_is_given_back(reviewer: FlaskClient, here: Composition) -> None:
    here.register.request_removal(f"p{npi(1)}", RemovalKind.CORRECT, "phone", "")
    (asked,) = here.register.open_removals()
    form = {"csrf_token": token(reviewer.get("/review/removals").text), "do": "settle", "resolution": "x" * 3_000}
    refused = reviewer.post(f"/review/removals/{asked.id}", data=form)
    assert (refused.status_code, "x" * 3_000 in refused.text) == (422, True)
    expired = reviewer.post(f"/review/removals/{asked.id}", data={**form, "csrf_token": "old", "resolution": "kept"})
    assert (expired.status_code, 'value="kept"' in expired.text) == (400, True)
    reviewer.post(f"/review/removals/{asked.id}", data={**form, "do": "hide", "resolution": ""})
    assert len(here.register.open_removals()) == 1, "hiding is no answer to a correction"
    assert here.source.record(f"p{npi(1)}").practitioner.hidden is False  # type: ignore[union-attr]


def test_reported_details_are_settled_and_pinned(reviewer: FlaskClient, here: Composition, own_app: Flask) -> None:
    application = submitted(here)
    decide(reviewer, here, application, "begin")
    decide(reviewer, here, application, "approve", how="SAW_DOCUMENT")
    subject = here.reviewing.dossier(REVIEWER.id, application.id).application.subject
    place = here.source.record(subject).sites[0].location.id  # type: ignore[union-attr]
    reporting, now = here.reporting, here.services().now()
    for day, client in ((2, "one"), (1, "two")):
        replace(reporting, now=lambda day=day: now - timedelta(days=day)).report(
            f"{subject}.{place}", ReportField.PHONE, f"wrong since {client}", client
        )
    page = reviewer.get("/review/reports").text
    assert "Phone of Juniper Spine" in page
    assert "wrong since two" in page
    (case,) = reporting.cases()
    form = {"csrf_token": token(page), "outcome": "dismissed", "pin": "1"}
    assert reviewer.post(f"/review/reports/{case.id}", data={**form, "outcome": "nonsense"}).status_code == 422
    assert reviewer.post(f"/review/reports/{case.id}", data=form).status_code == 303
    assert "None waits" in reviewer.get("/review/reports").text


def test_only_a_number_that_the_registry_states_can_have_been_called(reviewer: FlaskClient, here: Composition) -> None:
    application = submitted(here)
    decide(reviewer, here, application, "begin")
    assert "states no phone number" in reviewer.get(f"/review/{application.id}").text
    refused = decide(reviewer, here, application, "approve", how="CALLED_REGISTRY_PHONE")
    assert refused.status_code == 422
    assert state(here, application) is State.UNDER_REVIEW


def test_a_claim_shows_the_name_and_the_listing_it_is_about(reviewer: FlaskClient, here: Composition) -> None:
    claim = here.applying.claim_listing(OWNER, EMAIL, npi(1))
    place = replace(DRAFT.locations[0])
    saved = here.applying.save(OWNER, claim.id, Step.LOCATIONS, (place,), claim.version)
    done = here.applying.submit(OWNER, claim.id, saved.application.version)
    assert done.done, done.problems
    assert "Ana Núñez" in reviewer.get("/review").text
    page = reviewer.get(f"/review/{claim.id}").text
    assert f'href="/practitioners/{npi(1)}"' in page
    assert "Not found there" not in page
