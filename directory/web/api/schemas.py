"""Shapes of requests and responses. Requests refuse unknown fields; responses are documented by these schemas."""

from typing import Any

from marshmallow import RAISE, Schema, fields, validate

from directory.domain.evidence import Level
from directory.domain.facts import EndpointKind
from directory.guidance.answers import ClinicModel, Helped, Preference, Tier
from directory.guidance.notice import Triage
from directory.guidance.pathway import MAX_AGE, MAX_WEEKS
from directory.search.listing import Field, Kind
from directory.search.query import MAX_LIMIT, Sort
from directory.understanding.ask import MAX_QUESTION
from directory.web.asking import FILTERS, MAX_RADIUS_MILES, MAX_VALUES

LANGUAGES = ("en", "es")


class Strict(Schema):
    class Meta:
        unknown = RAISE


class WholeNumber(fields.Integer):
    """An integer from JSON or a query string; 5.5 is refused, never rounded."""

    def _validated(self, value: Any) -> int:
        if isinstance(value, float) and not value.is_integer():
            raise self.make_error("invalid", input=value)
        return super()._validated(value)


def _texts(description: str, **options: Any) -> fields.List[Any]:
    return fields.List(
        fields.String(validate=validate.Length(max=100)),
        validate=validate.Length(max=MAX_VALUES),
        metadata={"description": description},
        **options,
    )


class SearchRequest(Strict):
    """Who or what is looked for, where, and what must hold. Lists repeat the parameter."""

    q = fields.String(
        validate=validate.Length(max=MAX_QUESTION),
        metadata={"description": "A question in a person's own words, in English or Spanish."},
    )
    near = fields.String(
        validate=validate.Length(max=200),
        metadata={"description": 'ZIP code, "City, ST", city, state or "lat, lon".', "example": "Chicago, IL"},
    )
    lat = fields.Float(validate=validate.Range(-90, 90), metadata={"description": "Latitude; needs lon too."})
    lon = fields.Float(validate=validate.Range(-180, 180), metadata={"description": "Longitude; needs lat too."})
    radius_mi = fields.Float(
        validate=validate.Range(0, MAX_RADIUS_MILES, min_inclusive=False),
        metadata={
            "description": "Miles. Left out, the search widens until there is a choice.",
            "exclusiveMinimum": 0,
        },
    )
    sort = fields.String(validate=validate.OneOf([item.value for item in Sort]))
    cursor = fields.String(
        validate=validate.Length(max=1000), metadata={"description": "`next` of the page before, with the same search."}
    )
    limit = WholeNumber(validate=validate.Range(1, MAX_LIMIT), metadata={"default": 20})
    include_unknown = fields.List(
        fields.String(validate=validate.OneOf(list(FILTERS))),
        validate=validate.Length(max=MAX_VALUES),
        metadata={"description": "Filters that also let through listings whose fact nobody stated."},
    )
    exclude_specialties = _texts("Specialties that must not be held.")
    exclude_treatments = _texts("Treatments that must not be among those stated.")
    without = _texts('Parts of what was understood that are not wanted, as "kind:code".')
    second_opinion_from = fields.String(
        validate=validate.Regexp(r"^[0-9]{10}\Z"),
        metadata={"description": "NPI of the first clinician: finds independent colleagues."},
    )
    refers_to = fields.String(
        validate=validate.Length(max=100),
        metadata={"description": "Clinic id: its confirmed referral partners and their people. Links are mutual."},
    )
    network = fields.String(
        validate=validate.Length(max=100),
        metadata={"description": "Clinic id: the clinics that confirmed links connect with it, itself included."},
    )
    lang = fields.String(validate=validate.OneOf(LANGUAGES), metadata={"description": "Language of texts."})


_KINDS = [kind.value for kind in Kind]
_CHOICES = {
    Field.KIND: _KINDS,
    Field.ACCEPTING: ["yes", "no"],
    Field.TELEHEALTH: ["yes", "no"],
    Field.BOARD_CERTIFIED: ["yes", "no"],
}


def _filter_field(field: Field) -> fields.List[Any]:
    choices = _CHOICES.get(field)
    check = validate.OneOf(choices) if choices else validate.Length(min=1, max=100)
    return fields.List(
        fields.String(validate=check),
        validate=validate.Length(max=MAX_VALUES),
        metadata={"description": f"Any of these values of {field.value}."},
    )


