"""Kinds of professionals who treat back and neck pain, and the disciplines that make a clinic integrated."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Discipline(StrEnum):
    """The six discipline groups; a clinic with confirmed roles in two or more at one place is integrated."""

    PRIMARY_CARE = "primary_care"
    CHIROPRACTIC = "chiropractic"
    REHABILITATION = "rehabilitation"
    PHYSIATRY_PAIN = "physiatry_pain"
    SURGERY = "surgery"
    RHEUMATOLOGY = "rheumatology"


@dataclass(frozen=True, slots=True)
class Specialty:
    """One kind of professional, described in plain English and Spanish.

    `discipline` is None for neighbours of back care (neurology, psychology, ...) that do not make a clinic
    integrated. `taxonomies` are NUCC codes (ten characters). `credentials` is not empty where a degree counts
    besides the taxonomy: every DO is an osteopathic physician. `forms` maps an ISO 639-1 language to the
    phrases people use, the names included. `order` is the position in lists, from 0.
    """

    code: str
    name: str
    plural: str
    name_es: str
    plural_es: str
    discipline: Discipline | None
    summary: str
    summary_es: str
    training: str
    training_es: str
    see_when: str
    see_when_es: str
    taxonomies: tuple[str, ...]
    credentials: tuple[str, ...]
    forms: Mapping[str, tuple[str, ...]] = field(hash=False)
    order: int
