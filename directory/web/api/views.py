"""Views of the JSON API. Every view parses, asks one service and shapes the answer."""

import hashlib
from collections.abc import Mapping
from functools import cache
from typing import Any

import orjson
from flask import Response, request
from flask_smorest import Blueprint
from marshmallow import RAISE
from werkzeug.datastructures import MultiDict

from directory.domain.errors import InvalidInput, NotFound
from directory.domain.npi import npi as checked_npi
from directory.understanding.ask import Answer
from directory.web.api import schemas
from directory.web.api.presenting import Json, Presenter, reading_json
from directory.web.asking import asked_of
from directory.web.services import Services
from directory.web.suggesting import Suggesting

_DAY_S = 86_400


class Views:
    """What the API answers, over the services of one application."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._suggesting = Suggesting(services.vocabulary, services.places, services.engine)
        self.presenter = cache(lambda language: Presenter(services.vocabulary, services.ranking, language))

    def search(self, parameters: Mapping[str, Any]) -> Response:
        language = parameters.get("lang", "en")
        asked = asked_of(as_texts(parameters), language)
        answer = self._services.asking.ask(asked, self._services.now().date())
        _refuse_radius_without_place(answer)
        presented = self.presenter(language).answer(answer, demonstration=self._services.demonstration())
        return json_response(presented)

    def listings(self, subject: str, language: str, what: str) -> Response:
        found = self._services.engine.of_subject(subject, self._services.now().date())
        if not found:
            raise NotFound(f"No {what} with this identifier is listed.")
        shape = self.presenter(language).listing
        body = {
            "listings": [shape(listing) for listing in found],
            "demonstration": self._services.demonstration(),
        }
        return cacheable_response(body, 300)

    def specialties(self, language: str) -> Response:
        return cacheable_response({"specialties": specialties_json(self._services, language)}, _DAY_S)

    def conditions(self, language: str) -> Response:
        return cacheable_response({"conditions": conditions_json(self._services, language)}, _DAY_S)

    def condition(self, slug: str, language: str) -> Response:
        found = [item for item in conditions_json(self._services, language) if item["slug"] == slug]
        if not found:
            raise NotFound("There is no condition of this name: see /api/v1/conditions for all of them.")
        return cacheable_response(found[0], _DAY_S)

    def suggest(self, parameters: Mapping[str, Any]) -> Response:
        kinds = parameters.get("kinds") or ["what"]
        language, text = parameters.get("lang", "en"), parameters["q"]
        today = self._services.now().date()
        found = (
            *(self._suggesting.what(text, language, today) if "what" in kinds else ()),
            *(self._suggesting.where(text) if "where" in kinds else ()),
        )
        rows = [{"kind": s.kind, "code": s.code, "label": s.label, "detail": s.detail} for s in found]
        return json_response({"suggestions": rows})

    def understand(self, parameters: Mapping[str, Any]) -> Response:
        reading = self._services.reader.read(parameters["q"], parameters.get("lang", "en"))
        return json_response(reading_json(reading))


def make_blueprint(services: Services) -> Blueprint:
    """The routes of version 1, documented by their schemas."""
    views = Views(services)
    api = Blueprint("api", __name__, url_prefix="/api/v1", description="Search for back, neck and spine care")
    _search_routes(api, views)
    _listing_routes(api, views)
    _vocabulary_routes(api, views)
    return api


def _search_routes(api: Blueprint, views: Views) -> None:
    @api.get("/search")
    @api.arguments(schemas.SearchParameters, location="query", unknown=RAISE)
    @api.response(200, schemas.SearchResponse)
    def search(parameters: Json) -> Response:
        """Find practitioners and clinics."""
        return views.search(parameters)

    @api.post("/search")
    @api.arguments(schemas.SearchParameters, unknown=RAISE)
    @api.response(200, schemas.SearchResponse)
    def search_by_post(parameters: Json) -> Response:
        """Find practitioners and clinics, with nothing of the search in the address."""
        return views.search(parameters)

    @api.get("/suggest")
    @api.arguments(schemas.SuggestRequest, location="query", unknown=RAISE)
    @api.response(200, schemas.SuggestionsSchema)
    def suggest(parameters: Json) -> Response:
        """Complete what a person is typing."""
        return views.suggest(parameters)

    @api.get("/understand")
    @api.arguments(schemas.WordsRequest, location="query", unknown=RAISE)
    @api.response(200, schemas.ReadingSchema)
    def understand(parameters: Json) -> Response:
        """What a question in a person's own words is understood to ask for."""
        return views.understand(parameters)


