"""A step's page as it was sent -> the content of the step, as it was typed. Nothing is refused here."""

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import TypeVar

from werkzeug.datastructures import MultiDict

from directory.domain.draft import (
    CareStep,
    ClinicDraft,
    ClinicKind,
    ClinicStep,
    LocationDraft,
    PartnerDraft,
    PersonDraft,
    Step,
    StepContent,
)
from directory.domain.facts import Gender, Known
from directory.domain.place import Point

Sent = MultiDict[str, str]
_Item = TypeVar("_Item")
_Choice = TypeVar("_Choice", bound=StrEnum)
MAX_ROWS = 250
"""Rows of one page that are read; a page never has more."""


def content_of(step: Step, sent: Sent) -> StepContent | None:
    """What the page of a step holds; None where no kind was chosen.

    Rows keep their order; a row is there as long as one field of it was sent.
    """
    readers: Mapping[Step, Callable[[Sent], StepContent | None]] = {
        Step.CLINIC: _clinic,
        Step.LOCATIONS: lambda form: _rows(form, _location),
        Step.KIND: _kind,
        Step.PEOPLE: lambda form: _rows(form, _person),
        Step.CARE: _care,
        Step.PARTNERS: lambda form: _rows(form, _partner),
    }
    return readers[step](sent)


def stored(draft: ClinicDraft, step: Step) -> StepContent | None:
    """What a draft holds for a step; None where no kind was chosen yet."""
    content: StepContent | None = getattr(draft, step.value)
    return content


def unreadable(step: Step, sent: Sent) -> dict[str, str]:
    """Field -> what was typed, of positions that no draft can keep because they are none."""
    if step is not Step.LOCATIONS:
        return {}
    typed = {name: _text(sent, name) for name in sent if name.endswith(".point")}
    return {name: text for name, text in typed.items() if text and _point(text) is None}


def with_row(step: Step, content: StepContent) -> StepContent:
    """The content with an empty row at its end."""
    rows: Mapping[Step, object] = {
        Step.LOCATIONS: LocationDraft(),
        Step.PEOPLE: PersonDraft(),
        Step.PARTNERS: PartnerDraft(),
    }
    return (*content, rows[step]) if isinstance(content, tuple) and step in rows else content


def without_row(content: StepContent, row: int) -> StepContent:
    """The content without one of its rows."""
    if not isinstance(content, tuple):
        return content
    return (*content[:row], *content[row + 1 :])


def without_location(people: tuple[PersonDraft, ...], removed: int) -> tuple[PersonDraft, ...]:
    """People refer to locations by their place in the list, which moves up when one goes."""

    def moved(places: Iterable[int]) -> tuple[int, ...]:
        return tuple(place - (place > removed) for place in places if place != removed)

    return tuple(_replaced(person, moved(person.locations)) for person in people)


def _replaced(person: PersonDraft, locations: tuple[int, ...]) -> PersonDraft:
    values = {name: getattr(person, name) for name in PersonDraft.__dataclass_fields__}
    return PersonDraft(**{**values, "locations": locations})


def _rows(form: Sent, read: Callable[[Sent, str], _Item]) -> tuple[_Item, ...]:
    numbers = {name.partition(".")[0] for name in form if "." in name}
    kept = sorted(int(number) for number in numbers if number.isdecimal())[:MAX_ROWS]
    return tuple(read(form, f"{number}.") for number in kept)


def _clinic(form: Sent) -> ClinicStep:
    return ClinicStep(_number(form, "npi"), _text(form, "name"), _text(form, "website"), _text(form, "email"))


def _kind(form: Sent) -> ClinicKind | None:
    return _choice(ClinicKind, form.get("kind", ""))


def _location(form: Sent, row: str) -> LocationDraft:
    return LocationDraft(
        line=_text(form, f"{row}line"),
        line2=_text(form, f"{row}line2"),
        city=_text(form, f"{row}city"),
        state=_text(form, f"{row}state"),
        zip=_text(form, f"{row}zip"),
        phone=_text(form, f"{row}phone"),
        hours=_text(form, f"{row}hours"),
        open_days=_codes(form, f"{row}open_days"),
        accessibility=_codes(form, f"{row}accessibility"),
        point=_point(_text(form, f"{row}point")),
    )


def _point(text: str) -> Point | None:
    """ "41.92, -87.65" as a point; None for anything else, which leaves the position that we compute."""
    parts = text.split(",")
    try:
        lat, lon = (float(part) for part in parts)
    except ValueError:
        return None
    return Point(lat, lon) if abs(lat) <= 90 and abs(lon) <= 180 else None


def _person(form: Sent, row: str) -> PersonDraft:
    return PersonDraft(
        npi=_number(form, f"{row}npi"),
        credential=_text(form, f"{row}credential"),
        board=_text(form, f"{row}board"),
        board_evidence=_text(form, f"{row}board_evidence"),
        gender=_choice(Gender, form.get(f"{row}gender", "")) or Gender.UNKNOWN,
        age_groups=_codes(form, f"{row}age_groups"),
        conditions=_codes(form, f"{row}conditions"),
        treatments=_codes(form, f"{row}treatments"),
        locations=tuple(int(place) for place in form.getlist(f"{row}locations") if place.isdecimal()),
    )


def _care(form: Sent) -> CareStep:
    return CareStep(
        insurance=_codes(form, "insurance"),
        languages=_codes(form, "languages"),
        accepting=_choice(Known, form.get("accepting", "")) or Known.UNKNOWN,
        telehealth=_choice(Known, form.get("telehealth", "")) or Known.UNKNOWN,
    )


def _partner(form: Sent, row: str) -> PartnerDraft:
    return PartnerDraft(_text(form, f"{row}clinic_id"), _text(form, f"{row}name"), _text(form, f"{row}email"))


def _number(form: Sent, name: str) -> str:
    """A number without the blanks and hyphens that people group it by."""
    return _text(form, name).replace(" ", "").replace("-", "")


def _text(form: Sent, name: str) -> str:
    return form.get(name, "").replace("\r\n", "\n").strip()


def _codes(form: Sent, name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(form.getlist(name)))


def _choice(kind: type[_Choice], text: str) -> _Choice | None:
    return kind(text) if text in set(kind) else None
