"""The bare peer of `benchmarks.http`: a Flask application that does nothing but return bytes it holds."""

import os
from pathlib import Path

from flask import Flask, Response

app = Flask(__name__, static_folder=None)
_ANSWERS = [(path.read_bytes(), path.suffix) for path in sorted(Path(os.environ["ANSWERS"]).iterdir())]
_TYPES = {".json": "application/json", ".html": "text/html"}


@app.get("/answers/<int:number>")
def answer(number: int) -> Response:
    """One of the real application's answers, byte for byte."""
    body, kind = _ANSWERS[number]
    return Response(body, mimetype=_TYPES[kind])


@app.get("/unchanged")
def unchanged() -> Response:
    return Response(status=304)
