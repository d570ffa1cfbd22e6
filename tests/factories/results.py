"""Results of benchmarks as their files hold them."""

from pathlib import Path
from typing import Any

import orjson

ABOUT = {
    "measured_at": "2026-11-25T10:00:00+00:00",
    "machine": "2 CPUs, x86_64, Linux",
    "load_average_after": [0.1, 0.2, 0.3],
    "python": "3.11.7",
    "command": "python -m benchmarks.made",
}


def row(name: str = "Q1", **changed: object) -> dict[str, Any]:
    """A row that meets its target: half the peer's time."""
    return {
        "name": name,
        "size": 1_000,
        "peer": "scan",
        "ours_ms_p50": 1.0,
        "peer_ms_p50": 2.0,
        "ratio_p50": 0.5,
        "ratio_p50_least": 0.4,
        "ratio_p50_most": 0.6,
        "ratio_p99": None,
        "target_p50": 0.8,
        "target_p99": None,
        **changed,
    }


def written(folder: Path, name: str, *rows: dict[str, Any], at: str = ABOUT["measured_at"], **more: object) -> Path:
    """A file of results."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.json"
    about = {**ABOUT, "measured_at": at}
    path.write_bytes(orjson.dumps({"about": about, "rows": rows, "notes": [f"About {name}."], **more}))
    return path
