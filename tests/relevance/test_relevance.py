"""Whether people are understood and find whom they need, over all committed questions."""

import uuid
from collections import Counter
from collections.abc import Iterator

import pytest

from directory.engines.elasticsearch.client import connect
from directory.engines.elasticsearch.engine import ElasticsearchEngine
from directory.engines.elasticsearch.index import ElasticsearchIndex
from directory.search.listing import Field
from directory.understanding.ask import Answer, Asking
from tests.relevance.collection import questions
from tests.relevance.demonstration import Demonstration
from tests.relevance.floors import Floors
from tests.relevance.grading import DEPTH, Judge
from tests.relevance.runner import OVERALL, Outcome, amiss, asked_of, measured, table

FEWEST = 130
PATIENCE_S = 60.0
SURGEONS = {"spine_surgeon_orthopedic", "spine_surgeon_neurosurgery"}
SLACK = 0.02
"""A measure this far above its floor must have the floor raised."""


def test_no_measure_is_below_its_floor(found: tuple[Outcome, ...]) -> None:
    below = list(Floors.committed().below(measured(found)))
    assert not below, "\n".join([*below, table(found), *amiss(found)])


def test_floors_only_rise() -> None:
    assert not list(Floors.committed().falls())


def test_floors_are_raised_when_measures_rise(found: tuple[Outcome, ...]) -> None:
    floors = Floors.committed().steps[-1][OVERALL]
    loose = {name: value for name, value in measured(found)[OVERALL].items() if value > floors[name] + SLACK}
    assert not loose, f"{loose} are well above their floors: run python -m tests.relevance.runner --raise"


def test_nothing_is_shown_that_must_not_be(found: tuple[Outcome, ...]) -> None:
    shown = [f"{outcome.question.text!r}: {fault}" for outcome in found for fault in outcome.faults]
    assert not shown, "\n".join(shown)


def test_a_first_page_is_never_empty_where_somebody_deserves_it(found: tuple[Outcome, ...]) -> None:
    missed = [outcome.question.text for outcome in found if outcome.question.is_graded and outcome.ndcg == 0.0]
    assert not missed


def test_questions_are_many_and_each_is_another() -> None:
    texts = Counter((question.text.casefold(), question.near) for question in questions())
    assert len(texts) >= FEWEST
    assert [text for text, count in texts.items() if count > 1] == []


def test_the_demonstration_holds_what_each_graded_question_looks_for(found: tuple[Outcome, ...]) -> None:
    """Else its grade would be no measure; and who says that nobody deserves one must be right."""
    graded = (outcome for outcome in found if outcome.question.best or outcome.question.rules or outcome.question.name)
    wrong = [outcome.question.text for outcome in graded if outcome.deserving == outcome.question.nobody]
    assert not wrong


def test_the_ideal_order_and_only_it_scores_one(demonstration: Demonstration) -> None:
    """The yardstick itself: what is best first is worth 1, the same turned round is worth less."""
    question = next(item for item in questions() if item.text.startswith("siatica"))
    judge = Judge(question, demonstration.places.resolve(question.at).place)
    ideal = sorted(demonstration.listings, key=judge.worth, reverse=True)
    assert judge.ndcg(ideal, demonstration.listings) == pytest.approx(1.0)
    assert 0.0 < judge.ndcg(ideal[:DEPTH][::-1], demonstration.listings) < 1.0
    assert judge.ndcg(ideal[::-1], demonstration.listings) == 0.0


SPECIALISTS = {"physiatrist", "pain_management", *SURGEONS, "physical_therapist"}


@pytest.mark.parametrize(
    ("start", "first", "kinds"),
    [
        pytest.param("siatica 3 months chiro", 8, SPECIALISTS, id="after chiropractic without relief, specialists"),
        pytest.param("ankylosing spondylitis doctor", 1, {"rheumatologist"}, id="inflamed spine, a rheumatologist"),
        pytest.param(
            "doctor for back pain houston",
            2,
            {"primary_care", "osteopathic_physician", "chiropractor"},
            id="a new complaint, a first port of call",
        ),
        pytest.param("spinal stenosis injections", 3, SURGEONS, id="stenosis after failed injections, surgeons"),
    ],
)
def test_the_stage_of_care_decides_who_comes_first(
    found: tuple[Outcome, ...], start: str, first: int, kinds: set[str]
) -> None:
    answer = next(outcome.answer for outcome in found if outcome.question.text.startswith(start))
    assert answer.found is not None
    top = [hit.listing for hit in answer.found.result.hits[:first]]
    assert len(top) == first
    assert [listing.name for listing in top if not kinds & set(listing.values(Field.SPECIALTY))] == []


def test_under_one_roof_finds_integrated_clinics_and_nobody_else(found: tuple[Outcome, ...]) -> None:
    asked = [outcome for outcome in found if outcome.question.filters.get("clinic_model") == "integrated"]
    assert len(asked) >= 5
    for outcome in asked:
        assert outcome.answer.found is not None
        models = [hit.listing.values(Field.CLINIC_MODEL) for hit in outcome.answer.found.result.hits]
        assert models, outcome.question.text
        assert all("integrated" in model for model in models), outcome.question.text


@pytest.fixture
def elsewhere(demonstration: Demonstration, elasticsearch_url: str) -> Iterator[Asking]:
    """The same application over the same listings in Elasticsearch."""
    client = connect(elasticsearch_url)
    alias = f"relevance-{uuid.uuid4().hex[:12]}"
    index = ElasticsearchIndex(client, alias)
    try:
        with index.lock():
            draft = index.draft(demonstration.composition.making().fingerprint())
            assert not draft.add(demonstration.listings).refused
            draft.finish(1)
            index.promote(draft)
        yield demonstration.through(ElasticsearchEngine(client, alias, PATIENCE_S))
    finally:
        for name in client.indices.get(index=f"{alias}-*"):
            client.indices.delete(index=name)
        client.close()


def test_elasticsearch_gives_the_same_results_in_the_same_order(
    demonstration: Demonstration, elsewhere: Asking, found: tuple[Outcome, ...]
) -> None:
    for outcome in found:
        there = elsewhere.ask(asked_of(outcome.question, demonstration), demonstration.today)
        assert _shown(there) == _shown(outcome.answer), outcome.question.text


def _shown(answer: Answer) -> object:
    if answer.found is None:
        return None
    result = answer.found.result
    return result.total, answer.found.radius_miles, [(hit.listing.id, hit.points) for hit in result.hits]
