"""Views of the JSON API. Every view parses, asks one service and shapes the answer."""

from collections.abc import Mapping
from typing import Any

from flask import Response, request
from flask_smorest import Blueprint
from marshmallow import RAISE

from directory.domain.errors import NotFound
from directory.domain.npi import npi as checked_npi
from directory.guidance.pathway import Pathway
from directory.web.api import schemas
from directory.web.api.answering import PROBLEM, Prepared, private, refuse_other_bodies
from directory.web.api.direct import FAILED
from directory.web.api.guiding import GuideReader
from directory.web.api.presenting import Json, Presenter, reading_json
from directory.web.api.reading import ApiBlueprint
from directory.web.api.schemas import LANGUAGES
from directory.web.api.searching import Searching
from directory.web.api.vocabulary import VocabularyViews
from directory.web.revalidating import Revalidating
from directory.web.services import Services
from directory.web.suggesting import Suggesting

_LISTING_S = 300
"""A listing that is hidden or expires must soon be gone from caches too."""


class Views:
    """What the API answers, over the services of one application."""

    def __init__(self, services: Services, searching: Searching, revalidating: Revalidating) -> None:
        self._services = services
        self._searching = searching
        self._revalidating = revalidating
        self._suggesting = Suggesting(services.vocabulary, services.places, services.engine)
        self._pathway = Pathway(services.vocabulary)
        self._told = GuideReader(services.vocabulary, self._pathway, services.reader, services.assessor)
        self._presenters = {name: Presenter(services.vocabulary, services.ranking, name) for name in LANGUAGES}

    def search(self, parameters: Mapping[str, Any]) -> Response:
        if (failed := request.environ.get(FAILED)) is not None:
            raise failed
        # Before the search: what changes meanwhile must not get the tag of what comes after it.
        tag = self._revalidating.tag(request.environ["QUERY_STRING"]) if request.method == "GET" else ""
        answered = self._searching.answer(parameters)
        response = Response(answered.body, mimetype="application/json")
        response.headers.extend(answered.headers(tag))
        return response

    def listings(self, subject: str, language: str, what: str) -> Response:
        found = self._services.engine.of_subject(subject, self._services.now().date())
        if not found:
            raise NotFound(f"No {what} with this identifier is listed.")
        shape = self._presenters[language].listing
        body = {
            "listings": [shape(listing) for listing in found],
            "demonstration": self._services.demonstration(),
        }
        return Prepared(body, _LISTING_S).response()

    def suggest(self, parameters: Mapping[str, Any]) -> Response:
        kinds = parameters.get("kinds") or ["what"]
        language, text = parameters.get("lang", "en"), parameters["q"]
        today = self._services.now().date()
        found = (
            *(self._suggesting.what(text, language, today) if "what" in kinds else ()),
            *(self._suggesting.where(text) if "where" in kinds else ()),
        )
        rows = [{"kind": s.kind, "code": s.code, "label": s.label, "detail": s.detail} for s in found]
        return private({"suggestions": rows})

    def understand(self, parameters: Mapping[str, Any]) -> Response:
        language = parameters.get("lang", "en")
        reading = self._services.reader.read(parameters["q"], language)
        return private(reading_json(reading, spanish=language == "es"))

    def guide(self, body: Mapping[str, Any]) -> Response:
        language = body.get("lang", "en")
        told = self._told.read(body)
        result = self._pathway.guide(told.answers, language)
        reviewed = self._pathway.reviewed_by_clinician
        return private(self._presenters[language].guide(result, told, reviewed=reviewed))


def make_blueprint(services: Services, searching: Searching, revalidating: Revalidating) -> Blueprint:
    """The routes of version 1, documented by their schemas."""
    views = Views(services, searching, revalidating)
    api = ApiBlueprint("api", __name__, url_prefix="/api/v1", description="Search for back, neck and spine care")
    _search_routes(api, views)
    _listing_routes(api, views)
    _vocabulary_routes(api, VocabularyViews(services.vocabulary))
    api.before_request(refuse_other_bodies)
    return api


