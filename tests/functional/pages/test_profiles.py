"""Pages of practitioners, clinics and conditions, and the published ranking."""

import json
import re

import pytest
from flask.testing import FlaskClient

from directory.search.listing import Field, Kind
from directory.search.network import network_around
from directory.search.query import Filter, Query
from directory.search.ranking import load_ranking
from tests.functional.pages.conftest import Page, form_of, parameters, parsed


def found(services, *filters: Filter, limit: int = 100):
    query = Query(services.now().date(), filters=filters, limit=limit)
    return [hit.listing for hit in services.engine.search(query).hits]


def clinics(services, model: str):
    kind = Filter(Field.KIND, (Kind.CLINIC.value,))
    return found(services, kind, Filter(Field.CLINIC_MODEL, (model,)))


def test_a_practitioner_is_shown_at_every_place(page: Page, services) -> None:
    people = found(services, Filter(Field.KIND, (Kind.PRACTITIONER.value,)))
    person = next(listing for listing in people if listing.card.elsewhere)
    document = page(f"/practitioners/{person.npi}")
    assert person.name in document.one("h1").text
    assert f"NPI {person.npi}" in document.text
    places = document.all("article", of="place-card")
    assert len(places) == len(person.card.elsewhere) + 1
    for place in places:
        assert place.one(of="verification__line")
        assert "Licence not checked here" in place.text
        assert place.one(of="card__correct").one("a").attributes["href"].startswith("/listings/p")


def test_what_is_stated_stands_apart_from_what_is_usual(page: Page, services) -> None:
    people = found(services, Filter(Field.KIND, (Kind.PRACTITIONER.value,)))
    silent = next(listing for listing in people if not listing.values(Field.CONDITION_STATED))
    document = page(f"/practitioners/{silent.npi}")
    assert "has not stated which conditions it treats" in document.text
    assert "nobody here has said so" in document.text
    telling = next(listing for listing in people if listing.values(Field.CONDITION_STATED))
    document = page(f"/practitioners/{telling.npi}")
    assert "has not stated which conditions" not in document.text
    assert document.all(of="treats__label--stated")


def test_hours_are_shown_as_the_practice_wrote_them(page: Page, services) -> None:
    telling = next(listing for listing in found(services) if listing.card.facts.hours)
    kind = "practitioners" if telling.kind is Kind.PRACTITIONER else "clinics"
    assert telling.card.facts.hours in page(f"/{kind}/{telling.subject[1:]}").text


def test_a_clinic_names_its_people_by_discipline_with_the_evidence_of_its_badge(page: Page, services) -> None:
    clinic = clinics(services, "integrated")[0]
    document = page(f"/clinics/{clinic.subject[1:]}")
    badge = document.all(of="integrated")[0]
    assert "at least two disciplines" in badge.text
    assert re.search(r"Checked by a reviewer on \w+ \d+, \d{4}", badge.text)
    teams = document.all(of="team")
    assert len(teams) >= 2
    shown = {link.attributes["href"].rpartition("/")[2] for team in teams for link in team.all("a")}
    assert {person.npi for person in clinic.card.people} <= shown


def test_a_clinic_without_two_disciplines_has_no_badge(page: Page, services) -> None:
    badged = {listing.subject for listing in clinics(services, "integrated")}
    clinic = next(listing for listing in clinics(services, "none") if listing.subject not in badged)
    document = page(f"/clinics/{clinic.subject[1:]}")
    assert document.all(of="integrated") == []


def network_of(services, clinic):
    return network_around(clinic.subject[1:], services.engine, services.now().date())


def disciplines(members) -> set[str]:
    return {code for member in members for listing in member.listings for code in listing.card.disciplines}


def in_networks(services):
    """One clinic of each network."""
    found = {clinic.values(Field.NETWORK): clinic for clinic in clinics(services, "network")}
    return [(clinic, network_of(services, clinic)) for clinic in found.values()]


def test_a_clinic_names_its_network_partners_first_with_what_it_lacks(page: Page, services) -> None:
    for clinic, network in in_networks(services):
        section = page(f"/clinics/{clinic.subject[1:]}").one("section", aria_labelledby="partners")
        named = [item.one("a").attributes["href"].rpartition("/")[2] for item in section.one("ol").all("li")]
        partners = {member.clinic_id for member in network.partners}
        assert set(named[: len(partners)]) == partners == {item.clinic_id for item in clinic.card.partners}
        assert set(named) == {member.clinic_id for member in network.members[1:]}
        lacking = section.all(of="network__lacking")
        assert len(lacking[0].all("li") if lacking else []) == 6 - len(disciplines(network.members))
        assert "Both sides of every link confirmed" in section.text


def test_a_picture_of_three_clinics_or_more_says_what_the_list_says(page: Page, services) -> None:
    drawn = 0
    for clinic, network in in_networks(services):
        section = page(f"/clinics/{clinic.subject[1:]}").one("section", aria_labelledby="partners")
        pictures = section.all("svg", role="img")
        assert len(pictures) == (len(network.members) > 2)
        links = {tuple(sorted((a.clinic_id, b))) for a in network.members for b in a.partners}
        for picture in pictures:
            drawn += 1
            assert len(picture.all("circle")) == len(network.members)
            assert len(picture.all("line")) == len(links)
            numbers = [item.text for item in picture.all("text")]
            assert numbers == [item.text for item in section.all(of="network__tag")]
    assert drawn


