"""Red-flag rules over findings: versioned, cited data in red_flags.toml. They warn; they never diagnose."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

from directory.guidance.notice import SEVERITY, Notice, Triage, worst
from directory.guidance.person import Person
from directory.guidance.tables import Table, packaged
from directory.guidance.texts import Text

CHILD_BELOW = 16
OLDER_FROM = 65
"""Years. ACP and AFP name an older age as a risk of fracture; NICE's adult guidelines begin at 16."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule holds when all findings of one alternative of `when` are there and no rule of `unless` holds."""

    code: str
    level: Triage
    when: tuple[tuple[str, ...], ...]
    unless: tuple[str, ...]
    text: Text
    phone: str
    source: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """`triage` is the worst level of the notices; `because` maps each notice's kind to the findings behind it."""

    triage: Triage
    notices: tuple[Notice, ...]
    because: Mapping[str, tuple[str, ...]] = field(hash=False)


@dataclass(frozen=True, slots=True)
class RedFlags:
    """All rules, in the order in which their notices stand within a level."""

    version: str
    reviewed_by_clinician: bool
    groups: Mapping[str, tuple[str, ...]] = field(hash=False)
    implied: Mapping[str, str] = field(hash=False)
    as_red_flag: Mapping[str, str] = field(hash=False)
    rules: tuple[Rule, ...]
    behind: tuple[frozenset[str], ...]
    """For each rule the finding codes of which one at least is there where it holds."""

    def evaluate(self, findings: Iterable[str], person: Person, language: str) -> Verdict:
        """Return what finding codes and facts of a person lead to; codes that no rule names change nothing."""
        there = self._with_facts(findings, person)
        possible = (rule for rule, codes in zip(self.rules, self.behind, strict=True) if not codes.isdisjoint(there))
        holding = {rule.code: used for rule in possible if (used := self._used(rule, there)) is not None}
        kept = [rule for rule in self.rules if rule.code in holding and not holding.keys() & set(rule.unless)]
        kept.sort(key=lambda rule: -SEVERITY[rule.level])
        if any(rule.level in (Triage.EMERGENCY, Triage.URGENT) for rule in kept):
            kept = [rule for rule in kept if rule.level is not Triage.ROUTINE]
        return Verdict(
            worst(rule.level for rule in kept),
            tuple(_notice(rule, language) for rule in kept),
            {rule.code: holding[rule.code] for rule in kept},
        )

    def known(self) -> frozenset[str]:
        """Every finding code that some rule asks for."""
        atoms = {atom.removeprefix("not:") for rule in self.rules for part in rule.when for atom in part}
        named = {member for atom in atoms for member in self.groups.get(atom, (atom,))}
        return frozenset(named)

    def serious(self, code: str) -> str:
        """Return the finding meant where a code was given as a warning sign: a fall, then, is no stumble."""
        return self.as_red_flag.get(code, code)

    def _with_facts(self, findings: Iterable[str], person: Person) -> frozenset[str]:
        there = set(findings)
        there.update(self.implied[slug] for slug in person.conditions if slug in self.implied)
        if person.pregnant:
            there.add("pregnancy")
        if person.age is not None and person.age < CHILD_BELOW:
            there.add("child")
        if person.age is not None and person.age >= OLDER_FROM:
            there.add("older_person")
        return frozenset(there)

    def _used(self, rule: Rule, there: frozenset[str]) -> tuple[str, ...] | None:
        used: dict[str, None] = {}
        for alternative in rule.when:
            used.update(dict.fromkeys(self._all_present(alternative, there) or ()))
        return tuple(used) or None

    def _all_present(self, alternative: tuple[str, ...], there: frozenset[str]) -> list[str] | None:
        """What of an alternative is there, or None where a part of it is not; most end at their first part."""
        codes: list[str] = []
        for atom in alternative:
            found = self._present(atom, there)
            if found is None:
                return None
            codes += found
        return codes

    def _present(self, atom: str, there: frozenset[str]) -> tuple[str, ...] | None:
        if atom.startswith("not:"):
            return () if self._present(atom.removeprefix("not:"), there) is None else None
        members = self.groups.get(atom)
        if members is None:
            return (atom,) if atom in there else None
        return tuple(code for code in members if code in there) or None


def _notice(rule: Rule, language: str) -> Notice:
    return Notice(rule.code, rule.level, language, rule.text.of(language), rule.phone, rule.source)


@cache
def red_flags() -> RedFlags:
    """Return the packaged rules. Raises GuidanceDataError where the file is malformed."""
    return read(packaged("red_flags.toml"))


def read(table: Table) -> RedFlags:
    """Return the rules of a table shaped like red_flags.toml."""
    groups = {name: tuple(members) for name, members in table.mapping("groups").items()}
    rules = tuple(_rule(row) for row in table.rows("rule"))
    flags = RedFlags(
        version=table.text("version"),
        reviewed_by_clinician=table.flag("reviewed_by_clinician"),
        groups=groups,
        implied=dict(table.mapping("implied_by_condition")),
        as_red_flag=dict(table.mapping("as_red_flag")),
        rules=rules,
        behind=tuple(frozenset(_behind(rule, groups)) for rule in rules),
    )
    table.done()
    return flags


def _behind(rule: Rule, groups: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    for alternative in rule.when:
        for atom in alternative:
            if not atom.startswith("not:"):
                yield from groups.get(atom, (atom,))


def _rule(row: Table) -> Rule:
    rule = Rule(
        code=row.text("code"),
        level=Triage(row.text("level")),
        when=row.alternatives("when"),
        unless=row.texts("unless"),
        text=row.both(),
        phone=row.text("phone", ""),
        source=row.text("source"),
    )
    row.done()
    return rule
