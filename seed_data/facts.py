"""Facts that invented practices state about their care: as incomplete as in life."""

from collections.abc import Iterable, Sequence
from random import Random

from directory.domain.facts import CareFacts, Known
from seed_data.care import ACCESSIBILITY, AGE_GROUPS, INSURERS, PRACTICES, REGIONAL_INSURERS

_SPANISH_STATES = frozenset({"PR"})
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEKS = ((0, 5), (0, 5), (0, 5), (0, 4), (1, 5), (0, 6))
_HOURS = ("8:00-17:00", "8:00-18:00", "7:30-16:30", "9:00-17:00", "9:00-19:00")
_NEVER_REMOTE = frozenset({"acupuncturist", "chiropractor"})


def practitioner_facts(specialty: str, state: str, language: str, rng: Random) -> CareFacts:
    """Return what one practitioner states at one location. `language` is one besides English, or ""."""
    practice = PRACTICES[specialty]
    remote = 0.1 if specialty in _NEVER_REMOTE else 0.55
    days, hours = _opening(rng)
    return CareFacts(
        accepting_new_patients=_fact(rng, yes=0.8, unknown=0.2),
        telehealth=_fact(rng, yes=remote, unknown=0.35),
        board_certified=_fact(rng, yes=0.93, unknown=0.3) if practice.board else Known.UNKNOWN,
        languages=_languages(state, language, rng),
        insurance=_insurance(state, rng),
        accessibility=_accessibility(rng),
        conditions=_stated(practice.conditions, rng, most=8),
        treatments=_stated(practice.treatments, rng, most=6),
        age_groups=_age_groups(rng),
        open_days=days,
        hours=hours,
    )


def clinic_facts(specialties: Iterable[str], state: str, rng: Random) -> CareFacts:
    """Return what a clinic of these specialties states at one site."""
    kinds = [PRACTICES[specialty] for specialty in specialties]
    days, hours = _opening(rng)
    return CareFacts(
        accepting_new_patients=_fact(rng, yes=0.9, unknown=0.15),
        telehealth=_fact(rng, yes=0.5, unknown=0.3),
        languages=_languages(state, "", rng),
        insurance=_insurance(state, rng),
        accessibility=_accessibility(rng),
        conditions=_stated(_once(code for kind in kinds for code in kind.conditions), rng, most=12),
        treatments=_stated(_once(code for kind in kinds for code in kind.treatments), rng, most=10),
        age_groups=_age_groups(rng),
        open_days=days,
        hours=hours,
    )


def _fact(rng: Random, *, yes: float, unknown: float) -> Known:
    if rng.random() < unknown:
        return Known.UNKNOWN
    return Known.YES if rng.random() < yes else Known.NO


def _languages(state: str, language: str, rng: Random) -> tuple[str, ...]:
    if state in _SPANISH_STATES:
        return ("es", "en") if rng.random() < 0.8 else ("es",)
    if rng.random() < 0.25:
        return ()
    second = language if language and rng.random() < 0.8 else "es" if rng.random() < 0.22 else ""
    return ("en", second) if second else ("en",)


def _insurance(state: str, rng: Random) -> tuple[str, ...]:
    if rng.random() < 0.25:
        return ()
    common = tuple(code for code, share in INSURERS if rng.random() * 100 < share)
    return (*common, *(code for code in REGIONAL_INSURERS.get(state, ()) if rng.random() < 0.6))


def _accessibility(rng: Random) -> tuple[str, ...]:
    return () if rng.random() < 0.4 else _some(ACCESSIBILITY, rng.randint(1, 4), rng)


def _age_groups(rng: Random) -> tuple[str, ...]:
    return AGE_GROUPS[rng.randint(0, 1) :] if rng.random() < 0.5 else ()


def _opening(rng: Random) -> tuple[tuple[str, ...], str]:
    if rng.random() < 0.3:
        return (), ""
    first, end = rng.choice(_WEEKS)
    days = _DAYS[first:end]
    return days, f"{days[0].title()}-{days[-1].title()} {rng.choice(_HOURS)}"


def _stated(codes: Sequence[str], rng: Random, *, most: int) -> tuple[str, ...]:
    if rng.random() < 0.15:
        return ()
    return _some(codes, rng.randint(2, most), rng)


def _some(codes: Sequence[str], count: int, rng: Random) -> tuple[str, ...]:
    """Some of the codes in their order; those at the front are likelier."""
    weighed = sorted(range(len(codes)), key=lambda place: rng.random() * (place + 3))
    return tuple(codes[place] for place in sorted(weighed[:count]))


def _once(codes: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(codes))
