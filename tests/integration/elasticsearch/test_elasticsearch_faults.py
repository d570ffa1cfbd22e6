"""Faults while an index is written: nothing is lost, nothing is half published, and old answers stay."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from random import Random

import orjson
import pytest

from directory.domain.errors import EngineUnavailable, FencedOut, InvalidInput, LockHeld
from directory.engines.elasticsearch import bulk
from directory.engines.elasticsearch.archive import ElasticsearchArchive
from directory.engines.elasticsearch.client import connect
from directory.engines.elasticsearch.index import ElasticsearchIndex
from directory.engines.elasticsearch.layout import Layout
from directory.engines.elasticsearch.lease import LEASE
from directory.search.index import Applied, Change, Generation
from directory.search.listing import Field, Listing
from indexer.publishing import removed_on_failure
from tests.contract.conftest import remove_repository
from tests.integration.elasticsearch.conftest import Store, sample, samples
from tests.integration.elasticsearch.proxies import Answer, Forward, Proxy, Request, Rule, refusal, serving

TOO_LONG = "x" * 40_000
"""A token that Lucene refuses."""


def is_bulk(request: Request) -> bool:
    return request.path.partition("?")[0].endswith("/_bulk")


def first(count: int, answers: Callable[[Request, Forward], Answer | None], matches: Callable[[Request], bool]) -> Rule:
    """Meets the first `count` matching requests with `answers`, and forwards everything else."""
    left = [count]

    def rule(request: Request, forward: Forward) -> Answer | None:
        if left[0] and matches(request):
            left[0] -= 1
            return answers(request, forward)
        return forward(request)

    return rule


def ids(listings: list[Listing]) -> list[str]:
    return sorted(listing.id for listing in listings)


def unwritable(listing: Listing) -> Listing:
    return replace(listing, tokens={**listing.tokens, Field.NETWORK: (TOO_LONG,)})


def one_item_turned_away(request: Request, forward: Forward) -> Answer:
    """Keeps the second document from the server, and answers 429 for it alone."""
    lines = request.body.splitlines()
    passed = forward(replace(request, body=b"\n".join(lines[:2] + lines[4:]) + b"\n"))
    answer = orjson.loads(passed.body)
    error = {"type": "es_rejected_execution_exception", "reason": "queue full"}
    answer["items"].insert(1, {"index": {"status": 429, "error": error}})
    return Answer(200, orjson.dumps(answer))


def gone_unanswered(request: Request, forward: Forward) -> Answer | None:
    """The server does as it was told, and its answer is lost."""
    forward(request)
    return refusal(500)


def is_switch(request: Request) -> bool:
    return request.path.partition("?")[0] == "/_aliases"


def test_a_switch_whose_answer_was_lost_does_not_cost_what_is_live(store: Store) -> None:
    old = store.build(samples(2))
    with serving(Proxy(store.url, first(1, gone_unanswered, is_switch))) as proxy:
        index = store.index(proxy.url)
        with index.lock():
            draft = index.draft("f")
            draft.add(samples(3))
            draft.finish(2)
            with pytest.raises(EngineUnavailable), removed_on_failure(index, draft):
                index.promote(draft)
            assert index.reap() == (old.name,)
    assert store.found() == ids(samples(3))


@pytest.mark.parametrize("way", ["discard", "reap"])
def test_a_switch_that_comes_after_its_draft_was_given_up_makes_nothing_live(store: Store, way: str) -> None:
    """It was sent, no answer came, and the server takes it up when the clean-up has already looked what is live."""
    old = store.build(samples(2))
    late: list[Request] = []

    def held_back(request: Request, forward: Forward) -> Answer | None:
        if is_switch(request):
            late.append(request)
            return refusal(500)
        return forward(request)

    with serving(Proxy(store.url, held_back)) as proxy, (index := store.index(proxy.url)).lock():
        draft = index.draft("f")
        draft.add(samples(3))
        draft.finish(2)
        with pytest.raises(EngineUnavailable):
            index.promote(draft)
    answers: list[Answer] = []

    def overtaken(request: Request, forward: Forward) -> Answer | None:
        if request.method == "DELETE" and draft.name in request.path:
            answers.append(forward(late[0]))
        return forward(request)

    with serving(Proxy(store.url, overtaken)) as proxy, (index := store.index(proxy.url)).lock():
        index.discard(draft) if way == "discard" else index.reap()
    assert [answer.status for answer in answers] == [404]
    assert store.names() == [old.name]
    assert store.found() == ids(samples(2))


def test_nothing_is_asked_of_the_new_generation_once_it_is_live(store: Store) -> None:
    store.build(samples(2))
    switched = False
    promoted: Generation | None = None

    def rule(request: Request, forward: Forward) -> Answer | None:
        nonlocal switched
        if switched:
            return refusal(500)
        switched = is_switch(request)
        return forward(request)

    with serving(Proxy(store.url, rule)) as proxy:
        index = store.index(proxy.url)
        # The lock cannot be freed during an outage either.
        with suppress(EngineUnavailable), index.lock():
            draft = index.draft("f")
            draft.add(samples(3))
            draft.finish(2)
            promoted = index.promote(draft)
    assert promoted is not None
    assert promoted.listings == 3
    assert store.found() == ids(samples(3))


@pytest.mark.fault(2)
def test_one_item_turned_away_is_sent_again_alone(store: Store) -> None:
    listings = samples(5)
    with serving(Proxy(store.url, first(1, one_item_turned_away, is_bulk))) as proxy:
        store.build(listings, proxy.url)
    bulks = [request.body.splitlines() for request in proxy.seen if is_bulk(request)]
    assert [len(lines) for lines in bulks] == [10, 2]
    assert listings[1].id.encode() in bulks[1][0]
    assert len(store.pauses) == 1
    assert store.found() == ids(listings)


def some_items_turned_away(random: Random) -> Rule:
    """Keeps a third of each request's documents from the server, and answers 429 for each of them."""

    def rule(request: Request, forward: Forward) -> Answer:
        if not is_bulk(request):
            return forward(request)
        lines = request.body.splitlines()
        kept = [random.random() > 0.33 for _ in range(len(lines) // 2)]
        passing = [line for at, line in enumerate(lines) if kept[at // 2]]
        done: list[dict[str, object]] = []
        if passing:
            answer = orjson.loads(forward(replace(request, body=b"\n".join(passing) + b"\n")).body)
            done = answer["items"]
        taken = iter(done)
        away = {"status": 429, "error": {"type": "es_rejected_execution_exception", "reason": "queue full"}}
        items = [next(taken) if item else {"index": away} for item in kept]
        return Answer(200, orjson.dumps({"errors": True, "items": items}))

    return rule


@pytest.mark.fault(2)
def test_nothing_is_dropped_when_several_senders_are_turned_away_in_part(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "MOST_DOCUMENTS", 10)
    monkeypatch.setattr(bulk, "ATTEMPTS", 60)
    listings = samples(95)
    with serving(Proxy(store.url, some_items_turned_away(Random(4)))) as proxy:
        index = store.index(proxy.url)
        with index.lock():
            draft = index.draft("f")
            assert draft.add(listings) == Applied(upserted=95)
            assert draft.finish(1).listings == 95
            index.promote(draft)
    assert store.found() == ids(listings)
    assert len(store.pauses) > 10


@pytest.mark.fault(1)
def test_one_sender_that_fails_stops_the_load(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "MOST_DOCUMENTS", 5)
    live = store.build(samples(3))
    read: list[str] = []

    def counted() -> Iterator[Listing]:
        for listing in samples(400):
            read.append(listing.id)
            yield listing

    with serving(Proxy(store.url, first(1, lambda *_: refusal(403), is_bulk))) as proxy:
        index = store.index(proxy.url)
        with index.lock(), pytest.raises(EngineUnavailable, match="403"):
            index.draft("f").add(counted())
    assert len(read) < 100
    assert store.index().live() == live


@pytest.mark.fault(4)
def test_an_overloaded_server_is_given_time(store: Store) -> None:
    with serving(Proxy(store.url, first(3, lambda *_: refusal(429), is_bulk))) as proxy:
        store.build(samples(3), proxy.url)
    assert store.pauses == sorted(store.pauses)
    assert len(set(store.pauses)) == 3
    assert store.found() == ids(samples(3))


@pytest.mark.fault(4)
def test_a_request_that_is_too_large_is_halved_until_it_fits(store: Store) -> None:
    listings = samples(16)
    largest = 12_000

    def limited(request: Request, forward: Forward) -> Answer:
        return refusal(413) if len(request.body) > largest else forward(request)

    with serving(Proxy(store.url, limited)) as proxy:
        store.build(listings, proxy.url)
    accepted = [len(request.body) for request in proxy.seen if is_bulk(request) and len(request.body) <= largest]
    assert len(accepted) > 1
    assert store.found() == ids(listings)


@pytest.mark.fault(4)
def test_a_single_listing_that_is_too_large_is_set_aside(store: Store) -> None:
    def too_large(request: Request, forward: Forward) -> Answer:
        return refusal(413) if is_bulk(request) else forward(request)

    with serving(Proxy(store.url, too_large)) as proxy:
        index = store.index(proxy.url)
        with index.lock():
            added = index.draft("f").add([sample(1)])
    assert [refused.id for refused in added.refused] == [sample(1).id]
    assert "413" in added.refused[0].reason


@pytest.mark.fault(3)
def test_a_listing_the_server_will_not_take_is_set_aside_and_the_rest_goes_on(store: Store) -> None:
    listings = samples(4)
    index = store.index()
    with index.lock():
        draft = index.draft("f")
        added = draft.add([listings[0], unwritable(listings[1]), *listings[2:]])
        draft.finish(1)
        index.promote(draft)
    assert added.upserted == 3
    assert [refused.id for refused in added.refused] == [listings[1].id]
    assert added.refused[0].reason.startswith("400 ")
    assert store.found() == ids([listings[0], *listings[2:]])


@pytest.mark.fault(3)
def test_an_id_that_spoils_the_whole_request_is_set_aside_alone(store: Store) -> None:
    listings = [*samples(4), replace(sample(9), id="p" + "9" * 600 + ".0")]
    index = store.index()
    with index.lock():
        added = index.draft("f").add(listings)
    assert added.upserted == 4
    assert [refused.id for refused in added.refused] == [listings[-1].id]


@pytest.mark.fault(5)
def test_a_bulk_that_was_applied_before_the_connection_broke_counts_once(store: Store) -> None:
    def applied_and_lost(request: Request, forward: Forward) -> Answer | None:
        forward(request)
        return None

    with serving(Proxy(store.url, first(1, applied_and_lost, is_bulk))) as proxy:
        generation = store.build(samples(6), proxy.url)
    assert generation.listings == 6
    assert store.found() == ids(samples(6))


@pytest.mark.fault(1)
def test_a_server_killed_mid_bulk_leaves_the_old_generation_serving_and_a_second_run_completes(store: Store) -> None:
    old = samples(3)
    store.build(old)
    listings = samples(3000, version=2)
    bulks = [0]

    def killed(request: Request, forward: Forward) -> Answer | None:
        bulks[0] += is_bulk(request)
        return forward(request) if bulks[0] < 2 else None

    with serving(Proxy(store.url, killed)) as proxy:
        index = store.index(proxy.url)
        with pytest.raises(EngineUnavailable), index.lock():
            index.draft("f").add(listings)
    assert store.found() == ids(old)
    store.clock.forward(LEASE + timedelta(seconds=1))
    again = store.index()
    with again.lock():
        assert len(again.reap()) == 1
        draft = again.draft("f")
        draft.add(listings)
        assert draft.finish(2).listings == len(listings)
        again.promote(draft)
    assert [entry.id for entry in again.entries()] == ids(listings)


@pytest.mark.fault(1)
def test_a_change_interrupted_half_way_is_completed_by_its_replay(store: Store) -> None:
    first_listing = sample(1)
    store.build([first_listing, sample(2)])
    moved = replace(sample(1, version=2), id=first_listing.subject + ".1")
    change = Change(first_listing.subject, 2, (moved,))

    def only_the_marker(request: Request, forward: Forward) -> Answer | None:
        forward(replace(request, body=b"\n".join(request.body.splitlines()[:2]) + b"\n"))
        return None

    def dying(request: Request, forward: Forward) -> Answer | None:
        return only_the_marker(request, forward) if is_bulk(request) else forward(request)

    with serving(Proxy(store.url, dying)) as proxy:
        index = store.index(proxy.url)
        with index.lock(), pytest.raises(EngineUnavailable):
            index.apply([change], 2)
    assert store.found() == ids([first_listing, sample(2)])
    index = store.index()
    live = index.live()
    assert live is not None
    assert live.position == 1
    with index.lock():
        assert index.apply([change], 2) == Applied(upserted=1, deleted=1)
    assert store.found() == ids([moved, sample(2)])


@pytest.mark.fault(6)
def test_a_full_disk_stops_writes_and_not_searches(store: Store) -> None:
    name = store.build(samples(2)).name
    index, client = store.index(), connect(store.url)
    client.indices.put_settings(index=name, settings={"blocks.read_only_allow_delete": True})
    change = Change(sample(1, 2).subject, 2, (sample(1, 2),))
    with index.lock():
        with pytest.raises(EngineUnavailable, match="disk"):
            index.apply([change], 2)
        assert store.pauses == []
        assert store.found() == ids(samples(2))
        client.indices.put_settings(index=name, settings={"blocks.read_only_allow_delete": None})
        assert index.apply([change], 2) == Applied(upserted=1)
    client.close()


@pytest.mark.fault(8)
def test_a_crash_before_the_switch_leaves_the_old_generation_and_an_orphan(store: Store) -> None:
    old = store.build([sample(1)])

    def dead_at_switch(request: Request, forward: Forward) -> Answer | None:
        return None if request.path.startswith("/_aliases") else forward(request)

    with serving(Proxy(store.url, dead_at_switch)) as proxy:
        index = store.index(proxy.url)
        with index.lock():
            draft = index.draft("f")
            draft.add([sample(2)])
            draft.finish(2)
            with pytest.raises(EngineUnavailable):
                index.promote(draft)
    assert store.index().live() == old
    assert store.found() == [sample(1).id]
    with (after := store.index()).lock():
        assert after.reap() == (draft.name,)
    assert store.names() == [old.name]


@pytest.mark.fault(9)
def test_a_crash_after_the_switch_leaves_the_new_generation_and_an_orphan(store: Store) -> None:
    old = store.build([sample(1)])

    def cannot_delete(request: Request, forward: Forward) -> Answer | None:
        return None if request.method == "DELETE" else forward(request)

    with serving(Proxy(store.url, cannot_delete)) as proxy:
        new = store.build([sample(2)], proxy.url)
    assert store.names() == sorted([old.name, new.name])
    assert store.found() == [sample(2).id]
    with (after := store.index()).lock():
        assert after.reap() == (old.name,)
    assert store.names() == [new.name]


@pytest.mark.fault(10)
def test_a_second_indexer_is_told_that_one_is_at_work(store: Store) -> None:
    with store.index().lock(), pytest.raises(LockHeld, match="Another indexer"), store.index().lock():
        pytest.fail("two writers at once")


@pytest.mark.fault(11)
def test_an_indexer_paused_past_its_lease_is_fenced_out(store: Store) -> None:
    store.build([sample(1)])
    paused, other = store.index(), store.index()
    with paused.lock():
        draft = paused.draft("f")
        draft.add([sample(2)])
        draft.finish(2)
        store.clock.forward(LEASE + timedelta(seconds=1))
        with other.lock():
            with pytest.raises(FencedOut):
                paused.promote(draft)
            with pytest.raises(FencedOut):
                paused.apply([Change(sample(3).subject, 1, (sample(3),))], 3)
            with pytest.raises(FencedOut):
                paused.reap()
            assert other.apply([Change(sample(4).subject, 1, (sample(4),))], 4) == Applied(upserted=1)
    assert store.found() == ids([sample(1), sample(4)])


@pytest.mark.fault(11)
def test_leaving_a_lost_lock_does_not_free_the_lock_of_its_new_holder(store: Store) -> None:
    paused, other = store.index(), store.index()
    with paused.lock():
        store.clock.forward(LEASE + timedelta(seconds=1))
        holding = other.lock()
        holding.__enter__()
    with pytest.raises(LockHeld), store.index().lock():
        pytest.fail("two writers at once")
    holding.__exit__(None, None, None)
    with store.index().lock():
        pass


@pytest.mark.fault(11)
def test_a_draft_reaped_by_another_indexer_is_not_made_up_again(store: Store) -> None:
    paused, other = store.index(), store.index()
    with paused.lock():
        draft = paused.draft("f")
        store.clock.forward(LEASE + timedelta(seconds=1))
        with other.lock():
            assert other.reap() == (draft.name,)
            with pytest.raises(EngineUnavailable):
                draft.add([sample(1)])
    assert store.names() == []


def test_writing_without_the_lock_is_refused(store: Store) -> None:
    store.build([sample(1)])
    index = store.index()
    with pytest.raises(FencedOut, match="lock"):
        index.apply([], 2)
    with pytest.raises(FencedOut, match="lock"):
        index.promote(index.draft("f"))


def test_a_server_short_of_memory_for_a_moment_does_not_cost_a_load_its_last_step(store: Store) -> None:
    def last_steps(request: Request) -> bool:
        return request.path.startswith("/_aliases") or "/_settings" in request.path or "/_flush" in request.path

    busy = first(3, lambda *_: refusal(429, "circuit_breaking_exception"), last_steps)
    with serving(Proxy(store.url, busy)) as proxy:
        generation = store.build(samples(2), proxy.url)
    assert store.index().live() == generation
    assert store.found() == ids(samples(2))


def test_replicas_that_no_node_could_hold_are_refused_before_anything_is_built(store: Store) -> None:
    index = ElasticsearchIndex(connect(store.url), store.alias, Layout(replicas=10))
    with index.lock(), pytest.raises(InvalidInput, match=r"ELASTICSEARCH_REPLICAS=10 needs 11 data nodes"):
        index.draft("f")
    assert store.names() == []


def test_replicas_that_no_node_could_hold_are_refused_before_anything_is_restored(store: Store) -> None:
    store.build(samples(2))
    client = connect(store.url)
    kept = ElasticsearchArchive(store.index(), client, store.alias, store.alias, location=store.alias)
    crowded = ElasticsearchIndex(client, store.alias, Layout(replicas=9))
    archive = ElasticsearchArchive(crowded, client, store.alias, store.alias, location=store.alias)
    before = store.names()
    try:
        kept.take("kept", lambda _: None)
        with crowded.lock(), pytest.raises(InvalidInput, match="data nodes"):
            archive.restore("kept", lambda _: None)
        assert store.names() == before
    finally:
        remove_repository(client, store.alias)
        client.close()


def test_a_generation_is_laid_out_as_asked(store: Store) -> None:
    layout = Layout(shards=2, segments=1, sort_by=("tokens.state",), senders=2)
    index = ElasticsearchIndex(connect(store.url), store.alias, layout)
    listings = samples(40)
    with index.lock():
        draft = index.draft("f")
        for start in range(0, 40, 4):
            draft.add(listings[start : start + 4])
        assert draft.finish(3).listings == 40
        live = index.promote(draft)
    client = connect(store.url)
    settings = client.indices.get_settings(index=live.name)[live.name]["settings"]["index"]
    assert (settings["number_of_shards"], settings["sort"]["field"]) == ("2", ["tokens.state"])
    segments = client.indices.segments(index=live.name)["indices"][live.name]["shards"]
    assert [len(copies[0]["segments"]) for copies in segments.values()] == [1, 1]
    assert store.found() == ids(listings)
    client.close()
