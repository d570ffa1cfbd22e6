"""Treatments and kinds of professional that a text names, by how each is meant."""

from collections.abc import Iterator, Mapping

from directory.understanding.durations import Lasting
from directory.understanding.match import Match
from directory.understanding.parsed import Parsed
from directory.understanding.reading import Negation, ReadSpecialty, ReadTreatment
from directory.understanding.roles import Meant, Role, outcome_of, roles
from directory.understanding.tables import group
from directory.vocabulary.vocabulary import Vocabulary

_BEST, _GOOD = 3, 2
_NEAR, _FAR = 1, 5
_ONE_OR_TWO = 2
_REPORTS, _EVERYDAY, _WEAK = group("reports"), group("everyday_before_treatment"), group("weak_treatments")
_FOR, _AFTER, _MADE = group("lasting_for"), group("lasting_after"), group("tests_made_before")
_SHORT_QUESTION = 5
_GOING_ON = frozenset({"medicine", "device", "exercise", "manual", "psychological"})
"""Kinds of treatment that "my ..." says are in use."""


class Care:
    """What one text says about care."""

    def __init__(self, vocabulary: Vocabulary, parsed: Parsed, language: str) -> None:
        self._vocabulary = vocabulary
        self._parsed = parsed
        self._language = language
        self.roles: Mapping[int, Meant] = roles(parsed)

    def treatments(self) -> tuple[ReadTreatment, ...]:
        """Treatments wanted and tried, each once a status."""
        found: dict[tuple[str, str], ReadTreatment] = {}
        for match, meant in self._meant():
            read = self._treatment(match, meant)
            if read is not None:
                kept = found.get((read.code, read.status))
                if kept is None or (read.helped and not kept.helped):
                    found[read.code, read.status] = read
        declined = {item.code for item in self.negations()}
        return tuple(item for item in found.values() if item.status == "tried" or item.code not in declined)

    def _meant(self) -> Iterator[tuple[Match, Meant]]:
        yield from ((self._parsed.matches[at], meant) for at, meant in self.roles.items())

    def _treatment(self, match: Match, meant: Meant) -> ReadTreatment | None:
        codes = match.codes("treatment")
        if not codes:
            return None
        treatment = self._vocabulary.treatments[codes[0]]
        taking = treatment.kind == "medicine" and meant.role is Role.NONE and self._parsed.word_before(match) == "on"
        mine = taking or (meant.role is Role.MENTIONED and treatment.kind in _GOING_ON)
        tried = meant.role is Role.TRIED or (mine and not match.has("specialty"))
        if not (tried or self._is_wanted(match, meant)):
            return None
        return ReadTreatment(
            code=treatment.code,
            name=treatment.name_es if self._language == "es" else treatment.name,
            status="tried" if tried else "wanted",
            span=self._parsed.span(match, "treatment", treatment.code),
            helped=meant.helped,
            weeks=self._weeks(match) if tried else None,
        )

    def _is_wanted(self, match: Match, meant: Meant) -> bool:
        if match.has("specialty") or meant.role not in (Role.NONE, Role.WANTED, Role.MENTIONED):
            return False
        return meant.role is Role.WANTED or not (self._only_reports(match) or self._is_everyday(match))

    def _only_reports(self, match: Match) -> bool:
        """ "my mri shows ...": a test that was made."""
        kind = self._vocabulary.treatments[match.codes("treatment")[0]].kind
        made = self._parsed.word_before(match) in _MADE
        reports = self._parsed.word_after(match) in _REPORTS or self._last_word(match) in _REPORTS
        return kind == "test" and (made or reports)

    def _is_everyday(self, match: Match) -> bool:
        """ "hurts when I exercise": an ordinary word that names no treatment here."""
        weak = match.last - match.first == 1 and self._last_word(match) in _WEAK
        long = len(self._parsed.tokens) > _SHORT_QUESTION
        return weak and (long or self._parsed.word_before(match) in _EVERYDAY)

    def _last_word(self, match: Match) -> str:
        return self._parsed.tokens[match.last - 1].word

    def _weeks(self, match: Match) -> float | None:
        """Weeks that a treatment lasted: "8 weeks of chiro", "chiro for 6 weeks"."""
        weeks = (lasting.weeks for lasting in self._parsed.durations if self._lasted(match, lasting))
        return next((round(value, 1) for value in weeks), None)

    def _lasted(self, match: Match, lasting: Lasting) -> bool:
        if lasting.ago:
            return False
        behind = match.last <= lasting.first <= match.last + (_FAR if self._is_said_to_last(match, lasting) else _NEAR)
        before = lasting.of and lasting.last < match.first <= lasting.last + 2
        first, last = min(match.first, lasting.first), max(match.last, lasting.last)
        return (behind or before) and not self._parsed.breaks_between(first, last - 1)

    def _is_said_to_last(self, match: Match, lasting: Lasting) -> bool:
        """ "PT twice a week for 3 months", "chiro helped a little after 10 weeks"."""
        before = self._parsed.tokens[lasting.first - 1].word if lasting.first > 0 else ""
        return before in _FOR or (before in _AFTER and self._is_judged_between(match, lasting))

    def _is_judged_between(self, match: Match, lasting: Lasting) -> bool:
        """Whether an outcome stands between a treatment and a duration."""
        between = (other for other in self._parsed.matches if match.last <= other.first < lasting.first)
        return any(outcome_of(other) for other in between)

    def complaint_weeks(self) -> float | None:
        """How long the complaint has lasted: the longest duration that belongs to no treatment."""
        tried = [match for match, meant in self._meant() if meant.role is Role.TRIED]
        free = (
            lasting.weeks
            for lasting in self._parsed.durations
            if not any(self._lasted(match, lasting) or self._dates(match, lasting) for match in tried)
        )
        return max((round(weeks, 1) for weeks in free), default=None)

    def _dates(self, match: Match, lasting: Lasting) -> bool:
        """ "surgery 2 years ago"."""
        return lasting.ago and 0 <= lasting.first - match.last <= 1

    def asked(self, inferred: Mapping[str, int], declined: frozenset[str]) -> tuple[ReadSpecialty, ...]:
        """Kinds of professional that are asked for, in the order of the text. A word for many of them ("back doctor")
        ranks them by how well each fits the complaint, else its usual meaning first, without those `declined`."""
        found: dict[str, ReadSpecialty] = {}
        excluded = {item.code for item in self.negations() if item.kind == "specialty"}
        for match, meant in self._meant():
            named = match.codes("specialty")
            left_out = excluded | (declined if len(named) > _ONE_OR_TWO else frozenset())
            codes = tuple(code for code in named if code not in left_out)
            if meant.role in (Role.NONE, Role.WANTED) and not self._reports(match):
                for code in codes:
                    span = self._parsed.span(match, "specialty", code)
                    found.setdefault(code, ReadSpecialty(code, "asked", _fit(code, codes, inferred), span))
        return tuple(found.values())

    def _reports(self, match: Match) -> bool:
        return self._parsed.word_after(match) in _REPORTS

    def negations(self) -> Iterator[Negation]:
        """Treatments and kinds of professional that are not wanted."""
        for match, meant in self._meant():
            if meant.role is Role.AVOIDED:
                kind = next((kind for kind in ("specialty", "treatment", "treatment_kind") if match.has(kind)), "")
                codes = match.codes(kind) if kind == "specialty" else match.codes(kind)[:1]
                yield from (Negation(kind, code, self._parsed.span(match, "negation", code)) for code in codes)

    def declined_credentials(self) -> frozenset[str]:
        """Degrees that are not wanted ("osteopath rather than MD")."""
        return frozenset(
            code for match, meant in self._meant() if meant.role is Role.AVOIDED for code in match.codes("credential")
        )


def _fit(code: str, codes: tuple[str, ...], inferred: Mapping[str, int]) -> int:
    if len(codes) <= _ONE_OR_TWO:
        return _BEST
    return max(1, inferred.get(code, 0)) if inferred else (_BEST if code == codes[0] else _GOOD)
