"""Which addresses are the same place, so that a place keeps its id from one load to the next."""

import hashlib
import re
import unicodedata

from directory.domain.place import Address

_NOT_WORD = re.compile(r"[^0-9a-z]+")
_ABBREVIATIONS = {
    "avenue": "ave", "av": "ave", "boulevard": "blvd", "building": "bldg", "circle": "cir", "court": "ct",
    "drive": "dr", "east": "e", "expressway": "expy", "floor": "fl", "freeway": "fwy", "highway": "hwy",
    "lane": "ln", "north": "n", "northeast": "ne", "northwest": "nw", "parkway": "pkwy", "pky": "pkwy", "place": "pl",
    "plaza": "plz", "road": "rd", "room": "rm", "saint": "st", "south": "s", "southeast": "se", "southwest": "sw",
    "square": "sq", "street": "st", "str": "st", "suite": "ste", "terrace": "ter", "trail": "trl",
    "turnpike": "tpke", "west": "w",
}  # fmt: skip
"""Spellings that USPS Publication 28 (appendices B and C) treats as the same word."""


def location_id(address: Address) -> str:
    """Sixteen hex digits: equal for spellings of one address, different for another suite.

    Case, accents, punctuation, usual abbreviations, and whether the suite stands on a line of its own play no part.
    """
    street = f"{address.line} {address.line2}"
    parts = (street, address.city, address.state, address.zip)
    text = "|".join(_normalised(part) for part in parts)
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def _normalised(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    return " ".join(_ABBREVIATIONS.get(word, word) for word in _NOT_WORD.split(plain) if word)
