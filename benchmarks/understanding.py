"""Reading a patient's words, against the budget (5 ms for a usual question, 50 ms at 1,000 characters) and against a
peer in the same run: one regular expression of every phrase of the vocabulary, which finds exact phrases only.
"""

import argparse
import gc
import platform
import re
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import orjson

from directory.geocoding import offline_places
from directory.search.fold import fold
from directory.understanding.findings.assess import TextAssessor
from directory.understanding.reader import TextReader
from directory.vocabulary.reader import load
from directory.vocabulary.vocabulary import Vocabulary

RESULTS = Path(__file__).parent / "results" / "understanding.json"
USUAL_MS, LONG_MS = 5.0, 50.0
LONG = 1_000
QUESTIONS = 300
_SEED = 20_260_301
_TEMPLATES = (
    "{condition} {specialty} near {zip} that takes {insurer}",
    "{form} {weeks} weeks chiro not helping {city}",
    "{specialty} que hable español en {city}",
    "tried pt and injections for {form}, no relief, need a surgeon in {city}",
    "female {specialty} {city} accepting new patients open saturday",
    "me duele la espalda desde hace {weeks} semanas, busco {specialty} cerca de {zip}",
    "{symptom} and {form}, no surgery please, {city}",
    "dr maria lopez {city}",
    "Juniper Hollow spine center {city}",
    "best {specialty} for my 82 year old mother with {condition}",
    "{condition}",
    "{specialty} {city}",
)
_CITIES = (
    "denver co",
    "Portland, OR",
    "houston",
    "philly",
    "st. louis mo",
    "lincoln park chicago",
    "el paso tx",
    "nyc",
)
_ZIPS = ("60614", "80202", "10001", "33125", "94110")


def questions(vocabulary: Vocabulary) -> list[str]:
    """Usual questions, the same in every run."""
    random = Random(_SEED)
    forms = [phrase.text for phrase in vocabulary.phrases() if phrase.kind == "condition"]
    return [
        random.choice(_TEMPLATES).format(
            condition=random.choice(list(vocabulary.conditions.values())).name,
            form=random.choice(forms),
            symptom=random.choice(list(vocabulary.symptoms.values())).name,
            specialty=random.choice(list(vocabulary.specialties.values())).name,
            insurer=random.choice(list(vocabulary.insurers.values())).name,
            city=random.choice(_CITIES),
            zip=random.choice(_ZIPS),
            weeks=random.randint(1, 60),
        )
        for _ in range(QUESTIONS)
    ]


def long_texts(usual: Sequence[str]) -> list[str]:
    """Texts of 1,000 characters: questions in a row, and what costs the reader most."""
    random = Random(_SEED)
    joined = [". ".join(random.sample(usual, 30))[:LONG] for _ in range(40)]
    hard = ("portland springfield ", "pain in my the left ", "sciatcia stenosos hernated ", "a ", "dr ", "pt, ", "no ")
    return [*joined, *((text * LONG)[:LONG] for text in hard)]


def measured(read: Callable[[str], object], texts: Sequence[str], rounds: int) -> dict[str, float]:
    """Milliseconds of each text, the median of some rounds: quantiles over the texts."""
    times: dict[int, list[float]] = {at: [] for at in range(len(texts))}
    gc.collect()
    gc.disable()
    try:
        for _ in range(rounds):
            for at, text in enumerate(texts):
                start = time.perf_counter()
                read(text)
                times[at].append((time.perf_counter() - start) * 1_000)
    finally:
        gc.enable()
    return dict(_quantiles(sorted(statistics.median(found) for found in times.values())))


def _quantiles(times: Sequence[float]) -> Iterator[tuple[str, float]]:
    cuts = statistics.quantiles(times, n=100, method="inclusive")
    yield from (("p50", round(cuts[49], 3)), ("p95", round(cuts[94], 3)), ("max", round(times[-1], 3)))


def phrase_peer(vocabulary: Vocabulary) -> Callable[[str], object]:
    """Every phrase of the vocabulary in one regular expression, the longest first."""
    texts = sorted({fold(phrase.text) for phrase in vocabulary.phrases()}, key=len, reverse=True)
    pattern = re.compile(r"\b(?:" + "|".join(map(re.escape, texts)) + r")\b")
    return lambda text: pattern.findall(fold(text))


def main() -> None:
    """Measure, print, and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--out", type=Path, default=RESULTS)
    chosen = parser.parse_args()
    vocabulary, places = load(), offline_places()
    places.cities("Chicago")
    start = time.perf_counter()
    reader = TextReader(vocabulary, places, TextAssessor())
    built = time.perf_counter() - start
    usual = questions(vocabulary)
    long = long_texts(usual)
    peer = phrase_peer(vocabulary)
    for text in (*usual[:50], *long[:5]):
        reader.read(text)
    results = {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "machine": platform.machine(),
        "questions": len(usual),
        "built_s": round(built, 3),
        "usual_ms": measured(reader.read, usual, chosen.rounds),
        "usual_without_warning_signs_ms": measured(TextReader(vocabulary, places).read, usual, chosen.rounds),
        "usual_peer_ms": measured(peer, usual, chosen.rounds),
        "long_ms": measured(reader.read, long, chosen.rounds),
        "long_peer_ms": measured(peer, long, chosen.rounds),
        "budget_ms": {"usual": USUAL_MS, "long": LONG_MS},
    }
    chosen.out.parent.mkdir(parents=True, exist_ok=True)
    chosen.out.write_bytes(orjson.dumps(results, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    print(chosen.out.read_text())


if __name__ == "__main__":
    main()
