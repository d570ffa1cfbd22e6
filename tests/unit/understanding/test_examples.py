"""Every line of the table is read exactly as it says: all of it, and nothing else."""

from collections import Counter

import pytest

from directory.understanding.reader import TextReader
from tests.unit.understanding.table import Example, examples, written

EXAMPLES = tuple(examples())


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.text[:60])
def test_it_is_read_as_the_table_says(example: Example, reader: TextReader) -> None:
    assert written(reader.read(example.text)) == example.parts


def test_the_table_covers_every_part_of_a_reading() -> None:
    named = Counter(part.partition("=")[0] for example in EXAMPLES for part in example.parts)
    wanted = (
        *("asked", "condition", "symptom", "wanted", "tried", "avoid", "weeks", "radius", "name", "scope", "cannot"),
        *("zip", "city", "state", "metro", "ambiguous", "near_me", "es"),
        *("insurance", "language", "telehealth", "gender", "accepting_new_patients", "accessibility", "open_days"),
        *(
            "hours",
            "clinic_model",
            "clinic_with",
            "credential",
            "board_certified",
            "age_group",
            "second_opinion",
            "sort",
        ),
    )
    assert [part for part in wanted if not named[part]] == []
    assert len(EXAMPLES) == len({example.text for example in EXAMPLES}) >= 150
