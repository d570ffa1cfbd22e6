"""A registry that is loaded whole: those of other specialties are found by name or number, and nowhere else."""

from dataclasses import replace
from pathlib import Path

import pytest

from directory.domain.place import Place, PlaceKind
from directory.search.find import Finder, Found, Need, Search
from directory.search.fold import query_words
from directory.search.listing import FACETS, OTHER_SPECIALTY, Field
from directory.search.query import Filter, Sort
from directory.search.ranking import load_ranking
from directory.understanding.ask import Asked
from directory.web.app import create_app
from directory.web.clinic_finding import clinics_named
from directory.web.suggesting import Suggesting
from indexer.reconcile import reconcile
from indexer.reporting import Silent
from indexer.why_not import Explainer, Target
from tests.factories.registry import deactivation, individual, number, organization
from tests.fakes.positions import MIDDLE
from tests.integration.indexer.conftest import Site, last_week, today
from tests.integration.indexer.test_real_rows import WEEK, rows_in

DENTIST, HOSPITAL, ORTHOPAEDIST = "122300000X", "282N00000X", "207X00000X"
HERE = Place(PlaceKind.POINT, "here", MIDDLE)
OURS, OTHERS = (1, 2), (3, 4, 5, 6)
ROWS = (
    individual(1), organization(2), individual(3, DENTIST), organization(4, HOSPITAL, name="EXAMPLE DENTAL SPINE"),
    individual(5, ORTHOPAEDIST), individual(6, "", credential=""), deactivation(7), individual(8, state="XX"),
)  # fmt: skip


def find(site: Site, search: Search) -> Found:
    return Finder(site.composition.engine, load_ranking(), site.composition.vocabulary).find(search, today())


def npis(found: Found) -> set[str]:
    assert found.result.total == len(found.result.hits)
    return {hit.listing.npi for hit in found.result.hits}


def of(*serials: int) -> set[str]:
    return {number(serial) for serial in serials}


@pytest.fixture
def whole(any_site: Site) -> Site:
    """A site with a back doctor, a pain clinic, and four of other specialties at one address."""
    done = any_site.load(*ROWS, everybody=True, day=last_week())
    assert (done.tally.loaded, done.tally.skipped, done.tally.deactivated, done.tally.rejected) == (6, 0, 1, 1)
    assert done.counts["note: of another specialty: found by name only"] == 4
    any_site.rebuild()
    return any_site


def test_they_are_found_by_name_and_by_number(whole: Site) -> None:
    by_name = {"testerman": of(1, 3, 5, 6), "example spine": of(2, 4), "dental": of(4)}
    for text, expected in by_name.items():
        assert npis(find(whole, Search(name=query_words(text)))) == expected, text
        assert npis(find(whole, Search(name=query_words(text), near=HERE))) == expected, text
    for serial in (*OURS, *OTHERS):
        assert npis(find(whole, Search(filters=(Filter(Field.NPI, (number(serial),)),)))) == of(serial)
        asked = whole.composition.services().asking.ask(Asked(q=number(serial)), today())
        assert asked.found is not None
        assert npis(asked.found) == of(serial)


def test_no_other_search_shows_them(whole: Site) -> None:
    searches = [
        Search(), Search(near=HERE), Search(near=HERE, radius_miles=250), Search(near=HERE, sort=Sort.DISTANCE),
        Search(sort=Sort.NAME), Search(filters=(Filter(Field.STATE, ("IL",)),)),
        Search(filters=(Filter(Field.LEVEL, ("registry",)),)), Search(text=query_words("chicago")),
        Search(text=query_words("testerman")), Search(need=Need({"chiropractor": 3}, ("sciatica",)), near=HERE),
        Search(filters=(Filter(Field.ACCEPTING, ("yes",)),), include_unknown=frozenset({Field.ACCEPTING})),
    ]  # fmt: skip
    for search in searches:
        assert npis(find(whole, search)) <= of(*OURS), search
    assert npis(find(whole, Search(near=HERE))) == of(*OURS)


def test_no_filter_by_specialty_or_condition_lets_them_through_by_name_either(whole: Site) -> None:
    vocabulary = whole.composition.vocabulary
    specialties = Filter(Field.SPECIALTY, tuple(vocabulary.specialties))
    conditions = Filter(Field.CONDITION, tuple(list(vocabulary.conditions)[:200]))
    for filters in ((specialties,), (conditions,), (specialties, conditions)):
        unknown = frozenset({Field.SPECIALTY, Field.CONDITION})
        found = find(whole, Search(name=query_words("testerman"), filters=filters, include_unknown=unknown))
        assert npis(found) == of(1)


def test_they_earn_no_point_for_a_need(whole: Site) -> None:
    need = Need(dict.fromkeys(whole.composition.vocabulary.specialties, 3), ("sciatica", "herniated-disc"))
    found = find(whole, Search(name=query_words("testerman"), need=need, near=HERE))
    assert found.result.hits[0].listing.npi == number(1)
    for hit, reasons in zip(found.result.hits[1:], found.reasons[1:], strict=True):
        assert {reason.factor for reason in reasons} <= {"distance", "freshness", "name_exact"}, hit.listing.npi


