"""The kinds of professionals, as the home page explains them."""

from dataclasses import dataclass

from directory.domain.specialty import Specialty
from directory.vocabulary.vocabulary import Vocabulary
from directory.web.pages.names import Names
from directory.web.pages.texts import Texts

_STAGES = {
    "first": ("primary_care", "osteopathic_physician", "chiropractor"),
    "specialists": (
        "physiatrist",
        "pain_management",
        "spine_surgeon_orthopedic",
        "spine_surgeon_neurosurgery",
        "rheumatologist",
    ),
    "therapists": ("physical_therapist", "occupational_therapist"),
}


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A kind of professional in plain words."""

    code: str
    name: str
    plural: str
    summary: str
    see_when: str


@dataclass(frozen=True, slots=True)
class Stage:
    """Kinds that one turns to at the same point of the way."""

    code: str
    title: str
    lead: str
    shortcuts: tuple[Shortcut, ...]


def stages(vocabulary: Vocabulary, texts: Texts, names: Names) -> tuple[Stage, ...]:
    """First ports of call, specialists, therapists, and whoever else the vocabulary knows."""
    placed = {code for codes in _STAGES.values() for code in codes}
    all_stages = {**_STAGES, "others": tuple(code for code in vocabulary.specialties if code not in placed)}
    return tuple(
        Stage(
            code,
            texts(f"home.{code}.title"),
            texts(f"home.{code}.lead"),
            tuple(_shortcut(vocabulary.specialties[item], names) for item in codes),
        )
        for code, codes in all_stages.items()
    )


def _shortcut(item: Specialty, names: Names) -> Shortcut:
    name, plural = names.text(item, "name"), names.plural(item.code)
    return Shortcut(item.code, name, plural, names.text(item, "summary"), names.text(item, "see_when"))
