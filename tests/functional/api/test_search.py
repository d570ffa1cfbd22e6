"""The JSON API as its users meet it, over the demonstration data."""

import json
from pathlib import Path

import pytest

from tests.factories.records import npi


def search(client, **parameters):
    response = client.get("/api/v1/search", query_string=parameters)
    assert response.status_code == 200, response.get_data(as_text=True)
    return response.get_json()


def problem(client, status=422, **parameters):
    response = client.get("/api/v1/search", query_string=parameters)
    assert (response.status_code, response.mimetype) == (status, "application/problem+json")
    return response.get_json()


def test_a_search_near_a_place_answers_with_everything_a_card_needs(client):
    body = search(client, near="Chicago, IL", specialty="chiropractor", limit=5)
    assert body["total"] >= 10
    assert body["location"]["resolved"]["label"] == "Chicago, IL"
    first = body["results"][0]
    assert "chiropractor" in [item["code"] for item in first["specialties"]]
    assert first["verification"]["level"] in {"registry", "practice", "reviewed"}
    assert first["verification"]["sources"]
    assert "licence_not_checked" in first["notices"]
    assert {item["basis"] for item in first["conditions"]} <= {"stated", "usual"}
    assert next(iter(body)) == "notices", "nothing may be read before the notices"


def test_the_points_of_every_result_sum_to_its_score(client):
    for parameters in ({"near": "60614"}, {"q": "chiropractor houston"}, {"near": "Denver", "condition": "sciatica"}):
        for result in search(client, **parameters)["results"]:
            assert sum(why["points"] for why in result["why"]) == result["score"]
            assert all(why["text"] for why in result["why"])


def test_distances_never_decrease_over_pages_sorted_by_distance(client):
    seen, cursor = [], None
    while True:
        parameters = {"near": "Houston, TX", "sort": "distance", "limit": 7} | ({"cursor": cursor} if cursor else {})
        body = search(client, **parameters)
        seen += [(result["distance_mi"], result["id"]) for result in body["results"]]
        cursor = body["next"]
        if cursor is None:
            break
    assert len(seen) == len({key for _, key in seen}) == body["total"]
    assert [miles for miles, _ in seen] == sorted(miles for miles, _ in seen)


def test_facets_let_a_second_choice_be_added(client):
    alone = search(client, near="Chicago, IL", radius_mi=25, specialty="chiropractor")
    counts = {item["value"]: item["count"] for item in alone["facets"]["specialty"]}
    assert counts["chiropractor"] == alone["total"]
    both = search(client, near="Chicago, IL", radius_mi=25, specialty=["chiropractor", "physiatrist"])
    assert alone["total"] < both["total"] <= counts["chiropractor"] + counts["physiatrist"]


def test_unknown_facts_are_left_out_counted_and_added(client):
    strict = search(client, near="Chicago, IL", radius_mi=50, language="es")
    left_out = strict["unknown_left_out"]["language"]
    added = search(client, near="Chicago, IL", radius_mi=50, language="es", include_unknown="language")
    assert added["total"] == strict["total"] + left_out
    assert added["unknown_left_out"] == {}


def test_a_remote_place_widens_and_says_so(client):
    body = search(client, near="99723")
    assert body["widened"] is True
    assert body["radius_mi"] == 250


def test_an_ambiguous_place_offers_its_candidates(client):
    labels = [place["label"] for place in search(client, near="Springfield")["location"]["candidates"]]
    assert len(labels) >= 2


def test_an_unknown_place_is_said_and_nothing_unrelated_is_shown(client):
    body = search(client, near="Qwxzyville")
    assert (body["total"], body["results"], body["location"]["resolved"]) == (0, [], None)
    assert body["location"]["reason"]


@pytest.mark.fault(30)
@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({"radius": "5"}, "radius"),
        ({"radius_mi": "0"}, "radius_mi"),
        ({"radius_mi": "-3", "near": "60614"}, "radius_mi"),
        ({"radius_mi": "nan", "near": "60614"}, "radius_mi"),
        ({"limit": "0"}, "limit"),
        ({"limit": "101"}, "limit"),
        ({"limit": "5.5"}, "limit"),
        ({"lat": "91", "lon": "0"}, "lat"),
        ({"lat": "41"}, "lat"),
        ({"sort": "paid"}, "sort"),
        ({"sort": "distance"}, "sort"),
        ({"radius_mi": "5"}, "near"),
        ({"specialty": "wizard"}, "specialty"),
        ({"state": "ZZ"}, "state"),
        ({"kind": "hospital"}, "kind"),
        ({"telehealth": "maybe"}, "telehealth"),
        ({"cursor": "nonsense"}, "cursor"),
        ({"include_unknown": "shoe_size"}, "include_unknown"),
        ({"q": "x" * 1001}, "q"),
        ({"q": "spine " * 1_700}, "q"),
    ],
)
def test_bad_parameters_are_refused_by_name(client, parameters, field):
    errors = problem(client, **parameters)["errors"]
    assert any(name.split(".")[0] == field for name in errors), errors


