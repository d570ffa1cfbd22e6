"""axe finds nothing on any page, at three widths, in light and dark; nothing scrolls sideways."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.functional.browser.conftest import Watched
from tests.functional.browser.paths import english, spanish

WIDTHS = (320, 768, 1280)
SCHEMES = ("light", "dark")
OPTIONS = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing(watch: Callable[..., Watched], services, width: int, scheme: str) -> None:
    assert findings(watch, english(services), width, scheme) == []


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (1280, "dark")])
def test_axe_finds_nothing_in_spanish(watch: Callable[..., Watched], services, width: int, scheme: str) -> None:
    """The same templates and colours with longer words: at the narrowest width, and once in the dark."""
    assert findings(watch, spanish(services), width, scheme) == []


def findings(watch: Callable[..., Watched], paths: list[str], width: int, scheme: str) -> list[tuple[object, ...]]:
    """What axe and the page itself complain of, with every folded part open."""
    site = watch(viewport={"width": width, "height": 900}, color_scheme=scheme)
    axe, found = Axe(), []
    for path in paths:
        page = site.open(path)
        page.evaluate("document.querySelectorAll('details').forEach((item) => { item.open = true; })")
        for item in axe.run(page, options=OPTIONS).response["violations"]:
            found.append((path, item["id"], [node["html"][:160] for node in item["nodes"][:3]]))
        overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        found += [(path, "scrolls sideways", overflow)] if overflow > 0 else []
    site.assert_clean()
    return found


def test_targets_are_large_enough_for_a_finger(watch: Callable[..., Watched], services) -> None:
    """Buttons, fields and links that stand alone are 44 pixels high; links within sentences are not counted."""
    site = watch(viewport={"width": 320, "height": 900})
    small: list[tuple[str, str]] = []
    for path in english(services):
        page = site.open(path)
        small += [(path, html) for html in page.evaluate(_SMALL_TARGETS)]
    assert small == []


_SMALL_TARGETS = """() => [...document.querySelectorAll('button, input, select, textarea, summary, a')]
  .filter((item) => item.offsetParent && item.type !== 'hidden')
  .filter((item) => !(item.tagName === 'A' && item.closest('p, dd, h1, h2, h3, h4, td, th, li > span')))
  .map((item) => [item, (item.closest('label') || item).getBoundingClientRect()])
  .filter(([, box]) => box.height < 43.5)
  .map(([item, box]) => `${item.outerHTML.slice(0, 120)} ${box.height}`)"""
