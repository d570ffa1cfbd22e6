"""Shapes of registrations. A draft is kept as it is typed: only what is of another kind or not asked for is refused."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from directory.domain.application import Action, ApplicationKind, Party, State
from directory.domain.draft import ClinicKind, Step
from directory.domain.facts import Gender, Known
from directory.registration.validation import MAX_LOCATIONS
from directory.web.api.schemas import ProblemSchema, Strict

_LONGEST = 2_000
_MOST = 250
_NPI = r"^[0-9]{10}\Z"


def _unicode(text: str) -> None:
    """Half a character, as JSON can escape it, could be neither kept nor answered."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValidationError("This holds characters that cannot be shown: leave them out.") from None


_TYPED = validate.And(validate.Length(max=_LONGEST), _unicode)
_CODE = validate.And(validate.Length(max=100), _unicode)


def _text(description: str = "") -> fields.String:
    return fields.String(load_default="", validate=_TYPED, metadata={"description": description})


def _codes(description: str) -> fields.List[Any]:
    return fields.List(
        fields.String(validate=_CODE),
        load_default=(),
        validate=validate.Length(max=_MOST),
        metadata={"description": description},
    )


def _one_of(kind: type[Known] | type[Gender]) -> fields.Enum[Any]:
    return fields.Enum(kind, by_value=True, load_default=kind.UNKNOWN)


class Degrees(fields.Float):
    """A number of JSON; one within quotes is refused."""

    def _validated(self, value: Any) -> float:
        if isinstance(value, str):
            raise self.make_error("invalid", input=value)
        return super()._validated(value)


class ClinicStepSchema(Strict):
    """The clinic itself."""

    npi = _text("National Provider Identifier of the clinic, ten digits, or empty.")
    name = _text("As patients know it.")
    website = _text()
    email = _text("Shown to reviewers only.")


class PointSchema(Strict):
    """WGS 84 degrees."""

    lat = Degrees(required=True, validate=validate.Range(-90, 90))
    lon = Degrees(required=True, validate=validate.Range(-180, 180))


class LocationDraftSchema(Strict):
    """One place of care."""

    line = _text("Street and number.")
    line2 = _text()
    city = _text()
    state = _text("Two-letter USPS code.")
    zip = _text("Five digits.")
    phone = _text("A US number with its area code.")
    hours = _text("Free text for patients.")
    open_days = _codes("Any of mon to sun.")
    accessibility = _codes("Plan-Net codes.")
    point = fields.Nested(PointSchema, load_default=None, allow_none=True)


class PersonDraftSchema(Strict):
    """Somebody who is said to work there. It counts once they, or a reviewer, confirmed it."""

    npi = _text("National Provider Identifier of the person.")
    credential = _text("Degree, such as DC or MD.")
    board = _text("Certifying board.")
    board_evidence = _text("Where the certification can be checked.")
    gender = _one_of(Gender)
    age_groups = _codes("Age groups seen.")
    conditions = _codes("Slugs of conditions that they state that they treat.")
    treatments = _codes("Codes of treatments that they state that they offer.")
    locations = fields.List(
        fields.Integer(strict=True, validate=validate.Range(0, MAX_LOCATIONS - 1)),
        load_default=(0,),
        validate=validate.Length(max=MAX_LOCATIONS),
        metadata={"description": "Where they see patients: indices into the locations, from 0."},
    )


class CareStepSchema(Strict):
    """What holds at all locations. Empty means unknown, never none."""

    insurance = _codes("Insurer codes.")
    languages = _codes("ISO 639 codes.")
    accepting = _one_of(Known)
    telehealth = _one_of(Known)


class PartnerDraftSchema(Strict):
    """A clinic to be invited: its id where the directory holds it, else its name and an e-mail address."""

    clinic_id = _text()
    name = _text()
    email = _text()


class VersionRequest(Strict):
    """`version` is that of the registration as it was read; the header If-Match with its ETag says the same."""

    version = fields.Integer(strict=True, validate=validate.Range(1, 2**31 - 1))


def _several(item: type[Schema], most: int) -> fields.List[Any]:
    return fields.List(fields.Nested(item), required=True, validate=validate.Length(max=most))


CONTENT: dict[Step, fields.Field[Any]] = {
    Step.CLINIC: fields.Nested(ClinicStepSchema, required=True),
    Step.LOCATIONS: _several(LocationDraftSchema, _MOST),
    Step.KIND: fields.Enum(ClinicKind, by_value=True, required=True),
    Step.PEOPLE: _several(PersonDraftSchema, _MOST),
    Step.CARE: fields.Nested(CareStepSchema, required=True),
    Step.PARTNERS: _several(PartnerDraftSchema, _MOST),
}
"""What each step holds, under `content`."""


def step_request(step: Step) -> Schema:
    """The body that saves a step."""
    return VersionRequest.from_dict({"content": CONTENT[step]}, name=f"{step.value.title()}StepRequest")()


