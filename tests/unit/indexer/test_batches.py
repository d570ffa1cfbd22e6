"""Rows sorted into batches: the last row of a number counts, all are tallied, and nothing is lost between processes."""

import io
from datetime import date

import pytest

from directory.vocabulary import load
from indexer.sources import batches as batching
from indexer.sources.batches import Batch, batches
from indexer.sources.dating import Dating
from indexer.sources.nppes import NOT_OURS, Reading, judged
from indexer.sources.outcome import Deactivated, Rejected, Skipped
from indexer.sources.scan import Others
from tests.factories.registry import deactivation, individual, number, organization, table
from tests.fakes.positions import FixedPositions

READING = Reading(load(), FixedPositions(), Dating(date(2026, 1, 11), date(2026, 5, 11), "old_registry_file"))


def batch_of(*rows: dict[str, str]) -> Batch:
    (batch,) = batches(judged(io.BytesIO(table(rows)), "registry.csv", READING), "registry.csv")
    return batch


def test_a_batch_is_the_same_in_another_process() -> None:
    batch = batch_of(
        individual(1), organization(2), deactivation(3), individual(4, state="XX"), individual(5, "122300000X")
    )
    assert batch.tally.rows == 5
    assert Batch.decode(batch.encoded()) == batch


def test_the_last_row_of_a_number_counts() -> None:
    batch = batch_of(individual(1), deactivation(1))
    assert (list(batch.deactivated), batch.practitioners, batch.tally.rows) == ([number(1)], {}, 2)
    batch.skip([number(1)])
    assert (batch.deactivated, batch.skipped) == ({}, {number(1)})
    assert batch.tally.skipped_because[NOT_OURS] == 1


def test_a_rejected_row_takes_nothing_back() -> None:
    batch = Batch("registry.csv")
    batch.add(Deactivated(2, number(1), date(2026, 1, 1)))
    batch.add(Rejected(3, number(1), "postal code is not 5 or 9 digits"))
    assert (list(batch.deactivated), [row.line for row in batch.rejected]) == ([number(1)], [3])


def test_batches_have_so_many_rows_and_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batching, "BATCH", 2)
    found = [Skipped(line, number(line), NOT_OURS) for line in range(5)]
    assert [batch.tally.rows for batch in batches(found, "registry.csv")] == [2, 2, 1]


def test_rows_of_others_are_tallied_without_a_look_at_each() -> None:
    (batch,) = batches([Others((2, 3), (number(1), number(2)))], "registry.csv")
    assert (batch.tally.rows, batch.skipped) == (2, {number(1), number(2)})
