"""Referral networks on every engine: the same clinics, however many pages of them there are."""

import random
from dataclasses import replace
from datetime import date, timedelta

import pytest

from directory.search.listing import Field, Listing
from directory.search.network import network_around
from tests.contract.conftest import Kit
from tests.factories.networks import TODAY, clinic
from tests.fakes.engines import HoldingEngine

CLINICS, LINKS, SITES = 160, 130, 2


def corpus() -> list[Listing]:
    """Clinics at two places each, linked at random, and one that so many refer to that a page does not hold them."""
    chosen = random.Random(20260301)
    keys = [f"k{number:03}" for number in range(CLINICS)]
    links = {tuple(sorted(chosen.sample(keys[70:], 2))) for _ in range(LINKS // 2)}
    links |= {(keys[0], key) for key in keys[1:70]}
    partners = {key: tuple(sorted({a if b == key else b for a, b in links if key in (a, b)})) for key in keys}
    return [
        clinic(key, *partners[key], site=str(site), days=1 if number % 9 == 8 else 60)
        for number, key in enumerate(keys)
        for site in range(SITES)
    ]


@pytest.fixture(scope="module")
def held(library: Kit) -> list[Listing]:
    listings = corpus()
    library.build(listings)
    return listings


@pytest.mark.parametrize("day", [TODAY, TODAY + timedelta(days=1)])
def test_every_clinic_has_the_same_network_on_every_engine(library: Kit, held: list[Listing], day: date) -> None:
    expected = HoldingEngine(held)
    sizes = set()
    for key in (f"k{number:03}" for number in (0, 1, 8, *range(70, CLINICS, 9))):
        network = network_around(key, library.engine, day)
        assert network == network_around(key, expected, day)
        sizes.add(len(network.members))
    assert max(sizes) * SITES > 100


def test_a_link_that_ended_is_followed_no_more(library: Kit, held: list[Listing]) -> None:
    def without(listing: Listing, key: str) -> Listing:
        left = tuple(item for item in listing.values(Field.PARTNER) if item != key)
        return replace(listing, tokens={**listing.tokens, Field.PARTNER: left})

    assert "k069" in {member.clinic_id for member in network_around("k000", library.engine, TODAY).members}
    changed = [without(item, {"k000": "k069", "k069": "k000"}.get(item.card.clinic_id, "")) for item in held]
    library.build(changed, position=2)
    assert "k069" not in {member.clinic_id for member in network_around("k000", library.engine, TODAY).members}
