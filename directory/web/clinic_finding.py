"""Listed clinics by their name, for whoever looks for a referral partner."""

from datetime import date

from directory.search.engine import Engine
from directory.search.fold import query_words
from directory.search.listing import Field, Kind, Listing
from directory.search.query import MAX_WORDS, OUTSIDE, Filter, Query, Sort

MOST = 20


def clinics_named(engine: Engine, text: str, today: date) -> tuple[Listing, ...] | None:
    """Each clinic once, by name; None where nothing was typed. Raises EngineUnavailable."""
    words = query_words(text)[:MAX_WORDS]
    if not words:
        return None
    clinics = (Filter(Field.KIND, (Kind.CLINIC.value,)),)
    query = Query(today, filters=clinics, exclusions=(OUTSIDE,), name=words, sort=Sort.NAME, limit=MOST)
    hits = engine.search(query).hits
    return tuple({hit.listing.subject: hit.listing for hit in hits}.values())