SearchParameters = SearchRequest.from_dict(
    {name: _filter_field(field) for name, field in FILTERS.items()}, name="SearchParameters"
)


class NoticeSchema(Schema):
    """Said before any result: an emergency, something urgent, or self-care."""

    kind = fields.String(required=True)
    level = fields.String(required=True, validate=validate.OneOf([level.value for level in Triage]))
    language = fields.String(required=True)
    text = fields.String(required=True)
    phone = fields.String(required=True, metadata={"description": "911, 988 or empty."})
    source = fields.String(required=True)


class PlaceSchema(Schema):
    type = fields.String(required=True)
    label = fields.String(required=True)
    city = fields.String(required=True, allow_none=True)
    state = fields.String(required=True, allow_none=True)
    zip = fields.String(required=True, allow_none=True)
    lat = fields.Float(required=True, allow_none=True)
    lon = fields.Float(required=True, allow_none=True)


class ResolutionSchema(Schema):
    """How the place was understood: `resolved` is null where it is not known; `candidates` are other readings."""

    resolved = fields.Nested(PlaceSchema, required=True, allow_none=True)
    candidates = fields.List(fields.Nested(PlaceSchema), required=True)
    reason = fields.String(required=True)


class SpanSchema(Schema):
    """Characters `start` (inclusive) to `end` (exclusive) of `q`."""

    start = fields.Integer(required=True)
    end = fields.Integer(required=True)
    kind = fields.String(required=True)
    code = fields.String(required=True)


class ReadSpecialtySchema(Schema):
    code = fields.String(required=True)
    reason = fields.String(required=True, metadata={"description": "asked or inferred"})
    fit = fields.Integer(required=True, metadata={"description": "1 possible, 2 good, 3 best"})
    span = fields.Nested(SpanSchema, required=True, allow_none=True)


class ReadConditionSchema(Schema):
    slug = fields.String(required=True)
    icd10 = fields.List(fields.String(), required=True)
    name = fields.String(required=True)
    span = fields.Nested(SpanSchema, required=True)


class ReadTreatmentSchema(Schema):
    code = fields.String(required=True)
    name = fields.String(required=True)
    status = fields.String(required=True, metadata={"description": "wanted or tried"})
    helped = fields.String(required=True, metadata={"description": "none, partial, improving, good or empty"})
    weeks = fields.Float(required=True, allow_none=True)
    span = fields.Nested(SpanSchema, required=True)


class ReadSymptomSchema(Schema):
    code = fields.String(required=True)
    name = fields.String(required=True)
    span = fields.Nested(SpanSchema, required=True)


class ReadLocationSchema(Schema):
    type = fields.String(required=True)
    label = fields.String(required=True, allow_none=True)
    city = fields.String(required=True, allow_none=True)
    state = fields.String(required=True, allow_none=True)
    zip = fields.String(required=True, allow_none=True)
    lat = fields.Float(required=True, allow_none=True)
    lon = fields.Float(required=True, allow_none=True)
    candidates = fields.List(fields.Nested(PlaceSchema), required=True)


class NegationSchema(Schema):
    kind = fields.String(required=True)
    code = fields.String(required=True)
    span = fields.Nested(SpanSchema, required=True)


class UnanswerableSchema(Schema):
    """Something asked for that no listing states: it neither filters nor is forgotten."""

    code = fields.String(required=True)
    text = fields.String(required=True)
    span = fields.Nested(SpanSchema, required=True)


class ReadingSchema(Schema):
    """What was understood of a person's words."""

    triage = fields.String(required=True, validate=validate.OneOf([level.value for level in Triage]))
    notices = fields.List(fields.Nested(NoticeSchema), required=True)
    specialties = fields.List(fields.Nested(ReadSpecialtySchema), required=True)
    conditions = fields.List(fields.Nested(ReadConditionSchema), required=True)
    treatments = fields.List(fields.Nested(ReadTreatmentSchema), required=True)
    symptoms = fields.List(fields.Nested(ReadSymptomSchema), required=True)
    duration_weeks = fields.Float(required=True, allow_none=True)
    location = fields.Nested(ReadLocationSchema, required=True)
    filters = fields.Dict(keys=fields.String(), required=True)
    negations = fields.List(fields.Nested(NegationSchema), required=True)
    unanswerable = fields.List(fields.Nested(UnanswerableSchema), required=True)
    radius_mi = fields.Float(required=True, allow_none=True)
    name = fields.String(required=True, allow_none=True)
    language = fields.String(required=True)
    out_of_scope = fields.String(required=True, allow_none=True)
    spans = fields.List(fields.Nested(SpanSchema), required=True)


