"""Fewer looks for circular garbage while very many small objects are made."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

YOUNG = 1_000_000
"""Objects made and not freed before the youngest are looked at."""


@contextmanager
def rarely_collected() -> Iterator[None]:
    """What a load makes is freed without such looks, and each of them walks the gazetteer, the vocabulary and all else
    that stays. Still looked at now and then, so that memory is bounded whatever a library does."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(YOUNG, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
