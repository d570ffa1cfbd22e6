"""What readings hold beside the parts that the table shows."""

from itertools import pairwise

import pytest

from directory.guidance.notice import Triage
from directory.understanding.reader import TextReader


def fits(reader: TextReader, text: str) -> dict[str, int]:
    return {item.code: item.fit for item in reader.read(text).specialties}


def said(reader: TextReader, text: str) -> dict[str, str]:
    """Kind -> the characters it was read from."""
    return {span.kind: text[span.start : span.end] for span in reader.read(text).spans}


def test_parts_point_at_the_characters_they_came_from(reader: TextReader) -> None:
    text = "siatica for 3 months 😀 near 60614, Dr. O’Brien takes Médicare"
    found = said(reader, text)
    assert found["condition"] == "siatica"
    assert found["duration"] == "3 months"
    assert found["location"] == "60614"
    assert found["name"] == "O’Brien"
    assert found["insurance"] == "Médicare"


def test_combining_marks_and_wide_letters_keep_their_places(reader: TextReader) -> None:
    assert said(reader, "tengo cia\u0301tica")["condition"] == "cia\u0301tica"
    assert said(reader, "ｓｃｉａｔｉｃａ now")["condition"] == "ｓｃｉａｔｉｃａ"


def test_symptoms_lead_to_specialties_and_never_to_a_disease(reader: TextReader) -> None:
    reading = reader.read("stiff in the morning gets better with movement, 8 months, i am 29")
    assert reading.conditions == ()
    assert {item.code: item.fit for item in reading.specialties}["rheumatologist"] == 3
    assert {item.reason for item in reading.specialties} == {"inferred"}


def test_conditions_carry_their_icd10_codes_and_names_in_the_language_of_the_text(reader: TextReader) -> None:
    (english,) = reader.read("sciatica").conditions
    (spanish,) = reader.read("tengo ciática").conditions
    assert english.icd10 == spanish.icd10
    assert "M54.3" in english.icd10
    assert (english.name, spanish.name) == ("Sciatica", "Ciática")


def test_specialties_are_ordered_by_how_well_they_fit(reader: TextReader) -> None:
    found = [item.fit for item in reader.read("spinal stenosis").specialties]
    assert found
    assert all(first >= second for first, second in pairwise(found))


def test_chiropractic_without_relief_leads_to_specialists(reader: TextReader) -> None:
    found = fits(reader, "sciatica, 8 weeks of chiropractic, no relief")
    assert "chiropractor" not in found
    assert found["physiatrist"] == 3
    assert found["pain_management"] == 3


def test_a_little_relief_in_weeks_of_chiropractic_leads_on_too(reader: TextReader) -> None:
    assert "chiropractor" not in fits(reader, "sciatica, chiro for 6 weeks helped a little")
    assert "chiropractor" in fits(reader, "sciatica, chiro for 2 weeks helped a little")


def test_failed_surgery_leads_to_pain_care(reader: TextReader) -> None:
    found = fits(reader, "back surgery failed, leg pain")
    assert found["pain_management"] == 3


def test_without_surgery_no_surgeon_is_inferred(reader: TextReader) -> None:
    assert any(code.startswith("spine_surgeon") for code in fits(reader, "lumbar stenosis"))
    assert not any(code.startswith("spine_surgeon") for code in fits(reader, "lumbar stenosis, no surgery"))


def test_a_treatment_that_is_wanted_leads_to_who_offers_it(reader: TextReader) -> None:
    assert next(iter(fits(reader, "who does kyphoplasty"))).startswith("spine_surgeon")
    assert fits(reader, "dry needling")["physical_therapist"] == 3


def test_a_word_for_many_kinds_ranks_them_by_the_complaint(reader: TextReader) -> None:
    alone = fits(reader, "back doctor")
    stenosis = fits(reader, "back doctor for lumbar stenosis")
    assert alone["physiatrist"] == 3
    assert next(iter(alone)) == "physiatrist"
    assert stenosis["chiropractor"] < stenosis["physiatrist"]


@pytest.mark.parametrize(
    ("text", "complicated"),
    [
        ("back pain", False),
        ("back pain 2 weeks", False),
        ("back pain for 6 months", True),
        ("PT did not help my sciatica", True),
        ("PT helped my sciatica", False),
    ],
)
def test_a_need_is_complicated_where_it_is_long_standing_or_treatment_failed(
    reader: TextReader, text: str, complicated: bool
) -> None:
    assert reader.read(text).complicated is complicated


def test_a_city_of_several_namesakes_keeps_the_others(reader: TextReader) -> None:
    location = reader.read("chiropractor portland").location
    assert location.type == "ambiguous"
    assert location.place is not None
    assert location.place.label == "Portland, OR"
    assert "Portland, ME" in [place.label for place in location.candidates]


def test_a_misspelt_city_is_a_guess(reader: TextReader) -> None:
    location = reader.read("chiropractor philadephia").location
    assert location.type == "ambiguous"
    assert location.place is not None
    assert location.place.city == "Philadelphia"


def test_what_cannot_be_answered_is_explained_in_both_languages(reader: TextReader) -> None:
    (rating,) = reader.read("best chiropractor").unanswerable
    assert "ratings" in rating.text
    assert "calificaciones" in rating.text_es


def test_warning_signs_set_the_triage_and_point_at_their_words(reader: TextReader) -> None:
    text = "chiropractor denver, can't feel when I wipe"
    reading = reader.read(text)
    assert reading.triage is Triage.EMERGENCY
    assert reading.notices[0].phone == "911"
    assert any(span.kind == "finding" for span in reading.spans)
    assert reader.read(text, "es").notices[0].language == "es"


def test_denied_symptoms_are_not_read(reader: TextReader) -> None:
    reading = reader.read("back pain, no fever")
    assert reading.symptoms == ()
    assert [(item.kind, item.code) for item in reading.negations] == [("symptom", "fever")]


def test_nothing_is_read_from_nothing(reader: TextReader) -> None:
    for text in ("", " ", "\x00", "...", "🙂", "\u0301"):
        reading = reader.read(text)
        assert (reading.conditions, reading.specialties, reading.name, dict(reading.filters)) == ((), (), "", {})
