"""Registry files as they arrive: plain CSV, gzip, or the registry's zip with its members.

A file is read through once before anything is loaded from it: that proves that an archive is whole, and yields
the hash for the provenance and the sizes for a progress bar.
"""

import gzip
import hashlib
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import IO, Protocol, cast

from directory.domain.errors import InvalidInput

_BLOCK = 1 << 20
_GZIP_MAGIC, _ZIP_MAGIC = b"\x1f\x8b", b"PK"
_NOT_FOR_US = (NotImplementedError, RuntimeError)
"""What `zipfile` raises for a compression it does not know (Deflate64, say), and for a member behind a password."""
_DAMAGED = (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile)


class Table(StrEnum):
    """The registry's tables, in the order in which they are loaded: the others name numbers of the main one."""

    MAIN = "npidata_pfile"
    LOCATIONS = "pl_pfile"
    OTHER_NAMES = "othername_pfile"
    ENDPOINTS = "endpoint_pfile"


_TABLE = re.compile(rf"(?<![a-z])({'|'.join(Table)})[^/]*$", re.IGNORECASE)
_DATA_MEMBER = re.compile(rf"{_TABLE.pattern[:-1]}(?<!fileheader)\.csv$", re.IGNORECASE)
_ORDER = tuple(Table)
Advance = Callable[[int], None]
"""Called with the number of bytes read since the last call."""


@dataclass(frozen=True, slots=True)
class Part:
    """One table inside a file. `member` is its name in a zip, else empty; `lines` counts physical lines."""

    path: Path
    member: str
    size: int
    lines: int
    table: Table = Table.MAIN

    @property
    def label(self) -> str:
        return f"{self.path.name}:{self.member}" if self.member else self.path.name


@dataclass(frozen=True, slots=True)
class Survey:
    """What one reading of a file found: `sha256` (hex) of the file as it lies, and its tables. `parts` are main ones,
    `further` those about numbers that the main one lists, in the order in which they are loaded."""

    path: Path
    sha256: str
    parts: tuple[Part, ...]
    further: tuple[Part, ...] = ()

    @property
    def size(self) -> int:
        """Decompressed bytes of all tables."""
        return sum(part.size for part in (*self.parts, *self.further))


class _Readable(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


class _Watched:
    """A file whose bytes are hashed and reported as they are read: hashed by `hashing`, one worker, while the reader
    does something with them."""

    def __init__(self, raw: IO[bytes], advance: Advance, hashing: Executor) -> None:
        self._raw, self._advance, self._hashing = raw, advance, hashing
        self._digest = hashlib.sha256()
        self._hashed = hashing.submit(self._digest.update, b"")

    def read(self, size: int = -1, /) -> bytes:
        block = self._raw.read(size)
        self._hashed.result()
        self._hashed = self._hashing.submit(self._digest.update, block)
        self._advance(len(block))
        return block

    def sha256(self) -> str:
        self._hashed.result()
        return self._digest.hexdigest()


def _ignore(_count: int) -> None:
    """Nobody watches."""


def survey(path: Path, advance: Advance = _ignore) -> Survey:
    """Reads the whole file. Raises InvalidInput when it is missing, truncated, damaged or no registry file.

    `advance` is told the bytes of the file as it lies (compressed ones for an archive).
    """
    try:
        with path.open("rb") as raw, ThreadPoolExecutor(1) as hashing:
            watched = _Watched(raw, advance, hashing)
            parts = _parts(path, _magic(raw), watched)
            main = tuple(part for part in parts if part.table is Table.MAIN)
            return Survey(path, watched.sha256(), main, tuple(part for part in parts if part not in main))
    except _DAMAGED as error:
        reason = str(error).rstrip(".") or type(error).__name__
        message = f"{path.name} is truncated or damaged ({reason}): nothing was loaded. Download the file again."
        raise InvalidInput(message, field="file") from error
    except _NOT_FOR_US as error:
        message = f"{path.name} cannot be unpacked here ({error}): unpack it with another program and give the .csv."
        raise InvalidInput(message, field="file") from error
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror or error}.", field="file") from error


@contextmanager
def opened(part: Part) -> Iterator[IO[bytes]]:
    """The decompressed bytes of one table."""
    with part.path.open("rb") as raw:
        if part.member:
            with zipfile.ZipFile(raw) as archive, archive.open(part.member) as inner:
                yield inner
        elif _magic(raw) == _GZIP_MAGIC:
            with gzip.open(raw, "rb") as unpacked:
                yield cast("IO[bytes]", unpacked)
        else:
            yield raw


def _magic(raw: IO[bytes]) -> bytes:
    start = raw.read(2)
    raw.seek(0)
    return start


def _parts(path: Path, magic: bytes, watched: _Watched) -> tuple[Part, ...]:
    if not magic:
        raise InvalidInput(f"{path.name} is empty: nothing was loaded.", field="file")
    if magic != _ZIP_MAGIC:
        plain = cast("IO[bytes]", watched)
        stream = gzip.GzipFile(mode="rb", fileobj=plain) if magic == _GZIP_MAGIC else watched
        return (Part(path, "", *_measured(stream), _table(path.name)),)
    while watched.read(_BLOCK):
        pass
    return _members(path)


def _members(path: Path) -> tuple[Part, ...]:
    """Every data table of a zip, the main one first; reading one to its end checks its CRC."""
    parts = []
    with zipfile.ZipFile(path) as archive:
        for name in sorted(filter(_DATA_MEMBER.search, archive.namelist())):
            with archive.open(name) as stream:
                parts.append(Part(path, name, *_measured(stream), _table(name)))
    if not parts:
        message = f"{path.name} holds no npidata_pfile or other table of the registry: is it the registry's archive?"
        raise InvalidInput(message, field="file")
    return tuple(sorted(parts, key=lambda part: _ORDER.index(part.table)))


def _table(name: str) -> Table:
    """What a file's name says it holds: the main table unless it says otherwise."""
    found = _TABLE.search(name)
    return Table(found[1].lower()) if found else Table.MAIN


def _measured(stream: _Readable) -> tuple[int, int]:
    """Bytes and lines."""
    size = lines = 0
    while block := stream.read(_BLOCK):
        size += len(block)
        lines += block.count(b"\n")
    return size, lines
