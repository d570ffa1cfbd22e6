"""What owners press and what our mails lead to, on a phone: no script needed, nothing for axe to find."""

import os
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext

from directory.accounts.account import Account
from directory.bootstrap import Composition
from directory.domain.draft import ClinicStep
from directory.web.app import create_app
from directory.web.identity import install_identity
from directory.web.services import Services
from indexer.rebuild import rebuild
from indexer.reporting import Silent
from tests.factories import loads as make
from tests.factories.registration import DRAFT, PLACE, Clock, Desk
from tests.functional.accounts.conftest import here, own_services
from tests.functional.browser.conftest import Watched, serving, watched
from tests.functional.browser.test_registering import PHONE, looked_at

__all__ = ["here", "own_services"]
MANAGER, PARTNER = Account("a" * 32, "m@j.example"), Account("b" * 32, "p@o.example")
PICTURES = os.environ.get("DIRECTORY_TEST_PICTURES")
"""A folder for a picture of every step, to be looked at; without it none is taken."""


@pytest.fixture
def clock(here: Composition) -> Clock:
    clock = Clock()
    clock.at = here.services().now() - timedelta(days=61)
    return clock


@pytest.fixture
def desk(here: Composition, clock: Clock) -> Desk:
    make.begun(here.database).practitioners([make.person(1), make.person(2)])
    return Desk(here.database, clock)


def seen(site: Watched, name: str) -> None:
    looked_at(site)
    if PICTURES:
        site.page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)


def mailed(here: Composition, clock: Clock, path: str) -> str:
    """The link of the newest mail that has one."""
    bodies = [item.mail.body for item in here.mail_queue.due(clock.at + timedelta(days=90), 99)]
    return [link for body in bodies for link in re.findall(rf"{path}/\S+", body)][-1]


def test_an_owner_keeps_a_listing_and_finds_a_partner(
    contexts: Callable[..., BrowserContext], here: Composition, own_services: Services, desk: Desk, clock: Clock
) -> None:
    desk.approved(desk.submitted(account=MANAGER.id))
    place = replace(PLACE, line="9 Far Rd")
    draft = replace(DRAFT, clinic=ClinicStep(name="Cedar Rehab", email="o@c.example"), locations=(place,))
    desk.approved(desk.submitted(draft, PARTNER.id))
    clock.passes(days=61)
    assert desk.practices.remind() == 2
    rebuild(here.source, here.index("embedded"), here.making(), Silent())
    who: list[Account | None] = [MANAGER]
    app = create_app(own_services)
    install_identity(app, lambda: who[0])
    with serving(app) as origin:
        site = watched(contexts(viewport=PHONE).new_page(), origin)
        page = site.open("/my-listings")
        seen(site, "mine")
        page.click("text=Juniper Spine")
        assert "29 days from today" in page.inner_text("main")
        seen(site, "one")
        page.click("text=All is still right")
        assert "90 days from today" in page.inner_text("main")
        page.fill("[name=clinic]", "cedar")
        page.press("[name=clinic]", "Enter")
        seen(site, "found")
        page.click("text=Ask it")
        assert "waits for them to confirm" in page.inner_text("#partners")
        page.fill("[name=email]", "nonsense")
        page.click("button:has-text('Invite')")
        assert page.input_value("[name=email]") == "nonsense"
        seen(site, "refused")
        page.fill("[name=email]", "o@c.example")
        page.click("button:has-text('Invite')")
        assert "on its way" in page.inner_text("#partners")
        page.click("text=Take it out of the search")
        assert "You took it out" in page.inner_text("main")
        seen(site, "left")
        page.click("text=Show it again")
        answered_from_the_mails(site, who, mailed(here, clock, "/partners"), mailed(here, clock, "/still-right"))
        site.assert_clean()


def answered_from_the_mails(site: Watched, who: list[Account | None], invitation: str, reminder: str) -> None:
    who[0] = None
    page = site.open(invitation)
    seen(site, "invited-unknown")
    who[0] = PARTNER
    page = site.open(invitation)
    seen(site, "invited")
    page.click("button:has-text('Confirm')")
    assert "confirmed by both" in page.inner_text("#partners")
    seen(site, "partners")
    who[0] = None
    page = site.open(reminder)
    seen(site, "still-right")
    page.click("text=All of it is still right")
    assert "Thank you" in page.inner_text("h1")
    seen(site, "confirmed")
    page = site.open(reminder)
    assert "does not work any more" in page.inner_text("h1")
    seen(site, "used")
