"""Places from the offline gazetteer: what a where-box text means, and how it may go on."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property, lru_cache
from heapq import nsmallest

from directory.domain.errors import InvalidInput
from directory.domain.place import STATES, Place, PlaceKind, Point
from directory.geocoding import where
from directory.geocoding.index import Gazetteer, centre
from directory.geocoding.names import key, one_typo_away, spelled_out, words
from directory.geocoding.nicknames import Metro, Nicknames
from directory.geocoding.packaged import CityRow
from directory.search.places import Resolution

PLAUSIBLE_SHARE = 0.1
PLAUSIBLE_POPULATION = 50_000
"""A namesake is plausible from a tenth of the largest's population on, or from 50,000 people on."""
STATE_WEIGHT = 500_000
"""A state counts as a place of this population beside a city of its name: "new york" is the city, "iowa" the state."""
MAX_CANDIDATES = 8
MAX_TEXT = 200
_CODE_LETTERS = 2
_LESS_KNOWN_THAN_A_CITY = ("NY", "WA")
_HELP = "Type a ZIP code, a city with its state, or a state, for example 60614 or Portland, ME."
_NOWHERE = Resolution(None, (), _HELP)


class GazetteerPlaces:
    """The port `directory.search.places.Places` over the gazetteer, which is built when first needed."""

    def __init__(self, load: Callable[[], Gazetteer], nicknames: Callable[[], Nicknames]) -> None:
        self._load = load
        self._load_nicknames = nicknames
        self._metro = lru_cache(maxsize=None)(self._metro_place)

    @cached_property
    def _gazetteer(self) -> Gazetteer:
        return self._load()

    @cached_property
    def _nicknames(self) -> Nicknames:
        return self._load_nicknames()

    @cached_property
    def _state_names(self) -> dict[str, str]:
        return where.state_names() | dict(self._nicknames.states)

    @cached_property
    def _states(self) -> dict[str, Place]:
        by_state: dict[str, list[CityRow]] = {code: [] for code in STATES}
        for town in self._gazetteer.towns:
            by_state[town.state].append(town)
        return {code: _state_place(code, centre(found).point) for code, found in by_state.items()}

    def zip(self, code: str) -> Place | None:
        """See `Places.zip`."""
        digits = where.zip_in(code) if len(code) <= MAX_TEXT and not where.without_zip(code) else None
        row = self._gazetteer.zips.get(digits or "")
        point = self._gazetteer.zip_point(row.code) if row else None
        if row is None or point is None:
            return None
        return Place(PlaceKind.ZIP, f"{row.city}, {row.state} {row.code}", point, row.city, row.state, row.code)

    def cities(self, name: str, state: str | None = None) -> tuple[Place, ...]:
        """See `Places.cities`."""
        return self._in(key(name[:MAX_TEXT]), state)

    def _in(self, name_key: str, state: str | None) -> tuple[Place, ...]:
        if not self._gazetteer.knows(name_key):
            return ()
        return self._gazetteer.cities(name_key) if state is None else self._gazetteer.cities(name_key, state.upper())

    def state(self, text: str) -> Place | None:
        """See `Places.state`."""
        code = self._state_names.get(" ".join(words(text[:MAX_TEXT])))
        return self._states[code] if code else None

    def nickname(self, text: str) -> Place | None:
        """See `Places.nickname`."""
        return self._nicknamed(key(text[:MAX_TEXT]))

    def called(self, name: str) -> tuple[Place, ...]:
        """See `Places.called`."""
        name_key = key(name[:MAX_TEXT])
        place = self._nicknamed(name_key)
        return (place,) if place is not None else self._in(name_key, None)

    def _nicknamed(self, name_key: str) -> Place | None:
        metro = self._nicknames.metros.get(name_key)
        city = self._nicknames.cities.get(name_key)
        if metro is not None:
            return self._metro(metro)
        return next(iter(self.cities(*city)), None) if city else None

    def _metro_place(self, metro: Metro) -> Place:
        towns = [
            next(town for town in self._gazetteer.towns_of(key(name)) if town.state == state)
            for name, state in metro.cities
        ]
        middle = centre(towns)
        people = sum(town.population for town in towns)
        return Place(PlaceKind.METRO, metro.label, middle.point, middle.name, metro.state, population=people)

    def resolve(self, text: str) -> Resolution:
        """See `Places.resolve`. Of places of one name the most populous wins; see PLAUSIBLE_SHARE for the others."""
        text = where.without_country(text.strip()) if len(text) <= MAX_TEXT else ""
        if not text:
            return _NOWHERE
        for reading in (self._as_point, self._as_zip, self._as_name, self._as_trimmed_name, self._as_typo):
            resolution = reading(text)
            if resolution is not None:
                return resolution
        return Resolution(None, (), f"No place called “{text}” is known here. {_HELP}")

    def _as_point(self, text: str) -> Resolution | None:
        try:
            point = where.point_in(text)
        except InvalidInput as error:
            return Resolution(None, (), str(error))
        if point is None:
            return None
        return Resolution(Place(PlaceKind.POINT, f"{point.lat:.2f}, {point.lon:.2f}", point))

    def _as_zip(self, text: str) -> Resolution | None:
        code = where.zip_in(text)
        if code is not None:
            return self._zip_with(code, where.without_zip(text))
        return self._as_broken_zip(text) if text.isdecimal() else None

    def _as_broken_zip(self, digits: str) -> Resolution:
        """Digits that are no ZIP code: a lost leading zero is suggested, never assumed."""
        suggestion = self.zip(f"0{digits}") if len(digits) == where.ZIP_DIGITS - 1 else None
        if suggestion is None:
            return Resolution(None, (), f"A ZIP code has five digits. {_HELP}")
        return Resolution(None, (suggestion,), f"A ZIP code has five digits. Did you mean {suggestion.zip}?")

    def _zip_with(self, code: str, rest: str) -> Resolution:
        place = self.zip(code)
        other = self._as_name(rest) if rest else None
        named = other.place if other is not None else None
        if place is None:
            reason = f"ZIP code {code} is not known here, or is no place on the ground (military mail, say)."
            return Resolution(None, (named,) if named else (), reason)
        if named is not None and named.state != place.state:
            return Resolution(place, (named,), f"ZIP code {code} is in {place.city}, {place.state}.")
        return Resolution(place)

    def _as_name(self, text: str) -> Resolution | None:
        found = self._as_nickname(text) or self._as_state_or_city(text)
        return found or self._as_city_in_state(text)

    def _as_nickname(self, text: str) -> Resolution | None:
        place = self.nickname(text)
        if place is None:
            return None
        state = self.state(text)
        others = (state,) if state is not None and state.state != place.state else ()
        return Resolution(place, others, _also(place, others))

    def _as_state_or_city(self, text: str) -> Resolution | None:
        """A state, a city alone, or both; a city and its state ("Salem Oregon") come first where both words fit."""
        state, cities = self.state(text), self.cities(text)
        if state is None and self._has_city_in_state(text):
            return None
        named = sorted((place for place in (state, *cities) if place is not None), key=_weight, reverse=True)
        if not named:
            return None
        return _choice(named, () if _weight(named[0]) else self._typo(key(text), None))

    def _has_city_in_state(self, text: str) -> bool:
        return any(
            (state := self.state(rest)) is not None and self._called(name, state.state)
            for name, rest in where.splits(text)
        )

    def _called(self, name_key: str, state: str) -> Sequence[Place]:
        """Places of the state that people call so: by nickname ("philly pa") or by name."""
        place = self.nickname(name_key)
        return (place,) if place is not None and place.state == state else self._in(name_key, state)

    def _as_city_in_state(self, text: str) -> Resolution | None:
        for name, rest in where.splits(text):
            state = self.state(rest)
            here = self._called(name, state.state) if state else ()
            if here:
                return _choice(here)
        name, comma, rest = text.partition(",")
        return self._misplaced(name.strip(), rest.strip()) if comma else None

    def _misplaced(self, name: str, rest: str) -> Resolution | None:
        """ "City, XX" where the city is not in the state, or XX is none."""
        state = self.state(rest)
        if state is None and key(rest):
            return self._in_no_state(name, rest)
        elsewhere = _plausible(self.cities(name))
        spelled = self._typo(key(name), state.state if state else None)
        if state is None or not (elsewhere or spelled):
            return None
        candidates = spelled + elsewhere
        return Resolution(
            None, candidates[:MAX_CANDIDATES], f"No {name} is known in {state.label}. Did you mean one of these?"
        )

    def _in_no_state(self, name: str, rest: str) -> Resolution | None:
        """ "Lincoln Park, Chicago": a neighbourhood and its city, or a city before something that is no state."""
        larger = self._as_name(rest)
        around = larger.place if larger is not None else None
        within = self._in(key(name), around.state) if around is not None else ()
        if within:
            return _choice(within)
        candidates = _plausible(self.cities(name))[:MAX_CANDIDATES]
        return Resolution(None, candidates, f"“{rest}” is no state known here. {_HELP}") if candidates else None

    def _as_trimmed_name(self, text: str) -> Resolution | None:
        trimmed = where.without_trimmings(text)
        return self._as_name(trimmed) if trimmed else None

    def _as_typo(self, text: str) -> Resolution | None:
        spelled = next((found for name, state in self._spellings(text) if (found := self._typo(name, state))), ())
        if not spelled:
            return None
        return Resolution(None, spelled, f"No place called “{text}” is known here. Did you mean {spelled[0].label}?")

    def _spellings(self, text: str) -> Iterator[tuple[str, str | None]]:
        """(city key, state) pairs that the text may have meant, with the state it names first."""
        for name, rest in where.splits(text):
            if (state := self.state(rest)) is not None:
                yield name, state.state
        yield key(text), None

    def _typo(self, name_key: str, state: str | None) -> tuple[Place, ...]:
        """Places of the one plausible name a typo away; none where several names are plausible."""
        names = {name for name in one_typo_away(name_key) if self._gazetteer.knows(name)}
        found = [place for name in names for place in self._in(name, state) if place.population or state]
        plausible = _plausible(sorted(found, key=_weight, reverse=True))
        same = {key(place.city) for place in plausible}
        return plausible[:MAX_CANDIDATES] if len(same) == 1 else ()

    def complete(self, prefix: str, limit: int = 8) -> tuple[Place, ...]:
        """See `Places.complete`."""
        text = prefix.strip()[:MAX_TEXT]
        if not text or limit < 1:
            return ()
        return self._zips_from(text, limit) if text.isdecimal() else self._named_from(text, limit)

    def _zips_from(self, digits: str, limit: int) -> tuple[Place, ...]:
        codes = self._codes[bisect_left(self._codes, digits) :]
        matching = (code for code in codes if code.startswith(digits))
        found = (place for code in matching if (place := self.zip(code)) is not None)
        return tuple(place for _, place in zip(range(limit), found, strict=False))

    @cached_property
    def _codes(self) -> list[str]:
        return sorted(self._gazetteer.zips)

    def _named_from(self, text: str, limit: int) -> tuple[Place, ...]:
        starts = {" ".join(form) for form in _prefix_forms(words(text))}
        entries = {entry for start in starts for entry in self._starting_with(start)}
        best = nsmallest(limit * 3, entries, key=lambda entry: (entry[1], entry[0]))
        places = (place for entry in best for place in self._places_of(entry))
        return tuple(dict.fromkeys(places))[:limit]

    def _starting_with(self, start: str) -> Sequence[tuple[str, int]]:
        return self._entries[bisect_left(self._entries, (start,)) : bisect_left(self._entries, (start + "\U0010ffff",))]

    @cached_property
    def _entries(self) -> list[tuple[str, int]]:
        """(folded name with its state, minus its weight), sorted by name."""
        towns = ((f"{key(town.name)} {town.state.lower()}", -town.population) for town in self._gazetteer.towns)
        states = ((name, -STATE_WEIGHT) for name in self._state_names if len(name) > _CODE_LETTERS)
        metros = ((name, -self._metro(metro).population) for name, metro in self._nicknames.metros.items())
        cities = ((name, -self._gazetteer.population(key(city))) for name, (city, _) in self._nicknames.cities.items())
        return sorted({*towns, *states, *metros, *cities})

    def _places_of(self, entry: tuple[str, int]) -> Iterable[Place]:
        name, weight = entry
        for place in (self.nickname(name), self.state(name)):
            if place is not None:
                return (place,)
        town, _, state = name.rpartition(" ")
        return (place for place in self._in(town, state) if place.population == -weight)


