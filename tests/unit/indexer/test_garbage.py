"""The collector is as it was afterwards, also when a load fails."""

import gc

import pytest

from indexer.garbage import YOUNG, rarely_collected


def test_looks_are_rare_meanwhile_and_as_before_afterwards() -> None:
    before = gc.get_threshold()
    with rarely_collected():
        assert gc.isenabled()
        assert gc.get_threshold() == (YOUNG, *before[1:])
    assert gc.get_threshold() == before
    assert gc.get_freeze_count() == 0


@rarely_collected()
def _failing() -> None:
    raise KeyError


def test_so_they_are_after_a_failure() -> None:
    before = gc.get_threshold()
    with pytest.raises(KeyError):
        _failing()
    assert gc.get_threshold() == before