class ListedSpecialtySchema(Schema):
    code = fields.String(required=True)
    name = fields.String(required=True)
    confirmed = fields.Boolean(required=True, metadata={"description": "False: spine practice is not confirmed."})


class ListedConditionSchema(Schema):
    slug = fields.String(required=True)
    name = fields.String(required=True)
    icd10 = fields.List(fields.String(), required=True)
    basis = fields.String(
        required=True,
        validate=validate.OneOf(["stated", "usual"]),
        metadata={"description": "stated: they state that they treat it; usual: their specialty usually does."},
    )


class LocationSchema(Schema):
    line = fields.String(required=True)
    line2 = fields.String(required=True, allow_none=True)
    city = fields.String(required=True)
    state = fields.String(required=True)
    zip = fields.String(required=True)
    lat = fields.Float(required=True, allow_none=True)
    lon = fields.Float(required=True, allow_none=True)
    phone = fields.String(required=True, allow_none=True)
    website = fields.String(required=True, allow_none=True)
    hours = fields.String(required=True, allow_none=True)


class FactsSchema(Schema):
    """What the practice states. `unknown` and empty lists are not known, never a no."""

    accepting_new_patients = fields.String(required=True)
    telehealth = fields.String(required=True)
    board_certified = fields.String(required=True)
    gender = fields.String(required=True)
    languages = fields.List(fields.String(), required=True)
    insurance = fields.List(fields.String(), required=True)
    accessibility = fields.List(fields.String(), required=True)
    age_groups = fields.List(fields.String(), required=True)
    open_days = fields.List(fields.String(), required=True)


class ClinicNameSchema(Schema):
    id = fields.String(required=True)
    name = fields.String(required=True)


class PersonSchema(Schema):
    npi = fields.String(required=True)
    name = fields.String(required=True)
    credential = fields.String(required=True, allow_none=True)
    specialties = fields.List(fields.String(), required=True)


class PartnerSchema(Schema):
    id = fields.String(required=True)
    name = fields.String(required=True)
    city = fields.String(required=True)
    state = fields.String(required=True)
    disciplines = fields.List(fields.String(), required=True)


class OtherLocationSchema(Schema):
    id = fields.String(required=True)
    label = fields.String(required=True)


class CheckSchema(Schema):
    level = fields.String(required=True)
    what = fields.String(required=True)
    source = fields.String(required=True)
    checked_on = fields.Date(required=True)
    expires_on = fields.Date(required=True)


class VerificationSchema(Schema):
    level = fields.String(required=True, validate=validate.OneOf([level.value for level in Level]))
    checked_on = fields.Date(required=True)
    expires_on = fields.Date(required=True)
    sources = fields.List(fields.Nested(CheckSchema), required=True)


class EndpointSchema(Schema):
    """Where programs reach the practice, as the national registry states it."""

    kind = fields.String(required=True, validate=validate.OneOf([kind.value for kind in EndpointKind]))
    address = fields.String(required=True)


class ListingSchema(Schema):
    """One practitioner at one location, or one clinic at one location."""

    id = fields.String(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(_KINDS))
    npi = fields.String(required=True, allow_none=True)
    name = fields.String(required=True)
    credential = fields.String(required=True, allow_none=True)
    specialties = fields.List(fields.Nested(ListedSpecialtySchema), required=True)
    other_specialty = fields.List(
        fields.String(),
        required=True,
        allow_none=True,
        metadata={"description": "NUCC codes of whoever has no specialty of this directory; else null."},
    )
    conditions = fields.List(fields.Nested(ListedConditionSchema), required=True)
    treatments_stated = fields.List(fields.String(), required=True)
    location = fields.Nested(LocationSchema, required=True)
    facts = fields.Nested(FactsSchema, required=True)
    clinic = fields.Nested(ClinicNameSchema, required=True, allow_none=True)
    clinic_model = fields.List(fields.String(), required=True)
    people = fields.List(fields.Nested(PersonSchema), required=True)
    referral_partners = fields.List(fields.Nested(PartnerSchema), required=True)
    other_locations = fields.List(fields.Nested(OtherLocationSchema), required=True)
    endpoints = fields.List(fields.Nested(EndpointSchema), required=True)
    verification = fields.Nested(VerificationSchema, required=True)
    notices = fields.List(fields.String(), required=True)


