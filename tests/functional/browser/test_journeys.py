"""Journeys of people: by keyboard, by position, without JavaScript, and what each of them sends."""

import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.functional.browser.conftest import Watched


def tab_to(page: Page, selector: str, most: int = 80) -> None:
    """Presses Tab until the focus is on what the selector names, and sees that every stop on the way is visible."""
    for _ in range(most):
        page.keyboard.press("Tab")
        focused = page.evaluate_handle("document.activeElement").as_element()
        assert focused is not None
        assert focused.is_visible(), focused.evaluate("item => item.outerHTML.slice(0, 200)")
        if focused.evaluate("(item, selector) => item.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} is not reached by {most} presses of Tab")


def test_from_home_to_a_practitioner_by_keyboard_alone(watch: Callable[..., Watched]) -> None:
    site = watch(viewport={"width": 1280, "height": 900})
    page = site.open("/")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_class("skip")
    page.keyboard.press("Enter")
    tab_to(page, "#q")
    page.keyboard.type("chiro")
    box, options = page.locator("#q"), page.locator("#q-suggestions [role=option]")
    expect(options.first).to_be_visible()
    expect(box).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    expect(box).to_have_attribute("aria-activedescendant", options.first.get_attribute("id") or "none")
    page.keyboard.press("Enter")
    expect(box).to_have_value("Chiropractor")
    expect(box).to_have_attribute("aria-expanded", "false")
    tab_to(page, "#near")
    page.keyboard.type("Chicago")
    expect(page.locator("#near-suggestions [role=option]").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#near")).to_have_value("Chicago, IL")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Chiropractors near Chicago, IL")
    _filter_by_keyboard(page)
    tab_to(page, ".card h3 a")
    name = page.evaluate("document.activeElement.textContent")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(name)
    site.assert_clean()


def _filter_by_keyboard(page: Page) -> None:
    """Ticks a filter and sends the form without a mouse."""
    page.evaluate("document.activeElement.blur()")
    tab_to(page, ".filters input[name=kind][value=practitioner]", most=400)
    page.keyboard.press("Space")
    tab_to(page, ".filters button[type=submit]", most=200)
    page.keyboard.press("Enter")
    expect(page.locator(".chip", has_text="Practitioners")).to_be_visible()
    page.evaluate("document.activeElement.blur()")


def test_escape_closes_suggestions_and_keeps_the_words(watch: Callable[..., Watched]) -> None:
    site = watch()
    page = site.open("/")
    page.locator("#q").press_sequentially("scia")
    options = page.locator("#q-suggestions [role=option]")
    expect(options.first).to_be_visible()
    page.keyboard.press("ArrowUp")
    expect(options.last).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Escape")
    expect(page.locator("#q-suggestions")).to_be_hidden()
    expect(page.locator("#q")).to_have_value("scia")
    page.keyboard.press("ArrowDown")
    expect(options.first).to_be_visible()


@pytest.mark.parametrize("width", [320, 1280])
def test_every_suggestion_can_be_seen(watch: Callable[..., Watched], width: int) -> None:
    """None is cut off by the box around it, or covered by what follows."""
    site = watch(viewport={"width": width, "height": 1800})
    page = site.open("/")
    page.locator("#q").press_sequentially("spin")
    options = page.locator("#q-suggestions [role=option]")
    expect(options.first).to_be_visible()
    on_top = """item => {
      const box = item.getBoundingClientRect();
      return item.contains(document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2));
    }"""
    assert options.count() > 3
    assert [option.evaluate(on_top) for option in options.all()] == [True] * options.count()


def test_suggestions_are_announced_and_can_be_clicked(watch: Callable[..., Watched]) -> None:
    site = watch()
    page = site.open("/es/")
    page.locator("#q").press_sequentially("ciat")
    option = page.locator("#q-suggestions [role=option]").first
    expect(option).to_be_visible()
    expect(page.locator("[data-combobox=what] [role=status]")).to_have_text(re.compile(r"\d+ sugerencias"))
    label = option.locator("span").text_content()
    option.click()
    expect(page.locator("#q")).to_have_value(label or "none")
    site.assert_clean()


def test_suggestions_that_fail_leave_a_plain_box(watch: Callable[..., Watched]) -> None:
    site = watch()
    page = site.open("/")
    page.route("**/api/v1/suggest*", lambda route: route.abort())
    with page.expect_event("requestfailed"):
        page.locator("#q").press_sequentially("sciatica")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("Sciatica")


def test_only_two_decimals_of_the_position_leave_the_page(watch: Callable[..., Watched]) -> None:
    site = watch(geolocation={"latitude": 41.878113, "longitude": -87.629799}, permissions=["geolocation"])
    page = site.open("/")
    page.get_by_role("button", name="Use my position").click()
    expect(page.locator("#near-status")).to_contain_text("rounded")
    page.get_by_role("button", name="Search", exact=True).click()
    expect(page.locator("h1")).to_contain_text("near your position")
    sent = parse_qs(urlsplit(page.url).query)
    assert (sent["lat"], sent["lon"]) == (["41.88"], ["-87.63"])
    assert not [url for url in site.requests if "41.878" in url or "87.629" in url]
    assert "rounded to about half a mile" in (page.locator(".results__count").text_content() or "")
    site.assert_clean()


def test_a_typed_place_forgets_the_position(watch: Callable[..., Watched]) -> None:
    site = watch(geolocation={"latitude": 41.878113, "longitude": -87.629799}, permissions=["geolocation"])
    page = site.open("/")
    page.get_by_role("button", name="Use my position").click()
    expect(page.locator("input[data-position]")).to_have_count(2)
    page.locator("#near").fill("Denver, CO")
    expect(page.locator("input[data-position]")).to_have_count(0)


def test_the_position_is_not_asked_for_unasked(watch: Callable[..., Watched]) -> None:
    site = watch(permissions=[])
    page = site.open("/")
    asked = "() => navigator.permissions.query({ name: 'geolocation' }).then((answer) => answer.state)"
    assert page.evaluate(asked) != "granted"
    page.get_by_role("button", name="Use my position").click()
    expect(page.locator("#near-status")).to_contain_text("did not give a position")


@pytest.mark.parametrize(("home", "button"), [("/", "Find chiropractors"), ("/es/", "Buscar quiroprácticos")])
def test_without_javascript_a_shortcut_searches_near_the_place(
    watch: Callable[..., Watched], home: str, button: str
) -> None:
    site = watch(java_script_enabled=False)
    page = site.open(home)
    expect(page.locator("[data-near-me]")).to_be_hidden()
    page.locator("#near").fill("Chicago, IL")
    page.get_by_role("button", name=button).click()
    expect(page.locator("h1")).to_contain_text("Chicago, IL")
    assert {"specialty": ["chiropractor"], "near": ["Chicago, IL"]}.items() <= parse_qs(
        urlsplit(page.url).query
    ).items()
    expect(page.locator(".card").first).to_be_visible()
    site.assert_clean()


def test_without_javascript_filters_chips_pages_and_reasons_work(watch: Callable[..., Watched]) -> None:
    site = watch(java_script_enabled=False)
    page = site.open("/search?near=Chicago%2C+IL&radius_mi=250&limit=5")
    page.locator(".why summary").first.click()
    expect(page.locator(".why table").first).to_be_visible()
    page.locator(".filters input[name=specialty][value=physical_therapist]").check()
    page.locator(".filters select[name=sort]").select_option("distance")
    page.locator(".filters button[type=submit]").click()
    expect(page.locator("h1")).to_have_text("Physical therapists near Chicago, IL")
    page.locator("a[rel=next]").click()
    expect(page.locator(".card__position").first).to_have_text(re.compile(r"^6 of \d+"))
    page.get_by_role("link", name="Remove Physical therapist").click()
    expect(page.locator("h1")).to_have_text("Practitioners and clinics near Chicago, IL")
    site.assert_clean()


def test_without_javascript_a_listing_is_corrected(watch: Callable[..., Watched]) -> None:
    site = watch(java_script_enabled=False)
    page = site.open("/search?near=Chicago%2C+IL")
    page.locator(".card__correct a").first.click()
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".errors")).to_contain_text("Choose what should happen")
    page.get_by_label("Something is wrong").check()
    page.get_by_label("What is wrong").fill("The phone number is another one.")
    page.get_by_role("button", name="Send").click()
    expect(page.locator("h1")).to_have_text("Thank you")
    site.assert_clean()


