"""The data files beside the reader."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from directory.search.fold import query_words


@cache
def table(name: str) -> Mapping[str, Any]:
    """One data file, parsed."""
    return tomllib.loads((files("directory.understanding") / "data" / name).read_text("utf-8"))


def group(name: str) -> frozenset[str]:
    """A closed group of words, folded, by its name in groups.toml."""
    return frozenset(word for text in table("groups.toml")[name] for word in query_words(text))