@pytest.mark.parametrize("prefix", ["", "/es"])
def test_whom_a_clinic_refers_to_is_found_by_its_links(client: FlaskClient, services, prefix: str) -> None:
    """Each discipline's link finds exactly the people of that discipline at the partners."""
    for clinic, network in in_networks(services):
        at = {member.clinic_id for member in network.partners}
        section = parsed(client.get(f"{prefix}/clinics/{clinic.subject[1:]}").get_data(as_text=True))
        offers = section.one(of="network__offers").all("a")
        assert len(offers) == len(disciplines(network.partners))
        for offer in offers:
            asked = parameters(offer.attributes["href"])
            assert ("refers_to", clinic.subject[1:]) in asked
            kinds = {value for name, value in asked if name == "specialty"}
            results = client.get("/api/v1/search", query_string=[*asked, ("limit", "100")]).get_json()["results"]
            found = {(result["clinic"]["id"], result["npi"]) for result in results}
            people = [
                item for member in network.partners for listing in member.listings for item in listing.card.people
            ]
            expected = {item.npi for item in people if kinds & set(item.specialties)}
            assert {npi for _, npi in found} == expected
            assert {key for key, _ in found} <= at


def test_a_search_among_partners_says_so_and_can_leave_them(page: Page, services) -> None:
    clinic, network = in_networks(services)[0]
    document = page("/search", network=clinic.subject[1:], kind="clinic")
    (chip,) = [item for item in document.all("li", of="chip") if "Referral network of" in item.text]
    assert clinic.name in chip.text
    assert "network" not in dict(parameters(chip.one("a").attributes["href"]))
    sites = sum(len(member.listings) for member in network.members)
    assert f"{sites} " in document.text
    refused = page("/search", status=422, refers_to="none-such")
    assert "none-such" in refused.text


@pytest.mark.parametrize(
    "path",
    ["/practitioners/123", "/practitioners/1234567893", "/clinics/none-such", "/listings/p1.x/correct",
     "/conditions/none-such", "/es/practitioners/1234567893"],
)  # fmt: skip
def test_who_is_not_listed_is_not_found(page: Page, path: str) -> None:
    document = page(path, status=404)
    assert "911" in document.text


def test_a_condition_says_what_it_is_and_who_treats_it(page: Page, services) -> None:
    document = page("/conditions/sciatica")
    condition = services.vocabulary.conditions["sciatica"]
    assert condition.summary in document.text
    shown = document.one(of="treating").all("h3")
    assert {item.text for item in shown} == {
        services.vocabulary.specialties[item.specialty].name for item in condition.treated_by
    }
    assert len(document.one(of="treating").all(of="treating__source")) == len(condition.treated_by)
    assert dict(form_of(document.one("form", id="near-search"))) == {"condition": "sciatica", "near": ""}


@pytest.mark.parametrize("prefix", ["", "/es"])
def test_structured_data_of_a_condition_can_be_read(client: FlaskClient, prefix: str) -> None:
    html = client.get(f"{prefix}/conditions/sciatica").get_data(as_text=True)
    block = re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    assert block
    data = json.loads(block.group(1))
    assert data["@type"] == "MedicalCondition"
    assert {code["codeValue"] for code in data["code"]} >= {"M54.3"}
    assert data["url"] == f"http://localhost{prefix}/conditions/sciatica"


def test_every_condition_has_a_page_in_both_languages(client: FlaskClient, services) -> None:
    for slug, condition in services.vocabulary.conditions.items():
        assert condition.name in parsed(client.get(f"/conditions/{slug}").get_data(as_text=True)).one("h1").text
        assert condition.name_es in parsed(client.get(f"/es/conditions/{slug}").get_data(as_text=True)).one("h1").text


def test_the_ranking_page_shows_every_number_of_the_file(page: Page) -> None:
    ranking = load_ranking()
    shown = [[int(row.one("td").text) for row in table.one("tbody").all("tr")]
             for table in page("/about-ranking").all("table", of="points")]  # fmt: skip
    fits = [*(ranking.fit[fit] for fit in (3, 2, 1)), *(ranking.fit_unconfirmed[fit] for fit in (3, 2, 1))]
    assert shown == [
        fits,
        [band.points for band in ranking.distance],
        [ranking.name.exact, ranking.name.prefix, ranking.name.typo],
        [ranking.condition_stated, ranking.condition_usual, ranking.treatment_stated],
        [ranking.clinic_integrated, ranking.clinic_network],
        [band.points for band in ranking.freshness],
        [ranking.accepting],
    ]


def test_home_explains_every_kind_of_professional(page: Page, services) -> None:
    document = page("/")
    kinds = document.all("li", of="kind")
    assert len(kinds) == len(services.vocabulary.specialties)
    for kind in kinds:
        button = kind.one("button")
        specialty = services.vocabulary.specialties[button.attributes["value"]]
        assert button.attributes["form"] == "search"
        assert specialty.summary in kind.text
    first = document.one("li", of="stage--first")
    assert [item.one("button").attributes["value"] for item in first.all("li", of="kind")] == [
        "primary_care",
        "osteopathic_physician",
        "chiropractor",
    ]
    assert "911" in document.one(of="hero").text


def test_data_sources_credit_whom_they_must(page: Page) -> None:
    text = page("/data-sources").text
    for credit in ("GeoNames", "Creative Commons Attribution 4.0", "National Uniform Claim Committee",
                   "American Medical Association", "NPPES", "zipcodes", "Census Bureau"):  # fmt: skip
        assert credit in text


def test_a_second_opinion_is_offered_and_independent(page: Page, services) -> None:
    people = found(services, Filter(Field.KIND, (Kind.PRACTITIONER.value,)))
    person = next(listing for listing in people if listing.card.clinic_id)
    link = page(f"/practitioners/{person.npi}").one("section", of="opinion").one("a")
    document = page(link.attributes["href"])
    assert f"independent of NPI {person.npi}" in document.text
    assert f"at {person.card.clinic_name}" not in [line.text for line in document.all(of="card__clinic")]
    assert person.name not in [card.one("h3").text.partition(",")[0] for card in document.all("li", of="card")]