def test_structured_data_raises_no_complaint(watch: Callable[..., Watched]) -> None:
    """A data block is no script: the policy against inline scripts lets it be, and the browser keeps it."""
    site = watch()
    page = site.open("/conditions/sciatica")
    assert page.evaluate("JSON.parse(document.querySelector('[type=\"application/ld+json\"]').textContent)['@type']")
    site.assert_clean()


def test_the_policy_stops_what_is_inline(watch: Callable[..., Watched]) -> None:
    """Shows that the watch would see a violation: one is made on purpose."""
    site = watch()
    page = site.open("/")
    page.evaluate("document.body.append(Object.assign(document.createElement('script'), { text: 'window.ran = 1' }))")
    assert page.evaluate("window.ran") is None
    assert any("Content Security Policy" in complaint for complaint in site.complaints)


@pytest.mark.parametrize("prefix", ["", "/es"])
def test_an_emergency_is_on_the_first_screen_of_a_phone(watch: Callable[..., Watched], prefix: str) -> None:
    site = watch(viewport={"width": 320, "height": 720}, java_script_enabled=False)
    page = site.open(f"{prefix}/search?q=back+pain+cannot+feel+when+i+wipe&near=Chicago")
    expect(page.get_by_role("alert").locator("h2")).to_be_in_viewport()
    expect(page.get_by_role("alert").locator("p").first).to_be_in_viewport()


def test_text_of_twice_the_size_still_fits(watch: Callable[..., Watched]) -> None:
    site = watch(viewport={"width": 640, "height": 900})
    for path in ("/", "/search?near=Chicago%2C+IL"):
        page = site.open(path)
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), path
