"""From an account to being found, on a phone: a manager, a reviewer at the keyboard. axe on every page."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route

from directory.bootstrap import Composition, compose
from directory.web.app import create_app
from indexer.rebuild import rebuild
from indexer.reporting import Silent
from indexer.sync import sync
from tests.factories import loads as make
from tests.factories.records import npi
from tests.functional.browser.conftest import PATIENCE_MS, Watched, serving, watched
from tests.functional.browser.test_axe import OPTIONS

PASSWORD = "seven quiet herons"
PHONE = {"width": 360, "height": 780}


@pytest.fixture
def here(tmp_path: Path) -> Composition:
    composition = compose({"DIRECTORY_DATA_DIR": str(tmp_path), "DIRECTORY_SECRET_KEY": "for tests only"})
    composition.maintenance.upgrade()
    make.begun(composition.database).practitioners([make.person(1), make.person(2)])
    rebuild(composition.source, composition.index("embedded"), composition.making(), Silent())
    return composition


@pytest.fixture
def own_origin(here: Composition) -> Iterator[str]:
    services = here.services()
    unlimited = "1000000 per minute"
    settings = replace(services.settings, rate_limit=unlimited, sign_in_limit=unlimited, equal_answer_s=0.0)
    with serving(create_app(replace(services, settings=settings))) as origin:
        yield origin


@pytest.fixture
def someone(browser: Browser, own_origin: str) -> Iterator[Callable[..., Watched]]:
    made = []

    def open_browser(**viewport: int) -> Watched:
        context = browser.new_context(viewport=viewport or PHONE)  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE_MS)
        made.append(context)
        return watched(context.new_page(), own_origin)

    yield open_browser
    for context in made:
        context.close()


def looked_at(site: Watched) -> None:
    """Nothing for axe to find, and nothing that scrolls sideways."""
    page = site.page
    page.evaluate("document.querySelectorAll('details').forEach((item) => { item.open = true; })")
    violations = Axe().run(page, options=OPTIONS).response["violations"]
    found = [(item["id"], item["nodes"][0]["html"][:160]) for item in violations]
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert (found, wide) == ([], 0), page.url


def sign_up(site: Watched, here: Composition, email: str) -> None:
    page = site.open("/account/sign-up")
    page.fill("[name=email]", email)
    page.fill("[name=password]", PASSWORD)
    page.fill("[name=password_confirm]", PASSWORD)
    page.click("text=Make the account")
    bodies = [item.mail.body for item in here.mail_queue.due(here.services().now(), 99) if item.mail.to == email]
    link = re.search(r"/account/confirm/\S+", bodies[-1])
    assert link is not None
    site.open(link[0])
    sign_in(site, email, PASSWORD)


def sign_in(site: Watched, email: str, password: str) -> None:
    page = site.open("/account/sign-in")
    page.fill("[name=email]", email)
    page.fill("[name=password]", password)
    page.click("button:has-text('Sign in')")


def go_on(site: Watched) -> None:
    looked_at(site)
    site.page.click("text=Save and go on")


def register(site: Watched) -> None:
    page = site.open("/registrations")
    looked_at(site)
    page.click("button:has-text('Register a clinic')")
    page.wait_for_url("**/clinic")  # and for its scripts: what is typed before is not heard
    page.click("text=Save and go on")
    page.wait_for_selector("#problems")
    looked_at(site)
    page.fill("[name=name]", "Juniper Spine")
    page.fill("[name=email]", "office@juniper.example")
    go_on(site)
    for name, value in {"line": "1 Elm St", "city": "Chicago", "zip": "60614", "phone": "312-555-0100"}.items():
        page.fill(f'[name="0.{name}"]', value)
    page.select_option('[name="0.state"]', "IL")
    go_on(site)
    page.check("[value=one_roof]")
    go_on(site)
    page.fill('[name="0.npi"]', npi(1))
    go_on(site)
    go_on(site)
    go_on(site)
    looked_at(site)
    page.click("button:has-text('Submit')")
    page.wait_for_selector("text=A reviewer will look at it")
    looked_at(site)


def approve_by_keyboard(site: Watched) -> None:
    page = site.open("/review")
    looked_at(site)
    page.evaluate("document.querySelectorAll('details').forEach((item) => { item.open = false; })")
    for key in ("j", "Enter"):
        page.keyboard.press(key)
    page.wait_for_selector("text=What was found")
    for key in ("b", "Enter"):
        page.keyboard.press(key)
    page.wait_for_selector("text=Approve: how you made sure")
    looked_at(site)
    for key in ("a", "Space", "Tab", "Tab", "Enter"):
        page.keyboard.press(key)
    page.wait_for_selector("text=Approved.")
    looked_at(site)


def found(page: Page, name: str) -> bool:
    return page.locator("h3", has_text=name).count() > 0


def test_from_registering_to_being_found(someone: Callable[..., Watched], here: Composition) -> None:
    manager, reviewer, patient = someone(), someone(width=1280, height=900), someone()
    sign_up(manager, here, "ana@juniper.example")
    register(manager)
    asked = "/search?near=60614&q=Juniper+Spine"
    assert not found(patient.open(asked), "Juniper Spine")
    made = here.reviewer_to_try()
    sign_in(reviewer, made.email, made.password)
    reviewer.page.click("text=use a recovery code")
    reviewer.page.fill("[name=code]", made.codes[0])
    reviewer.page.click("button:has-text('Go on')")
    approve_by_keyboard(reviewer)
    sync(here.source, here.index("embedded"), here.making())
    assert found(patient.open(asked), "Juniper Spine")
    manager.open("/my-listings")
    looked_at(manager)
    manager.page.click("text=Juniper Spine")
    looked_at(manager)
    manager.open("/account")
    looked_at(manager)
    manager.open("/account/second-factor")
    manager.page.click("button:has-text('Set it up')")
    looked_at(manager)
    for site in (manager, reviewer, patient):
        site.assert_clean()


def begun(site: Watched, here: Composition) -> Watched:
    """Somebody with an account at the first step of a registration."""
    sign_up(site, here, "ana@juniper.example")
    site.page.click("button:has-text('Register a clinic')")
    site.page.wait_for_url("**/clinic")  # and for its scripts: what is typed before is not heard
    return site


def test_what_is_typed_is_saved_by_itself(someone: Callable[..., Watched], here: Composition) -> None:
    site = begun(someone(), here)
    page = site.page
    page.fill("[name=name]", "Typed and left")
    page.wait_for_selector("[data-autosaved]:has-text('Saved.')")
    page.reload()
    assert page.input_value("[name=name]") == "Typed and left"
    site.assert_clean()


def test_a_number_is_looked_up_as_soon_as_it_is_typed(someone: Callable[..., Watched], here: Composition) -> None:
    make.begun(here.database).clinics([make.clinic("k1", npi=npi(50), name="Registered Spine")])
    site = begun(someone(), here)
    page = site.page
    page.fill("[name=npi]", npi(50))
    page.wait_for_selector("[data-found]:has-text('From the national registry')")
    looked_at(site)
    assert page.input_value("[name=name]") == "Registered Spine"
    page.fill("[name=email]", "office@juniper.example")
    go_on(site)
    page.wait_for_selector("text=Filled in below")
    assert page.input_value('[name="0.line"]') != ""
    looked_at(site)
    site.assert_clean()


def test_going_on_while_a_save_is_under_way_waits_for_it(someone: Callable[..., Watched], here: Composition) -> None:
    site = begun(someone(), here)
    page = site.page
    held: list[Route] = []

    def hold_saves(route: Route) -> None:
        if "do=autosave" in (route.request.post_data or ""):
            held.append(route)
        else:
            route.continue_()

    page.route("**/clinic", hold_saves)
    with page.expect_request(lambda request: "do=autosave" in (request.post_data or "")):
        page.fill("[name=name]", "Juniper Spine")
        page.fill("[name=email]", "office@juniper.example")
    while not held:
        page.wait_for_timeout(10)
    saved = held[0].fetch()
    page.click("text=Save and go on")
    held[0].fulfill(response=saved)
    page.wait_for_url("**/locations")
    site.assert_clean()


def test_two_windows_are_told_and_lose_nothing(someone: Callable[..., Watched], here: Composition) -> None:
    site = begun(someone(), here)
    page = site.page
    other = page.context.new_page()
    other.goto(page.url)
    other.fill("[name=name]", "From the other window")
    other.wait_for_selector("[data-autosaved]:has-text('Saved.')")
    page.fill("[name=name]", "From this window")
    page.wait_for_selector("[data-autosaved]:has-text('changed in another window')")
    page.click("form[data-autosave] .form-page__buttons button:has-text('Save') >> nth=1")
    page.wait_for_selector(".kept:has-text('From the other window')")
    assert page.input_value("[name=name]") == "From this window"
    looked_at(site)
