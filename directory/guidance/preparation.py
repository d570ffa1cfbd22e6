"""What to bring to a visit: the fields of the printable form, and questions to ask per kind of professional."""

from dataclasses import dataclass
from functools import cache

from directory.guidance.tables import Table, packaged
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


@cache
def preparation() -> Preparation:
    """Return the packaged form. Raises GuidanceDataError where the file is malformed."""
    return read(packaged("preparation.toml"))


def read(table: Table) -> Preparation:
    """Return the form of a table shaped like preparation.toml."""
    table.text("version")
    fields = tuple(_field(row) for row in table.rows("field"))
    questions = tuple(_questions(row) for row in table.rows("questions"))
    table.done()
    everyone = next(entry for entry in questions if not entry.specialty)
    return Preparation(fields, everyone, tuple(entry for entry in questions if entry.specialty))


def _field(row: Table) -> PreparationField:
    found = PreparationField(
        code=row.text("code"),
        label=row.both("label_"),
        help=row.both("help_"),
        kind=row.text("kind"),
        rows=int(row.number("rows")),
        columns=tuple(column.both() for column in row.rows("columns")),
    )
    row.done()
    return found


def _questions(row: Table) -> VisitQuestions:
    specialty, en, es = row.text("specialty", ""), row.texts("en"), row.texts("es")
    if len(en) != len(es):
        raise row.error("'en' and 'es' must hold the same questions")
    row.done()
    return VisitQuestions(specialty, tuple(Text(*pair) for pair in zip(en, es, strict=True)))
