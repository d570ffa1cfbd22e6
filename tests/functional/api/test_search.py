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
    ],
)
def test_bad_parameters_are_refused_by_name(client, parameters, field):
    errors = problem(client, **parameters)["errors"]
    assert any(name.split(".")[0] == field for name in errors), errors


def test_post_takes_the_same_search_and_refuses_unknown_fields(client):
    body = {"near": "60614", "specialty": ["chiropractor"], "limit": 3}
    posted = client.post("/api/v1/search", json=body).get_json()
    asked = search(client, near="60614", specialty="chiropractor", limit=3)
    assert [result["id"] for result in posted["results"]] == [result["id"] for result in asked["results"]]
    refused = client.post("/api/v1/search", json=body | {"verified": True})
    assert (refused.status_code, refused.mimetype) == (422, "application/problem+json")


def test_malformed_and_oversized_bodies_are_refused(client):
    broken = client.post("/api/v1/search", data=b"{", content_type="application/json")
    assert broken.status_code in {400, 422}
    huge = client.post("/api/v1/search", json={"q": "x" * 300_000})
    assert huge.status_code == 413


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
