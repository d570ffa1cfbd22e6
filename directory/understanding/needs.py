"""Which kinds of professional fit what a person has and has tried."""

from collections.abc import Iterable
from dataclasses import dataclass

from directory.understanding.stages import Stages
from directory.vocabulary.vocabulary import Vocabulary

_BEST = 3
_CHIROPRACTIC = "chiropractic_care"
CHIROPRACTIC_WEEKS = 4.0
"""Chiropractic care of this many weeks without full relief leads on to specialists."""
LONG_STANDING_WEEKS = 12.0


@dataclass(frozen=True, slots=True)
class Complaint:
    """What was read: codes of conditions, symptoms and treatments. `failed` treatments brought no relief, or too
    little in the time that is usual."""

    conditions: tuple[str, ...] = ()
    symptoms: tuple[str, ...] = ()
    wanted: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    avoided: tuple[str, ...] = ()


def is_failed(code: str, helped: str, weeks: float | None) -> bool:
    """Whether a treatment that was tried has failed: it did not help, or weeks of chiropractic helped in part only."""
    enough = weeks is not None and weeks >= CHIROPRACTIC_WEEKS
    return helped == "none" or (code == _CHIROPRACTIC and enough and helped == "partial")


class NeedReader:
    """Infers specialties by the vocabulary's grades, and what comes after a treatment that failed."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._stages = Stages()

    def specialties(self, complaint: Complaint) -> dict[str, int]:
        """Specialty -> fit 1..3, best first, then in the vocabulary's order."""
        fits = self._fits(complaint)
        fits = self._beyond_failed(complaint, fits)
        for code in self.declined(complaint.avoided):
            fits.pop(code, None)
        order = self._vocabulary.specialties
        return dict(sorted(fits.items(), key=lambda item: (-item[1], order[item[0]].order)))

    def _fits(self, complaint: Complaint) -> dict[str, int]:
        vocabulary = self._vocabulary
        of_conditions = _best(
            (item.specialty, item.fit)
            for slug in complaint.conditions
            for item in vocabulary.conditions[slug].treated_by
        )
        of_symptoms = _best(
            (item.specialty, item.fit) for code in complaint.symptoms for item in vocabulary.symptoms[code].leads_to
        )
        of_wanted = _best(
            (item.specialty, item.fit) for code in complaint.wanted for item in vocabulary.treatments[code].offered_by
        )
        if of_wanted:
            return of_wanted
        return of_conditions | {code: max(fit, of_conditions.get(code, 0)) for code, fit in of_symptoms.items()}

    def _beyond_failed(self, complaint: Complaint, fits: dict[str, int]) -> dict[str, int]:
        """After a failed treatment, another kind: those who provide it leave, those usual next come in. Where several
        failed, the one furthest along counts."""
        treatments = [self._vocabulary.treatments[code] for code in complaint.failed]
        if not treatments:
            return fits
        provided = {item.specialty for treatment in treatments for item in treatment.offered_by if item.fit == _BEST}
        stage = self._stages.after(treatment.kind for treatment in treatments)
        staged = {code: stage.fit(code, fits) for code in (*fits, *stage.steps)}
        kept = {code: fit for code, fit in staged.items() if code not in provided or code in stage.steps}
        return kept or staged

    def declined(self, avoided: Iterable[str]) -> frozenset[str]:
        """Specialties that mostly offer what is not wanted: without surgery, no surgeons."""
        kinds = {self._vocabulary.treatments[code].kind for code in avoided}
        return _SURGEONS if "surgery" in kinds else frozenset()


_SURGEONS = frozenset({"spine_surgeon_orthopedic", "spine_surgeon_neurosurgery"})


def _best(graded: Iterable[tuple[str, int]]) -> dict[str, int]:
    best: dict[str, int] = {}
    for code, fit in graded:
        best[code] = max(fit, best.get(code, 0))
    return best
