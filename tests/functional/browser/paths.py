"""Every kind of page, in each language that has it."""

from directory.search.listing import Field, Kind, Listing
from directory.search.query import Filter, Query
from directory.web.services import Services

GUIDED = (
    "danger=none&warning=fever&history=none&where=low-back-pain&spread=leg_pain&pattern=none&duration=year"
    "&tried=chiropractic_care&effect.chiropractic_care=none&weeks.chiropractic_care=medium&diagnosis=spinal-stenosis"
    "&age=middle&pregnant=no&preferences=second_opinion&preferences=one_clinic"
)
"""Answers that lead to everything a result can show."""
BOTH = (
    "/",
    "/search?near=Chicago%2C+IL&limit=3",
    "/search?q=siatica+3+months+chiro+not+helping+no+surgery+cheap&near=Springfield&limit=3",
    "/about-ranking",
    "/quality",
    "/conditions/sciatica",
    "/about",
    "/nowhere",
    "/guide?danger=none&asked=warning",
    "/guide?danger=saddle_numbness",
    f"/guide?{GUIDED}",
    "/prepare?specialty=chiropractor",
)
ENGLISH = (
    "/search?near=Xyzzyville",
    "/search?near=Chicago%2C+IL&radius_mi=1&specialty=acupuncturist&gender=nonbinary",
    "/search?lat=5",
    "/conditions",
    "/register",
    "/account/sign-in",
    "/account/sign-up",
    "/account/recover",
    "/account/confirm",
    "/data-sources",
    "/privacy",
    "/accessibility",
    "/corrections/hide/received",
)


def english(services: Services) -> list[str]:
    return [*_both(services), *ENGLISH]


def spanish(services: Services) -> list[str]:
    return [f"/es{path}" for path in _both(services)]


def _both(services: Services) -> list[str]:
    clinic, person = found(services, Kind.CLINIC), found(services, Kind.PRACTITIONER)
    return [*BOTH, f"/clinics/{clinic.subject[1:]}", f"/practitioners/{person.npi}", f"/listings/{person.id}/correct"]


def found(services: Services, kind: Kind) -> Listing:
    """The listing that has most to show."""
    filters = [Filter(Field.KIND, (kind.value,))]
    if kind is Kind.CLINIC:
        filters.append(Filter(Field.CLINIC_MODEL, ("network",)))
    hits = services.engine.search(Query(services.now().date(), filters=tuple(filters), limit=100)).hits
    return max((hit.listing for hit in hits), key=lambda listing: len(listing.encoded()))