def test_facets_of_a_search_count_none_of_them(whole: Site) -> None:
    facets = find(whole, Search(near=HERE, facets=FACETS)).result.facets
    assert facets[Field.SCOPE] == {}
    assert sum(facets[Field.KIND].values()) == 2
    by_name = find(whole, Search(name=query_words("testerman"), facets=FACETS)).result.facets
    assert by_name[Field.SCOPE] == {OTHER_SPECIALTY: 3}
    assert by_name[Field.SPECIALTY] == {"chiropractor": 1}


def test_suggestions_and_partners_name_none_of_them(whole: Site) -> None:
    composition = whole.composition
    suggesting = Suggesting(composition.vocabulary, composition.places, composition.engine)
    for text, expected in (("testerman", of(1)), ("example", {f"n{number(2)}"})):
        assert {item.code for item in suggesting.what(text, "en", today())} == expected
    found = clinics_named(whole.composition.engine, "example", today())
    assert found is not None
    assert {item.npi for item in found} == of(2)


def test_cards_say_what_they_are_in_both_languages_and_claim_nothing(whole: Site) -> None:
    services = whole.composition.services()
    with create_app(services).test_client() as client:
        for serial, code in ((3, DENTIST), (4, HOSPITAL), (5, ORTHOPAEDIST)):
            page = "practitioners/" if serial != 4 else "clinics/n"
            english = client.get(f"/{page}{number(serial)}").get_data(as_text=True)
            spanish = client.get(f"/es/{page}{number(serial)}").get_data(as_text=True)
            assert f"Another specialty than back or neck care (NUCC {code})" in english
            assert f"Otra especialidad que la atención de espalda o cuello (NUCC {code})" in spanish
            assert "usually treats" not in english
            answer = client.get(f"/api/v1/{page}{number(serial)}").get_json()
            (listing,) = answer["listings"]
            assert (listing["specialties"], listing["conditions"], listing["other_specialty"]) == ([], [], [code])
            assert OTHER_SPECIALTY in listing["notices"]
        assert "No specialty stated" in client.get(f"/practitioners/{number(6)}").get_data(as_text=True)
        ours = client.get(f"/practitioners/{number(1)}").get_data(as_text=True)
        assert "Another specialty" not in ours


def test_loading_with_ours_takes_them_out_again(whole: Site) -> None:
    path = whole.file(*ROWS, day=last_week())
    assert whole.load_file(path, everybody=True).already
    done = whole.load_file(path)
    assert (done.already, done.withdrawn) == (False, 4)
    whole.sync()
    assert npis(find(whole, Search(name=query_words("testerman")))) == of(1)
    assert [bool(whole.found(number(serial))) for serial in (*OURS, *OTHERS)] == [True, True, *[False] * 4]
    assert whole.load_file(path, everybody=True).kept.changed == 4
    whole.sync()
    assert all(whole.found(number(serial)) for serial in (*OURS, *OTHERS))


def test_somebody_who_turns_to_back_care_is_listed_with_all_others(whole: Site) -> None:
    whole.load(individual(3), organization(4), everybody=True)
    whole.sync()
    found = {hit.listing.npi: hit.listing for hit in find(whole, Search(near=HERE)).result.hits}
    assert found.keys() == of(1, 2, 3, 4)
    assert all(OTHER_SPECIALTY not in listing.card.notices for listing in found.values())


def test_why_not_explains_it(whole: Site) -> None:
    composition = whole.composition
    name = composition.settings.engine
    target = Target(name, whole.index, composition.engine_named(name))
    explainer = Explainer(composition.source, composition.making(), whole.positions, [target])
    for serial in OTHERS:
        found = explainer.explain(number(serial))
        assert [(item.code, item.blocks) for item in found.findings] == [("found_by_name_only", False)]
        assert found.findable[name]


def test_an_old_file_says_both_of_them(site: Site) -> None:
    site.load(individual(3, DENTIST), everybody=True, accept_old=True, day=today().replace(year=today().year - 2))
    site.rebuild()
    (listing,) = site.found(number(3))
    assert {OTHER_SPECIALTY, "old_registry_file"} <= set(listing.card.notices)


def test_a_real_week_is_loaded_whole(any_site: Site, shared_data: Path) -> None:
    path = shared_data / "nppes" / WEEK
    done = any_site.load_file(path, everybody=True, accept_old=True)
    tally = done.tally
    assert tally.rows == rows_in(path) == tally.loaded + tally.skipped + tally.deactivated + tally.rejected
    assert set(tally.skipped_because) <= {
        "practice address outside the United States",
        "military practice address overseas",
    }
    others = done.counts["note: of another specialty: found by name only"]
    assert others > tally.loaded / 2
    built = any_site.rebuild()
    assert (built.generation.listings, built.refused) == (tally.loaded, ())
    assert find(any_site, Search(limit=0)).result.total == tally.loaded - others
    making = replace(any_site.composition.making(), today=today())
    assert reconcile(any_site.composition.source, any_site.index, making, Silent()).first.differences == 0
