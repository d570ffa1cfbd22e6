"""A practice address of the registry as a US address, or the reason why it is none."""

import re
from collections.abc import Iterator
from functools import cache, lru_cache

import phonenumbers
from phonenumbers import PhoneMetadata

from directory.domain.errors import DirectoryError
from directory.domain.place import STATES, Address
from indexer.sources import names
from indexer.sources.layout import Cells

_UNITED_STATES = {"", "US", "UM", "PR", "GU", "VI", "AS", "MP"}
_MILITARY = {"AA", "AE", "AP"}
_BY_NAME = {name.upper(): code for code, name in STATES.items()} | {"VIRGIN ISLANDS": "VI"}
_POSTAL = re.compile(r"([0-9]{5})(?:[0-9]{4})?", re.ASCII)
_TEN_DIGITS = re.compile(r"[2-9][0-9]{9}", re.ASCII)
_NORTH_AMERICA = 1
_KINDS = (
    "fixed_line", "mobile", "toll_free", "premium_rate", "shared_cost", "voip", "personal_number", "pager", "uan",
    "voicemail",
)  # fmt: skip
ABROAD = "practice address outside the United States"
MILITARY = "military practice address overseas"


class Elsewhere(DirectoryError):
    """A sound address at which this directory lists nobody; the message is the reason."""


class Unusable(DirectoryError):
    """An address that cannot be right; the message says what is wrong with it."""


def address(cells: Cells) -> Address:
    """The practice location. Raises Elsewhere outside the United States, Unusable for a damaged address."""
    state = cells.state.strip().upper()
    state = _BY_NAME.get(state, state)
    if cells.country.strip().upper() not in _UNITED_STATES:
        raise Elsewhere(ABROAD)
    if state in _MILITARY:
        raise Elsewhere(MILITARY)
    if state not in STATES:
        raise Unusable("practice state is none of the states")
    postal = _POSTAL.fullmatch(cells.postal.replace("-", "").replace(" ", ""))
    if postal is None:
        raise Unusable("postal code is not 5 or 9 digits")
    lines = [line for line in (names.street(cells.line1), names.street(cells.line2)) if line]
    city = names.city(cells.city)
    if not lines or not city:
        raise Unusable("practice address without street or city")
    return Address(lines[0], city, state, postal[1], *lines[1:])


@lru_cache(maxsize=1 << 15)
def e164(text: str) -> str:
    """A US phone number as +13125550100, or empty where there is none that can be dialled."""
    if _TEN_DIGITS.fullmatch(text):
        return f"+1{text}" if _in_use().fullmatch(text) else ""
    try:
        parsed = phonenumbers.parse(text, "US")
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_valid_number(parsed):
        return ""
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


@cache
def _in_use() -> re.Pattern[str]:
    """What `is_valid_number` takes of the ten digits of country code 1, as one expression.

    Asking for a number's region and then its type, as the library does, costs five times as much.
    """
    return re.compile("|".join(dict.fromkeys(_ranges())))


def _ranges() -> Iterator[str]:
    for region in phonenumbers.COUNTRY_CODE_TO_REGION_CODE[_NORTH_AMERICA]:
        plan = PhoneMetadata.metadata_for_region(region)
        if plan is None or plan.general_desc is None:
            continue
        for kind in _KINDS:
            numbers = getattr(plan, kind)
            if numbers is not None and numbers.national_number_pattern:
                yield f"(?=(?:{plan.general_desc.national_number_pattern})$)(?:{numbers.national_number_pattern})"
