"""The reader refuses data it cannot trust, and says where the fault is."""

from pathlib import Path

import pytest

from directory.vocabulary.entry import VocabularyError
from directory.vocabulary.reader import load, read

INSURER = """
[[insurer]]
code = "medicare"
name = "Medicare"
name_es = "Medicare"
kind = "public"
[insurer.forms]
en = ["medacare"]
es = ["seguro medicare"]
"""
CONDITION = """
[[condition]]
slug = "sciatica"
name = "Sciatica"
name_es = "Ciática"
icd10 = ["M54.3"]
summary = "One. Two."
summary_es = "Uno. Dos."
source = "consensus"
sources = { primary_care = "NICE NG59" }
treated_by = { primary_care = 1, physiatrist = 3 }
[condition.forms]
en = ["siatica"]
es = ["siática"]
"""


def written(folder: Path, text: str, name: str = "data.toml") -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_reads_names_before_forms(tmp_path: Path) -> None:
    insurer = read(written(tmp_path, INSURER)).insurers["medicare"]
    assert insurer.forms == {"en": ("Medicare", "medacare"), "es": ("Medicare", "seguro medicare")}


def test_grades_come_best_first_each_with_its_source(tmp_path: Path) -> None:
    condition = read(written(tmp_path, CONDITION)).conditions["sciatica"]
    assert [(t.specialty, t.fit, t.source) for t in condition.treated_by] == [
        ("physiatrist", 3, "consensus"),
        ("primary_care", 1, "NICE NG59"),
    ]
    assert condition.fit_of("primary_care") == 1
    assert condition.fit_of("rheumatologist") == 0


def test_reads_folders_below(tmp_path: Path) -> None:
    (tmp_path / "conditions").mkdir()
    written(tmp_path / "conditions", CONDITION)
    assert list(read(tmp_path).conditions) == ["sciatica"]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (INSURER + INSURER, "medicare is there twice"),
        (INSURER.replace('kind = "public"', ""), "data.toml: \\[\\[insurer\\]\\] medicare: 'kind' is missing"),
        (INSURER.replace("kind", "colour = 'red'\nkind"), "unknown key colour"),
        (INSURER.replace('name = "Medicare"', 'name = " "'), "'name' must be a text"),
        (INSURER.replace('es = ["seguro medicare"]', ""), "must have the lists 'en' and 'es'"),
        (INSURER.replace('["medacare"]', '["medacare", 3]'), "'forms.en' must be a list of texts"),
        (INSURER.replace("[[insurer]]", "[[insurers]]").replace("[insurer.", "[insurers."), "unknown kind"),
        ("[insurer]\ncode = 'x'", "must be written as \\[\\[insurer\\]\\]"),
        ("[[insurer", "data.toml: "),
        (CONDITION.replace("primary_care = 1", "primary_care = 4"), "'treated_by' must be a table"),
        (CONDITION.replace("primary_care = 1, ", ""), "source without grade: primary_care"),
        (CONDITION.replace('icd10 = ["M54.3"]', 'icd10 = "M54.3"'), "'icd10' must be a list of texts"),
        (CONDITION.replace("source =", "is_symptom = 'no'\nsource ="), "'is_symptom' must be true or false"),
    ],
)
def test_refuses_malformed_data(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(VocabularyError, match=complaint):
        read(written(tmp_path, text))


def test_fingerprint_follows_content_and_nothing_else(tmp_path: Path) -> None:
    first = read(written(tmp_path, INSURER)).fingerprint
    assert read(tmp_path).fingerprint == first
    assert read(written(tmp_path, INSURER.replace("medacare", "medicaire"))).fingerprint != first


def test_fingerprint_is_sha_256_in_hex() -> None:
    fingerprint = load().fingerprint
    assert len(fingerprint) == 64
    assert int(fingerprint, 16)


def test_loads_once() -> None:
    assert load() is load()
