"""The guide and the sheet in a browser: the back button, phone width, both languages, and that nothing is sent."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.functional.browser.conftest import Watched

PHONE = {"viewport": {"width": 320, "height": 720}}


@pytest.mark.parametrize(("prefix", "go"), [("", "Continue"), ("/es", "Continuar")])
@pytest.mark.parametrize("scripts", [True, False])
def test_the_guide_on_a_phone(watch: Callable[..., Watched], prefix: str, go: str, scripts: bool) -> None:
    site = watch(java_script_enabled=scripts, **PHONE)
    page = site.open(f"{prefix}/guide")
    first = page.locator("h1").text_content()
    page.locator("input[name=danger][value=none]").check()
    page.get_by_role("button", name=go).click()
    expect(page.locator("input[name=warning]").first).to_be_visible()
    page.locator("input[name=warning][value=none]").check()
    page.get_by_role("button", name=go).click()
    expect(page.locator("input[name=history]").first).to_be_visible()
    page.go_back()
    expect(page.locator("input[name=warning]").first).to_be_visible()
    page.go_back()
    expect(page.locator("h1")).to_have_text(first or "none")
    page.locator("input[name=danger][value=none]").uncheck()
    page.locator("input[name=danger][value=saddle_numbness]").check()
    page.get_by_role("button", name=go).click()
    expect(page.get_by_role("alert")).to_contain_text("911")
    expect(page.locator(".treating")).to_have_count(0)
    site.assert_clean()


def test_none_of_these_unticks_the_others(watch: Callable[..., Watched]) -> None:
    site = watch(**PHONE)
    page = site.open("/guide")
    page.locator("input[value=chest_pain]").check()
    page.locator("input[value=none]").check()
    expect(page.locator("input[value=chest_pain]")).not_to_be_checked()
    page.locator("input[value=chest_pain]").check()
    expect(page.locator("input[value=none]")).not_to_be_checked()
    site.assert_clean()


def test_a_result_searches_near_the_place(watch: Callable[..., Watched]) -> None:
    site = watch(java_script_enabled=False, **PHONE)
    page = site.open(
        "/guide?danger=none&warning=none&history=none&where=low-back-pain&spread=none&pattern=none&duration=days"
        "&tried=none&diagnosis=unknown&age=middle&pregnant=no&preferences=none"
    )
    page.locator("#near").fill("Chicago, IL")
    page.get_by_role("button", name="Find chiropractors").click()
    expect(page.locator("h1")).to_have_text("Chiropractors near Chicago, IL")


def test_what_is_written_on_the_sheet_never_leaves_the_browser(watch: Callable[..., Watched]) -> None:
    """Fields are filled, printed and cleared: after the page has loaded there is not one request more."""
    site = watch(**PHONE)
    site.page.add_init_script("window.printed = 0; window.print = () => { window.printed += 1; };")
    page = site.open("/prepare")
    page.wait_for_load_state("networkidle")
    loaded = len(site.requests)
    for field in page.locator(".prepare textarea").all()[:12]:
        field.fill("A private sentence about my back.")
    page.locator(".asks-of summary").first.click()
    page.get_by_role("button", name="Print").click()
    assert page.evaluate("window.printed") == 1
    assert page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]
    assert page.evaluate("indexedDB.databases().then((all) => all.length)") == 0
    page.get_by_role("button", name="Clear everything").click()
    expect(page.locator(".prepare textarea").first).to_have_value("")
    page.keyboard.press("Enter")
    page.wait_for_timeout(300)
    assert site.requests[loaded:] == []
    assert "private" not in page.url
    site.assert_clean()


@pytest.mark.parametrize("path", ["/prepare", "/es/prepare"])
def test_the_printed_sheet_is_clean_and_works_without_scripts(watch: Callable[..., Watched], path: str) -> None:
    site = watch(java_script_enabled=False)
    page = site.open(path)
    expect(page.locator("[data-print]")).to_be_hidden()
    expect(page.locator("noscript p")).to_be_visible()
    page.locator("textarea").first.fill("words")
    page.emulate_media(media="print")
    for hidden in (".site-header", ".site-footer", ".prepare__send", ".asks-of >> nth=0"):
        expect(page.locator(hidden)).to_be_hidden()
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator("textarea").first).to_have_value("words")
    assert re.match(rb"%PDF", page.pdf())
    site.assert_clean()
