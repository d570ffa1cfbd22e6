"""Telephone numbers of the registry: those that can be dialled, as the library judges them."""

from random import Random

import phonenumbers
import pytest
from phonenumbers import PhoneNumber, PhoneNumberFormat

from indexer.sources.address import e164


@pytest.mark.parametrize(
    ("stated", "kept"),
    [
        ("3125550100", "+13125550100"),
        ("(312) 555-0100", "+13125550100"),
        ("1-312-555-0100", "+13125550100"),
        ("8005550100", "+18005550100"),
        ("3125550", ""),
        ("9115550100", ""),
        ("0000000000", ""),
        ("call us", ""),
        ("", ""),
    ],
)
def test_a_number_is_kept_in_the_form_that_is_dialled(stated: str, kept: str) -> None:
    assert e164(stated) == kept


def test_ten_digits_are_judged_as_the_library_judges_them() -> None:
    random = Random(20261125)
    area_codes = [f"{code}" for code in range(200, 1000)]
    numbers = [code + f"{random.randrange(10**7):07}" for code in area_codes for _ in range(25)]
    numbers += [code + "5550100" for code in area_codes] + [code + "0000000" for code in area_codes]
    for number in numbers:
        parsed = PhoneNumber(1, int(number))
        sound = phonenumbers.is_valid_number(parsed)
        assert e164(number) == (phonenumbers.format_number(parsed, PhoneNumberFormat.E164) if sound else "")
