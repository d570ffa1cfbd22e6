"""What to bring to a visit: the fields of the printable form, and questions to ask per kind of professional."""

from dataclasses import dataclass

from directory.guidance.texts import Text


@dataclass(frozen=True, slots=True)
class PreparationField:
    """A field of the form. `kind` is "line", "lines" or "table"; `columns` are the headings of a table."""

    code: str
    label: Text
    help: Text
    kind: str
    rows: int
    columns: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class VisitQuestions:
    """Questions to ask, for everyone (`specialty` is "") or for one specialty code."""

    specialty: str
    questions: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Preparation:
    """The whole form, in the order of the printed page."""

    fields: tuple[PreparationField, ...]
    for_everyone: VisitQuestions
    by_specialty: tuple[VisitQuestions, ...]

    def questions_for(self, specialty: str) -> tuple[Text, ...]:
        """Return the questions for a specialty code: its own, then those for everyone."""
        own = next((entry.questions for entry in self.by_specialty if entry.specialty == specialty), ())
        return (*own, *self.for_everyone.questions)
