"""The sheet to bring to a visit: sent once, empty, and filled in where it is read."""

from dataclasses import dataclass

from directory.guidance.preparation import Preparation, PreparationField, VisitQuestions
from directory.search.listing import Field
from directory.web.pages.edition import Edition


@dataclass(frozen=True, slots=True)
class SheetField:
    """`kind` is "line", "lines" or "table"; a table has `columns` and `rows`."""

    code: str
    label: str
    help: str
    kind: str
    rows: int
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SheetQuestions:
    """Questions to ask of one kind of professional."""

    code: str
    name: str
    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    fields: tuple[SheetField, ...]
    for_everyone: tuple[str, ...]
    by_kind: tuple[SheetQuestions, ...]


def sheet(preparation: Preparation, edition: Edition) -> Sheet:
    """The sheet in one language."""
    language = edition.language
    return Sheet(
        fields=tuple(_field(item, language) for item in preparation.fields),
        for_everyone=tuple(text.of(language) for text in preparation.for_everyone.questions),
        by_kind=tuple(_questions(item, edition) for item in preparation.by_specialty),
    )


def _field(item: PreparationField, language: str) -> SheetField:
    columns = tuple(text.of(language) for text in item.columns)
    return SheetField(item.code, item.label.of(language), item.help.of(language), item.kind, item.rows, columns)


def _questions(item: VisitQuestions, edition: Edition) -> SheetQuestions:
    name = edition.names.of(Field.SPECIALTY, item.specialty)
    return SheetQuestions(item.specialty, name, tuple(text.of(edition.language) for text in item.questions))
