"""The characters behind every part of a reading."""

from collections.abc import Iterable, Iterator

from directory.understanding.circumstances import Circumstances
from directory.understanding.filters import FilterPart
from directory.understanding.match import span_of
from directory.understanding.medical import Medical
from directory.understanding.parsed import Parsed
from directory.understanding.reading import Span


def all_spans(
    parsed: Parsed, medical: Medical, around: Circumstances, parts: Iterable[FilterPart], warnings: Iterable[Span]
) -> tuple[Span, ...]:
    """Every span once, in the order of the text."""
    found = {*_medical(medical), *_around(parsed, around), *(part.span for part in parts), *warnings}
    return tuple(sorted(found, key=lambda span: (span.start, span.end, span.kind, span.code)))


def _medical(medical: Medical) -> Iterator[Span]:
    yield from (item.span for item in medical.conditions)
    yield from (item.span for item in medical.symptoms)
    yield from (item.span for item in medical.treatments)
    yield from (item.span for item in medical.negations)
    yield from (item.span for item in medical.specialties if item.span is not None)


def _around(parsed: Parsed, around: Circumstances) -> Iterator[Span]:
    yield from (item.span for item in around.unanswerable)
    yield from (span for span in (around.location.span, around.rest.span) if span is not None)
    for lasting in parsed.durations:
        yield span_of(parsed.tokens, lasting.first, lasting.last, "duration", "")
    if around.within is not None:
        yield span_of(parsed.tokens, around.within.first, around.within.last, "radius", "")
