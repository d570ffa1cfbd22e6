"""The lexicon of red-flag findings: concepts, findings and contexts, read once from data files."""

import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from directory.understanding.findings.spellings import Spellings
from directory.understanding.findings.templates import Template, TemplateError, names_of, parse, starts_of

_KEYS = {"code", "told", "named", "certain", "unless", "keeps", "event", "lasting"}


class LexiconError(ValueError):
    """A data file of the findings is not as it should be."""


@dataclass(frozen=True, slots=True)
class Concept:
    """`felt` joins sensations to parts of the body; `level` is above the levels of the concepts that it names."""

    name: str
    templates: tuple[Template, ...]
    felt: tuple[tuple[str, str], ...]
    part: bool
    level: int


@dataclass(frozen=True, slots=True)
class Cue:
    """A context's concept, and within how many words it stands before or after a finding."""

    concept: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Pattern:
    """One template of a finding; `manner` is "told", "named" or "certain"."""

    finding: str
    manner: str
    template: Template


@dataclass(frozen=True, slots=True)
class FindingKind:
    """What is known of a finding beside its patterns. A `lasting` one of old is no new sign."""

    code: str
    unless: tuple[Template, ...]
    keeps: frozenset[str]
    event: bool
    lasting: bool


Index = Mapping[str, tuple[tuple[str, Template], ...]]
"""First name of a template -> the concepts and templates that can begin with it."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Everything that a detector needs, indexed by the names that templates begin with."""

    levels: tuple[Index, ...] = field(hash=False)
    felt: tuple[Concept, ...]
    parts: frozenset[str]
    kinds: Mapping[str, FindingKind] = field(hash=False)
    patterns: Mapping[str, tuple[Pattern, ...]] = field(hash=False)
    unless: Index = field(hash=False)
    cues: Mapping[str, Cue] = field(hash=False)
    spellings: Spellings = field(hash=False)


@cache
def lexicon() -> Lexicon:
    """Return the packaged lexicon. Raises LexiconError or TemplateError where a file is malformed."""
    contexts = _read("contexts.toml")
    concepts = _concepts({**_read("concepts.toml"), **contexts})
    kinds, patterns = _findings(_read("findings.toml")["finding"])
    _refuse_unknown_concepts(concepts, kinds, patterns)
    return Lexicon(
        levels=tuple(_index(level) for level in _levels(concepts, _joined_words(concepts, kinds, patterns))),
        felt=tuple(concept for concept in concepts.values() if concept.felt),
        parts=frozenset(f"@{concept.name}" for concept in concepts.values() if concept.part),
        kinds=kinds,
        patterns=_pattern_index(patterns),
        unless=_index((kind.code, template) for kind in kinds.values() for template in kind.unless),
        cues={name: Cue(name, row.get("before", 0), row.get("after", 0)) for name, row in contexts.items()},
        spellings=_spellings(concepts, kinds, patterns),
    )


def _read(name: str) -> dict[str, Any]:
    content = (files("directory.understanding.findings") / "data" / name).read_text(encoding="utf-8")
    return tomllib.loads(content)


def _concepts(rows: Mapping[str, Mapping[str, Any]]) -> dict[str, Concept]:
    concepts: dict[str, Concept] = {}
    for name in rows:
        _concept(name, rows, concepts, ())
    return concepts


def _concept(name: str, rows: Mapping[str, Mapping[str, Any]], done: dict[str, Concept], path: tuple[str, ...]) -> int:
    if name in done:
        return done[name].level
    if name in path or name not in rows:
        raise LexiconError(f"@{name}: {'it names itself' if name in path else 'nobody says what it is'}")
    row = rows[name]
    templates = tuple(template for line in row.get("any", ()) for template in parse(line))
    felt = tuple((f"@{sensation}", f"@{part}") for sensation, part in row.get("felt", ()))
    named = {part.removeprefix("@") for template in templates for part in names_of(template) if part.startswith("@")}
    named |= {part.removeprefix("@") for pair in felt for part in pair}
    level = max((_concept(part, rows, done, (*path, name)) for part in sorted(named)), default=0) + 1
    done[name] = Concept(name, templates, felt, row.get("part", False), level)
    return level


