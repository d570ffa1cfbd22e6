"""Answers about accounts that take equally long, whether there is such an account or not."""

import time
from collections.abc import Callable

from flask import Flask, Response, g, request

EQUAL = frozenset({"security.login", "security.register", "security.forgot_password", "security.send_confirmation"})
_BEGAN = "directory.accounts.began"


def install_equal_times(
    app: Flask,
    least_s: float,
    clock: Callable[[], float] = time.perf_counter,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Holds each answer back until `least_s` seconds have passed, which is longer than any of them takes.

    Writing a mail, or hashing once more for an address that is known, would tell it from one that is not.
    """

    @app.before_request
    def begin() -> None:
        if request.endpoint in EQUAL and request.method == "POST":
            setattr(g, _BEGAN, clock())

    @app.after_request
    def hold(response: Response) -> Response:
        began = g.get(_BEGAN)
        if began is not None:
            sleep(max(0.0, began + least_s - clock()))
        return response
