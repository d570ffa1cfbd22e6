"""A process that makes things beside this one: the same pieces, errors at their place, nothing left behind."""

import inspect
import multiprocessing
import os
import pickle
import signal
from collections.abc import Iterator

import pytest

from directory.domain import errors
from directory.domain.errors import DirectoryError, InvalidInput, RecordsUnavailable
from indexer.beside import Beside, CutOff, beside, here

ERRORS = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, DirectoryError)]


def pieces() -> Iterator[bytes]:
    yield b"first"
    yield b"x" * 5_000_000
    yield b""


def failing() -> Iterator[bytes]:
    yield b"first"
    raise InvalidInput("The file ends too early.", field="file")


def ended() -> Iterator[bytes]:
    yield b"first"
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.parametrize("way", [here, beside])
def test_everything_made_arrives_in_order(way: Beside) -> None:
    with way(pieces) as made:
        assert list(made) == list(pieces())


@pytest.mark.parametrize("way", [here, beside])
def test_an_error_is_raised_at_its_place(way: Beside) -> None:
    with way(failing) as made:
        assert next(made) == b"first"
        with pytest.raises(InvalidInput, match="ends too early") as raised:
            next(made)
        assert raised.value.field == "file"


@pytest.mark.parametrize("kind", [*ERRORS, CutOff])
def test_every_error_of_ours_crosses_processes(kind: type[DirectoryError]) -> None:
    copied = pickle.loads(pickle.dumps(kind("What is wrong.")))
    assert (type(copied), str(copied), vars(copied)) == (kind, "What is wrong.", vars(kind("What is wrong.")))


def test_what_an_error_carries_crosses_too() -> None:
    assert pickle.loads(pickle.dumps(RecordsUnavailable("Busy.", retry_after=60))).retry_after == 60


def test_a_process_that_is_killed_is_told_from_one_that_is_done() -> None:
    with beside(ended) as made:
        assert next(made) == b"first"
        with pytest.raises(CutOff, match="ended from outside"):
            next(made)


def test_nothing_begins_before_the_first_piece_is_asked_for() -> None:
    reading, writing = os.pipe()

    def telling() -> Iterator[bytes]:
        os.write(writing, b"begun")
        yield b"first"

    os.set_blocking(reading, False)
    with beside(telling) as made:
        with pytest.raises(BlockingIOError):
            os.read(reading, 5)
        next(made)
        assert os.read(reading, 5) == b"begun"
    os.close(reading)
    os.close(writing)


def test_no_process_stays_when_the_block_is_left_early() -> None:
    with beside(pieces) as made:
        next(made)
        assert multiprocessing.active_children()
    assert not multiprocessing.active_children()
