"""The guide: one question a screen, answers in the address, red flags before anything else."""

import re
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient

from directory.guidance.questionnaire import questionnaire
from tests.functional.pages.conftest import Element, form_of, parameters, parsed

CALM = {"danger": ["none"], "warning": ["none"], "history": ["none"]}
ANSWERS = CALM | {
    "where": ["low-back-pain"],
    "spread": ["leg_pain"],
    "pattern": ["none"],
    "duration": ["months"],
    "tried": ["chiropractic_care"],
    "effect.chiropractic_care": ["none"],
    "weeks.chiropractic_care": ["medium"],
    "diagnosis": ["unknown"],
    "age": ["middle"],
    "pregnant": ["no"],
    "preferences": ["none"],
}


def opened(client: FlaskClient, path: str = "/guide", status: int = 200, **answers: object) -> Element:
    response = client.get(f"{path}?{urlencode(answers, doseq=True)}")
    assert response.status_code == status
    return parsed(response.get_data(as_text=True))


def sent(client: FlaskClient, screen: Element, *chosen: str, prefix: str = "") -> Element:
    """The screen after choosing answers and pressing "Continue", as a browser without JavaScript does it."""
    form = screen.one("main").one("form")
    name = next(pair[1] for pair in form_of(form) if pair[0] == "asked")
    pairs = [*form_of(form), *((name, code) for code in chosen)]
    return parsed(client.get(f"{prefix}/guide?{urlencode(pairs)}").get_data(as_text=True))


def question(screen: Element) -> str:
    return screen.one("legend").one("h1").text


def test_the_whole_way_by_forms_alone(client: FlaskClient) -> None:
    screen, asked = opened(client), []
    while screen.one("main").all("legend"):
        form = dict(form_of(screen.one("main").one("form")))
        asked.append(form["asked"])
        screen = sent(client, screen, *ANSWERS[form["asked"]])
    assert asked == list(ANSWERS)
    assert screen.all("h3")[0].text == "Physiatrist (physical medicine and rehabilitation)"
    assert "4 to 8 weeks" in screen.one("main").text


def test_each_question_says_how_many_there_are_at_most(client: FlaskClient) -> None:
    """The bound never grows, but for the treatments, which are told beforehand; and it is kept."""
    screen, bounds = opened(client), []
    while screen.one("main").all("legend"):
        said = screen.all(of="eyebrow")[0].text
        number, most, more = (int(found) for found in re.findall(r"\d+", said + " 0")[:3])
        bounds.append((number, most + more * len(ANSWERS["tried"])))
        screen = sent(client, screen, *ANSWERS[dict(form_of(screen.one("main").one("form")))["asked"]])
    assert [number for number, _ in bounds] == list(range(1, len(ANSWERS) + 1))
    assert [most for _, most in bounds] == sorted((most for _, most in bounds), reverse=True)
    assert bounds[-1][1] == len(ANSWERS)


@pytest.mark.parametrize(("prefix", "language"), [("", "en"), ("/es", "es")])
def test_each_screen_asks_what_the_questionnaire_holds(client: FlaskClient, prefix: str, language: str) -> None:
    given: dict[str, list[str]] = {}
    for expected in questionnaire().questions(ANSWERS):
        screen = opened(client, f"{prefix}/guide", **given)
        assert question(screen) == expected.text.of(language)
        labels = [label.text for label in screen.all("label", of="answer")]
        assert labels == [option.text.of(language) for option in expected.options]
        kinds = {box.one("input").attributes["type"] for box in screen.all("label", of="answer")}
        assert kinds == {"checkbox" if expected.several else "radio"}
        given[expected.code] = ANSWERS[expected.code]


@pytest.mark.parametrize("prefix", ["", "/es"])
@pytest.mark.parametrize("sign", [option.code for option in questionnaire().asked[0].options if not option.exclusive])
def test_an_emergency_ends_the_questions_and_recommends_nobody(client: FlaskClient, prefix: str, sign: str) -> None:
    screen = sent(client, opened(client, f"{prefix}/guide"), sign, prefix=prefix)
    notice = screen.all("section", of="notice--emergency")[0]
    assert notice.attributes["role"] == "alert"
    assert notice.attributes["lang"] == ("es" if prefix else "en")
    assert notice.all("a")[0].attributes["href"] in ("tel:911", "tel:988")
    main = screen.one("main")
    order = list(main.walk())
    assert order.index(notice) < order.index(main.one("h1"))
    assert main.all(of="treating") == []
    assert main.all("form") == []
    assert not [link for link in main.all("a") if "/search" in link.attributes["href"]]


