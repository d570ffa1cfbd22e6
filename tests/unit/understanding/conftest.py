"""One reader over the real vocabulary and the offline gazetteer, made once."""

import pytest

from directory.geocoding import offline_places
from directory.search.places import Places
from directory.understanding.findings.assess import TextAssessor
from directory.understanding.reader import TextReader
from directory.vocabulary.reader import load
from directory.vocabulary.vocabulary import Vocabulary


@pytest.fixture(scope="session")
def vocabulary() -> Vocabulary:
    return load()


@pytest.fixture(scope="session")
def places() -> Places:
    return offline_places()


@pytest.fixture(scope="session")
def reader(vocabulary: Vocabulary, places: Places) -> TextReader:
    return TextReader(vocabulary, places, TextAssessor())
