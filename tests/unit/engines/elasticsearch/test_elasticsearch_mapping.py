"""How listings are laid out in Elasticsearch."""

import hashlib
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory.domain.place import Point, stored
from directory.engines.elasticsearch.mapping import (
    VERSION,
    building,
    degrees_of,
    document,
    fingerprint_of,
    mapping,
    marker_id,
    place,
    serving,
    tombstone,
)
from directory.search.listing import FACETS, OPEN_FIELDS, Field, Listing
from tests.factories.listings import Sampler

LISTINGS = Sampler(Random(7)).listings(60)


def test_unknown_fields_are_refused_at_both_levels() -> None:
    made = mapping("print", "2026-03-01T00:00:00+00:00")
    assert made["dynamic"] == made["properties"]["tokens"]["dynamic"] == "strict"
    assert made["_meta"]["fingerprint"] == "print"


def test_a_generation_of_another_mapping_has_another_fingerprint() -> None:
    meta = mapping("print", "")["_meta"]
    assert fingerprint_of(meta) == "print"
    assert fingerprint_of({**meta, "mapping": VERSION - 1}) != "print"


def test_every_field_has_tokens_and_only_counted_ones_can_be_counted() -> None:
    tokens = mapping("f", "")["properties"]["tokens"]["properties"]
    assert set(tokens) == {field.value for field in Field}
    assert all("doc_values" not in tokens[field.value] for field in FACETS)
    assert all(tokens[field.value]["doc_values"] is False for field in OPEN_FIELDS)


@pytest.mark.parametrize("listing", LISTINGS[:20], ids=lambda listing: listing.id)
def test_a_document_gives_back_the_listing_and_names_its_digest(listing: Listing) -> None:
    made = document(listing)
    assert Listing.decode(made["document"]) == listing
    assert made["digest"] == hashlib.blake2b(listing.encoded(), digest_size=16).hexdigest()
    assert (made["id"], made["subject"], made["version"]) == (listing.id, listing.subject, listing.version)


def test_a_listing_without_a_position_has_neither_point_nor_place() -> None:
    without = next(listing for listing in LISTINGS if listing.point is None)
    assert {"point", "place"}.isdisjoint(document(without))


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_a_place_stands_for_exactly_one_point(lat: float, lon: float) -> None:
    point = stored(Point(lat, lon))
    assert Point(*degrees_of(place(point))) == point


def test_a_tombstone_is_no_listing() -> None:
    assert tombstone("p1.2", 7) == {"id": "p1.2", "subject": "p1", "version": 7}


def test_a_marker_belongs_to_its_subject_and_is_no_listing_of_it() -> None:
    marker = marker_id("p1")
    assert tombstone(marker, 1)["subject"] == "p1"
    assert marker not in {listing.id for listing in LISTINGS}


def test_no_slow_log_can_hold_a_query() -> None:
    settings = building(1)
    thresholds = {name: value for name, value in settings.items() if "slowlog" in name}
    assert len(thresholds) == 12
    assert set(thresholds.values()) == {"-1"}


def test_settings_of_building_are_all_undone_when_serving() -> None:
    started, served = building(3), serving(2)
    assert started["number_of_shards"] == 3
    assert {"refresh_interval", "number_of_replicas", "translog.durability"} <= set(started) & set(served)
    assert served["number_of_replicas"] == 2
    assert building(1, ("place", "id"))["sort.field"] == ["place", "id"]
