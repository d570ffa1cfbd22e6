"""Hostile names, words and answers: shown as text, or as an honest page."""

from dataclasses import replace
from datetime import UTC, datetime, time
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from directory.domain.errors import EngineUnavailable
from directory.domain.facts import Contact
from directory.domain.practitioner import PersonName
from directory.engines.embedded import EmbeddedEngine, EmbeddedIndex
from directory.engines.fallback import FallbackEngine
from directory.search.document import Making, listings
from directory.search.find import Finder
from directory.understanding.ask import Asking
from directory.web.app import create_app
from directory.web.services import Services
from tests.factories.records import TODAY, clinic_record, location, practitioner, practitioner_record, role
from tests.functional.pages.conftest import parsed

SCRIPT = "<script>alert('x')</script>"
WORDS = (
    SCRIPT,
    '"><img src=x onerror=alert(1)>',
    "' OR 1=1 --",
    "{{ 7 * 7 }}",
    "\u202etxt.exe",
    "%00%0d%0aSet-Cookie: a=b",
    "javascript:alert(1)",
    "../../etc/passwd",
    "a" * 1000,
    "🦴" * 50,
)


@pytest.fixture(scope="module")
def hostile(services: Services, tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """The site over one person and one clinic whose every text is markup."""
    person = practitioner(1, name=PersonName(SCRIPT, '"><b onmouseover=x>'))
    place = location(line=SCRIPT, line2="<i>", city="{{ 7 * 7 }}")
    contact = Contact("+13125550100", "javascript:alert(1)")
    records = (
        practitioner_record(person, role(person.npi, place, contact=contact)),
        clinic_record([practitioner(2, name=PersonName("A", SCRIPT))], id="k-1", name=SCRIPT),
    )
    making = Making(services.vocabulary, TODAY)
    engine = indexed(
        tmp_path_factory.mktemp("hostile"), [item for record in records for item in listings(record, making)]
    )
    return over(services, engine)


def indexed(folder: Path, found) -> EmbeddedEngine:
    index = EmbeddedIndex(folder, lambda: datetime.combine(TODAY, time(12), UTC))
    with index.lock():
        draft = index.draft("test")
        draft.add(found)
        draft.finish(1)
        index.promote(draft)
    return EmbeddedEngine(folder)


def over(services: Services, engine, now=None) -> FlaskClient:
    """The site over another engine, on the day of the factories unless another is given."""
    asking = Asking(
        Finder(engine, services.ranking, services.vocabulary), services.places, services.reader, services.vocabulary
    )
    noon = datetime.combine(TODAY, time(12), UTC)
    return create_app(replace(services, engine=engine, asking=asking, now=now or (lambda: noon))).test_client()


def assert_harmless(html: str) -> None:
    document = parsed(html)
    assert "<script>alert" not in html
    assert not document.all("b")
    assert not [item for item in document.walk() if any(name.startswith("on") for name in item.attributes)]
    assert "49" not in document.one("main").text.replace("1949", "")
    hrefs = [item.attributes.get("href", "") for item in document.walk()]
    assert not [href for href in hrefs if href.lower().startswith(("javascript:", "data:"))]


@pytest.mark.fault(29)
def test_hostile_data_is_text_wherever_it_is_shown(hostile: FlaskClient) -> None:
    person = practitioner(1).npi
    for path in ("/search?near=Chicago%2C+IL", f"/practitioners/{person}", "/clinics/k-1", "/es/clinics/k-1"):
        response = hostile.get(path)
        assert response.status_code == 200
        html = response.get_data(as_text=True)
        assert "&lt;script&gt;" in html
        assert_harmless(html)


@pytest.mark.fault(29)
def test_hostile_data_is_text_on_the_form(hostile: FlaskClient) -> None:
    html = hostile.get("/search?near=Chicago%2C+IL&kind=practitioner").get_data(as_text=True)
    href = parsed(html).all(of="card__correct")[0].one("a").attributes["href"]
    assert_harmless(hostile.get(href).get_data(as_text=True))


@pytest.mark.fault(29, 30)
@pytest.mark.parametrize("text", WORDS)
@pytest.mark.parametrize("parameter", ["q", "near", "without", "cursor", "from", "sort", "specialty", "language"])
def test_any_words_in_any_parameter_are_ordinary_text(client: FlaskClient, parameter: str, text: str) -> None:
    response = client.get("/search", query_string={parameter: text})
    assert response.status_code in (200, 422)
    html = response.get_data(as_text=True)
    assert "<script>alert" not in html
    assert "<img src=x" not in html
    parsed(html)


@pytest.mark.fault(29)
def test_markup_in_the_address_of_a_page_is_text(client: FlaskClient) -> None:
    html = client.get(f"/nowhere/{SCRIPT}?{SCRIPT}").get_data(as_text=True)
    assert "<script>alert" not in html


class Down:
    """An engine that does not answer."""

    def __getattr__(self, name: str):
        def refuse(*_args: object, **_more: object):
            raise EngineUnavailable("Elasticsearch does not answer at 10.0.0.1:9200.", retry_after=7)

        return refuse


@pytest.mark.parametrize(
    "path", ["/search?near=Chicago", "/es/search?q=x", f"/practitioners/{practitioner(1).npi}", "/clinics/k1"]
)
def test_an_engine_that_is_down_is_an_honest_page(services: Services, path: str) -> None:
    client = over(services, Down())
    response = client.get(path)
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "7"
    document = parsed(response.get_data(as_text=True))
    assert "911" in document.one("main").text
    assert "10.0.0.1" not in document.text
    assert document.one("h1").text in (
        "The search is not available right now",
        "La búsqueda no está disponible en este momento",
    )


def test_answers_of_a_second_engine_say_so(services: Services) -> None:
    client = over(services, FallbackEngine(Down(), services.engine), services.now)
    document = parsed(client.get("/search?near=Chicago%2C+IL").get_data(as_text=True))
    assert "second index" in document.one(of="results__trouble").text
    assert document.all("li", of="card")


def test_pages_that_need_no_engine_stay_up_without_it(services: Services) -> None:
    client = over(services, Down())
    for path in ("/", "/es/", "/conditions/sciatica", "/about-ranking", "/privacy"):
        assert client.get(path).status_code == 200


def test_a_fault_of_ours_says_so_and_nothing_else(services: Services) -> None:
    class Broken:
        def __getattr__(self, name: str):
            def fail(*_args: object, **_more: object):
                raise ZeroDivisionError("secret detail")

            return fail

    response = over(services, Broken()).get("/search?q=private+words")
    assert response.status_code == 500
    text = response.get_data(as_text=True)
    assert "secret detail" not in text
    assert "Traceback" not in text
    assert parsed(text).one("h1").text == "Something went wrong on our side"


def test_an_unknown_method_is_an_honest_page(client: FlaskClient) -> None:
    response = client.post("/search")
    assert response.status_code == 405
    assert parsed(response.get_data(as_text=True)).one("main")
