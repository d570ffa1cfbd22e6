"""Seeded, fictional listings and queries that are clustered as providers and patients are: by metropolitan area."""

import string
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import accumulate
from random import Random

from directory.domain.evidence import Level
from directory.domain.npi import with_check_digit
from directory.domain.place import METRES_PER_MILE, Address, Point, Precision, stored
from directory.search.fold import sort_name
from directory.search.listing import UNKNOWN, Card, EvidenceLine, Field, Kind, Listing
from directory.search.query import Boost, DistanceBand, Filter, FreshnessBand, NamePoints, Query, Sort

TODAY = date(2026, 3, 1)
SPECIALTIES = tuple(f"specialty_{number:02d}" for number in range(12))
CONDITIONS = tuple(f"condition_{number:02d}" for number in range(40))
INSURERS = tuple(f"insurer_{number:02d}" for number in range(15))
LANGUAGES = tuple(f"l{number:02d}" for number in range(20))
STATES = tuple(first + second for first in "ABCDEFGHIJ" for second in "VWXYZ")
FACETS = (Field.SPECIALTY, Field.INSURANCE, Field.LANGUAGE, Field.ACCEPTING)
KINDS = ("Q1", "Q2", "Q3", "Q4", "Q5", "Q6", "Q7")
BLOCK = 1_000
"""Listings made from one seed."""
_WORDS = ("spine", "back", "neck", "pain", "sports", "rehabilitation", "surgery", "therapy", "wellness", "joint")
_SYLLABLES = tuple(a + b for a in "bdfgklmnprstvz" for b in ("a", "e", "i", "o", "u", "an", "er", "in", "ol", "us"))
_BANDS = ((1, 30), (2, 27), (5, 23), (10, 17), (25, 9), (50, 3))
_NAME_POINTS = NamePoints(24, 14, 8)
_SUGGESTION_POINTS = NamePoints(3, 2, 1)


