"""Applies changes of subjects to a generation, so that the newest wins in whatever order they arrive."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from elasticsearch import ConflictError, Elasticsearch

from directory.engines.elasticsearch.bulk import Bulk, Write, combined, delete, mark, upsert
from directory.engines.elasticsearch.errors import translated
from directory.engines.elasticsearch.mapping import STATE_ID, tombstone
from directory.engines.elasticsearch.scan import scan
from directory.search.index import Applied, Change

_SUBJECTS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class _Held:
    """A document of a subject: a listing, the tombstone of one, or the subject's marker."""

    id: str
    version: int
    listed: bool


def keep_position(client: Elasticsearch, alias: str, position: int) -> None:
    """Never turns a position back: a writer that is late keeps the newer one."""
    with suppress(ConflictError):
        client.index(
            index=alias,
            require_alias=True,
            id=STATE_ID,
            document=tombstone(STATE_ID, position),
            version=position,
            version_type="external_gte",
        )


def apply_changes(bulk: Bulk, changes: Sequence[Change]) -> Applied:
    """Applies the newest change of each subject, unless something newer is held already."""
    newest = _newest(changes)
    applied = Applied(stale=sum(_size(item) for item in changes if newest[item.subject] is not item))
    with translated():
        bulk.client.indices.refresh(index=bulk.alias)
        for some in _portions(list(newest.values())):
            held = _held(bulk, [item.subject for item in some])
            stale = {item.subject: _size(item) for item in some if _is_stale(item, held[item.subject])}
            applied = combined(applied, Applied(stale=sum(stale.values())))
            applied = combined(applied, bulk.write(_writes((item for item in some if item.subject not in stale), held)))
    return applied


def _newest(changes: Iterable[Change]) -> Mapping[str, Change]:
    newest: dict[str, Change] = {}
    for change in changes:
        known = newest.get(change.subject)
        if known is None or change.version > known.version:
            newest[change.subject] = change
    return newest


def _portions(changes: Sequence[Change]) -> Iterator[Sequence[Change]]:
    for at in range(0, len(changes), _SUBJECTS_AT_ONCE):
        yield changes[at : at + _SUBJECTS_AT_ONCE]


def _size(change: Change) -> int:
    return max(1, len(change.listings))


def _is_stale(change: Change, held: Sequence[_Held]) -> bool:
    return any(document.version > change.version for document in held)


def _writes(changes: Iterable[Change], held: Mapping[str, Sequence[_Held]]) -> Iterator[Write]:
    """The marker comes first: should the rest be interrupted, nothing older can come in between."""
    for change in changes:
        yield mark(change.subject, change.version)
        kept = {listing.id for listing in change.listings}
        yield from (upsert(listing) for listing in change.listings)
        gone = (document.id for document in held[change.subject] if document.listed and document.id not in kept)
        yield from (delete(item, change.version) for item in gone)


def _held(bulk: Bulk, subjects: Sequence[str]) -> Mapping[str, list[_Held]]:
    """What the index knows of these subjects, deletions included."""
    held: dict[str, list[_Held]] = {subject: [] for subject in subjects}
    clause = {"terms": {"subject": list(subjects)}}
    for fields in scan(bulk.client, clause, ["id", "subject", "version", "expires_on"], index=bulk.alias):
        held[fields["subject"][0]].append(_Held(fields["id"][0], fields["version"][0], "expires_on" in fields))
    return held
