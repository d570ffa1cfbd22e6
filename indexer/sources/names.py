"""Names, addresses and degrees as people write them. The registry holds them in capitals.

Text that is in mixed case already is taken as its owner wrote it.
"""

import re
from collections.abc import Set
from functools import lru_cache

from directory.domain.practitioner import PersonName

_PARTICLES = {"de", "del", "della", "da", "das", "dos", "di", "du", "la", "las", "los", "le", "van", "von", "der",
              "den", "ter", "ten", "y", "e", "bin", "ibn", "al"}  # fmt: skip
_LOWER_AT_START = {"de", "del", "della", "da", "das", "dos", "von"}
"""Particles that begin a family name in lower case; the others are as often a name of their own (Van, La, Di)."""
_MAC = {"macarthur", "macaulay", "macbeth", "macdonald", "macdonell", "macdougall", "macdowell", "maceachern",
        "macfarland", "macfarlane", "macgregor", "macinnes", "macinnis", "macintosh", "macintyre", "maciver", "mackay",
        "mackenzie", "mackinnon", "mackintosh", "maclachlan", "maclaren", "maclaughlin", "maclean", "maclellan",
        "maclennan", "macleod", "macmillan", "macmullen", "macnab", "macnamara", "macnaughton", "macneil", "macneill",
        "macphail", "macpherson", "macquarrie", "macrae", "mactavish", "macvicar"}  # fmt: skip
_ROMAN = re.compile(r"(?:II|III|IV|VI|VII|VIII|IX)")
_SUFFIXES = {"JR": "Jr.", "SR": "Sr.", "I": "I", "V": "V", "X": "X", "2ND": "II", "3RD": "III"}
_SMALL = frozenset({"and", "of", "the", "for", "at", "in", "on", "by", "to", "a", "an", "de", "del", "la", "y", "dba"})
_SMALL_IN_STREETS = _SMALL - {"a"}
_CAPITALS = {"LLC", "LLP", "PLLC", "PLC", "PC", "PA", "PS", "LP", "PT", "OT", "MD", "DO", "DC", "DPT", "DPM", "DDS",
             "NP", "USA", "US", "II", "III", "IV", "NYU", "UCLA", "UCSF", "UPMC", "VA", "YMCA", "ATI", "SSM", "SC",
             "APC", "APMC", "PMR", "ENT", "ER", "ICU", "IPA", "NE", "NW", "SE", "SW", "N", "S", "E", "W", "PO", "APN",
             "CHI", "USC", "UAB", "UNC", "OSU", "MSO", "HMO", "ASC", "RPT"}  # fmt: skip
_NAME_CAPITALS = frozenset({"PL", "MA", "ABA", "EKG"})
_NOTHING: frozenset[str] = frozenset()
_DOING_BUSINESS = re.compile(r"^D\.?/?B\.?/?A\.?[:,]?\s+", re.IGNORECASE)
_TITLED = {"DR": "Dr", "MR": "Mr", "MRS": "Mrs", "MS": "Ms", "ST": "St", "MT": "Mt", "FT": "Ft", "JR": "Jr", "SR": "Sr",
           "LTD": "Ltd", "RD": "Rd", "BLVD": "Blvd", "LN": "Ln", "CT": "Ct", "PKWY": "Pkwy", "HWY": "Hwy", "DBA": "dba",
           "STE": "Ste", "BLDG": "Bldg", "RM": "Rm", "FL": "Fl", "SQ": "Sq", "CTR": "Ctr", "PL": "Pl", "TRL": "Trl",
           "PHD": "PhD", "DRS": "Drs", "PKY": "Pky", "FWY": "Fwy", "XING": "Xing", "GRP": "Grp", "MGMT": "Mgmt",
           "SVC": "Svc", "SVCS": "Svcs", "HLTH": "Hlth", "PHYS": "Phys", "CTRS": "Ctrs", "CLG": "Clg", "PLZ": "Plz",
           "WY": "Wy", "CV": "Cv", "SPG": "Spg", "SPGS": "Spgs", "TPKE": "Tpke", "NTH": "Nth"}  # fmt: skip
_DOTTED = re.compile(r"(?:[A-Z]\.)+[A-Z]?\.?")
_ORDINAL = re.compile(r"[0-9]+(?:ST|ND|RD|TH)")
_PIECE = re.compile(r"[^\s\-/&(),.]+|\.")
_POSSESSIVE = re.compile(r"(?<=['’])S\b")


def tidy(text: str) -> str:
    """Without surrounding, repeated or unprintable blanks."""
    if not text.isprintable():
        text = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(text.split())


def _one_case(text: str) -> bool:
    return text == text.upper() or text == text.lower()


@lru_cache(maxsize=1 << 16)
def person_part(text: str) -> str:
    """A given or middle name: "MARY-ANN" -> "Mary-Ann", "J" -> "J."."""
    text = tidy(text)
    if len(text) == 1 and text.isalpha():
        return f"{text.upper()}."
    return " ".join(_name_word(word) for word in text.split(" ")) if _one_case(text) else text


