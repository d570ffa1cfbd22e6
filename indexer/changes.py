"""From a changed subject to what an index is told about it."""

from collections.abc import Iterator, Sequence

from directory.search.document import Making, listings
from directory.search.index import Change
from directory.search.source import ListingSource

AT_ONCE = 10_000
"""Subjects read and applied together: an index keeps each time as one more thing to look through and to fold in."""


def changes_of(subjects: Sequence[str], position: int, source: ListingSource, making: Making) -> list[Change]:
    """All listings of each subject as the record is now.

    A subject without a record has no listings; `position`, which is at least the revision of its removal, is then
    its version.
    """
    records = source.records_of(subjects)
    found = []
    for subject in subjects:
        record = records.get(subject)
        if record is None:
            found.append(Change(subject, position))
        else:
            found.append(Change(subject, record.version, listings(record, making)))
    return found


def pending(position: int, source: ListingSource, making: Making) -> Iterator[tuple[list[Change], int]]:
    """Changes after a position, some at a time, each with the position that they complete."""
    while True:
        changed = source.changed_since(position, AT_ONCE)
        if changed.position == position:
            return
        yield from _portions(changed.subjects, position, changed.position, source, making)
        position = changed.position


def _portions(
    subjects: Sequence[str], before: int, after: int, source: ListingSource, making: Making
) -> Iterator[tuple[list[Change], int]]:
    """A bulk marker may stand for many subjects; the position moves on only with the last of them."""
    starts = range(0, max(len(subjects), 1), AT_ONCE)
    for start in starts:
        last = start == starts[-1]
        part = changes_of(subjects[start : start + AT_ONCE], after, source, making)
        yield part, after if last else before
