"""Seeded random listings and queries, dense in the places where engines go wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from directory.domain.npi import with_check_digit
from directory.domain.place import Address, Point, Precision, distance_m, stored
from directory.search.fold import fold, index_words, sort_name
from directory.search.listing import FACETS, UNKNOWN, Card, Field, Kind, Listing
from directory.search.query import (
    MAX_LIMIT,
    MAX_RADIUS_M,
    Boost,
    DistanceBand,
    Filter,
    FreshnessBand,
    NamePoints,
    Query,
    Sort,
)

TODAY = date(2026, 3, 1)
"""The day on which random queries are asked; listings expire around it."""

ANCHORS = (
    Point(90.0, 0.0),
    Point(89.9995, 120.0),
    Point(-90.0, 0.0),
    Point(0.0, 0.0),
    Point(0.0, -180.0),
    Point(-16.9, 179.99995),
    Point(-14.27, -170.7),
    Point(13.44, 144.79),
    Point(51.88, -176.65),
    Point(51.88, 179.98),
    Point(39.95, -75.16),
    Point(40.0, -75.1),
    Point(39.9, -75.2),
    Point(-0.1, -0.1),
)
"""Poles, both sides of the antimeridian, the Aleutians, Guam, American Samoa, corners of 0.1 degree cells."""
JITTERS = (0.0, 0.0, 1e-7, 1e-5, 1e-4, 1e-3, 0.02, 0.1, 0.1, 1.0, 5.0)
"""Degrees; nothing twice as often, so that many listings share one point."""
RADII_M = (1.0, 3.0, 50.0, 1_000.0, 8_046.72, 40_233.6, 402_336.0, 5_000_000.0, 19_900_000.0, MAX_RADIUS_M)

FAMILIES = (
    *("Núñez", "O'Brien", "Smith-Jones", "Li", "Xu", "Ng", "Müller", "Strauß", "Łukasz", "Ødegård", "D’Angelo"),
    *("Smith", "Smyth", "Smithson", "Brown", "Browne", "Brwon", "Garcia", "García", "Gracia", "Lee", "Leeson"),
)
GIVENS = ("Ana", "Al", "José", "Jo", "Joanna", "Ian", "Iain", "Brian", "Bryan", "Zoë", "Mary-Jane", "王", "Дмитрий")
PHRASES = (
    "Back pain",
    "neck pain",
    "sciatica",
    "Herniated disc",
    "lumbar stenosis",
    "spinal fusion",
    "sports medicine",
)
CROWD = "martinez"
"""A name with far more neighbours at one typo than the fifty an engine expands a word to by default."""

_CLOSED: Mapping[Field, tuple[str, ...]] = {
    Field.LEVEL: ("registry", "practice", "reviewed"),
    Field.SPECIALTY: tuple(f"s{number}" for number in range(12)),
    Field.SPECIALTY_CONFIRMED: ("s1", "s2"),
    Field.CONDITION: tuple(f"c{number}" for number in range(30)),
    Field.CONDITION_STATED: tuple(f"c{number}" for number in range(30)),
    Field.CONDITION_USUAL: tuple(f"c{number}" for number in range(30)),
    Field.TREATMENT: ("exercise", "manipulation", "injection", "fusion"),
    Field.CLINIC_MODEL: ("integrated", "network"),
    Field.ACCEPTING: ("yes", "no"),
    Field.TELEHEALTH: ("yes", "no"),
    Field.LANGUAGE: ("en", "es", "zh", "vi"),
    Field.INSURANCE: ("medicare", "medicaid", "aetna", "cigna"),
    Field.GENDER: ("female", "male", "nonbinary"),
    Field.ACCESSIBILITY: ("cultcomp", "mobility"),
    Field.CREDENTIAL: ("MD", "DO", "DC", "PT"),
    Field.BOARD_CERTIFIED: ("yes", "no"),
    Field.AGE_GROUP: ("child", "adult", "senior"),
    Field.OPEN_DAY: ("mon", "tue", "sat", "sun"),
    Field.SCOPE: ("other_specialty",),
}
_STATES = ("PA", "NJ", "AK", "AS", "GU")
_NETWORKS = tuple(f"n{number}" for number in range(8))
_MANY = (Field.CONDITION, Field.CONDITION_STATED, Field.CONDITION_USUAL, Field.LANGUAGE, Field.INSURANCE)


@dataclass(frozen=True, slots=True)
class Sampler:
    """Draws from one seeded source, so that every failure can be repeated from its seed."""

    random: Random

    def listings(self, count: int) -> list[Listing]:
        """Distinct listings of about two thirds as many subjects."""
        drawn = {item.id: item for item in (self.listing(self.random.randrange(count)) for _ in range(2 * count))}
        return sorted(drawn.values(), key=lambda item: fold(item.card.address.line))[:count]

    def listing(self, subject: int, location: int | None = None, version: int = 1) -> Listing:
        """A listing of the subject with this number, at one of three locations."""
        random = self.random
        kind = random.choice(tuple(Kind)) if subject % 4 == 0 else Kind.PRACTITIONER
        npi = with_check_digit(f"2{subject:08d}")
        where = random.randrange(3) if location is None else location
        family, given = self.family(), random.choice(GIVENS)
        point = None if random.random() < 0.1 else self.point()
        address = Address(f"{random.randrange(10**9)} Example Street", "Sampleton", random.choice(_STATES), "00000")
        return Listing(
            id=f"c{subject}.{where}" if kind is Kind.CLINIC else f"p{npi}.{where}",
            kind=kind,
            npi=npi,
            name=f"{given} {family}",
            sort_name=sort_name(family, given),
            version=version,
            checked_on=TODAY - timedelta(days=random.choice((-1, 0, 1, 29, 30, 31, 90, 400))),
            expires_on=TODAY + timedelta(days=random.choice((-30, -1, 0, 1, 1, 2, 60, 60, 60, 60, 60))),
            card=Card(address=address, phone="+12155550100"),
            point=point,
            precision=Precision.NONE if point is None else random.choice((Precision.EXACT, Precision.APPROXIMATE)),
            tokens=self._tokens(kind, npi, address.state),
            name_words=index_words((given, family)),
            text_words=index_words(random.sample(PHRASES, random.randrange(4))),
        )

    def family(self) -> str:
        return self.typo(CROWD) if self.random.random() < 0.4 else self.random.choice(FAMILIES)

    def typo(self, word: str) -> str:
        """The word with one random edit: an insertion, deletion, substitution or swap of neighbours."""
        random = self.random
        at = random.randrange(len(word))
        letter = random.choice("abcdefghijklmnopqrstuvwxyz")
        head, tail = word[:at], word[at:]
        swapped = head + tail[1:2] + tail[:1] + tail[2:]
        return random.choice((head + letter + tail, head + tail[1:], head + letter + tail[1:], swapped)) or letter

    def point(self) -> Point:
        """As an index stores it: near an anchor, on it, or anywhere on the sphere."""
        if self.random.random() < 0.05:
            return stored(Point(self.random.uniform(-90, 90), self.random.uniform(-180, 180)))
        return stored(self.near(self.random.choice(ANCHORS)))

    def near(self, anchor: Point) -> Point:
        size = self.random.choice(JITTERS)
        lat = anchor.lat + self.random.uniform(-size, size)
        lon = anchor.lon + self.random.uniform(-size, size)
        return Point(max(-90.0, min(90.0, lat)), (lon + 180.0) % 360.0 - 180.0 if size else anchor.lon)

    def query(self, corpus: Sequence[Listing]) -> Query:
        """A query that often finds something in the corpus, and sometimes nothing."""
        random = self.random
        near = stored(self._somewhere(corpus)) if random.random() < 0.7 else None
        words = [self._word(corpus) for _ in range(random.choice((0, 0, 0, 1, 1, 2)))]
        by_name = random.random() < 0.5
        return Query(
            today=random.choice((TODAY, TODAY, TODAY - timedelta(days=2), TODAY + timedelta(days=1))),
            near=near,
            radius_m=self._radius(near, corpus) if near is not None and random.random() < 0.7 else None,
            filters=tuple(self._filter(corpus) for _ in range(random.choice((0, 0, 1, 1, 2, 3)))),
            exclusions=tuple(self._filter(corpus) for _ in range(random.choice((0, 0, 0, 1, 2)))),
            boosts=self._boosts(corpus),
            distance_bands=self._bands(near, corpus),
            freshness_bands=tuple(
                FreshnessBand(days, random.randrange(1, 9)) for days in random.sample((0, 30, 90), 2)
            ),
            name=tuple(words) if by_name else (),
            text=tuple(words[:1] if random.random() < 0.2 else ()) if by_name else tuple(words),
            name_points=random.choice((NamePoints(0, 0, 0), NamePoints(9, 5, 2), NamePoints(30, 30, 1))),
            sort=random.choice([item for item in Sort if near is not None or item is not Sort.DISTANCE]),
            facets=tuple(random.sample(FACETS, random.choice((0, 2, 5, len(FACETS))))),
            limit=random.choice((0, 1, 2, 5, 20, 20, MAX_LIMIT)),
        )

    def paged(self, query: Query) -> Query:
        """The query with a page size from 1 to 100."""
        return replace(query, limit=self.random.choice((1, 2, 3, 7, 10, 33, MAX_LIMIT)), facets=query.facets[:2])

    def _tokens(self, kind: Kind, npi: str, state: str) -> dict[Field, tuple[str, ...]]:
        random = self.random
        tokens = {wanted: self._some(wanted) for wanted in _CLOSED if random.random() < 0.9}
        tokens[Field.KIND] = (kind.value,)
        tokens[Field.STATE] = (state,)
        tokens[Field.NPI] = (npi,)
        tokens[Field.CLINIC] = (f"k{random.randrange(60)}",)
        tokens[Field.ADDRESS] = (f"a{random.randrange(60)}",)
        tokens[Field.NETWORK] = (random.choice(_NETWORKS),)
        tokens[Field.PARTNER] = tuple(sorted({f"k{random.randrange(60)}" for _ in range(3)}))
        return tokens

    def _some(self, wanted: Field) -> tuple[str, ...]:
        values = _CLOSED[wanted]
        if self.random.random() < 0.3:
            return (UNKNOWN,)
        most = min(len(values), 8 if wanted in _MANY else 2)
        return tuple(sorted(self.random.sample(values, self.random.randint(1, most))))

    def _somewhere(self, corpus: Sequence[Listing]) -> Point:
        placed = [item.point for item in corpus if item.point is not None]
        if placed and self.random.random() < 0.4:
            return self.random.choice(placed)
        return self.near(self.random.choice(ANCHORS))

    def _radius(self, near: Point, corpus: Sequence[Listing]) -> float:
        """One of RADII_M, or exactly as far as a listing is, which is inside."""
        placed = [item.point for item in corpus if item.point is not None]
        exact = distance_m(near, self.random.choice(placed)) if placed and self.random.random() < 0.1 else 0.0
        return exact or self.random.choice(RADII_M)

    def _filter(self, corpus: Sequence[Listing]) -> Filter:
        wanted = self.random.choice((*Field, Field.SPECIALTY, Field.CONDITION))
        values = {"nobody", UNKNOWN, *self.random.choice(corpus).values(wanted)} | set(_CLOSED.get(wanted, ())[:3])
        return Filter(wanted, tuple(self.random.sample(sorted(values), self.random.randint(1, len(values)))))

    def _boosts(self, corpus: Sequence[Listing]) -> tuple[Boost, ...]:
        """Up to six boosts in three groups, so that some overlap."""
        drawn = [self._filter(corpus) for _ in range(self.random.choice((0, 2, 6)))]
        return tuple(
            Boost(self.random.choice("abc"), "fit", item.field, item.any_of, self.random.randint(1, 40))
            for item in drawn
        )

    def _bands(self, near: Point | None, corpus: Sequence[Listing]) -> tuple[DistanceBand, ...]:
        if near is None and self.random.random() < 0.5:
            return ()
        sizes = [self._radius(near, corpus) if near else 1_609.344 for _ in range(self.random.randrange(4))]
        return tuple(DistanceBand(size, self.random.randint(1, 9)) for size in sizes)

    def _word(self, corpus: Sequence[Listing]) -> str:
        """A word of the corpus whole, cut short or with a typo; or the crowd's name; or one that nobody has."""
        random = self.random
        listing = random.choice(corpus)
        word = random.choice((CROWD, "zzzzzz", *listing.name_words, *listing.text_words))
        return random.choice((word, word, word[: random.randint(1, len(word))], self.typo(word)))