@pytest.mark.fault(31)
def test_post_takes_the_same_search_and_refuses_unknown_fields(client):
    body = {"near": "60614", "specialty": ["chiropractor"], "limit": 3}
    posted = client.post("/api/v1/search", json=body).get_json()
    asked = search(client, near="60614", specialty="chiropractor", limit=3)
    assert [result["id"] for result in posted["results"]] == [result["id"] for result in asked["results"]]
    refused = client.post("/api/v1/search", json=body | {"verified": True})
    assert (refused.status_code, refused.mimetype) == (422, "application/problem+json")


@pytest.mark.fault(30)
def test_malformed_and_oversized_bodies_are_refused(client):
    broken = client.post("/api/v1/search", data=b"{", content_type="application/json")
    assert broken.status_code in {400, 422}
    huge = client.post("/api/v1/search", json={"q": "x" * 300_000})
    assert huge.status_code == 413


@pytest.mark.fault(30)
@pytest.mark.parametrize("text", ["*:*", "/.*/", "' OR 1=1 --", "<script>alert(1)</script>", "{{7*7}}", "\x00", "𝔘𝔫𝔦"])
def test_injection_is_ordinary_text(client, text):
    assert search(client, q=text)["total"] >= 0


def test_a_practitioner_is_shown_with_an_etag(client):
    found = search(client, near="60614", kind="practitioner", limit=1)["results"][0]
    first = client.get(f"/api/v1/practitioners/{found['npi']}")
    assert found["id"] in [listing["id"] for listing in first.get_json()["listings"]]
    again = client.get(f"/api/v1/practitioners/{found['npi']}", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_a_clinic_names_its_people_and_partners(client):
    found = search(client, near="Chicago, IL", clinic_model="integrated", limit=1)["results"][0]
    (listing, *_) = client.get(f"/api/v1/clinics/{found['id'].partition('.')[0][1:]}").get_json()["listings"]
    assert len({code for person in listing["people"] for code in person["specialties"]}) >= 2


def test_nobody_by_this_npi_is_a_clear_404_and_a_wrong_number_says_which_rule(client):
    missing = client.get(f"/api/v1/practitioners/{npi(99_999_999)}")
    assert (missing.status_code, missing.mimetype) == (404, "application/problem+json")
    wrong = client.get("/api/v1/practitioners/1234567890")
    assert wrong.status_code == 422
    assert "check digit" in wrong.get_json()["detail"]


def test_nothing_of_a_search_may_be_stored_and_the_vocabulary_may(client):
    assert client.get("/api/v1/search?near=60614").headers["Cache-Control"] == "no-store"
    assert "max-age" in client.get("/api/v1/specialties").headers["Cache-Control"]


def test_vocabulary_is_served_in_both_languages(client):
    english = client.get("/api/v1/conditions/sciatica").get_json()
    spanish = client.get("/api/v1/conditions/sciatica?lang=es").get_json()
    assert english["icd10"] == spanish["icd10"]
    assert english["name"] != spanish["name"]
    assert client.get("/api/v1/conditions/nonsense").status_code == 404
    assert len(client.get("/api/v1/conditions").get_json()["conditions"]) >= 120


def test_suggestions_know_lay_words_places_and_names(client):
    def labels(**parameters):
        rows = client.get("/api/v1/suggest", query_string=parameters).get_json()["suggestions"]
        return {(row["kind"], row["label"]) for row in rows}

    assert ("specialty", "Chiropractor") in labels(q="chiro")
    assert any(kind == "condition" for kind, _ in labels(q="slipped d"))
    assert ("place", "Chicago, IL") in labels(q="chica", kinds="where")
    person = search(client, near="60614", kind="practitioner", limit=1)["results"][0]
    assert any(label == person["name"] for _, label in labels(q=person["name"]))


def test_every_record_that_must_not_be_found_is_not(client):
    rows = json.loads((Path(__file__).parents[3] / "seed_data" / "practitioners.json").read_text("utf-8"))
    hidden = [row for row in rows if row.get("must_not_be_found")]
    assert len(hidden) >= 20
    for row in hidden:
        assert client.get(f"/api/v1/practitioners/{row['npi']}").status_code == 404, row["must_not_be_found"]


def clinics_and_streets(results):
    return {(result["clinic"] or {}).get("id") for result in results} - {None}, {
        (result["location"]["line"], result["location"]["zip"]) for result in results
    }


def test_a_second_opinion_comes_from_somebody_independent(client):
    partnered = search(client, near="Chicago, IL", radius_mi=50, kind="clinic", clinic_model="network", limit=50)
    person = next(
        person["npi"] for clinic in partnered["results"] if clinic["referral_partners"] for person in clinic["people"]
    )
    first = client.get(f"/api/v1/practitioners/{person}").get_json()["listings"]
    clinics, streets = clinics_and_streets(first)
    partners = {
        partner["id"]
        for clinic in clinics
        for listing in client.get(f"/api/v1/clinics/{clinic}").get_json()["listings"]
        for partner in listing["referral_partners"]
    }
    assert partners
    everyone = search(client, near="Chicago, IL", radius_mi=50, limit=100)
    found = search(client, near="Chicago, IL", radius_mi=50, limit=100, second_opinion_from=person)
    assert 0 < found["total"] < everyone["total"]
    assert person not in [result["npi"] for result in found["results"]]
    other_clinics, other_streets = clinics_and_streets(found["results"])
    assert not other_clinics & (clinics | partners)
    assert not other_streets & streets
    assert not {f"c{clinic}" for clinic in clinics | partners} & {
        result["id"].partition(".")[0] for result in found["results"]
    }


@pytest.mark.parametrize("number", ["123", "1234567890"])
def test_a_second_opinion_from_nobody_is_refused(client, number):
    assert "second_opinion_from" in problem(client, second_opinion_from=number)["errors"]


def test_excluded_treatments_are_not_among_those_stated(client):
    offered = search(client, treatment="spinal_manipulation", limit=100)
    assert offered["total"] > 0
    without = search(client, exclude_treatments="spinal_manipulation", limit=100)
    assert all("spinal_manipulation" not in result["treatments_stated"] for result in without["results"])
    assert search(client)["total"] == offered["total"] + without["total"]


def test_excluded_specialties_are_not_held(client):
    found = search(client, near="Chicago, IL", exclude_specialties=["chiropractor", "primary_care"], limit=50)
    held = {item["code"] for result in found["results"] for item in result["specialties"]}
    assert held
    assert not held & {"chiropractor", "primary_care"}


def test_what_the_data_cannot_answer_is_said_and_does_not_filter(client):
    asked = search(client, q="best rated chiropractor in houston")
    assert asked["understood"]["unanswerable"][0]["text"]
    assert asked["total"] == search(client, q="chiropractor in houston")["total"]
    spanish = client.get("/api/v1/understand?q=best rated chiropractor in houston&lang=es").get_json()
    assert spanish["unanswerable"][0]["text"] != asked["understood"]["unanswerable"][0]["text"]


def test_a_part_of_the_reading_can_be_taken_away(client):
    with_it = search(client, q="chiropractor in houston who speaks spanish")
    without = search(client, q="chiropractor in houston who speaks spanish", without="language:es")
    assert with_it["understood"]["filters"]["language"] == "es"
    assert without["total"] > with_it["total"]


def test_spans_point_at_the_characters_of_the_question(client):
    question = "¿Quiropráctico para la ciática en Houston, TX?"
    reading = client.get("/api/v1/understand", query_string={"q": question}).get_json()
    (condition,) = reading["conditions"]
    assert question[condition["span"]["start"] : condition["span"]["end"]] == "ciática"
    assert (reading["language"], reading["location"]["city"], reading["location"]["state"]) == ("es", "Houston", "TX")


def test_out_of_scope_is_said_and_nobody_unrelated_is_shown(client):
    body = search(client, q="dentist in houston")
    assert (body["total"], body["results"]) == (0, [])
    assert body["understood"]["out_of_scope"]


def test_an_emergency_stands_before_the_results(client):
    body = search(client, q="numb between my legs and can't pee, back doctor 60614")
    assert next(iter(body)) == "notices"
    assert (body["notices"][0]["level"], body["notices"][0]["phone"]) == ("emergency", "911")
    assert body["understood"]["triage"] == "emergency"


def test_a_long_story_is_read_and_not_refused(client):
    story = (
        "I have had sciatica since March and " + "the doctor on Elm street gave me some pills that did nothing, " * 14
    )
    assert len(story) <= 1000
    assert search(client, q=story, near="60614")["understood"]["conditions"][0]["slug"] == "sciatica"


def test_the_results_say_that_they_are_invented(client):
    assert search(client, near="60614")["demonstration"] is True


@pytest.mark.parametrize(
    "body", [b"[]", b"1", b'"q"', b"null", b"{", b"", b"\xff", b'{"q": NaN}', b'{"limit": "1e400"}']
)
def test_a_body_that_is_no_search_is_refused(client, body):
    response = client.post("/api/v1/search", data=body, content_type="application/json")
    assert (response.status_code in {400, 422}, response.mimetype) == (True, "application/problem+json")


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_a_body_that_is_not_json_is_no_search_for_everybody(client, kind):
    response = client.post("/api/v1/search", data=b'{"q": "sciatica"}', content_type=kind)
    assert (response.status_code, response.mimetype) == (415, "application/problem+json")


def test_another_method_names_those_that_are_taken(client):
    response = client.put("/api/v1/search")
    assert (response.status_code, response.mimetype) == (405, "application/problem+json")
    assert {"GET", "POST"} <= set(response.headers["Allow"].split(", "))
