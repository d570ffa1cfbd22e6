"""A network is what confirmed links connect, read from whatever is listed."""

import pytest

from directory.search.listing import Listing
from directory.search.network import MOST_CLINICS, network_around
from tests.factories.networks import TODAY, clinic
from tests.fakes.engines import HoldingEngine


def around(key: str, *listings: Listing):
    return network_around(key, HoldingEngine(listings), TODAY)


CHAIN = (clinic("a", "b"), clinic("b", "a", "c"), clinic("c", "b", "d"), clinic("d", "c"), clinic("x", "y"))


def test_a_network_is_followed_link_by_link_and_no_further():
    found = around("b", *CHAIN)
    assert [(member.clinic_id, member.links) for member in found.members] == [("b", 0), ("a", 1), ("c", 1), ("d", 2)]
    assert [member.clinic_id for member in found.partners] == ["a", "c"]
    assert found.complete


def test_everybody_in_it_sees_the_same_network():
    found = {frozenset(member.clinic_id for member in around(key, *CHAIN).members) for key in "abcd"}
    assert found == {frozenset("abcd")}


def test_a_ring_ends():
    ring = (clinic("a", "b", "c"), clinic("b", "a", "c"), clinic("c", "a", "b"))
    assert [member.links for member in around("a", *ring).members] == [0, 1, 1]


def test_every_place_of_a_clinic_belongs_to_one_member():
    found = around("a", clinic("a", "b"), clinic("b", "a"), clinic("b", "a", site="2"))
    assert [len(member.listings) for member in found.members] == [1, 2]


def test_who_is_not_listed_any_more_leads_nowhere():
    expired = (clinic("a", "b"), clinic("b", "a", "c", days=0), clinic("c", "b"))
    assert [member.clinic_id for member in around("a", *expired).members] == ["a"]
    assert around("b", *expired).members == ()


@pytest.mark.parametrize(("partners", "complete"), [(MOST_CLINICS - 2, True), (MOST_CLINICS + 40, False)])
def test_a_network_without_end_is_cut_and_says_so(partners, complete):
    keys = [f"k{number:03}" for number in range(partners)]
    found = around("hub", clinic("hub", *keys), *(clinic(key, "hub") for key in keys))
    assert (len(found.members), found.complete) == (min(partners + 1, MOST_CLINICS), complete)
