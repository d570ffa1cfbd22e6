"""What owners of listings do, and what the links in our mails lead to."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from directory.accounts.account import Account
from directory.bootstrap import Composition
from directory.domain.draft import ClinicStep
from directory.web.app import create_app
from directory.web.identity import install_identity
from directory.web.services import Services
from tests.factories import loads as make
from tests.factories.records import npi
from tests.factories.registration import DRAFT, PLACE, Clock, Desk
from tests.functional.accounts.people import token

MANAGER, PARTNER, ANA = (
    Account("a" * 32, "m@j.example"),
    Account("b" * 32, "p@o.example"),
    Account("c" * 32, "a@x.example"),
)


@dataclass
class Owner:
    """Somebody at a browser who looks after a listing."""

    client: FlaskClient
    subject: str
    become: Callable[[Account | None], None]

    def page(self, query: str = "") -> str:
        return self.client.get(f"/my-listings/{self.subject}{query}").text

    def send(self, action: str, **values: str) -> TestResponse:
        form = {"csrf_token": token(self.page()), **values}
        return self.client.post(f"/my-listings/{self.subject}/{action}", data=form)


@pytest.fixture
def clock(here: Composition) -> Clock:
    clock = Clock()
    clock.at = here.services().now()
    return clock


@pytest.fixture
def desk(here: Composition, clock: Clock) -> Desk:
    make.begun(here.database).practitioners([make.person(1), make.person(2)])
    return Desk(here.database, clock)


@pytest.fixture
def owner(own_app: Flask, desk: Desk) -> Owner:
    """The manager of an approved clinic."""
    approved = desk.approved(desk.submitted(account=MANAGER.id))

    def become(caller: Account | None) -> None:
        install_identity(own_app, lambda: caller)

    become(MANAGER)
    return Owner(own_app.test_client(), approved.subject, become)


def test_a_listing_and_how_long_it_stands(owner: Owner) -> None:
    assert "Juniper Spine" in owner.client.get("/my-listings").text
    page = owner.page()
    assert "90 days from today" in page
    assert "not confirmed yet: they confirm it from their own account" in page


def test_attesting_moves_the_day(owner: Owner, here: Composition, desk: Desk) -> None:
    desk.clock.passes(days=-40)
    desk.practices.attest(MANAGER.id, owner.subject)
    assert "50 days from today" in owner.page()
    assert owner.send("attest").status_code == 303
    assert "90 days from today" in owner.page()


def test_leaving_and_coming_back(owner: Owner) -> None:
    owner.send("leave")
    assert "taken out by you" in owner.client.get("/my-listings").text
    owner.send("come_back")
    assert "in search" in owner.client.get("/my-listings").text


@pytest.mark.fault(32)
@pytest.mark.parametrize("action", ["attest", "leave", "come_back", "confirm_partner", "end_partner", "invite_partner"])
def test_nobody_else_can(owner: Owner, action: str) -> None:
    form = {"csrf_token": token(owner.page()), "partner_id": "k1", "email": "a@b.example"}
    owner.become(PARTNER)
    assert owner.client.get(f"/my-listings/{owner.subject}").status_code == 404
    assert owner.client.post(f"/my-listings/{owner.subject}/{action}", data=form).status_code == 404


def test_only_the_practitioner_confirms_a_role(owner: Owner, desk: Desk) -> None:
    role = desk.practices.roles(MANAGER.id, owner.subject)[0]
    assert owner.send(f"roles/{role.role_id}/confirm_role").status_code == 404
    desk.claimed(1, ANA.id)
    owner.become(ANA)
    ana = replace(owner, subject=f"p{npi(1)}")
    assert "Juniper Spine" in ana.page()
    assert ana.send(f"roles/{role.role_id}/confirm_role").status_code == 303
    assert "confirmed" in ana.page()
    owner.become(MANAGER)
    assert owner.send(f"roles/{role.role_id}/end_role").status_code == 303


def other_clinic(desk: Desk) -> str:
    place = replace(PLACE, line="9 Far Rd")
    draft = replace(DRAFT, clinic=ClinicStep(name="Cedar Rehab", email="o@c.example"), locations=(place,))
    return desk.approved(desk.submitted(draft, PARTNER.id)).subject


def test_partners_confirm_on_both_sides(owner: Owner, desk: Desk) -> None:
    other = other_clinic(desk)
    owner.send("confirm_partner", partner_id=other[1:])
    assert "waits for them to confirm" in owner.page()
    owner.become(PARTNER)
    theirs = replace(owner, subject=other)
    assert "asks you to confirm" in theirs.page()
    theirs.send("confirm_partner", partner_id=owner.subject[1:])
    assert "confirmed by both" in theirs.page()
    theirs.send("end_partner", partner_id=owner.subject[1:])
    owner.become(MANAGER)
    assert "None yet" in owner.page()
    assert owner.send("confirm_partner", partner_id=owner.subject[1:]).status_code == 422


@pytest.mark.fault(38)
def test_fault_38_an_invitation_by_mail_is_answered_once(owner: Owner, desk: Desk, here: Composition) -> None:
    other = other_clinic(desk)
    assert owner.send("invite_partner", email="nonsense").status_code == 422
    assert owner.send("invite_partner", email="o@c.example").status_code == 303
    mails = here.mail_queue.due(here.services().now(), 99)
    link = re.findall(r"/partners/\S+", mails[-1].mail.body)[0]
    owner.become(None)
    assert "Sign in to answer" in owner.client.get(link).text
    owner.become(ANA)
    assert "look after no listed clinic" in owner.client.get(link).text
    owner.become(PARTNER)
    form = {"csrf_token": token(owner.client.get(link).text), "subject": other}
    assert owner.client.post(link, data=form).status_code == 303
    assert owner.client.post(link, data=form).status_code == 422
    assert "confirmed by both" in replace(owner, subject=other).page()


@pytest.mark.fault(38)
def test_fault_38_one_click_keeps_a_listing_and_works_once(owner: Owner, desk: Desk, here: Composition) -> None:
    desk.clock.passes(days=60)
    assert desk.practices.remind() == 1
    mails = here.mail_queue.due(desk.clock.at + timedelta(days=1), 99)
    link = re.findall(r"/still-right/\S+", mails[-1].mail.body)[0]
    owner.become(None)
    for _ in range(2):
        page = owner.client.get(link)
        assert "Juniper Spine" in page.text
    pressed = owner.client.post(link, data={"csrf_token": token(page.text)})
    assert "Thank you" in pressed.text
    again = owner.client.post(link, data={"csrf_token": token(page.text)})
    assert again.status_code == 404
    assert "does not work any more" in again.text


@pytest.mark.fault(38)
def test_fault_38_an_old_reminder_leads_to_the_listings(
    owner: Owner, desk: Desk, here: Composition, own_services: Services
) -> None:
    practices = replace(own_services.desks.practices, now=desk.clock)
    client = create_app(replace(own_services, desks=replace(own_services.desks, practices=practices))).test_client()
    desk.clock.passes(days=60)
    assert desk.practices.remind() == 1
    mails = here.mail_queue.due(desk.clock.at + timedelta(days=1), 99)
    link = re.findall(r"/still-right/\S+", mails[-1].mail.body)[0]
    page = client.get(link)
    assert page.status_code == 200
    desk.clock.passes(days=400)
    pressed = client.post(link, data={"csrf_token": token(page.text)})
    assert (pressed.status_code, 'href="/my-listings"' in pressed.text) == (404, True)


@pytest.mark.fault(38)
def test_fault_38_a_guessed_link_is_no_link(owner: Owner) -> None:
    for path in ("/still-right/guess", "/still-right/" + "a" * 43):
        assert owner.client.get(path).status_code == 404


@pytest.mark.fault(34)
def test_without_the_token_of_its_form_nothing_changes_and_nothing_typed_is_lost(owner: Owner) -> None:
    refused = owner.client.post(f"/my-listings/{owner.subject}/invite_partner", data={"email": "typed@c.example"})
    assert refused.status_code == 422
    assert "open for too long" in refused.text
    assert 'value="typed@c.example"' in refused.text
    assert owner.client.post(f"/my-listings/{owner.subject}/leave").status_code == 422
    assert "in search" in owner.client.get("/my-listings").text


@pytest.mark.fault(39)
def test_tokens_stay_out_of_the_log(owner: Owner, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO"):
        owner.client.get("/still-right/canary-token")
        owner.client.get("/partners/canary-token")
        owner.client.get("/account/recover/canary-token")
        owner.client.get("/account/confirm/canary-token")
    assert "canary" not in caplog.text