class StartRequest(Strict):
    """Empty for a clinic; with `npi` a practitioner claims their own listing."""

    npi = fields.String(validate=validate.Regexp(_NPI), metadata={"description": "The practitioner's own NPI."})


class ClaimRequest(VersionRequest):
    """The clinic that is listed already."""

    clinic_id = fields.String(required=True, validate=_CODE)


class WithdrawRequest(Strict):
    why = _text("A reason, for the reviewers.")


class EmptyRequest(Strict):
    """Nothing is told."""


class ProblemOfStepSchema(Schema):
    """What is wrong with a field and how to mend it. `field` is empty where the whole step is meant."""

    step = fields.String(required=True, validate=validate.OneOf([step.value for step in Step]))
    field = fields.String(required=True, metadata={"description": 'Within the step, such as "0.phone".'})
    message = fields.String(required=True)


class DraftSchema(Schema):
    """Every step as it was typed."""

    clinic = fields.Nested(ClinicStepSchema, required=True)
    locations = fields.List(fields.Nested(LocationDraftSchema), required=True)
    kind = fields.String(required=True, allow_none=True, validate=validate.OneOf([kind.value for kind in ClinicKind]))
    people = fields.List(fields.Nested(PersonDraftSchema), required=True)
    care = fields.Nested(CareStepSchema, required=True)
    partners = fields.List(fields.Nested(PartnerDraftSchema), required=True)


class RegistrationSummarySchema(Schema):
    """A registration in a list. Times are UTC."""

    id = fields.String(required=True)
    kind = fields.String(required=True, validate=validate.OneOf([kind.value for kind in ApplicationKind]))
    state = fields.String(required=True, validate=validate.OneOf([state.value for state in State]))
    version = fields.Integer(required=True)
    name = fields.String(required=True, metadata={"description": "The clinic's name or the person's NPI, or empty."})
    clinic_id = fields.String(required=True, allow_none=True)
    npi = fields.String(required=True, allow_none=True)
    editable = fields.Boolean(required=True)
    created_at = fields.DateTime(required=True)
    changed_at = fields.DateTime(required=True)
    submitted_at = fields.DateTime(required=True, allow_none=True)


class RegistrationSchema(RegistrationSummarySchema):
    """A registration. `problems` is what keeps it from being submitted; after a save, what is wrong with that step."""

    steps = fields.List(fields.String(), required=True)
    draft = fields.Nested(DraftSchema, required=True)
    problems = fields.List(fields.Nested(ProblemOfStepSchema), required=True)


class RegistrationsSchema(Schema):
    registrations = fields.List(fields.Nested(RegistrationSummarySchema), required=True)


class EventSchema(Schema):
    """One move of a registration; saves are not among them."""

    at = fields.DateTime(required=True)
    by = fields.String(required=True, validate=validate.OneOf([party.value for party in Party]))
    action = fields.String(required=True, validate=validate.OneOf([action.value for action in Action]))
    to = fields.String(required=True, validate=validate.OneOf([state.value for state in State]))
    why = fields.String(required=True)
    version = fields.Integer(required=True)


class EventsSchema(Schema):
    events = fields.List(fields.Nested(EventSchema), required=True)


class AddressSchema(Schema):
    line = fields.String(required=True)
    line2 = fields.String(required=True)
    city = fields.String(required=True)
    state = fields.String(required=True)
    zip = fields.String(required=True)


class RegistryFactsSchema(Schema):
    """What the national registry says of a number, all of it public there: show it with the day of the file."""

    npi = fields.String(required=True)
    organization = fields.Boolean(required=True)
    name = fields.String(required=True)
    other_names = fields.List(fields.String(), required=True)
    active = fields.Boolean(required=True)
    taxonomies = fields.List(fields.String(), required=True, metadata={"description": "NUCC codes."})
    credential = fields.String(required=True)
    address = fields.Nested(AddressSchema, required=True, allow_none=True)
    phone = fields.String(required=True)
    as_of = fields.Date(required=True, allow_none=True)
    source = fields.String(required=True)


class SessionSchema(Schema):
    """Who is signed in, and the token that every change has to carry in the header X-CSRF-Token."""

    email = fields.String(required=True)
    roles = fields.List(fields.String(), required=True)
    csrf_token = fields.String(required=True)


class DuplicateSchema(Schema):
    clinic_id = fields.String(required=True)
    name = fields.String(required=True)
    address = fields.Nested(AddressSchema, required=True, allow_none=True)
    owned = fields.Boolean(required=True, metadata={"description": "Somebody's account looks after it already."})


class DuplicatesProblemSchema(ProblemSchema):
    """The directory lists this clinic already: claim it instead. Without `duplicates` something else is in the way."""

    duplicates = fields.List(fields.Nested(DuplicateSchema))
