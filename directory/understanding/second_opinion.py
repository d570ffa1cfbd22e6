"""Colleagues for a second opinion, independent of the clinician who gave the first."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Protocol

from directory.domain.errors import InvalidInput
from directory.domain.npi import is_valid_npi
from directory.search.find import BEST_FIT
from directory.search.listing import Field, Listing
from directory.search.query import MAX_TOKENS, Filter
from directory.understanding.tables import table

_COMPLEMENTARY_FIT = BEST_FIT - 1
_PARAMETER = "second_opinion_from"


class Subjects(Protocol):
    """Whatever finds the listings of one practitioner (`p<NPI>`) or clinic (`c<id>`)."""

    def of_subject(self, subject: str, today: date) -> tuple[Listing, ...]: ...


@dataclass(frozen=True, slots=True)
class SecondOpinion:
    """`fits` maps the first clinician's specialties to 3 and complementary ones to 2; `exclusions` leave out the
    clinician, their clinics and addresses, and every referral partner of their clinics."""

    fits: Mapping[str, int] = field(default_factory=dict, hash=False)
    exclusions: tuple[Filter, ...] = ()


NO_SECOND_OPINION = SecondOpinion()


def second_opinion(npi: str, subjects: Subjects, today: date) -> SecondOpinion:
    """Whom to ask instead of the clinician with this NPI.

    Raises InvalidInput where the NPI is malformed or not listed; EngineUnavailable when nobody answers.
    """
    if not is_valid_npi(npi):
        raise InvalidInput(f"{npi!r} is no NPI: give the ten digits of the first clinician's.", _PARAMETER)
    listings = subjects.of_subject(f"p{npi}", today)
    if not listings:
        raise InvalidInput(f"Nobody with NPI {npi} is listed here: search by specialty instead.", _PARAMETER)
    clinics = _tokens(listings, Field.CLINIC)
    sites = [site for clinic in clinics for site in subjects.of_subject(f"c{clinic}", today)]
    partners = _tokens(sites, Field.PARTNER)
    tied = {
        Field.NPI: (npi,),
        Field.CLINIC: (*clinics, *partners),
        Field.ADDRESS: (*_tokens(listings, Field.ADDRESS), *_tokens(sites, Field.ADDRESS)),
        Field.PARTNER: clinics,
    }
    return SecondOpinion(_fits(_tokens(listings, Field.SPECIALTY)), tuple(_exclusions(tied)))


def _tokens(listings: Iterable[Listing], of: Field) -> tuple[str, ...]:
    return tuple(sorted({token for listing in listings for token in listing.values(of)}))


def _fits(specialties: Iterable[str]) -> dict[str, int]:
    """Specialty -> fit: the same, then those that complement it."""
    same = dict.fromkeys(specialties, BEST_FIT)
    complementary: Mapping[str, list[str]] = table("complementary.toml")["of"]
    others = (code for specialty in same for code in complementary.get(specialty, ()))
    return dict.fromkeys(others, _COMPLEMENTARY_FIT) | same


def _exclusions(tied: Mapping[Field, tuple[str, ...]]) -> Iterator[Filter]:
    for name, tokens in tied.items():
        rest = iter(dict.fromkeys(tokens))
        while chunk := tuple(islice(rest, MAX_TOKENS)):
            yield Filter(name, chunk)
