"""Style sheets, scripts, fonts and images, served by ourselves and named by their contents so that they are kept."""

import hashlib
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path

from flask import Response, request, send_from_directory
from markupsafe import Markup

FOLDER = Path(__file__).parent / "static"
_YEAR_S, _HOUR_S = 31_536_000, 3_600
_REMEMBERED = 128


@cache
def versions() -> Mapping[str, str]:
    """Path below `static/` -> eight hex digits of its contents."""
    found = (path for path in sorted(FOLDER.rglob("*")) if path.is_file())
    return {path.relative_to(FOLDER).as_posix(): _digest(path) for path in found}


@lru_cache(maxsize=_REMEMBERED)
def asset(name: str) -> str:
    """The address of a file that changes whenever its contents do."""
    return f"/static/{name}?v={versions()[name]}"


@lru_cache(maxsize=_REMEMBERED)
def icon(name: str) -> Markup:
    """A picture of the sprite that says nothing which the words beside it do not."""
    drawing = '<svg class="icon" aria-hidden="true" width="20" height="20"><use href="{}#{}"></use></svg>'
    return Markup(drawing).format(asset("img/icons.svg"), name)  # noqa: S704 - `format` escapes  # nosec B704


def serve(name: str) -> Response:
    """A file; kept for a year where the address names its contents or, as fonts do, its version, else for an hour."""
    kept = name.startswith("fonts/") or request.args.get("v") == versions().get(name)
    return send_from_directory(FOLDER, name, max_age=_YEAR_S if kept else _HOUR_S)


def _digest(path: Path) -> str:
    return hashlib.blake2b(path.read_bytes(), digest_size=4).hexdigest()
