"""National Provider Identifier.

Source: 45 CFR 162.406 and the CMS "Requirements for NPI check digit"; FHIR us-core-16, us-core-17.
"""

import re
from collections.abc import Collection

from directory.domain.errors import InvalidInput

_TEN_DIGITS = re.compile(r"[0-9]{10}", re.ASCII)
_CARD_ISSUER_PREFIX = "80840"
_DOUBLED = str.maketrans("0123456789", "0246813579")
"""A digit doubled, its digits added."""
DEMONSTRATION_FIRST_DIGITS = ("2",)


def luhn_remainder(digits: str) -> int:
    """Luhn sum of a digit string modulo 10 (ISO/IEC 7812-1, annex B); 0 means the check digit is right."""
    single, doubled = digits[::-2], digits[-2::-2].translate(_DOUBLED)
    # The bytes of ASCII digits are their values plus ord("0"), and add up much faster than the digits do.
    return (sum((single + doubled).encode()) - len(digits) * ord("0")) % 10


def is_valid_npi(text: str, first_digits: Collection[str] = ("1", "2")) -> bool:
    """True for ten ASCII digits, an allowed first digit and a right check digit.

    It does not show that the number was issued or is active: that takes evidence from the registry.
    """
    return (
        _TEN_DIGITS.fullmatch(text) is not None
        and text[0] in first_digits
        and luhn_remainder(_CARD_ISSUER_PREFIX + text) == 0
    )


def npi(text: str, first_digits: Collection[str] = ("1", "2")) -> str:
    """The NPI as a string of ten digits. Raises InvalidInput saying which rule it breaks."""
    candidate = text.strip()
    if _TEN_DIGITS.fullmatch(candidate) is None:
        raise InvalidInput("An NPI is exactly ten digits, for example 1234567893.", field="npi")
    if candidate[0] not in first_digits:
        raise InvalidInput(f"An NPI here starts with {' or '.join(sorted(first_digits))}.", field="npi")
    if not is_valid_npi(candidate, first_digits):
        raise InvalidInput("The check digit of this NPI is wrong: look for a mistyped digit.", field="npi")
    return candidate


def with_check_digit(first_nine: str) -> str:
    """Nine digits completed by their check digit."""
    remainder = luhn_remainder(_CARD_ISSUER_PREFIX + first_nine + "0")
    return first_nine + str((10 - remainder) % 10)
