"""An access log that tells how the service does, and nothing about who asked what."""

import logging
import time

from flask import Flask, Response, g, request

_LOG = logging.getLogger("directory.access")


def install_access_log(app: Flask) -> None:
    """Logs method, route rule, status and milliseconds; never an address, a client or a parameter."""

    @app.before_request
    def begin() -> None:
        g.access_began = time.perf_counter()

    @app.after_request
    def log(response: Response) -> Response:
        rule = request.url_rule.rule if request.url_rule is not None else "none"
        took = (time.perf_counter() - g.get("access_began", time.perf_counter())) * 1000
        _LOG.info("%s %s %d %.1f ms", request.method, rule, response.status_code, took)
        return response
