"""A moment of an index ends by itself: whoever has read all of it does not fail for that."""

import pytest
from elastic_transport import ApiResponseMeta, ConnectionTimeout, HttpHeaders, NodeConfig
from elasticsearch import NotFoundError

from directory.engines.elasticsearch.scan import moment

_GONE = ApiResponseMeta(404, "1.1", HttpHeaders(), 0.0, NodeConfig("http", "localhost", 9200))


class _Ended:
    """Opens a point in time, and fails to close it."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def open_point_in_time(self, **_: object) -> dict[str, str]:
        return {"id": "opened"}

    def close_point_in_time(self, **_: object) -> None:
        raise self._error


@pytest.mark.parametrize("error", [NotFoundError("gone", _GONE, {}), ConnectionTimeout("slow")])
def test_a_moment_that_has_ended_spoils_nothing(error: Exception) -> None:
    with moment(_Ended(error), "listings") as found:  # type: ignore[arg-type]
        assert found["pit"]["id"] == "opened"
