"""How what a load brings compares with what is held."""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

import msgspec
from sqlalchemy import Column, Connection, select

from directory.domain.errors import InvalidInput
from directory.records.keyed import rows_with
from directory.registration.loading import ClinicEntry, PractitionerEntry, Tally

CHUNK = 5_000
"""Entries in one transaction: long enough to be fast, short enough that nobody waits for it."""


_ZERO = b"\\u0000"
"""How JSON writes the character that PostgreSQL keeps in no text."""
_ENCODER = msgspec.json.Encoder(order="deterministic")
Entry = TypeVar("Entry", PractitionerEntry, ClinicEntry)


@dataclass(frozen=True, slots=True)
class Sifted(Generic[Entry]):
    """The entries of a chunk that are to be written, in order of their keys, with the digest of each."""

    added: tuple[Entry, ...]
    changed: tuple[Entry, ...]
    digests: Mapping[str, str]
    tally: Tally

    @property
    def written(self) -> tuple[Entry, ...]:
        return self.added + self.changed

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(entry.key for entry in self.written)


def chunks(entries: Iterable[Entry]) -> Iterator[dict[str, Entry]]:
    """The entries by key, a chunk at a time; of those with one key in a chunk the last counts."""
    chunk: dict[str, Entry] = {}
    for entry in entries:
        chunk[entry.key] = entry
        if len(chunk) == CHUNK:
            yield chunk
            chunk = {}
    if chunk:
        yield chunk


def sift(
    connection: Connection, key: Column[str], chunk: Mapping[str, Entry], as_of: date, possible: Collection[str]
) -> Sifted[Entry]:
    """Compares a chunk with what is held, at most under its `possible` keys; `as_of` is the day of its facts."""
    statement = select(key, key.table.c.digest, key.table.c.as_of)
    held = {row[0]: row for row in rows_with(connection, statement, key, possible)}
    digests = {name: _digest(entry) for name, entry in chunk.items()}
    known = sorted(held.keys() & chunk.keys())
    older = {name for name in known if held[name].as_of is not None and held[name].as_of > as_of}
    changed = [name for name in known if name not in older and held[name].digest != digests[name]]
    added = sorted(chunk.keys() - held.keys())
    tally = Tally(len(added), len(changed), len(known) - len(older) - len(changed), len(older))
    return Sifted(tuple(chunk[name] for name in added), tuple(chunk[name] for name in changed), digests, tally)


def _digest(entry: PractitionerEntry | ClinicEntry) -> str:
    try:
        content = _ENCODER.encode(entry)
    except UnicodeEncodeError:
        content = _ZERO
    if _ZERO in content:
        raise InvalidInput(f"{entry.key} holds text that is not Unicode, or a zero byte: mend the file.", "file")
    return hashlib.blake2b(content, digest_size=16).hexdigest()
