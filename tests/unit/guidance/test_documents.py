"""The page of sources lists every rule, so that a clinician can review it."""

from pathlib import Path

import pytest

from directory.guidance.pathway import pathway_rules
from directory.guidance.red_flags import red_flags

DOCS = Path(__file__).resolve().parents[3] / "docs"
PATHWAY = pathway_rules()
LISTED = [
    *red_flags().rules,
    *PATHWAY.rules,
    *PATHWAY.clinics,
    *PATHWAY.self_care,
    *PATHWAY.second_opinions,
]


@pytest.mark.parametrize("rule", LISTED, ids=lambda rule: rule.code)
def test_the_page_names_a_rule_and_its_source(rule: object) -> None:
    lines = (DOCS / "clinical-sources.md").read_text(encoding="utf-8").splitlines()
    code, source = getattr(rule, "code", ""), getattr(rule, "source", "")
    assert any(line.startswith(f"| `{code}` |") and line.endswith(f"| {source} |") for line in lines)


def test_the_intended_use_says_what_this_is_not() -> None:
    text = (DOCS / "intended-use.md").read_text(encoding="utf-8")
    for words in ("Not a diagnosis", "Not a triage device", "A clinician reviews", "Legal counsel reviews"):
        assert words in text
