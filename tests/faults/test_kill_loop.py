"""Some of the points of the kill loop, with its seed; the whole of it is `python -m tests.faults.kill_loop`."""

import pytest

from tests.faults.kill_loop import Tally, made, run


def nothing_was_lost(tally: Tally, kills: int) -> None:
    """What was acknowledged is checked after each kill by the loop itself."""
    assert sum(tally.kills.values()) == kills
    assert tally.checks >= kills
    assert tally.mended == 0, "record and index differed after a recovery"
    assert tally.acknowledged.applications
    assert tally.searches > 0
    assert (tally.unanswered, tally.short) == (0, 0)


@pytest.mark.fault(15)
def test_fault_15_nothing_acknowledged_is_lost_wherever_a_process_is_killed() -> None:
    with made("embedded") as site:
        nothing_was_lost(run(site, 20, seed=4), 20)


@pytest.mark.fault(15)
def test_fault_15_nor_with_elasticsearch(elasticsearch_url: str) -> None:
    with made("elasticsearch", elasticsearch_url) as site:
        nothing_was_lost(run(site, 6, seed=4), 6)
