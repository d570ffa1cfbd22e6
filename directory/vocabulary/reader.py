"""Reads the vocabulary's data files, once per process."""

import hashlib
import tomllib
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import TypeVar

from directory.domain.specialty import Discipline, Specialty
from directory.vocabulary.concepts import (
    TREATMENT_KINDS,
    Condition,
    Insurer,
    Language,
    SharedForm,
    Source,
    Symptom,
    Taxonomy,
    Term,
    Treatment,
    Treats,
)
from directory.vocabulary.entry import Entry, VocabularyError
from directory.vocabulary.vocabulary import Vocabulary

Concept = TypeVar("Concept")
Tables = dict[str, list[Entry]]


@cache
def load() -> Vocabulary:
    """Return the vocabulary of the package's data files.

    Raises VocabularyError, naming file and entry, where the data is malformed.
    """
    return read(files("directory.vocabulary") / "data")


def read(folder: Traversable) -> Vocabulary:
    """Read every TOML file below a folder, in the order of their names, into one vocabulary."""
    contents = dict(_contents(folder, ""))
    tables = _tables(contents)
    taxonomies = _by_code(tables, "taxonomy", _taxonomy)
    vocabulary = Vocabulary(
        specialties=_specialties(tables, taxonomies),
        taxonomies=taxonomies,
        conditions=_by_code(tables, "condition", _condition, key="slug"),
        symptoms=_by_code(tables, "symptom", _symptom),
        treatments=_by_code(tables, "treatment", _treatment),
        insurers=_by_code(tables, "insurer", _insurer),
        languages=_by_code(tables, "language", _language),
        accessibility=_by_code(tables, "accessibility", _term),
        visit_types=_by_code(tables, "visit_type", _term),
        age_groups=_by_code(tables, "age_group", _term),
        days=_by_code(tables, "day", _term),
        credentials=_by_code(tables, "credential", _term),
        sources=_by_code(tables, "source", _source),
        shared_forms=tuple(_shared_form(entry) for entry in tables.pop("shared_form", [])),
        fingerprint=_fingerprint(contents),
    )
    if tables:
        raise VocabularyError(f"unknown kind of entry: {', '.join(sorted(tables))}")
    return vocabulary


def _contents(folder: Traversable, prefix: str) -> Iterator[tuple[str, bytes]]:
    for item in sorted(folder.iterdir(), key=lambda item: item.name):
        if item.is_dir():
            yield from _contents(item, f"{prefix}{item.name}/")
        elif item.name.endswith(".toml"):
            yield prefix + item.name, item.read_bytes()


def _tables(contents: Mapping[str, bytes]) -> Tables:
    tables: Tables = {}
    for file, content in contents.items():
        for kind, rows in _parsed(file, content).items():
            if not isinstance(rows, list):
                raise VocabularyError(f"{file}: '{kind}' must be written as [[{kind}]]")
            tables.setdefault(kind, []).extend(Entry(file, kind, row) for row in rows)
    return tables


