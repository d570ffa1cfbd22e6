"""Reading a patient's words, against the budget (5 ms for a usual question, 50 ms at 1,000 characters) and against a
peer in the same run: one regular expression of every phrase of the vocabulary, which finds exact phrases only.
"""

import gc
import re
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product
from random import Random

from benchmarks import report
from benchmarks.report import Row
from directory.geocoding import offline_places
from directory.search.fold import fold
from directory.understanding.findings.assess import TextAssessor
from directory.understanding.reader import TextReader
from directory.vocabulary.reader import load
from directory.vocabulary.vocabulary import Vocabulary

OURS = "ours"
NOTES = (
    "The size is the number of texts.",
    "`one regular expression` finds exact phrases of the vocabulary: no place, time, refusal or misspelling.",
)
Read = Callable[[str], object]
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


def measured(readers: Mapping[str, Read], texts: Sequence[str], rounds: int) -> dict[str, list[list[float]]]:
    """Milliseconds of each text, by reader and round; every reader reads a text before the next text."""
    times: dict[str, list[list[float]]] = {name: [[] for _ in range(rounds)] for name in readers}
    gc.collect()
    gc.disable()
    try:
        for at, text in product(range(rounds), texts):
            for name, read in readers.items():
                start = time.perf_counter()
                read(text)
                times[name][at].append((time.perf_counter() - start) * 1_000)
    finally:
        gc.enable()
    return times


def rows_of(name: str, times: Mapping[str, Sequence[Sequence[float]]], allowed_ms: float) -> Iterator[Row]:
    """The reader against its budget and against its peer."""
    ours = times[OURS]
    details = {"ours_ms_max": max(map(statistics.median, zip(*ours, strict=True)))}
    yield report.budget(name, len(ours[0]), ours, allowed_ms, details)
    for peer in (found for found in times if found != OURS):
        yield report.paired(name, len(ours[0]), peer, ours, times[peer])


def phrase_peer(vocabulary: Vocabulary) -> Callable[[str], object]:
    """Every phrase of the vocabulary in one regular expression, the longest first."""
    texts = sorted({fold(phrase.text) for phrase in vocabulary.phrases()}, key=len, reverse=True)
    pattern = re.compile(r"\b(?:" + "|".join(map(re.escape, texts)) + r")\b")
    return lambda text: pattern.findall(fold(text))


def main() -> None:
    """Measure, print, and write the results."""
    chosen = report.options("understanding", __doc__).parse_args()
    vocabulary, places = load(), offline_places()
    places.cities("Chicago")
    start = time.perf_counter()
    reader = TextReader(vocabulary, places, TextAssessor())
    built = time.perf_counter() - start
    usual = questions(vocabulary)
    long = long_texts(usual)
    readers: dict[str, Read] = {
        OURS: reader.read,
        "without warning signs": TextReader(vocabulary, places).read,
        "one regular expression": phrase_peer(vocabulary),
    }
    for text in (*usual[:50], *long[:5]):
        reader.read(text)
    rows = [
        *rows_of("a usual question", measured(readers, usual, chosen.rounds), USUAL_MS),
        *rows_of("a text of 1,000 characters", measured(readers, long, chosen.rounds), LONG_MS),
    ]
    about = report.about(report.command("understanding", chosen), built_s=round(built, 3))
    report.write("understanding", rows, NOTES, chosen.output, about)


if __name__ == "__main__":
    main()
