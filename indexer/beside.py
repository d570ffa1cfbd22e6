"""What is made in a process of its own, while this one uses what came before it."""

import multiprocessing
import signal
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from multiprocessing.connection import Connection
from typing import TypeAlias

from directory.domain.errors import DirectoryError
from indexer.garbage import rarely_collected

Make: TypeAlias = Callable[[], Iterable[bytes]]
Beside: TypeAlias = Callable[[Make], AbstractContextManager[Iterator[bytes]]]


class CutOff(DirectoryError):
    """The process that made things was ended from outside."""


@contextmanager
def here(make: Make) -> Iterator[Iterator[bytes]]:
    """The same without another process."""
    yield iter(make())


@contextmanager
def beside(make: Make) -> Iterator[Iterator[bytes]]:
    """What `make` yields, made by a process that is a copy of this one and stays a piece ahead of it.

    It begins when the first piece is asked for, but holds what was open when it was copied, at the start of the
    block: take locks within. An error in it is raised here, at its place. Raises CutOff where the process ends before
    it is done. Where processes cannot be copied it is made here.
    """
    if "fork" not in multiprocessing.get_all_start_methods():
        with here(make) as pieces:
            yield pieces
        return
    fork = multiprocessing.get_context("fork")
    mine, its = fork.Pipe()
    process = fork.Process(target=_send, args=(make, its, mine), daemon=True)
    process.start()
    its.close()
    try:
        yield _received(mine)
    finally:
        mine.close()
        process.terminate()
        process.join()


def _received(mine: Connection) -> Iterator[bytes]:
    try:
        mine.send(None)
        while (piece := mine.recv()) is not None:
            if isinstance(piece, Exception):
                raise piece
            yield piece
    except (EOFError, BrokenPipeError) as error:
        raise CutOff("The process that reads ahead was ended from outside: is there memory enough?") from error


def _send(make: Make, its: Connection, others: Connection) -> None:
    others.close()
    # Ctrl-C reaches both; the one that asked for this ends it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        its.recv()
        with rarely_collected():
            for piece in make():
                its.send(piece)
        its.send(None)
    except (EOFError, BrokenPipeError):
        return
    except Exception as error:  # whatever it is, it is for the one that asked
        its.send(error)
