"""Which addresses are the same place, so that a place keeps its id from one load to the next."""

import hashlib
import re
import unicodedata
from functools import lru_cache

from directory.domain.place import Address

_WORD = re.compile(r"[0-9a-z]+")
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
    street = _normalised(f"{address.line} {address.line2}")
    text = f"{street}|{_town(address.city, address.state, address.zip)}"
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


# Many addresses share a town; what differs is the street.
@lru_cache(maxsize=1 << 16)
def _town(*parts: str) -> str:
    return "|".join(_normalised(part) for part in parts)


def _normalised(text: str) -> str:
    plain = text.casefold()
    if not plain.isascii():
        plain = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()
    return " ".join([_ABBREVIATIONS.get(word, word) for word in _WORD.findall(plain)])
