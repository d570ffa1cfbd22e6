"""Identifiers and contacts of invented people: each is given out once."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from directory.domain.npi import DEMONSTRATION_FIRST_DIGITS, with_check_digit
from directory.search.fold import query_words

_FICTIONAL_LINES = range(100, 200)


@dataclass(slots=True)
class Numbers:
    """NPIs from the range that is not issued, phone numbers kept for fiction, web sites below example.org."""

    _npis: set[str] = field(default_factory=set)
    _slugs: set[str] = field(default_factory=set)
    _lines: dict[str, Iterator[int]] = field(default_factory=dict)

    def npi(self, rng: Random) -> str:
        """Return a free NPI."""
        while True:
            npi = with_check_digit(f"{DEMONSTRATION_FIRST_DIGITS[0]}{rng.randrange(10**8):08d}")
            if npi not in self._npis:
                self._npis.add(npi)
                return npi

    def phone(self, area_code: str) -> str:
        """Return a free number of an area code in E.164. Raises StopIteration after a hundred."""
        return f"+1{area_code}555{next(self._lines.setdefault(area_code, _shuffled(area_code))):04d}"

    def slug(self, *words: str) -> str:
        """Return a free name for an id or a web address, made of words."""
        wanted = "-".join(query_words(" ".join(words)))
        slug, count = wanted, 1
        while slug in self._slugs:
            count += 1
            slug = f"{wanted}-{count}"
        self._slugs.add(slug)
        return slug


def _shuffled(area_code: str) -> Iterator[int]:
    return iter(Random(area_code).sample(_FICTIONAL_LINES, len(_FICTIONAL_LINES)))


def website(slug: str) -> str:
    """Return the address of a site below example.org, which is kept for documentation."""
    return f"https://{slug}.example.org"