def _state_place(code: str, point: Point) -> Place:
    """The place of a state. New York and Washington say that they are states: the cities come first to mind."""
    name = STATES[code]
    return Place(PlaceKind.STATE, f"{name} State" if code in _LESS_KNOWN_THAN_A_CITY else name, point, state=code)


def _weight(place: Place) -> int:
    return STATE_WEIGHT if place.kind is PlaceKind.STATE else place.population


def _plausible(places: Sequence[Place]) -> tuple[Place, ...]:
    """Of places sorted by weight, those that someone may well mean."""
    if not places:
        return ()
    least = min(PLAUSIBLE_POPULATION, PLAUSIBLE_SHARE * _weight(places[0]))
    return tuple(place for place in places if _weight(place) >= least)


def _choice(places: Sequence[Place], misspelt: Sequence[Place] = ()) -> Resolution:
    """The first of places sorted by weight, with the other plausible ones behind what may have been misspelt."""
    best, *others = _plausible(places)
    candidates = (*misspelt, *others)[:MAX_CANDIDATES]
    return Resolution(best, candidates, _also(best, candidates))


def _also(place: Place, others: Sequence[Place]) -> str:
    return f"This is {place.label}. Did you mean another place?" if others else ""


def _prefix_forms(parts: list[str]) -> tuple[list[str], ...]:
    """A typed prefix as it stands, and with abbreviations spelled out: its last word may be unfinished."""
    return parts, spelled_out(parts[:-1]) + parts[-1:], spelled_out(parts)
