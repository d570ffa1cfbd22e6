"""The committed questions, and what a person who knows the field expects of each."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
_RENAMED = {"grades": "rules"}


@dataclass(frozen=True, slots=True)
class Rule:
    """Listings that hold any token of every field named have this grade; `name` are words of their name."""

    grade: int
    tokens: Mapping[str, tuple[str, ...]] = field(hash=False)
    name: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """One question with its expectations.

    `best`, `good`, `possible` are specialties that deserve grade 3, 2 and 1; `asked` ones are named in the text and
    leave out everybody else, unless they are only `inferred` from a treatment. `rules` grade instead where given, and
    so does `name`. `at` names the place that must be read ("" for none), `near` the place given beside the text.
    `never` are specialties that no result may have, `never_first` specialties to which no one of the first three may
    be limited. A flag `any_...` says that this part of the reading is not judged. `nobody` says that the demonstration
    holds nothing that deserves a grade.
    """

    text: str
    category: str
    near: str = ""
    at: str = ""
    place: str = ""
    ambiguous: bool = False
    within: float | None = None
    asked: tuple[str, ...] = ()
    inferred: bool = False
    best: tuple[str, ...] = ()
    good: tuple[str, ...] = ()
    possible: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    filters: Mapping[str, Any] = field(default_factory=dict, hash=False)
    tried: tuple[str, ...] = ()
    wanted: tuple[str, ...] = ()
    weeks: float | None = None
    name: str = ""
    out_of_scope: bool = False
    language: str = "en"
    second_opinion_from: str = ""
    never: tuple[str, ...] = ()
    never_first: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()
    nobody: bool = False
    any_specialties: bool = False
    any_conditions: bool = False
    any_filters: bool = False
    any_name: bool = False
    any_out_of_scope: bool = False

    @property
    def is_graded(self) -> bool:
        """Whether results are expected that can be told better from worse."""
        return bool(self.best or self.rules or self.name) and not self.nobody


def questions() -> tuple[Question, ...]:
    """Every question, by category. Raises KeyError or TypeError for a slip in the files."""
    needs = tomllib.loads((HERE / "needs.toml").read_text("utf-8"))
    paths = sorted((HERE / "queries").glob("*.toml"))
    return tuple(question for path in paths for question in _of_file(path, needs))


def _of_file(path: Path, needs: Mapping[str, Any]) -> Iterator[Question]:
    for raw in tomllib.loads(path.read_text("utf-8"))["query"]:
        yield _question({"category": path.stem.replace("_", " "), **raw}, needs)


def _question(raw: dict[str, Any], needs: Mapping[str, Any]) -> Question:
    tiers = dict(needs[raw.pop("need")]) if "need" in raw else {}
    also = raw.pop("also_best", [])
    values = {**tiers, **{_RENAMED.get(key, key): value for key, value in raw.items()}}
    if "asked" in values:
        values["best"] = values["asked"]
    for lower in ("good", "possible"):
        values[lower] = [code for code in values.get(lower, []) if code not in also]
    values["best"] = [*values.get("best", []), *also]
    values["rules"] = [_rule(dict(rule)) for rule in values.get("rules", [])]
    return Question(**{key: tuple(value) if isinstance(value, list) else value for key, value in values.items()})


def _rule(raw: dict[str, Any]) -> Rule:
    grade, name = raw.pop("grade"), raw.pop("name", "")
    return Rule(grade, {key: tuple(value) for key, value in raw.items()}, name)