@lru_cache(maxsize=1 << 16)
def family(text: str) -> str:
    """A family name: "MCDONALD" -> "McDonald", "DE LA CRUZ" -> "de la Cruz", "O'BRIEN" -> "O'Brien"."""
    text = tidy(text)
    if not _one_case(text):
        return text
    words = text.split(" ")
    shown = [_name_word(word) for word in words]
    return " ".join(word.lower() if _is_particle(words, place) else shown[place] for place, word in enumerate(words))


def _is_particle(words: list[str], place: int) -> bool:
    word = words[place].lower()
    if word not in _PARTICLES or place == len(words) - 1:
        return False
    return place > 0 or word in _LOWER_AT_START or (word == "van" and words[1].lower() in {"de", "der", "den"})


def _name_word(word: str) -> str:
    if _ROMAN.fullmatch(word.upper()):
        return word.upper()
    return "-".join(_name_piece(piece) for piece in word.split("-"))


def _name_piece(piece: str) -> str:
    lower = piece.lower()
    if lower.startswith("mc") and len(lower) > 3:
        return f"Mc{_capital(lower[2:])}"
    if lower in _MAC:
        return f"Mac{_capital(lower[3:])}"
    return _capital(lower)


def _capital(lower: str) -> str:
    """First letters up, also behind an apostrophe that more than one letter follows ("o'brien", not "mary's")."""
    parts = re.split(r"(['’`])", lower)
    return "".join(part[:1].upper() + part[1:] if place == 0 or len(part) > 1 else part
                   for place, part in enumerate(parts))  # fmt: skip


@lru_cache(maxsize=1 << 10)
def suffix(text: str) -> str:
    """A generation: "JR." -> "Jr.", "iii" -> "III"; empty for anything that is none."""
    plain = tidy(text).upper().strip(".,")
    return plain if _ROMAN.fullmatch(plain) else _SUFFIXES.get(plain, "")


@lru_cache(maxsize=1 << 10)
def prefix(text: str) -> str:
    """A title: "DR." -> "Dr."."""
    return tidy(text).capitalize()


def person_name(family_name: str, given: str, middle: str = "", title: str = "", generation: str = "") -> PersonName:
    """The name as shown, from the registry's parts. A generation that stands in the family name is moved out of it."""
    words = tidy(family_name).split(" ")
    found = suffix(generation)
    if len(words) > 1 and not found and words[-1].upper().strip(".,") in {"JR", "SR", "II", "III", "IV"}:
        found = suffix(words.pop())
    return PersonName(
        given=person_part(given),
        family=family(" ".join(words).rstrip(",")),
        middle=person_part(middle),
        prefix=prefix(title),
        suffix=found,
    )


@lru_cache(maxsize=1 << 16)
def organization(text: str) -> str:
    """A clinic's name: "SPINE CENTER OF TEXAS, PLLC" -> "Spine Center of Texas, PLLC"."""
    return _titled(_DOING_BUSINESS.sub("", tidy(text)), _SMALL, _NAME_CAPITALS)


@lru_cache(maxsize=1 << 16)
def street(text: str) -> str:
    """An address line: "1824 NE KING STREET STE A" -> "1824 NE King Street Ste A"."""
    return _titled(tidy(text), _SMALL_IN_STREETS, _NOTHING)


@lru_cache(maxsize=1 << 16)
def city(text: str) -> str:
    """A city: "MCALLEN" -> "McAllen", "FOND DU LAC" -> "Fond du Lac"."""
    text = tidy(text)
    if not _one_case(text):
        return text
    words = [_name_word(word) for word in text.split(" ")]
    small = {"Du", "Of", "The", "And", "On", "By", "In"}
    return " ".join(word.lower() if place and word in small else word for place, word in enumerate(words))


def _titled(text: str, small: frozenset[str], capitals: frozenset[str]) -> str:
    if not _one_case(text):
        return text
    words = text.upper().split(" ")
    return " ".join(_title_word(word, small if place else _NOTHING, capitals) for place, word in enumerate(words))


@lru_cache(maxsize=1 << 15)
def _title_word(word: str, small: frozenset[str], capitals: frozenset[str]) -> str:
    if _DOTTED.fullmatch(word):
        return word
    titled = _PIECE.sub(lambda match: _title_piece(match[0], small, capitals), word)
    return _POSSESSIVE.sub("s", titled)


def _title_piece(piece: str, small: Set[str], capitals: Set[str]) -> str:
    if piece in _CAPITALS or piece in capitals:
        return piece
    if piece in _TITLED:
        return _TITLED[piece]
    if _ORDINAL.fullmatch(piece):
        return piece.lower()
    if piece.lower() in small:
        return piece.lower()
    if _stays(piece):
        return piece
    return _name_piece(piece)


def _stays(piece: str) -> bool:
    """Numbers with letters, and short words without a vowel, which are initials."""
    return any(letter.isdigit() for letter in piece) or (len(piece) <= 4 and not set(piece) & set("AEIOUY"))
