"""One reader over the real vocabulary and the offline gazetteer, made once."""

import pytest

from directory.geocoding import offline_places
from directory.understanding.reader import TextReader
from directory.vocabulary.reader import load


@pytest.fixture(scope="session")
def reader() -> TextReader:
    return TextReader(load(), offline_places())
