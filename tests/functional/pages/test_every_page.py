"""What holds for every page, in both languages."""

import re
from dataclasses import replace
from itertools import pairwise
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient

from directory.web.app import create_app
from directory.web.pages.texts import load_texts
from tests.functional.pages.conftest import Page, parsed

PATHS = (
    "/quality",
    "/",
    "/search?near=Chicago%2C+IL",
    "/search?q=sciatica+denver",
    "/guide",
    "/guide?danger=none",
    "/prepare",
    "/conditions",
    "/conditions/sciatica",
    "/about-ranking",
    "/about",
    "/data-sources",
    "/privacy",
    "/accessibility",
)
ALL = (*PATHS, *(f"/es{path}" for path in PATHS))


@pytest.mark.parametrize("path", ALL)
def test_a_page_has_one_heading_landmarks_and_nothing_inline(client: FlaskClient, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 200
    document = parsed(response.get_data(as_text=True))
    assert len(document.all("h1")) == 1
    assert document.one("html").attributes["lang"] == ("es" if path.startswith("/es") else "en")
    assert document.one("main").attributes["id"] == "content"
    assert document.one("a", of="skip").attributes["href"] == "#content"
    assert not document.all("style")
    assert not [item for item in document.walk() if "style" in item.attributes]
    assert not [item for item in document.walk() if any(name.startswith("on") for name in item.attributes)]
    executable = [item for item in document.all("script") if item.attributes.get("type") != "application/ld+json"]
    assert all("src" in item.attributes and not item.text for item in executable)


@pytest.mark.parametrize("path", ALL)
def test_a_page_loads_nothing_from_elsewhere(client: FlaskClient, path: str) -> None:
    document = parsed(client.get(path).get_data(as_text=True))
    loaded = [
        item.attributes.get("src") or item.attributes.get("href", "")
        for item in document.walk()
        if item.tag in ("script", "img", "link", "use", "iframe", "source") and "hreflang" not in item.attributes
    ]
    assert loaded
    assert [address for address in loaded if address and urlsplit(address).netloc] == []
    for address in loaded:
        if address and not address.startswith("#"):
            assert client.get(address).status_code == 200, address


@pytest.mark.parametrize("path", ALL)
def test_headings_descend_by_one_and_ids_are_given_once(client: FlaskClient, path: str) -> None:
    document = parsed(client.get(path).get_data(as_text=True))
    levels = [int(item.tag[1]) for item in document.walk() if re.fullmatch(r"h[1-6]", item.tag)]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels)), levels
    ids = [item.attributes["id"] for item in document.walk() if "id" in item.attributes]
    assert len(ids) == len(set(ids))
    targets = {
        name
        for item in document.walk()
        for key in ("for", "aria-describedby", "aria-labelledby", "form")
        for name in item.attributes.get(key, "").split()
    }
    assert targets <= set(ids)


@pytest.mark.parametrize("path", [*ALL, "/nowhere", "/es/nowhere"])
def test_the_demonstration_says_so_everywhere(client: FlaskClient, path: str) -> None:
    document = parsed(client.get(path).get_data(as_text=True))
    language = document.one("html").attributes["lang"]
    assert document.one(of="demonstration").text == load_texts(language)("site.demonstration")


def test_a_directory_of_real_rows_shows_no_banner(services) -> None:
    client = create_app(replace(services, demonstration=lambda: False)).test_client()
    assert parsed(client.get("/").get_data(as_text=True)).all(of="demonstration") == []


@pytest.mark.parametrize("path", PATHS)
def test_every_page_leads_to_its_translation(page: Page, path: str) -> None:
    for here, there in ((path, f"/es{path}"), (f"/es{path}", path)):
        link = page(here).one("a", of="site-nav__language")
        assert link.attributes["href"] == there


@pytest.mark.parametrize("path", ["/", "/conditions", "/conditions/sciatica", "/about-ranking", "/privacy"])
def test_pages_that_are_the_same_for_everybody_may_be_kept(client: FlaskClient, path: str) -> None:
    response = client.get(path)
    assert response.cache_control.public
    assert response.cache_control.max_age
    assert "X-Robots-Tag" not in response.headers
    again = client.get(path, headers={"If-None-Match": response.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("path", ["/search?q=sciatica", "/es/search?near=60614", "/search?lat=1"])
def test_what_somebody_looks_for_is_neither_kept_nor_listed(client: FlaskClient, path: str) -> None:
    response = client.get(path)
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert parsed(response.get_data(as_text=True)).one("meta", name="robots").attributes["content"] == "noindex"


def test_files_are_kept_by_what_they_hold(client: FlaskClient) -> None:
    sheet = parsed(client.get("/").get_data(as_text=True)).one("link", rel="stylesheet").attributes["href"]
    named = client.get(sheet)
    assert named.cache_control.max_age == 31_536_000
    assert client.get(sheet.partition("?")[0]).cache_control.max_age == 3_600
    assert client.get("/static/../views.py").status_code == 404


def test_icons_are_where_browsers_look(client: FlaskClient) -> None:
    icon = client.get("/favicon.ico")
    assert icon.status_code == 200
    assert icon.data[:4] == b"\0\0\1\0"
    assert client.get("/static/img/apple-touch-icon.png").data.startswith(b"\x89PNG")


def test_robots_leave_results_alone_and_find_the_sitemap(client: FlaskClient) -> None:
    text = client.get("/robots.txt").get_data(as_text=True)
    for path in ("/search", "/es/search", "/practitioners/", "/clinics/", "/listings/", "/api/"):
        assert f"Disallow: {path}\n" in text
    assert "Sitemap: http://localhost/sitemap.xml" in text


def test_the_sitemap_lists_every_condition_in_both_languages(client: FlaskClient, services) -> None:
    text = client.get("/sitemap.xml").get_data(as_text=True)
    listed = re.findall(r"<loc>http://localhost([^<]+)</loc>", text)
    assert len(listed) == len(set(listed))
    for slug in services.vocabulary.conditions:
        assert f"/conditions/{slug}" in listed
        assert f"/es/conditions/{slug}" in listed
    assert not [path for path in listed if path.startswith(("/search", "/practitioners", "/es/search"))]
    for path in listed[:12]:
        assert client.get(path).status_code == 200


def test_links_within_the_site_lead_somewhere(client: FlaskClient) -> None:
    """Every link of the pages that do not depend on a search, in both languages."""
    seen: set[str] = set()
    for path in ("/", "/es/", "/conditions/sciatica", "/about", "/es/about", "/data-sources"):
        for link in parsed(client.get(path).get_data(as_text=True)).all("a"):
            href = link.attributes["href"]
            if href.startswith("/") and href not in seen:
                seen.add(href)
                assert client.get(href).status_code == 200, href
    assert len(seen) > 15
