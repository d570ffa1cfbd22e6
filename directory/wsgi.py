"""What a WSGI server serves: `gunicorn --config gunicorn.conf.py directory.wsgi:app`."""

import gc
import logging
import sys

from directory.bootstrap import compose
from directory.domain.errors import InvalidInput

logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s", level=logging.INFO)
# Their own lines would tell what was searched for.
for name in ("elastic_transport", "elasticsearch", "werkzeug", "urllib3"):
    logging.getLogger(name).setLevel(logging.ERROR)

try:
    app = compose().app()
except InvalidInput as error:
    sys.exit(f"The settings cannot be used: {error}")

# What start-up made stays: without this a full collection walks all of it, and one request in a thousand waits 0.15 s.
gc.collect()
gc.freeze()
# A search makes thousands of short-lived objects and hardly a circle: looking for circles thirty times less often takes
# a twentieth off its time.
gc.set_threshold(20_000, 20, 50)
