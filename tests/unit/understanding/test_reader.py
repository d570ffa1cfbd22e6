"""The three sentences that the directory is made for."""

from directory.understanding.reader import TextReader


def test_condition_place_and_insurance(reader: TextReader) -> None:
    reading = reader.read("slipped disk dr near 60614 that takes medicare")
    assert [item.slug for item in reading.conditions] == ["herniated-disc"]
    assert reading.location.place is not None
    assert reading.location.place.zip == "60614"
    assert reading.filters["insurance"] == ("medicare",)
    assert {item.reason for item in reading.specialties} == {"inferred"}


def test_duration_and_what_was_tried(reader: TextReader) -> None:
    reading = reader.read("siatica 3 months chiro not helping denver")
    assert [(item.code, item.status, item.helped) for item in reading.treatments] == [
        ("chiropractic_care", "tried", "none")
    ]
    assert reading.duration_weeks == 13.0
    assert "chiropractor" not in {item.code for item in reading.specialties}
    assert reading.location.type == "city"


def test_spanish(reader: TextReader) -> None:
    reading = reader.read("quiropráctico que hable español en houston")
    assert [(item.code, item.reason) for item in reading.specialties] == [("chiropractor", "asked")]
    assert (reading.language, reading.filters["language"]) == ("es", "es")