class WhySchema(Schema):
    factor = fields.String(required=True)
    points = fields.Integer(required=True)
    text = fields.String(required=True)


class ResultSchema(ListingSchema):
    """A listing that matched. The points of `why` sum to `score`."""

    distance_mi = fields.Float(required=True, allow_none=True)
    distance_precision = fields.String(required=True)
    score = fields.Integer(required=True)
    why = fields.List(fields.Nested(WhySchema), required=True)


class CountSchema(Schema):
    value = fields.String(required=True)
    count = fields.Integer(required=True)


class SearchResponse(Schema):
    notices = fields.List(fields.Nested(NoticeSchema), required=True)
    total = fields.Integer(required=True, metadata={"description": "Exact number of listings that match."})
    results = fields.List(fields.Nested(ResultSchema), required=True)
    facets = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.Nested(CountSchema)),
        required=True,
        metadata={"description": "Per filter, its values with counts that ignore this filter itself."},
    )
    location = fields.Nested(ResolutionSchema, required=True, allow_none=True)
    radius_mi = fields.Float(required=True, allow_none=True)
    widened = fields.Boolean(required=True)
    unknown_left_out = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    next = fields.String(required=True, allow_none=True, metadata={"description": "`cursor` of the next page."})
    understood = fields.Nested(ReadingSchema, required=True, allow_none=True)
    ranking_version = fields.Integer(required=True)
    demonstration = fields.Boolean(required=True, metadata={"description": "True: everything here is invented."})
    served_by_fallback = fields.Boolean(
        required=True, metadata={"description": "True: the usual engine is down, and another one answered."}
    )


class ListingsSchema(Schema):
    """Every listing of one practitioner or clinic, one per location."""

    listings = fields.List(fields.Nested(ListingSchema), required=True)
    demonstration = fields.Boolean(required=True)


class SpecialtySchema(Schema):
    code = fields.String(required=True)
    name = fields.String(required=True)
    plural = fields.String(required=True)
    discipline = fields.String(required=True, allow_none=True)
    summary = fields.String(required=True)
    training = fields.String(required=True)
    see_when = fields.String(required=True)
    taxonomies = fields.List(fields.String(), required=True, metadata={"description": "NUCC codes."})


class SpecialtiesSchema(Schema):
    specialties = fields.List(fields.Nested(SpecialtySchema), required=True)


class TreatedBySchema(Schema):
    specialty = fields.String(required=True)
    fit = fields.Integer(required=True)
    source = fields.String(required=True)


class ConditionSchema(Schema):
    slug = fields.String(required=True)
    name = fields.String(required=True)
    icd10 = fields.List(fields.String(), required=True)
    summary = fields.String(required=True)
    usually_treated_by = fields.List(fields.Nested(TreatedBySchema), required=True)


class ConditionsSchema(Schema):
    conditions = fields.List(fields.Nested(ConditionSchema), required=True)


class SuggestionSchema(Schema):
    kind = fields.String(required=True, metadata={"description": "specialty, condition, place, practitioner, clinic"})
    code = fields.String(required=True)
    label = fields.String(required=True)
    detail = fields.String(required=True)


class SuggestionsSchema(Schema):
    suggestions = fields.List(fields.Nested(SuggestionSchema), required=True)


class LanguageRequest(Strict):
    lang = fields.String(validate=validate.OneOf(LANGUAGES), metadata={"description": "Language of texts."})


class WordsRequest(LanguageRequest):
    q = fields.String(
        required=True,
        validate=validate.Length(min=1, max=MAX_QUESTION),
        metadata={"description": "A question in a person's own words.", "example": "siatica 3 months denver"},
    )


