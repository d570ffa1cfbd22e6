"""The bare peer of `benchmarks.http`: a Flask application that does nothing but return bytes it holds."""

import os
from pathlib import Path

from flask import Flask, Response

app = Flask(__name__, static_folder=None)
_ANSWERS = [path.read_bytes() for path in sorted(Path(os.environ["ANSWERS"]).iterdir())]


@app.get("/answers/<int:number>")
def answer(number: int) -> Response:
    """One of the real application's answers, byte for byte."""
    return Response(_ANSWERS[number], mimetype="application/json")


@app.get("/unchanged")
def unchanged() -> Response:
    return Response(status=304)
