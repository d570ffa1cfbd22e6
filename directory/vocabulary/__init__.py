"""What people call specialties, conditions, symptoms and treatments, and which specialty treats what."""

from directory.vocabulary.reader import load
from directory.vocabulary.vocabulary import Vocabulary

__all__ = ["Vocabulary", "load"]