@dataclass(frozen=True, slots=True)
class World:
    """Places, names and habits that listings and queries are drawn from; the same for the same seed."""

    seed: int
    centres: tuple[Point, ...] = field(init=False)
    weights: tuple[float, ...] = field(init=False)
    families: tuple[str, ...] = field(init=False)
    givens: tuple[str, ...] = field(init=False)
    towns: tuple[str, ...] = field(init=False)
    treated: tuple[tuple[str, ...], ...] = field(init=False)

    def __post_init__(self) -> None:
        random = Random(self.seed)
        centres = tuple(Point(random.uniform(26, 47), random.uniform(-122, -72)) for _ in range(80))
        object.__setattr__(self, "centres", centres)
        object.__setattr__(self, "weights", tuple(accumulate(1 / (rank + 2) for rank in range(80))))
        object.__setattr__(self, "families", tuple(_invented(random, 3) for _ in range(6_000)))
        object.__setattr__(self, "givens", tuple(_invented(random, 2) for _ in range(400)))
        object.__setattr__(self, "towns", tuple(_invented(random, 3) for _ in range(1_500)))
        object.__setattr__(self, "treated", tuple(tuple(sorted(random.sample(CONDITIONS, 14))) for _ in SPECIALTIES))

    def listings(self, count: int, first: int = 0) -> Iterator[Listing]:
        """So many practitioners, one location each, from number `first` on: a multiple of BLOCK.

        A block depends on the seed and its own number alone, so that several processes can make their share each.
        """
        for block in range(first // BLOCK, -(-(first + count) // BLOCK)):
            random = Random(f"{self.seed}-listings-{block}")
            for number in range(block * BLOCK, min((block + 1) * BLOCK, first + count)):
                yield self._listing(random, number)

    def point(self, random: Random) -> Point:
        """In a metropolitan area four times out of five; a third of all stand at the middle of their ZIP code."""
        centre = random.choices(self.centres, cum_weights=self.weights)[0]
        width = 0.15 if random.random() < 0.8 else 1.5
        lat, lon = random.gauss(centre.lat, width), random.gauss(centre.lon, width)
        if random.random() < 0.33:
            lat, lon = round(lat * 20) / 20, round(lon * 20) / 20
        return stored(Point(max(-89.0, min(89.0, lat)), max(-179.0, min(179.0, lon))))

    def family(self, random: Random) -> str:
        """Common names are much commoner than others."""
        return self.families[int(len(self.families) * random.random() ** 3)]

    def _listing(self, random: Random, number: int) -> Listing:
        npi = with_check_digit(f"2{number:08d}")
        family, given = self.family(random), random.choice(self.givens)
        specialty = min(int(random.expovariate(0.35)), len(SPECIALTIES) - 1)
        state, town = random.choice(STATES), random.choice(self.towns)
        checked = TODAY - timedelta(days=random.randrange(120))
        name_words = tuple(sorted({given, family}))
        about = (town, "specialty", f"{specialty:02d}", *random.sample(_WORDS, 3))
        return Listing(
            id=f"p{npi}.{number % 97:02d}",
            kind=Kind.PRACTITIONER,
            npi=npi,
            name=f"{given.title()} {family.title()}",
            sort_name=sort_name(family, given),
            version=1,
            checked_on=checked,
            expires_on=checked + timedelta(days=150),
            card=_card(random, number, town, state, checked),
            point=self.point(random),
            precision=Precision.APPROXIMATE,
            tokens=self._tokens(random, specialty, npi, state),
            name_words=name_words,
            text_words=tuple(sorted({*name_words, *about})),
        )

    def _tokens(self, random: Random, specialty: int, npi: str, state: str) -> dict[Field, tuple[str, ...]]:
        stated = tuple(sorted(random.sample(CONDITIONS, 3))) if random.random() < 0.2 else ()
        usual = self.treated[specialty]
        return {
            Field.KIND: (Kind.PRACTITIONER.value,),
            Field.STATE: (state,),
            Field.LEVEL: (random.choice(("registry", "registry", "registry", "practice", "reviewed")),),
            Field.SPECIALTY: (SPECIALTIES[specialty],),
            Field.CONDITION: tuple(sorted({*stated, *usual})),
            Field.CONDITION_STATED: stated,
            Field.CONDITION_USUAL: usual,
            Field.ACCEPTING: (random.choice(("yes", "no", UNKNOWN, UNKNOWN)),),
            Field.LANGUAGE: _some(random, LANGUAGES, 2),
            Field.INSURANCE: _some(random, INSURERS, 5),
            Field.GENDER: (random.choice(("female", "male")),),
            Field.NPI: (npi,),
            Field.ADDRESS: (f"a{random.randrange(10**6)}",),
        }


def _invented(random: Random, syllables: int) -> str:
    return "".join(random.choice(_SYLLABLES) for _ in range(random.randint(2, syllables)))


def _some(random: Random, values: Sequence[str], most: int) -> tuple[str, ...]:
    if random.random() < 0.5:
        return (UNKNOWN,)
    return tuple(sorted(random.sample(values, random.randint(1, most))))


def _card(random: Random, number: int, town: str, state: str, checked: date) -> Card:
    line = EvidenceLine(
        Level.REGISTRY, "active in the national registry", "NPPES", checked, checked + timedelta(days=150)
    )
    return Card(
        address=Address(f"{random.randrange(1, 9_999)} Example Street", town.title(), state, f"{number % 100_000:05d}"),
        phone=f"+1312555{100 + number % 100:04d}",
        evidence=(line,),
    )


def query(world: World, kind: str, random: Random) -> Query:
    """One query of the mix: Q1 radius and specialty by distance; Q2 words within 50 miles by points; Q3 words
    nationwide; Q4 the nearest for a condition; Q5 a name with a typo; Q6 a name as it is being typed, in alphabetical
    order; Q7 the suggestions of names that the site shows meanwhile."""
    near = world.point(random)
    match kind:
        case "Q1":
            wanted = (Filter(Field.SPECIALTY, (random.choice(SPECIALTIES[:6]),)),)
            radius = 25 * METRES_PER_MILE
            return Query(TODAY, near, radius, filters=wanted, sort=Sort.DISTANCE, facets=FACETS)
        case "Q2":
            return _blended(random, near, 50 * METRES_PER_MILE, (random.choice(_WORDS),))
        case "Q3":
            return Query(TODAY, text=(*random.sample(_WORDS, 2),), facets=FACETS, name_points=_NAME_POINTS)
        case "Q4":
            return Query(
                TODAY, near, filters=(Filter(Field.CONDITION, (random.choice(CONDITIONS),)),), sort=Sort.DISTANCE
            )
        case "Q5":
            return Query(TODAY, name=(_mistyped(random, world.family(random)),), name_points=_NAME_POINTS)
        case "Q6":
            return Query(TODAY, name=(world.family(random)[: random.randint(2, 4)],), sort=Sort.NAME, limit=10)
        case _:
            typed = (world.family(random)[: random.randint(3, 5)],)
            return Query(TODAY, name=typed, name_points=_SUGGESTION_POINTS, limit=16)


def _blended(random: Random, near: Point, radius_m: float, words: tuple[str, ...]) -> Query:
    """A search as the site asks it: everything that earns points."""
    specialty, condition = random.randrange(6), random.choice(CONDITIONS)
    boosts = (
        Boost("specialty", "fit", Field.SPECIALTY, (SPECIALTIES[specialty],), 40),
        Boost("specialty", "fit", Field.SPECIALTY, (SPECIALTIES[specialty + 1], SPECIALTIES[specialty + 2]), 26),
        Boost("condition", "condition_stated", Field.CONDITION_STATED, (condition,), 18),
        Boost("condition", "condition_usual", Field.CONDITION_USUAL, (condition,), 8),
        Boost("accepting", "accepting", Field.ACCEPTING, ("yes",), 5),
    )
    return Query(
        TODAY,
        near,
        radius_m,
        boosts=boosts,
        distance_bands=tuple(DistanceBand(miles * METRES_PER_MILE, points) for miles, points in _BANDS),
        freshness_bands=(FreshnessBand(30, 6), FreshnessBand(60, 4), FreshnessBand(90, 2)),
        text=words,
        name_points=_NAME_POINTS,
        facets=FACETS,
    )


def _mistyped(random: Random, word: str) -> str:
    at = random.randrange(len(word))
    letter = random.choice(string.ascii_lowercase)
    head, tail = word[:at], word[at:]
    return random.choice((head + letter + tail, head + tail[1:], head + letter + tail[1:]))
