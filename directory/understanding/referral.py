"""Searches among referral partners: of one clinic, or within its whole network."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from directory.domain.errors import InvalidInput
from directory.search.listing import Field
from directory.search.network import ReferralNetwork
from directory.search.query import Filter

REFERS_TO, NETWORK = "refers_to", "network"


class Networks(Protocol):
    """Whatever finds the referral network around a clinic."""

    def network(self, clinic_id: str, today: date) -> ReferralNetwork: ...


@dataclass(frozen=True, slots=True)
class Referral:
    """`filters` let through the clinics that were asked for and their people; `names` are those of the clinics that
    the search names, by parameter."""

    filters: tuple[Filter, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict, hash=False)


NO_REFERRAL = Referral()


def referral(named: Mapping[str, str], networks: Networks, today: date) -> Referral:
    """`named` maps REFERS_TO or NETWORK to a clinic's id: its partners, or all that links connect with it.

    Links are mutual: whoever refers to a clinic is referred to by it. Raises InvalidInput naming the parameter
    where the clinic is not listed or has no confirmed partner; EngineUnavailable when nobody answers.
    """
    found = {name: _network(name, key, networks, today) for name, key in named.items() if key}
    return Referral(
        tuple(Filter(Field.CLINIC, tuple(_clinics(name, network))) for name, network in found.items()),
        {name: network.members[0].listings[0].name for name, network in found.items()},
    )


def _network(name: str, clinic_id: str, networks: Networks, today: date) -> ReferralNetwork:
    network = networks.network(clinic_id, today) if clinic_id.isascii() else None
    if network is None or not network.members:
        raise InvalidInput(f"No clinic {clinic_id!r} is listed here: search without it.", name)
    if not network.partners:
        clinic = network.members[0].listings[0].name
        raise InvalidInput(f"{clinic} has no confirmed referral partner that is listed: search without it.", name)
    return network


def _clinics(name: str, network: ReferralNetwork) -> Iterator[str]:
    return (member.clinic_id for member in (network.partners if name == REFERS_TO else network.members))
