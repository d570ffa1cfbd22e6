"""Registrations from JSON and to JSON."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from directory.domain.application import Application, ApplicationKind, Event
from directory.domain.draft import CareStep, ClinicStep, LocationDraft, PartnerDraft, PersonDraft, Step, StepContent
from directory.domain.place import Address, Point
from directory.registration.applications import Held, RegistryFacts
from directory.registration.validation import STEPS, Problem
from directory.web.api.presenting import Json

_REGISTRY = "National Plan and Provider Enumeration System (NPPES)"


def content_of(step: Step, loaded: Any) -> StepContent:
    """The content of a step, as its schema loaded it."""
    match step:
        case Step.CLINIC:
            return ClinicStep(**loaded)
        case Step.LOCATIONS:
            return tuple(_location(item) for item in loaded)
        case Step.KIND:
            return loaded  # type: ignore[no-any-return]  # a ClinicKind
        case Step.PEOPLE:
            return tuple(PersonDraft(**_tuples(item)) for item in loaded)
        case Step.CARE:
            return CareStep(**_tuples(loaded))
        case Step.PARTNERS:
            return tuple(PartnerDraft(**item) for item in loaded)


def _location(item: Mapping[str, Any]) -> LocationDraft:
    point = item["point"]
    return LocationDraft(**_tuples(item) | {"point": None if point is None else Point(**point)})


def _tuples(item: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in item.items()}


def summary_json(application: Application) -> Json:
    """A registration in a list. Who reviews it is not the applicant's to know."""
    practitioner = application.kind is ApplicationKind.PRACTITIONER
    named, subject = application.draft.clinic.name, application.subject[1:] or None
    return {
        "id": application.id,
        "kind": application.kind.value,
        "state": application.state.value,
        "version": application.version,
        "name": (subject or "") if practitioner else named,
        "clinic_id": None if practitioner else subject,
        "npi": subject if practitioner else application.draft.clinic.npi or None,
        "editable": application.is_editable,
        "created_at": application.created_at,
        "changed_at": application.changed_at,
        "submitted_at": application.submitted_at,
    }


def registration_json(application: Application, problems: Iterable[Problem]) -> Json:
    return {
        **summary_json(application),
        "steps": [step.value for step in STEPS[application.kind]],
        "draft": asdict(application.draft),
        "problems": [{"step": item.step.value, "field": item.field, "message": item.message} for item in problems],
    }


def event_json(event: Event) -> Json:
    return {
        "at": event.at,
        "by": event.actor.party.value,
        "action": event.action.value,
        "to": event.to.value,
        "why": event.why,
        "version": event.version,
    }


def facts_json(facts: RegistryFacts) -> Json:
    return {**asdict(facts), "source": _REGISTRY}


def duplicate_json(held: Held) -> Json:
    return {
        "clinic_id": held.subject[1:],
        "name": held.name,
        "address": None if held.address is None else address_json(held.address),
        "owned": held.owned,
    }


def address_json(address: Address) -> Json:
    return asdict(address)