# Schemas are given as instances: a class would be made anew, and all its fields copied, at every request.
def _search_routes(api: Blueprint, views: Views) -> None:
    @api.get("/search")
    @api.arguments(schemas.SearchParameters(), location="query", unknown=RAISE)
    @api.response(200, schemas.SearchResponse)
    def search(parameters: Json) -> Response:
        """Find practitioners and clinics."""
        return views.search(parameters)

    @api.post("/search")
    @api.arguments(schemas.SearchParameters(), unknown=RAISE)
    @api.response(200, schemas.SearchResponse)
    def search_by_post(parameters: Json) -> Response:
        """Find practitioners and clinics, with nothing of the search in the address."""
        return views.search(parameters)

    @api.get("/suggest")
    @api.arguments(schemas.SuggestRequest(), location="query", unknown=RAISE)
    @api.response(200, schemas.SuggestionsSchema)
    def suggest(parameters: Json) -> Response:
        """Complete what a person is typing."""
        return views.suggest(parameters)

    @api.get("/understand")
    @api.arguments(schemas.WordsRequest(), location="query", unknown=RAISE)
    @api.response(200, schemas.ReadingSchema)
    def understand(parameters: Json) -> Response:
        """What a question in a person's own words is understood to ask for."""
        return views.understand(parameters)

    @api.post("/guide")
    @api.arguments(schemas.GuideRequest(), unknown=RAISE)
    @api.response(200, schemas.GuideResponse)
    def guide(body: Json) -> Response:
        """Which kinds of professionals fit, in which order, and why. Nothing of it is kept."""
        return views.guide(body)


NPI_IN_PATH = {
    "in": "path",
    "name": "npi",
    "description": "National Provider Identifier, with its check digit.",
    "schema": {"type": "string", "pattern": "^[0-9]{10}$"},
}


def _listing_routes(api: Blueprint, views: Views) -> None:
    @api.get("/practitioners/<npi>", parameters=[NPI_IN_PATH])
    @api.arguments(schemas.LanguageRequest(), location="query", unknown=RAISE)
    @api.response(200, schemas.ListingsSchema)
    @api.alt_response(404, schema=schemas.ProblemSchema, content_type=PROBLEM)
    def practitioner(parameters: Json, npi: str) -> Response:
        """Every listing of one practitioner."""
        return views.listings(f"p{checked_npi(npi)}", parameters.get("lang", "en"), "practitioner")

    @api.get("/clinics/<clinic_id>")
    @api.arguments(schemas.LanguageRequest(), location="query", unknown=RAISE)
    @api.response(200, schemas.ListingsSchema)
    @api.alt_response(404, schema=schemas.ProblemSchema, content_type=PROBLEM)
    def clinic(parameters: Json, clinic_id: str) -> Response:
        """Every listing of one clinic."""
        return views.listings(f"c{clinic_id}", parameters.get("lang", "en"), "clinic")


def _vocabulary_routes(api: Blueprint, views: VocabularyViews) -> None:
    @api.get("/specialties")
    @api.arguments(schemas.LanguageRequest(), location="query", unknown=RAISE)
    @api.response(200, schemas.SpecialtiesSchema)
    def specialties(parameters: Json) -> Response:
        """Kinds of professionals, in plain words."""
        return views.specialties(parameters.get("lang", "en"))

    @api.get("/conditions")
    @api.arguments(schemas.LanguageRequest(), location="query", unknown=RAISE)
    @api.response(200, schemas.ConditionsSchema)
    def conditions(parameters: Json) -> Response:
        """Conditions with their ICD-10-CM codes and who usually treats them."""
        return views.conditions(parameters.get("lang", "en"))

    @api.get("/conditions/<slug>")
    @api.arguments(schemas.LanguageRequest(), location="query", unknown=RAISE)
    @api.response(200, schemas.ConditionSchema)
    @api.alt_response(404, schema=schemas.ProblemSchema, content_type=PROBLEM)
    def condition(parameters: Json, slug: str) -> Response:
        """One condition."""
        return views.condition(slug, parameters.get("lang", "en"))
