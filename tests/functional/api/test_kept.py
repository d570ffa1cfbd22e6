"""What is kept from one answer to the next holds no word of what anybody asked."""

import gc
from collections.abc import Iterator
from functools import _lru_cache_wrapper

import pytest


def kept() -> str:
    """Everything that functions and engines of ours remember, in words."""
    things = gc.get_objects()
    caches = [item for item in things if type(item) is _lru_cache_wrapper]
    ours = [item for item in caches if str(item.__module__).startswith("directory.")]
    remembered = [thing for cache in ours for thing in gc.get_referents(cache)]
    engines = [item for item in things if str(type(item).__module__).startswith("directory.engines.")]
    remembered += [held for item in engines for held in _attributes(item) if isinstance(held, dict | list | set)]
    return "\n".join(map(str, remembered))


def _attributes(item: object) -> Iterator[object]:
    slots = (name for kind in type(item).__mro__ for name in getattr(kind, "__slots__", ()))
    yield from (getattr(item, name, None) for name in slots)
    yield from vars(item).values() if hasattr(item, "__dict__") else ()


@pytest.mark.fault(39)
def test_no_word_of_a_question_is_kept(client):
    """Explanations are kept in words, but not those that quote the name that was searched for."""
    listed = client.get("/api/v1/search?kind=practitioner&limit=1").get_json()["results"][0]["name"]
    name = listed.split()[-1].casefold()
    found = client.get(f"/api/v1/search?q={listed}").get_json()["results"][0]
    assert "name_exact" in {reason["factor"] for reason in found["why"]}
    client.get(f"/search?q={listed}")
    assert "freshness" in kept(), "nothing is kept at all"
    assert name not in kept().casefold()
