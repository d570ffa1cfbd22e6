"""The guide by JSON: codes or a person's own words, the same answer as on the pages."""

import pytest

FAILED_CHIROPRACTIC = {
    "duration_weeks": 9,
    "symptoms": ["low-back-pain", "leg_pain"],
    "treatments_tried": [{"code": "chiropractic_care", "weeks": 7, "helped": "none"}],
    "age": 44,
}


def guide(client, **body):
    response = client.post("/api/v1/guide", json=body)
    assert response.status_code == 200, response.get_data(as_text=True)
    return response.get_json()


def recommended(answer, *tiers):
    return {item["specialty"] for item in answer["recommendations"] if not tiers or item["tier"] in tiers}


def test_every_recommendation_has_its_reason_and_source(client):
    answer = guide(client, **FAILED_CHIROPRACTIC)
    assert answer["triage"] == "routine"
    assert len(answer["recommendations"]) >= 2
    for item in answer["recommendations"]:
        assert all(item[name] for name in ("specialty", "name", "tier", "reason", "expect", "source", "rule"))
    assert "chiropractor" not in recommended(answer, "first")
    assert set(answer["prepare"]) == recommended(answer, "first", "next")


def test_an_empty_request_names_the_first_ports_of_call(client):
    assert {"primary_care", "chiropractor"} <= recommended(guide(client), "first")


@pytest.mark.parametrize(
    "body",
    [
        {"red_flags": ["saddle_numbness"]},
        {"symptoms": ["can't feel when I wipe"]},
        {"history": ["new loss of bladder control and numb between my legs"]},
        {"red_flags": ["no siento la entrepierna"], "lang": "es"},
    ],
)
def test_in_an_emergency_the_notice_comes_first_and_nothing_is_recommended(client, body):
    answer = guide(client, **body)
    assert next(iter(answer)) == "notices"
    assert (answer["triage"], answer["notices"][0]["phone"]) == ("emergency", "911")
    assert (answer["recommendations"], answer["self_care"], answer["prepare"]) == ([], [], [])
    assert answer["notices"][0]["language"] == body.get("lang", "en")


def test_free_text_means_what_its_code_means(client):
    coded = guide(client, **FAILED_CHIROPRACTIC, diagnosis=["sciatica"], preferences=["avoid_surgery"])
    told = guide(
        client,
        duration_weeks=9,
        symptoms=["lower back pain", "pain down my left leg"],
        treatments_tried=[{"code": "chiro", "weeks": 7, "helped": "none"}],
        diagnosis=["siatica"],
        preferences=["I don't want surgery"],
        age=44,
    )
    assert told["understood"]["treatments_tried"] == ["chiropractic_care"]
    assert told["understood"]["diagnosis"] == ["sciatica"]
    assert told["understood"]["preferences"] == ["avoid_surgery"]
    assert [item["specialty"] for item in told["recommendations"]] == [
        item["specialty"] for item in coded["recommendations"]
    ]


def test_a_diagnosis_may_be_an_icd10_code(client):
    assert guide(client, diagnosis=["m45.9"])["understood"]["diagnosis"] == ["ankylosing-spondylitis"]
    assert "rheumatologist" in recommended(guide(client, diagnosis=["M45.9"]), "first")


@pytest.mark.parametrize("history", ["cancer_history", "I had breast cancer", "tuve cáncer"])
def test_history_counts_as_symptoms_do(client, history):
    answer = guide(client, symptoms=["back-pain"], history=[history])
    assert answer["understood"]["history"] == ["cancer_history"]
    assert answer["triage"] == "urgent"


def test_what_is_denied_is_no_symptom(client):
    answer = guide(client, symptoms=["back pain", "no fever", "never lost control of my bladder"])
    assert "fever" not in answer["understood"]["symptoms"]
    assert answer["triage"] == "routine"


def test_what_is_not_understood_is_said_and_changes_nothing(client):
    answer = guide(client, symptoms=["qwertyish"], treatments_tried=[{"code": "moon water"}], preferences=["blue"])
    assert answer["not_understood"] == {
        "symptoms": ["qwertyish"],
        "treatments_tried": ["moon water"],
        "preferences": ["blue"],
    }
    assert answer["recommendations"] == guide(client)["recommendations"]


@pytest.mark.parametrize(
    ("text", "preference"),
    [
        ("hands_on_care", "hands_on_care"),
        ("hands-on care please", "hands_on_care"),
        ("sin cirugía", "avoid_surgery"),
        ("non-surgical", "avoid_surgery"),
        ("a second opinion", "second_opinion"),
        ("everything under one roof", "one_clinic"),
    ],
)
def test_preferences_in_words(client, text, preference):
    assert guide(client, preferences=[text])["understood"]["preferences"] == [preference]


def test_the_texts_are_in_the_language_asked_for(client):
    spanish, english = guide(client, **FAILED_CHIROPRACTIC, lang="es"), guide(client, **FAILED_CHIROPRACTIC)
    pairs = zip(spanish["recommendations"], english["recommendations"], strict=True)
    assert all(one["specialty"] == other["specialty"] and one["reason"] != other["reason"] for one, other in pairs)


def test_it_says_whether_a_clinician_has_reviewed_its_rules(client):
    assert guide(client)["reviewed_by_clinician"] is False


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"name": "Jane"}, "name"),
        ({"duration_weeks": -1}, "duration_weeks"),
        ({"age": 200}, "age"),
        ({"age": 4.5}, "age"),
        ({"pregnant": "perhaps"}, "pregnant"),
        ({"symptoms": "back pain"}, "symptoms"),
        ({"symptoms": ["x" * 301]}, "symptoms.0"),
        ({"symptoms": ["x"] * 41}, "symptoms"),
        ({"treatments_tried": [{"weeks": 3}]}, "treatments_tried.0.code"),
        ({"treatments_tried": [{"code": "chiro", "helped": "miracle"}]}, "treatments_tried.0.helped"),
        ({"treatments_tried": [{"code": "chiro", "cost": 3}]}, "treatments_tried.0.cost"),
    ],
)
def test_bad_fields_are_refused_by_name(client, body, named):
    response = client.post("/api/v1/guide", json=body)
    assert (response.status_code, response.mimetype) == (422, "application/problem+json")
    assert list(response.get_json()["errors"]) == [named]


def test_nothing_of_it_may_be_stored(client):
    response = client.post("/api/v1/guide", json=FAILED_CHIROPRACTIC)
    assert response.headers["Cache-Control"] == "no-store"
