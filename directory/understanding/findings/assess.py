"""From a text to its assessment: findings, then the red-flag rules over those that count."""

from directory.guidance.notice import Triage, worst
from directory.guidance.person import Person
from directory.guidance.red_flags import RedFlags, Verdict, red_flags
from directory.understanding.findings.assessment import Assessment, Finding
from directory.understanding.findings.detector import Detector
from directory.understanding.findings.lexicon import lexicon
from directory.understanding.reading import Span

COMPLAINTS = frozenset(
    {
        "back_pain", "neck_pain", "leg_pain", "arm_pain", "leg_numbness", "arm_numbness", "numbness_tingling",
        "walking_trouble", "headache", "dizziness", "fall", "limp",
    }
)  # fmt: skip
"""Findings that are a complaint, so that care is routine where nothing more is found."""


class TextAssessor:
    """Implements `Assessor` with the packaged lexicon and rules unless others are given."""

    def __init__(self, detector: Detector | None = None, rules: RedFlags | None = None) -> None:
        self._detector = detector or Detector(lexicon())
        self._rules = rules or red_flags()

    def assess(self, text: str, language: str = "en", person: Person | None = None) -> Assessment:
        """Return what the text shows, with what else is known of the person. Never raises for any text."""
        findings = self._detector.findings(text)
        counted = [finding for finding in findings if not finding.set_aside]
        codes = {finding.code for finding in counted}
        verdict = self._rules.evaluate(sorted(codes), person or Person(), language)
        complaint = Triage.ROUTINE if codes & COMPLAINTS else Triage.NONE
        return Assessment(worst((verdict.triage, complaint)), verdict.notices, findings, _spans(counted, verdict))


def _spans(counted: list[Finding], verdict: Verdict) -> tuple[Span, ...]:
    behind = {code for codes in verdict.because.values() for code in codes}
    spans = (Span(one.start, one.end, "finding", one.code) for one in counted if one.code in behind)
    return tuple(dict.fromkeys(spans))
