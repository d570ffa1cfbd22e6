"""How a generation's layout is checked before anything is built with it."""

from typing import Any

import pytest

from directory.bootstrap import Composition
from directory.domain.errors import InvalidInput
from directory.engines.elasticsearch.layout import MOST_SHARDS, SORTABLE, Layout
from directory.engines.elasticsearch.mapping import mapping
from directory.settings import read_settings


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"shards": 0}, "ELASTICSEARCH_SHARDS"),
        ({"shards": MOST_SHARDS + 1}, "ELASTICSEARCH_SHARDS"),
        ({"replicas": -1}, "ELASTICSEARCH_REPLICAS"),
        ({"segments": 101}, "ELASTICSEARCH_SEGMENTS"),
        ({"senders": 0}, "ELASTICSEARCH_SENDERS"),
        ({"sort_by": ("place", "name_words")}, "ELASTICSEARCH_SORT_BY names name_words"),
    ],
)
def test_what_cannot_be_is_refused_by_the_name_of_its_setting(wrong: dict[str, Any], named: str) -> None:
    with pytest.raises(InvalidInput, match=named):
        Layout(**wrong)


def test_every_field_that_may_be_sorted_by_has_sorted_values() -> None:
    properties = mapping("f", "now")["properties"]
    for name in SORTABLE:
        first, _, second = name.partition(".")
        found = properties[first]["properties"][second] if second else properties[first]
        assert found.get("doc_values", True)
        assert found["type"] in ("keyword", "date")


def test_the_environment_says_how_generations_are_laid_out() -> None:
    numbers = {"SHARDS": "3", "REPLICAS": "1", "SEGMENTS": "1", "SENDERS": "5", "SORT_BY": "place, tokens.state"}
    composition = Composition(read_settings({f"ELASTICSEARCH_{name}": value for name, value in numbers.items()}))
    assert composition.layout() == Layout(3, 1, 1, ("place", "tokens.state"), 5)
    assert Composition(read_settings({})).layout() == Layout()


def test_a_wrong_setting_stops_the_indexer_before_it_builds() -> None:
    composition = Composition(read_settings({"ELASTICSEARCH_SHARDS": "0"}))
    with pytest.raises(InvalidInput, match="from 1 to 1024, not 0"):
        composition.index("elasticsearch")
    with pytest.raises(InvalidInput, match="ELASTICSEARCH_SHARDS is a whole number, not 'many'"):
        read_settings({"ELASTICSEARCH_SHARDS": "many"})
