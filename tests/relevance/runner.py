"""Asks every committed question and measures the answers: `python -m tests.relevance.runner`.

`--raise` writes today's measures into floors.toml where they are higher; `--faults` names everything that is amiss.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from directory.domain.place import Place
from directory.search.listing import Listing
from directory.understanding.ask import Answer, Asked
from tests.relevance.collection import Question, questions
from tests.relevance.demonstration import Demonstration, demonstrate
from tests.relevance.floors import Floors
from tests.relevance.grading import DEPTH, Judge, named
from tests.relevance.parts import PARTS, judged

MEASURES = ("nDCG@10", *PARTS)
OVERALL = "all"
_POOR = 0.8


@dataclass(frozen=True, slots=True)
class Outcome:
    """`ndcg` is None where nothing is graded; `parts` maps each judged part of the reading to its fault, "" if none;
    `faults` are results that must not be there; `deserving` tells whether anything at all deserves a grade."""

    question: Question
    answer: Answer
    ndcg: float | None
    parts: dict[str, str]
    faults: tuple[str, ...]
    deserving: bool


def asked_of(question: Question, demonstration: Demonstration) -> Asked:
    """The question as a page asks it."""
    first = _first_opinion(question, demonstration)
    return Asked(
        q=question.text, near=question.near, second_opinion_from=first[0].npi if first else "", limit=DEPTH
    )  # fmt: skip


def _first_opinion(question: Question, demonstration: Demonstration) -> tuple[Listing, ...]:
    """The listings of whoever gave the first opinion; empty where nobody is named."""
    if not question.second_opinion_from:
        return ()
    found = named(demonstration.listings, question.second_opinion_from)
    assert found, f"nobody is called {question.second_opinion_from}"
    return found


def outcomes(demonstration: Demonstration) -> Iterator[Outcome]:
    """Every question with what became of it."""
    for question in questions():
        yield _outcome(question, demonstration)


def _outcome(question: Question, demonstration: Demonstration) -> Outcome:
    answer = demonstration.ask(asked_of(question, demonstration))
    near = _expected_place(question, demonstration)
    judge = Judge(question, near, _first_opinion(question, demonstration))
    results = [hit.listing for hit in answer.found.result.hits] if answer.found is not None else []
    assert answer.reading is not None
    faults = list(judge.faults(results))
    if question.out_of_scope and answer.found is not None:
        faults.append("results for what is not listed here")
    return Outcome(
        question,
        answer,
        judge.ndcg(results, demonstration.listings) if question.is_graded else None,
        judged(question, answer.reading, demonstration.places),
        tuple(faults),
        any(judge.worth(listing) for listing in demonstration.listings),
    )


def _expected_place(question: Question, demonstration: Demonstration) -> Place | None:
    name = question.near or question.at
    return demonstration.places.resolve(name).place if name else None


def measured(found: Sequence[Outcome]) -> dict[str, dict[str, float]]:
    """Category (and "all") -> measure -> mean, without those that nothing measures."""
    groups = {OVERALL: list(found)}
    for outcome in found:
        groups.setdefault(outcome.question.category, []).append(outcome)
    return {name: dict(_means(group)) for name, group in groups.items()}


def _means(group: Iterable[Outcome]) -> Iterator[tuple[str, float]]:
    held = list(group)
    ranked = [outcome.ndcg for outcome in held if outcome.ndcg is not None]
    if ranked:
        yield MEASURES[0], sum(ranked) / len(ranked)
    for part in PARTS:
        right = [not outcome.parts[part] for outcome in held if part in outcome.parts]
        if right:
            yield part, sum(right) / len(right)


def table(found: Sequence[Outcome]) -> str:
    """The measures as a table, the whole last."""
    counts: dict[str, int] = {OVERALL: len(found)}
    for outcome in found:
        counts[outcome.question.category] = counts.get(outcome.question.category, 0) + 1
    means = measured(found)
    rows = [f"{'category':<16}{'queries':>8}" + "".join(f"{name:>13}" for name in MEASURES)]
    for name in [*(name for name in means if name != OVERALL), OVERALL]:
        cells = (f"{means[name][key]:>13.3f}" if key in means[name] else f"{'-':>13}" for key in MEASURES)
        rows.append(f"{name:<16}{counts[name]:>8}" + "".join(cells))
    return "\n".join(rows)


def amiss(found: Iterable[Outcome]) -> Iterator[str]:
    """Every fault by its question, for people who mend them."""
    for outcome in found:
        wrong = [f"{part}: {fault}" for part, fault in outcome.parts.items() if fault]
        poor = [f"nDCG@{DEPTH} {outcome.ndcg:.3f}"] if outcome.ndcg is not None and outcome.ndcg < _POOR else []
        for line in (*wrong, *outcome.faults, *poor):
            yield f"{outcome.question.text!r}: {line}"


def main(arguments: Sequence[str]) -> int:
    """Prints the table; 1 where a measure is below its floor."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--raise", dest="lift", action="store_true")
    parser.add_argument("--faults", action="store_true")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        found = tuple(outcomes(demonstrate(Path(folder))))
    lines = [table(found), *(amiss(found) if chosen.faults else ())]
    floors = Floors.committed()
    below = list(floors.below(measured(found)))
    lines += below or ["No measure is below its floor."]
    sys.stdout.write("\n".join(lines) + "\n")
    if chosen.lift and not below:
        floors.lifted(measured(found)).write()
    return 1 if below else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
