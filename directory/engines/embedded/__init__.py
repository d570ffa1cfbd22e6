"""The default engine: nothing to install or start, one directory of mapped files, read by many processes.

A *segment* is an immutable columnar file; a *generation* is a base segment, the small segments of changes since
(deltas) and what they remove; the *pointer* is the manifest that names all of it and is replaced by one rename.
"""

from directory.engines.embedded.archive import EmbeddedArchive
from directory.engines.embedded.engine import EmbeddedEngine
from directory.engines.embedded.index import EmbeddedIndex

__all__ = ["EmbeddedArchive", "EmbeddedEngine", "EmbeddedIndex"]