def test_no_answer_is_noticed(client: FlaskClient) -> None:
    screen = sent(client, opened(client))
    assert question(screen) == question(opened(client))
    assert screen.one(id="problem").attributes["role"] == "alert"
    assert screen.one("title").text.startswith("Error")
    assert "problem" in screen.one("fieldset").attributes["aria-describedby"].split()
    assert opened(client).all(id="problem") == []


def test_none_of_these_beside_others_is_asked_again(client: FlaskClient) -> None:
    screen = sent(client, opened(client), "none", "chest_pain")
    assert "exclude one another" in screen.one(id="problem").text
    assert "danger" not in dict(form_of(screen.one("main").one("form")))


def test_every_answer_can_be_changed(client: FlaskClient) -> None:
    result = opened(client, **ANSWERS)
    links = result.one("details", of="given").all("a")
    assert len(links) == len(ANSWERS)
    duration = next(link for link in links if "long" in link.attributes["aria-label"])
    screen = parsed(client.get(duration.attributes["href"]).get_data(as_text=True))
    assert "long" in question(screen)
    kept = [name for name, _ in form_of(screen.one("main").one("form")) if name != "asked"]
    assert kept == ["danger", "warning", "history", "where", "spread", "pattern"]


def test_back_leads_to_the_question_before(client: FlaskClient) -> None:
    assert opened(client).one(of="guide__send").all("a") == []
    screen = opened(client, **CALM)
    back = screen.one(of="guide__send").one("a").attributes["href"]
    assert parameters(back) == [("danger", "none"), ("warning", "none")]
    assert question(parsed(client.get(back).get_data(as_text=True))) == "Does any of this apply to you?"


def test_recommendations_have_reason_source_and_a_search(client: FlaskClient) -> None:
    result = opened(client, **ANSWERS)
    steps = [step for tier in result.all("ol", of="treating") for step in tier.inside if isinstance(step, Element)]
    assert len(steps) >= 3
    for step in steps:
        assert step.all("p")[0].text
        assert step.one(of="treating__source").text.startswith("Source: ")
        button = step.one("button")
        assert (button.attributes["form"], button.attributes["name"]) == ("near-search", "specialty")
        found = client.get("/search", query_string={"near": "Chicago, IL", "specialty": button.attributes["value"]})
        assert found.status_code == 200
    assert "a clinician has not reviewed them yet" in result.text
    prepare = [link for link in result.all("a") if link.attributes["href"].startswith("/prepare?")]
    assert client.get(prepare[0].attributes["href"]).status_code == 200


def test_answers_are_neither_kept_nor_listed(client: FlaskClient) -> None:
    response = client.get("/guide", query_string=CALM)
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert "Set-Cookie" not in response.headers
    assert client.get("/guide").headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("answers", [{"danger": "<script>"}, {"age": "old"}, {"danger": "none", "asked": "<b>"}])
def test_answers_that_nobody_offered_are_refused_or_ignored(client: FlaskClient, answers: dict[str, str]) -> None:
    response = client.get("/guide", query_string=answers)
    assert response.status_code in (200, 422)
    html = response.get_data(as_text=True)
    assert "<script>" not in html.replace("<script type", "")
    assert "<b>" not in html
    parsed(html)


def test_the_sheet_cannot_be_sent(client: FlaskClient) -> None:
    for prefix in ("", "/es"):
        document = parsed(client.get(f"{prefix}/prepare").get_data(as_text=True))
        main = document.one("main")
        assert main.all("form") == []
        assert not [item for item in main.walk() if "name" in item.attributes]
        assert len(main.all("textarea")) > 10
        for box in main.all("textarea"):
            named = box.attributes.get("aria-label") or main.one("label", **{"for": box.attributes.get("id", "")}).text
            assert named


def test_the_sheet_opens_the_questions_of_one_kind(client: FlaskClient) -> None:
    document = parsed(client.get("/prepare?specialty=chiropractor").get_data(as_text=True))
    opened_lists = [item for item in document.all("details", of="asks-of") if "open" in item.attributes]
    assert [item.one("summary").text for item in opened_lists] == ["Chiropractor"]
    assert client.get("/prepare?specialty=<script>").status_code == 200
