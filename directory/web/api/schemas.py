"""Shapes of requests and responses. Requests refuse unknown fields; responses are documented by these schemas."""

from typing import Any

from marshmallow import RAISE, Schema, fields, validate

from directory.search.listing import Field, Kind
from directory.search.query import MAX_LIMIT, Sort
from directory.understanding.ask import MAX_QUESTION
from directory.web.asking import FILTERS, MAX_RADIUS_MILES, MAX_VALUES

LANGUAGES = ("en", "es")


class Strict(Schema):
    class Meta:
        unknown = RAISE


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
        metadata={"description": "Miles. Left out, the search widens until there is a choice."},
    )
    sort = fields.String(validate=validate.OneOf([item.value for item in Sort]))
    cursor = fields.String(
        validate=validate.Length(max=1000), metadata={"description": "`next` of the page before, with the same search."}
    )
    limit = fields.Integer(strict=True, validate=validate.Range(1, MAX_LIMIT), metadata={"default": 20})
    include_unknown = fields.List(
        fields.String(validate=validate.OneOf(list(FILTERS))),
        metadata={"description": "Filters that also let through listings whose fact nobody stated."},
    )
    exclude_specialties = _texts("Specialties that must not be held.")
    exclude_treatments = _texts("Treatments that must not be among those stated.")
    without = _texts('Parts of what was understood that are not wanted, as "kind:code".')
    second_opinion_from = fields.String(
        validate=validate.Regexp(r"^[0-9]{10}\Z"),
        metadata={"description": "NPI of the first clinician: finds independent colleagues."},
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
