"""Writing so that a crash at any moment leaves the old file or the new one, whole."""

import os
from pathlib import Path


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