def _levels(concepts: Mapping[str, Concept], joined: list[tuple[str, Template]]) -> list[list[tuple[str, Template]]]:
    top = max(concept.level for concept in concepts.values())
    levels: list[list[tuple[str, Template]]] = [joined, *([] for _ in range(top))]
    for concept in concepts.values():
        levels[concept.level].extend((f"@{concept.name}", template) for template in concept.templates)
    return levels


def _findings(rows: Iterable[Mapping[str, Any]]) -> tuple[dict[str, FindingKind], list[Pattern]]:
    kinds: dict[str, FindingKind] = {}
    patterns: list[Pattern] = []
    for row in rows:
        code = row["code"]
        if code in kinds or (stray := row.keys() - _KEYS):
            raise LexiconError(
                f"[[finding]] {code}: twice, or with an unknown key {stray if code not in kinds else ''}"
            )
        unless = tuple(template for line in row.get("unless", ()) for template in parse(line))
        kinds[code] = FindingKind(
            code, unless, frozenset(row.get("keeps", ())), row.get("event", False), row.get("lasting", False)
        )
        patterns += [
            Pattern(code, manner, template)
            for manner in ("certain", "told", "named")
            for line in row.get(manner, ())
            for template in parse(line)
        ]
    return kinds, patterns


def _index(entries: Iterable[tuple[str, Template]]) -> Index:
    index: dict[str, list[tuple[str, Template]]] = defaultdict(list)
    for owner, template in entries:
        for name in starts_of(template):
            index[name].append((owner, template))
    return {name: tuple(found) for name, found in index.items()}


def _pattern_index(patterns: Iterable[Pattern]) -> Mapping[str, tuple[Pattern, ...]]:
    index: dict[str, list[Pattern]] = defaultdict(list)
    for pattern in patterns:
        for name in starts_of(pattern.template):
            index[name].append(pattern)
    return {name: tuple(found) for name, found in index.items()}


def _refuse_unknown_concepts(
    concepts: Mapping[str, Concept], kinds: Mapping[str, FindingKind], patterns: Iterable[Pattern]
) -> None:
    for template in _templates(concepts, kinds, patterns):
        for name in names_of(template):
            if name.startswith("@") and name.removeprefix("@") not in concepts:
                raise TemplateError(f"nobody says what {name} is")


def _templates(
    concepts: Mapping[str, Concept], kinds: Mapping[str, FindingKind], patterns: Iterable[Pattern]
) -> Iterator[Template]:
    yield from (template for concept in concepts.values() for template in concept.templates)
    yield from (template for kind in kinds.values() for template in kind.unless)
    yield from (pattern.template for pattern in patterns)


def _joined_words(
    concepts: Mapping[str, Concept], kinds: Mapping[str, FindingKind], patterns: Iterable[Pattern]
) -> list[tuple[str, Template]]:
    named = {name for template in _templates(concepts, kinds, patterns) for name in names_of(template)}
    joined = sorted(name for name in named if "_" in name and not name.startswith("@"))
    return [(name, template) for name in joined for template in parse(name.replace("_", " "))]


def _spellings(
    concepts: Mapping[str, Concept], kinds: Mapping[str, FindingKind], patterns: Iterable[Pattern]
) -> Spellings:
    named = {name for template in _templates(concepts, kinds, patterns) for name in names_of(template)}
    written = {word for name in named if not name.startswith("@") for word in name.split("_")}
    words = {word for word in written if not word.endswith("*")}
    stems = {word.removesuffix("*") for word in written if word.endswith("*")}
    return Spellings(words, stems, _read("ordinary.toml")["words"])
