"""Which of our specialties a practitioner's or clinic's taxonomies show."""

from collections.abc import Iterable
from dataclasses import dataclass

from directory.vocabulary.vocabulary import Vocabulary

LISTED_UNCONFIRMED = "spine_surgeon_neurosurgery"
"""Listed without evidence of spine practice too, with fewer points and a caveat; others need the evidence."""
_OSTEOPATHIC, _PRIMARY_CARE = "osteopathic_physician", "primary_care"


@dataclass(frozen=True, slots=True)
class Classification:
    """`specialties` are vocabulary codes in vocabulary order; `unconfirmed` those without evidence of spine practice.

    `withheld` are specialties that the taxonomies name but do not show (general orthopaedics, anesthesiology).
    `outside` is whoever has none of ours, and is listed from a registry that was loaded whole.
    """

    specialties: tuple[str, ...]
    unconfirmed: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()
    outside: bool = False


def classify(
    taxonomies: Iterable[str], credential: str, vocabulary: Vocabulary, *, confirmed_role: bool = False
) -> Classification:
    """Classifies a practitioner.

    A code that needs evidence of spine practice counts with a spine or pain taxonomy beside it or with a role
    that was confirmed. A DO in primary care is an osteopathic physician as well: the degree has no taxonomy.
    """
    known = [vocabulary.taxonomies[code] for code in taxonomies if code in vocabulary.taxonomies]
    evidence = confirmed_role or any(taxonomy.spine_evidence for taxonomy in known)
    individual = [taxonomy for taxonomy in known if taxonomy.specialty and not taxonomy.organization]
    shown = {item.specialty for item in individual if evidence or not item.needs_spine_evidence}
    claimed = {item.specialty for item in individual} - shown
    if "DO" in credential.split(", ") and _PRIMARY_CARE in shown:
        shown.add(_OSTEOPATHIC)
    unconfirmed = claimed & {LISTED_UNCONFIRMED}

    def ordered(codes: Iterable[str | None]) -> tuple[str, ...]:
        chosen = set(codes)
        return tuple(code for code in vocabulary.specialties if code in chosen)

    return Classification(ordered(shown | unconfirmed), ordered(unconfirmed), ordered(claimed - unconfirmed))


def shown_taxonomies(taxonomies: Iterable[str], vocabulary: Vocabulary) -> tuple[str, ...]:
    """The taxonomies of ours that show an organization's back or pain care, in the order given.

    Those that need evidence of spine practice count only with a spine or pain taxonomy beside them.
    """
    known = [vocabulary.taxonomies[code] for code in taxonomies if code in vocabulary.taxonomies]
    evidence = any(taxonomy.spine_evidence for taxonomy in known)
    return tuple(taxonomy.code for taxonomy in known if evidence or not taxonomy.needs_spine_evidence)