def _parsed(file: str, content: bytes) -> dict[str, object]:
    try:
        return tomllib.loads(content.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise VocabularyError(f"{file}: {error}") from error


def _fingerprint(contents: Mapping[str, bytes]) -> str:
    digest = hashlib.sha256()
    for file, content in contents.items():
        digest.update(f"{file}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def _by_code(
    tables: Tables, kind: str, build: Callable[[Entry], Concept], *, key: str = "code"
) -> Mapping[str, Concept]:
    concepts: dict[str, Concept] = {}
    for entry in tables.pop(kind, []):
        code = entry.text(key)
        if code in concepts:
            raise VocabularyError(f"[[{kind}]] {code} is there twice")
        concepts[code] = build(entry)
        entry.refuse_unread()
    return MappingProxyType(concepts)


def _specialties(tables: Tables, taxonomies: Mapping[str, Taxonomy]) -> Mapping[str, Specialty]:
    order = iter(range(len(tables.get("specialty", []))))
    return _by_code(tables, "specialty", lambda entry: _specialty(entry, taxonomies, next(order)))


def _specialty(entry: Entry, taxonomies: Mapping[str, Taxonomy], order: int) -> Specialty:
    code, name, name_es = entry.text("code"), entry.text("name"), entry.text("name_es")
    discipline = entry.text_or("discipline", None)
    return Specialty(
        code=code,
        name=name,
        plural=entry.text("plural"),
        name_es=name_es,
        plural_es=entry.text("plural_es"),
        discipline=Discipline(discipline) if discipline else None,
        summary=entry.text("summary"),
        summary_es=entry.text("summary_es"),
        training=entry.text("training"),
        training_es=entry.text("training_es"),
        see_when=entry.text("see_when"),
        see_when_es=entry.text("see_when_es"),
        taxonomies=_codes_of(code, taxonomies),
        credentials=entry.texts("credentials"),
        forms=entry.forms(name, name_es),
        order=order,
    )


def _codes_of(specialty: str, taxonomies: Mapping[str, Taxonomy]) -> tuple[str, ...]:
    return tuple(
        taxonomy.code
        for taxonomy in taxonomies.values()
        if taxonomy.specialty == specialty and not taxonomy.organization
    )


def _taxonomy(entry: Entry) -> Taxonomy:
    return Taxonomy(
        code=entry.text("code"),
        name=entry.text("name"),
        label=entry.text("label"),
        label_es=entry.text("label_es"),
        specialty=entry.text_or("specialty", None),
        organization=entry.flag("organization"),
        needs_spine_evidence=entry.flag("needs_spine_evidence"),
        spine_evidence=entry.flag("spine_evidence"),
    )


def _condition(entry: Entry) -> Condition:
    name, name_es = entry.text("name"), entry.text("name_es")
    return Condition(
        slug=entry.text("slug"),
        name=name,
        name_es=name_es,
        icd10=entry.texts("icd10"),
        summary=entry.text("summary"),
        summary_es=entry.text("summary_es"),
        forms=entry.forms(name, name_es),
        treated_by=_treated_by(entry),
        is_symptom=entry.flag("is_symptom"),
    )


def _treated_by(entry: Entry) -> tuple[Treats, ...]:
    source, sources = entry.text("source"), entry.texts_by_key("sources")
    fits = entry.fits("treated_by")
    if stray := sources.keys() - {fit.specialty for fit in fits}:
        raise VocabularyError(f"condition {entry.text('slug')}: source without grade: {', '.join(stray)}")
    return tuple(Treats(fit.specialty, fit.fit, sources.get(fit.specialty, source)) for fit in fits)


def _symptom(entry: Entry) -> Symptom:
    name, name_es = entry.text("name"), entry.text("name_es")
    return Symptom(
        code=entry.text("code"),
        name=name,
        name_es=name_es,
        forms=entry.forms(name, name_es),
        leads_to=entry.fits("leads_to"),
        tags=entry.texts("tags"),
    )


def _treatment(entry: Entry) -> Treatment:
    name, name_es, kind = entry.text("name"), entry.text("name_es"), entry.text("kind")
    if kind not in TREATMENT_KINDS:
        raise VocabularyError(f"treatment {entry.text('code')}: unknown kind '{kind}'")
    return Treatment(
        code=entry.text("code"),
        name=name,
        name_es=name_es,
        kind=kind,
        forms=entry.forms(name, name_es),
        offered_by=entry.fits("offered_by"),
    )


def _term(entry: Entry) -> Term:
    name, name_es = entry.text("name"), entry.text("name_es")
    return Term(code=entry.text("code"), name=name, name_es=name_es, forms=entry.forms(name, name_es))


def _insurer(entry: Entry) -> Insurer:
    name, name_es = entry.text("name"), entry.text("name_es")
    return Insurer(
        code=entry.text("code"),
        name=name,
        name_es=name_es,
        kind=entry.text("kind"),
        forms=entry.forms(name, name_es),
    )


def _language(entry: Entry) -> Language:
    name, name_es = entry.text("name"), entry.text("name_es")
    return Language(
        code=entry.text("code"),
        iso639_2=entry.text("iso639_2"),
        name=name,
        name_es=name_es,
        forms=entry.forms(name, name_es),
    )


def _source(entry: Entry) -> Source:
    return Source(code=entry.text("code"), title=entry.text("title"), url=entry.text_or("url", "") or "")


def _shared_form(entry: Entry) -> SharedForm:
    shared = SharedForm(entry.text("form"), entry.texts("concepts"), entry.text("reason"))
    entry.refuse_unread()
    return shared