def _listing_routes(api: Blueprint, views: Views) -> None:
    @api.get("/practitioners/<npi>")
    @api.arguments(schemas.LanguageRequest, location="query", unknown=RAISE)
    @api.response(200, schemas.ListingsSchema)
    @api.alt_response(404, schema=schemas.ProblemSchema, content_type="application/problem+json")
    def practitioner(parameters: Json, npi: str) -> Response:
        """Every listing of one practitioner."""
        return views.listings(f"p{checked_npi(npi)}", parameters.get("lang", "en"), "practitioner")

    @api.get("/clinics/<clinic_id>")
    @api.arguments(schemas.LanguageRequest, location="query", unknown=RAISE)
    @api.response(200, schemas.ListingsSchema)
    @api.alt_response(404, schema=schemas.ProblemSchema, content_type="application/problem+json")
    def clinic(parameters: Json, clinic_id: str) -> Response:
        """Every listing of one clinic."""
        return views.listings(f"c{clinic_id}", parameters.get("lang", "en"), "clinic")


def _vocabulary_routes(api: Blueprint, views: Views) -> None:
    @api.get("/specialties")
    @api.arguments(schemas.LanguageRequest, location="query", unknown=RAISE)
    @api.response(200, schemas.SpecialtiesSchema)
    def specialties(parameters: Json) -> Response:
        """Kinds of professionals, in plain words."""
        return views.specialties(parameters.get("lang", "en"))

    @api.get("/conditions")
    @api.arguments(schemas.LanguageRequest, location="query", unknown=RAISE)
    @api.response(200, schemas.ConditionsSchema)
    def conditions(parameters: Json) -> Response:
        """Conditions with their ICD-10-CM codes and who usually treats them."""
        return views.conditions(parameters.get("lang", "en"))

    @api.get("/conditions/<slug>")
    @api.arguments(schemas.LanguageRequest, location="query", unknown=RAISE)
    @api.response(200, schemas.ConditionSchema)
    @api.alt_response(404, schema=schemas.ProblemSchema, content_type="application/problem+json")
    def condition(parameters: Json, slug: str) -> Response:
        """One condition."""
        return views.condition(slug, parameters.get("lang", "en"))


def _refuse_radius_without_place(answer: Answer) -> None:
    """A radius that could not be applied must not look applied. Pages drop it: their form always sends one."""
    if answer.asked.radius_miles is not None and answer.location is None and answer.found is not None:
        message = "A radius needs a place to measure from: give near, or lat and lon, or leave radius_mi out."
        raise InvalidInput(message, "near")


def as_texts(parameters: Mapping[str, Any]) -> MultiDict[str, str]:
    """Validated parameters as the texts that `asked_of` reads, so that pages and JSON mean the same."""
    return MultiDict(
        (name, str(item))
        for name, value in parameters.items()
        for item in (value if isinstance(value, list) else [value])
    )


def specialties_json(services: Services, language: str) -> list[Json]:
    spanish = language == "es"
    return [
        {
            "code": item.code,
            "name": item.name_es if spanish else item.name,
            "plural": item.plural_es if spanish else item.plural,
            "discipline": item.discipline.value if item.discipline else None,
            "summary": item.summary_es if spanish else item.summary,
            "training": item.training_es if spanish else item.training,
            "see_when": item.see_when_es if spanish else item.see_when,
            "taxonomies": list(item.taxonomies),
        }
        for item in services.vocabulary.specialties.values()
    ]


def conditions_json(services: Services, language: str) -> list[Json]:
    spanish = language == "es"
    return [
        {
            "slug": item.slug,
            "name": item.name_es if spanish else item.name,
            "icd10": list(item.icd10),
            "summary": item.summary_es if spanish else item.summary,
            "usually_treated_by": [
                {"specialty": treats.specialty, "fit": treats.fit, "source": treats.source}
                for treats in item.treated_by
            ],
        }
        for item in services.vocabulary.conditions.values()
    ]


def json_response(body: Json) -> Response:
    """JSON that no cache keeps."""
    return Response(orjson.dumps(body), mimetype="application/json")


def cacheable_response(body: Json, seconds: int) -> Response:
    """JSON with an ETag, for what tells nothing about the person asking; answers 304 where it is unchanged."""
    data = orjson.dumps(body)
    response = Response(data, mimetype="application/json")
    response.set_etag(hashlib.blake2b(data, digest_size=16).hexdigest())
    response.cache_control.public = True
    response.cache_control.max_age = seconds
    response.make_conditional(request)
    return response
