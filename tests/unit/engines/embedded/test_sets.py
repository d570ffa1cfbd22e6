"""Sets of documents in all their forms, against Python's sets."""

from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory.engines.embedded.arrays import Spans, distinct, narrowest
from directory.engines.embedded.container import Container, ContainerWriter
from directory.engines.embedded.docsets import (
    Bits,
    DocSet,
    Flags,
    Listed,
    Selection,
    any_of,
    merged,
    numbered,
    packed,
)
from directory.engines.embedded.fields import FieldBuilder, FieldColumn
from directory.engines.embedded.groups import Pieces

LENGTH = 50
DOCS = st.sets(st.integers(0, LENGTH - 1))
SPANS = st.lists(st.integers(0, LENGTH), max_size=6, unique=True).map(lambda cuts: sorted(cuts[: len(cuts) // 2 * 2]))


def forms(docs: set[int]) -> list[DocSet]:
    flags = np.zeros(LENGTH, np.bool_)
    flags[sorted(docs)] = True
    listed = Listed(np.array(sorted(docs), np.uint32))
    bits = Bits(np.packbits(flags, bitorder="little"), len(docs))
    halves = [Listed(np.array(sorted(docs)[at::2], np.uint32)) for at in range(2)]
    return [listed, bits, Flags(flags, len(docs)), any_of([*halves, bits], LENGTH)]


@given(DOCS, DOCS, SPANS)
def test_every_form_of_a_set_answers_alike(docs: set[int], asked: set[int], cuts: list[int]) -> None:
    spans = Spans(np.array(cuts[::2], np.int64), np.array(cuts[1::2], np.int64))
    covered = [doc for first, last in zip(cuts[::2], cuts[1::2], strict=True) for doc in range(first, last)]
    assert spans.docs().tolist() == covered
    for form in forms(docs):
        assert form.size >= len(docs)
        assert form.docs().tolist() == sorted(docs)
        assert form.within(spans).tolist() == [doc for doc in covered if doc in docs]
        for selection in (Selection(None, np.array(sorted(asked), np.int64)), Selection(spans)):
            assert form.among(selection).tolist() == [doc in docs for doc in selection.docs.tolist()]


@given(st.lists(st.lists(st.integers(0, LENGTH - 1)), max_size=4))
def test_lists_are_merged_each_document_once(lists: list[list[int]]) -> None:
    together = merged([np.array(item, np.uint32) for item in lists], LENGTH)
    assert together.docs().tolist() == sorted({doc for item in lists for doc in item})


@given(st.lists(st.sets(st.sampled_from("abcdef")).map(lambda tokens: tuple(sorted(tokens))), max_size=40), DOCS)
def test_tokens_are_counted_and_found(values: list[tuple[str, ...]], some: set[int]) -> None:
    with TemporaryDirectory() as folder:
        column = written(Path(folder), values)
        chosen = sorted(doc for doc in some if doc < len(values))
        counts = Counter(token for doc in chosen for token in values[doc])
        assert column.count(Selection(None, np.array(chosen, np.int64))) == dict(counts)
        held = column.holding(("a", "f", "nobody"))
        wanted = [doc for doc, tokens in enumerate(values) if {"a", "f"} & set(tokens)]
        assert held.docs().tolist() == wanted
        assert held.size == len(wanted)
        for token in ("a", "nobody", "a"):
            assert column.holding((token,)).size == sum(token in tokens for tokens in values)


def written(folder: Path, values: list[tuple[str, ...]]) -> FieldColumn:
    builder = FieldBuilder("f", folder)
    builder.extend(builder.rows_of(values))
    writer = ContainerWriter(folder / "file")
    tokens = builder.write(writer, np.arange(len(values)), Pieces(np.zeros(1, np.int64)))
    writer.finish({})
    return FieldColumn(Container(writer.path), "f", tokens)


@pytest.mark.parametrize(("highest", "size"), [(0, 1), (255, 1), (256, 2), (65_535, 2), (65_536, 4), (1 << 32, 8)])
def test_columns_are_as_narrow_as_they_can_be(highest: int, size: int) -> None:
    assert np.dtype(narrowest(highest)).itemsize == size


@given(DOCS, st.lists(st.integers(0, LENGTH - 1)))
def test_sets_can_be_packed_and_numbered(docs: set[int], numbers: list[int]) -> None:
    for form in forms(docs):
        assert numbered(packed(form, LENGTH)).tolist() == sorted(docs)
    assert distinct(np.array(numbers, np.int64)).tolist() == sorted(set(numbers))


@given(st.lists(st.integers(0, 60), unique=True, min_size=2, max_size=12), st.data())
def test_ranges_without_ranges_in_them(cuts: list[int], data: st.DataObject) -> None:
    ends = sorted(cuts[: len(cuts) // 2 * 2])
    outer = Spans(np.array(ends[::2], np.int64), np.array(ends[1::2], np.int64))
    ranges = zip(ends[::2], ends[1::2], strict=True)
    inner = [sorted(data.draw(st.tuples(st.integers(a, b), st.integers(a, b)))) for a, b in ranges]
    filled = np.array([(a, b) for a, b in inner if a < b], np.int64).reshape(-1, 2)
    rest = outer.without(Spans(filled[:, 0], filled[:, 1]))
    gone = {doc for a, b in filled.tolist() for doc in range(a, b)}
    docs = outer.docs().tolist()
    assert rest.docs().tolist() == [doc for doc in docs if doc not in gone]
    assert outer.places(rest).tolist() == [docs.index(doc) for doc in rest.starts.tolist()]
