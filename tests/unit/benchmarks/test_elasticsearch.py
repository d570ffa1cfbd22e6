"""The benchmark of Elasticsearch: what its sides are asked is the same, and what they answer is compared."""

import sys
from pathlib import Path
from random import Random

import orjson
import pytest

from benchmarks import elasticsearch
from benchmarks.generate import KINDS, World, query
from directory.engines.elasticsearch.client import connect
from directory.engines.elasticsearch.engine import ElasticsearchEngine
from directory.engines.elasticsearch.layout import Layout
from directory.engines.elasticsearch.mapping import document


def test_a_run_measures_everything(elasticsearch_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(elasticsearch, "_WARM_UP", 2)
    options = ("--size", "400", "--filled", "200", "--rounds", "2", "--queries", "2", "--url", elasticsearch_url)
    monkeypatch.setattr(sys, "argv", ["elasticsearch", *options, "--output", str(tmp_path)])
    elasticsearch.main()
    written = orjson.loads((tmp_path / "elasticsearch.json").read_bytes())
    rows = {(row["name"], row["peer"]): row for row in written["rows"]}
    for name in elasticsearch.HELPERS:
        row = rows["filling, documents per s", f"{name}, documents ready"]
        assert (row["better"], row["target_p50"]) == ("higher", 0.8)
    for kind in KINDS:
        for peer in ("urllib3", "http.client"):
            assert rows[f"{kind} through the adapter", f"{peer}, the same body"]["target_p50"] == 1.3
    laid_out = {name.removeprefix("layout: ") for name, _ in rows if name.startswith("layout: ")}
    assert laid_out == elasticsearch.LAYOUTS.keys() - {elasticsearch.BASE}
    assert rows["layout: 2 shards", elasticsearch.BASE]["megabytes"] > 0


def test_every_side_finds_the_same(elasticsearch_url: str) -> None:
    world = World(3)
    with (
        connect(elasticsearch_url) as client,
        elasticsearch._alias(client) as alias,
        elasticsearch.bare(elasticsearch_url, alias) as posts,
    ):
        elasticsearch.build(client, alias, world.listings(300), Layout())
        engine = ElasticsearchEngine(client, alias, 60.0)
        for kind in KINDS:
            item = query(world, kind, Random(kind))
            times = elasticsearch.once(engine, posts, item, Random(1))
            assert set(times) == {elasticsearch.OURS, "urllib3", "http.client"}
            found = engine.search(item)
            answers = [orjson.loads(post(elasticsearch.asked(item))) for post in posts.values()]
            assert [answer["hits"]["total"]["value"] for answer in answers] == [found.total] * 2


def test_what_was_measured_is_deleted(elasticsearch_url: str) -> None:
    with connect(elasticsearch_url) as client:
        with elasticsearch._alias(client) as alias:
            elasticsearch.build(client, alias, World(1).listings(5), Layout())
            assert client.indices.get(index=f"{alias}-*")
        assert not client.indices.get(index=f"{alias}-*", expand_wildcards="all")


def test_another_number_of_hits_stops_the_run() -> None:
    item = query(World(1), "Q5", Random(1))
    with pytest.raises(SystemExit, match="finds 3, the same body 4"):
        elasticsearch._same(item, 3, 4)
    elasticsearch._same(item, 4, 4)


def test_a_helper_that_drops_a_document_stops_the_run(elasticsearch_url: str) -> None:
    documents = [document(listing) for listing in World(1).listings(5)]
    with connect(elasticsearch_url) as client, pytest.raises(SystemExit, match="wrote 0 of 5"):
        elasticsearch.helped(client, lambda *_: None, documents)


def test_without_a_server_it_says_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ELASTICSEARCH_URL", raising=False)
    monkeypatch.setattr(sys, "argv", ["elasticsearch"])
    with pytest.raises(SystemExit, match="ELASTICSEARCH_URL"):
        elasticsearch.main()