class SuggestRequest(LanguageRequest):
    q = fields.String(required=True, validate=validate.Length(min=1, max=100))
    kinds = fields.List(fields.String(validate=validate.OneOf(["what", "where"])), metadata={"default": ["what"]})


MAX_TOLD = 40
"""Texts in one field of the guide."""


def _told(description: str) -> fields.List[Any]:
    return fields.List(
        fields.String(validate=validate.Length(max=300)),
        validate=validate.Length(max=MAX_TOLD),
        metadata={"description": f"{description} Codes or free text."},
    )


class TriedRequest(Strict):
    """A treatment that was tried."""

    code = fields.String(
        required=True,
        validate=validate.Length(min=1, max=300),
        metadata={"description": "A treatment's code, or what a person calls it."},
    )
    weeks = fields.Float(allow_none=True, validate=validate.Range(0, MAX_WEEKS))
    helped = fields.String(allow_none=True, validate=validate.OneOf([item.value for item in Helped]))


class GuideRequest(Strict):
    """What a person tells the guide; everything may be left out."""

    duration_weeks = fields.Float(allow_none=True, validate=validate.Range(0, MAX_WEEKS))
    symptoms = _told("What is felt, and where.")
    history = _told("What may change the care, such as cancer or osteoporosis; counts as symptoms do.")
    treatments_tried = fields.List(fields.Nested(TriedRequest), validate=validate.Length(max=MAX_TOLD))
    diagnosis = _told("Conditions that a clinician has named. ICD-10-CM codes are taken too.")
    red_flags = _told("Warning signs that are there now.")
    age = WholeNumber(allow_none=True, validate=validate.Range(0, MAX_AGE), metadata={"description": "Years."})
    pregnant = fields.Boolean(allow_none=True, truthy={True}, falsy={False})
    preferences = _told(f"Any of {', '.join(item.value for item in Preference)}.")
    lang = fields.String(validate=validate.OneOf(LANGUAGES), metadata={"description": "Language of texts."})


class RecommendationSchema(Schema):
    """A kind of professional, when to see them, why, and by which source."""

    specialty = fields.String(required=True)
    name = fields.String(required=True)
    tier = fields.String(required=True, validate=validate.OneOf([item.value for item in Tier]))
    reason = fields.String(required=True)
    expect = fields.String(required=True, metadata={"description": "What to expect there."})
    source = fields.String(required=True)
    rule = fields.String(required=True)


class AdviceSchema(Schema):
    kind = fields.String(required=True)
    text = fields.String(required=True)
    source = fields.String(required=True)


class ToldSchema(Schema):
    """What the guide took from each field, as codes."""

    symptoms = fields.List(fields.String(), required=True)
    history = fields.List(fields.String(), required=True)
    treatments_tried = fields.List(fields.String(), required=True)
    diagnosis = fields.List(fields.String(), required=True)
    red_flags = fields.List(fields.String(), required=True)
    preferences = fields.List(fields.String(), required=True)


class GuideResponse(Schema):
    """Notices stand before everything; in an emergency nothing is recommended."""

    notices = fields.List(fields.Nested(NoticeSchema), required=True)
    triage = fields.String(required=True, validate=validate.OneOf([level.value for level in Triage]))
    recommendations = fields.List(fields.Nested(RecommendationSchema), required=True)
    clinic_model = fields.String(required=True, validate=validate.OneOf([item.value for item in ClinicModel]))
    clinic_reason = fields.Nested(AdviceSchema, required=True, allow_none=True)
    self_care = fields.List(fields.Nested(AdviceSchema), required=True)
    second_opinion = fields.Nested(AdviceSchema, required=True, allow_none=True)
    prepare = fields.List(
        fields.String(), required=True, metadata={"description": "Specialties to prepare a visit for."}
    )
    understood = fields.Nested(ToldSchema, required=True)
    not_understood = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.String()),
        required=True,
        metadata={"description": "Field -> texts in which nothing was recognised, and which changed nothing."},
    )
    reviewed_by_clinician = fields.Boolean(
        required=True, metadata={"description": "Whether a clinician has reviewed the rules."}
    )


class ProblemSchema(Schema):
    """application/problem+json (RFC 9457)."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    errors = fields.Dict(keys=fields.String())
