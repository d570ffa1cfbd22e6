"""How the production server runs: used by `make demo` and by the container image alike.

Environment: PORT (default 8000), HOST (default 127.0.0.1), WEB_WORKERS (processes; default: one a core,
at most 4).
"""

import logging
import os
import shutil
import tempfile
import traceback

from gunicorn.arbiter import Arbiter
from gunicorn.config import Config
from gunicorn.glogging import Logger
from gunicorn.workers.base import Worker


def without_request(record: logging.LogRecord) -> bool:
    """Take what the visitor asked out of the server's own messages, and keep the message.

    gunicorn writes the whole address, query included, when a request is malformed or fails, and an
    exception's text may repeat it. A query can name an illness, and the same line names an IP address.
    """
    message = str(record.msg)
    if message.startswith("Invalid request"):
        record.msg, record.args = "Refused a malformed request", ()
    elif message.startswith("Error handling request"):
        record.msg, record.args = "A request failed: %s", (_kind_and_place(record),)
        record.exc_info = record.exc_text = None
    return True


def _kind_and_place(record: logging.LogRecord) -> str:
    kind, _, trace = record.exc_info or (None, None, None)
    frames = traceback.extract_tb(trace)
    place = f" at {frames[-1].filename}:{frames[-1].lineno}" if frames else ""
    return f"{kind.__name__ if kind else 'unknown error'}{place}"


class PrivateLogger(Logger):
    """gunicorn's logger, without the visitor's words."""

    def setup(self, cfg: Config) -> None:
        super().setup(cfg)
        self.error_log.addFilter(without_request)


bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_WORKERS", min(os.cpu_count() or 1, 4)))
worker_class = "gthread"
threads = 4
timeout = 30
graceful_timeout = 30
# A question of 1,000 accented letters is 6,000 bytes in an address; the default of 4,094 would refuse it.
limit_request_line = 8190
accesslog = None
logger_class = PrivateLogger
control_socket_disable = True
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: PTH112, S108

# The workers write their figures here, so that /metrics of any one of them tells those of all.
METRICS = "PROMETHEUS_MULTIPROC_DIR"
_made_here = None if os.environ.get(METRICS) else tempfile.mkdtemp(prefix="directory-metrics-")
if _made_here:
    os.environ[METRICS] = _made_here


def child_exit(server: Arbiter, worker: Worker) -> None:
    """Forget what only a living worker can say."""
    from prometheus_client import multiprocess  # not before the variable above is set

    multiprocess.mark_process_dead(worker.pid)


def on_exit(server: Arbiter) -> None:
    """Leave nothing behind."""
    if _made_here:
        shutil.rmtree(_made_here, ignore_errors=True)
