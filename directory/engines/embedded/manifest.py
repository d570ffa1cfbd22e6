"""The manifest: which files make up the live generation. The pointer file holds it, and is replaced by one rename.

Every generation's folder keeps a copy of its last manifest, so that a damaged pointer, or a damaged segment of the
live generation, leaves something to fall back on.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import orjson

from directory.engines.embedded.builder import FORMAT
from directory.engines.embedded.disk import replace_durably
from directory.engines.embedded.errors import Damaged
from directory.search.index import Generation

POINTER = "live.json"
GENERATIONS = "generations"
COPY = "manifest.json"


@dataclass(frozen=True, slots=True)
class SegmentFile:
    """A file of the generation: name, size in bytes, digest of its table of contents (hex), documents in it."""

    file: str
    size: int
    digest: str
    documents: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """One state of one generation: its base and deltas, oldest first, and what is known of it.

    `sequence` grows with every state of any generation. `listings` counts what stands, expired ones included.
    `previous` names the generation kept for recovery, or is empty. `layout` is that of the segments.
    """

    sequence: int
    generation: str
    previous: str
    fingerprint: str
    created_at: str
    position: int
    listings: int
    segments: tuple[SegmentFile, ...]
    layout: int = FORMAT

    def as_generation(self) -> Generation:
        """Segments of another layout make it another fingerprint, so that a rebuild is asked for."""
        fingerprint = self.fingerprint if self.layout == FORMAT else f"{self.fingerprint}-layout{self.layout}"
        return Generation(self.generation, self.listings, self.position, fingerprint, self.created_at)


def folder_of(directory: Path, generation: str) -> Path:
    return directory / GENERATIONS / generation


def publish(directory: Path, manifest: Manifest) -> None:
    """Makes the manifest the live one: durable, and seen by every reader from its next query on."""
    write_manifest(folder_of(directory, manifest.generation), manifest)
    replace_durably(directory / POINTER, _encoded(manifest))


def live_manifest(directory: Path) -> Manifest | None:
    """What the pointer names; None when nothing was published yet. Raises Damaged when it cannot be read."""
    try:
        return _decoded((directory / POINTER).read_bytes())
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Damaged(f"{POINTER} cannot be read") from error


def published_manifests(directory: Path) -> list[Manifest]:
    """The last states of all generations that were ever live and are still here, newest first."""
    return sorted(_copies(directory), key=lambda manifest: manifest.sequence, reverse=True)


def manifest_in(folder: Path) -> Manifest:
    """The last state of the generation that this folder holds. Raises Damaged."""
    try:
        return _decoded((folder / COPY).read_bytes())
    except OSError as error:
        raise Damaged(f"{COPY} is missing or cannot be read") from error


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Puts the manifest into a generation's folder, durably."""
    replace_durably(folder / COPY, _encoded(manifest))


def _copies(directory: Path) -> Iterator[Manifest]:
    for path in (directory / GENERATIONS).glob(f"*/{COPY}"):
        try:
            yield _decoded(path.read_bytes())
        except (OSError, Damaged):
            continue


def _encoded(manifest: Manifest) -> bytes:
    body = orjson.dumps(asdict(manifest))
    return orjson.dumps({"manifest": orjson.Fragment(body), "checksum": _checksum(body)})


def _decoded(data: bytes) -> Manifest:
    try:
        raw: dict[str, Any] = orjson.loads(data)
        if raw["checksum"] != _checksum(orjson.dumps(raw["manifest"])):
            raise Damaged("the manifest does not match its checksum")
        values = raw["manifest"]
        return Manifest(**{**values, "segments": tuple(SegmentFile(**item) for item in values["segments"])})
    except (ValueError, TypeError, KeyError) as error:
        raise Damaged("the manifest cannot be read") from error


def _checksum(body: bytes) -> str:
    return hashlib.blake2b(body, digest_size=16).hexdigest()
