"""Writing so that a crash at any moment leaves the old file or the new one, whole."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from directory.domain.errors import EngineUnavailable
from directory.engines.embedded.errors import Damaged


def replace_durably(path: Path, data: bytes) -> None:
    """Puts the data in place of the file by one rename; durable on return."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with draft.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Makes created, renamed and removed names of a folder durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def naming_faults() -> Iterator[None]:
    """Names a full or failing disk as what it is; whatever was live before still is."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise EngineUnavailable(f"The search index cannot be written ({reason}): free or mend the disk.") from error
    except Damaged as error:
        raise EngineUnavailable(f"What was written does not read back ({error}): check the disk.") from error
