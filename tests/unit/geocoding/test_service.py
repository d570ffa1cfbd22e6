"""A geopy service that answers, hangs, raises, or answers in another state."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from geopy.exc import GeocoderQuotaExceeded, GeocoderTimedOut, GeocoderUnavailable
from geopy.location import Location

from directory.domain.errors import InvalidInput
from directory.domain.place import Address, Point, Precision
from directory.geocoding import offline_positions, service_positions
from directory.geocoding.answers import Answer, AnswerCache
from directory.geocoding.service import FAILURES_TO_REST, REST_S, ServicePositions

HERE = Address("1200 Invented Street", "Chicago", "IL", "60614")


def location(label: str, point: tuple[float, float]) -> Location:
    return Location(label, point, {})


EXACT = location("1200, Invented Street, Chicago, Illinois, 60614", (41.9251, -87.6512))


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class FakeService:
    """Stands for a geopy geocoder's `geocode`; `answer` may be a location, None, an exception or a function."""

    def __init__(self, answer: object) -> None:
        self.answer = answer
        self.queries: list[str] = []
        self.timeouts: list[float] = []

    def __call__(self, query: str, *, exactly_one: bool = True, timeout: float = 0.0) -> Any:
        self.queries.append(query)
        self.timeouts.append(timeout)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer() if callable(self.answer) else self.answer


Make = Callable[..., ServicePositions]


@pytest.fixture
def make() -> Iterator[Make]:
    caches: list[AnswerCache] = []

    def made(service: FakeService, path: Path | str = ":memory:", **options: Any) -> ServicePositions:
        caches.append(AnswerCache(path))
        return ServicePositions("fake", service, offline_positions(), caches[-1], **{"min_delay": 0.0, **options})

    yield made
    for cache in caches:
        cache.close()


def test_an_answer_with_the_house_number_is_exact(make: Make) -> None:
    service = FakeService(EXACT)
    position = make(service).locate(HERE)
    assert position.point == Point(41.9251, -87.6512)
    assert position.precision is Precision.EXACT
    assert position.source == "fake"
    assert service.queries == ["1200 Invented Street, Chicago, IL 60614, USA"]


@pytest.mark.parametrize("label", ["Chicago, Illinois", "12001, Invented Street, Chicago", ""])
def test_an_answer_without_the_house_number_is_approximate(make: Make, label: str) -> None:
    position = make(FakeService(location(label, (41.9251, -87.6512)))).locate(HERE)
    assert position.precision is Precision.APPROXIMATE
    assert position.source == "fake"


def test_an_answer_in_another_state_is_refused_and_the_gazetteers_taken(make: Make) -> None:
    placement = make(FakeService(location("1200, Invented Street, Chicago, Oklahoma", (35.5, -97.5)))).place(HERE)
    assert placement.position == offline_positions().locate(HERE)
    assert "outside Illinois" in placement.reason
    assert not placement.quarantined


def test_an_answer_far_away_in_the_same_state_is_refused(make: Make) -> None:
    placement = make(FakeService(location("1200, Invented Street, Cairo", (37.0, -89.18)))).place(HERE)
    assert placement.position == offline_positions().locate(HERE)
    assert "miles from its ZIP code" in placement.reason


@pytest.mark.fault(27)
@pytest.mark.parametrize(
    "failure",
    [
        GeocoderTimedOut("slow"),
        GeocoderUnavailable("down"),
        GeocoderQuotaExceeded("too many"),
        OSError("no route"),
        RuntimeError("a bug in the service's client"),
        ValueError("a position that is none"),
        None,
    ],
    ids=lambda failure: type(failure).__name__,
)
def test_a_failing_or_empty_service_gives_the_gazetteers_position(make: Make, failure: object) -> None:
    position = make(FakeService(failure)).locate(HERE)
    assert position == offline_positions().locate(HERE)
    assert position.precision is Precision.APPROXIMATE


@pytest.mark.fault(27)
def test_a_hanging_service_is_left_behind(make: Make) -> None:
    """The fake ignores its time-out and never answers: only the deadline around it can end the call."""
    release = threading.Event()
    service = FakeService(release.wait)
    try:
        position = make(service, timeout=0.05).locate(HERE)
    finally:
        release.set()
    assert position == offline_positions().locate(HERE)
    assert service.timeouts == [0.05]


@pytest.mark.fault(27)
def test_no_time_out_is_longer_than_two_seconds(make: Make) -> None:
    service = FakeService(EXACT)
    make(service, timeout=30.0).locate(HERE)
    assert service.timeouts == [2.0]


def other(number: int) -> Address:
    return Address(f"{number} Invented Street", "Chicago", "IL", "60614")


@pytest.mark.fault(27)
def test_a_dead_service_is_left_alone_for_a_while(make: Make) -> None:
    clock, service = Clock(), FakeService(GeocoderUnavailable("down"))
    positions = make(service, clock=clock)
    for number in range(50):
        assert positions.locate(other(number)).precision is Precision.APPROXIMATE
    assert len(service.queries) == FAILURES_TO_REST
    service.answer = EXACT
    clock.now += REST_S + 1
    assert positions.locate(HERE).precision is Precision.EXACT


def test_a_success_ends_a_row_of_failures(make: Make) -> None:
    service = FakeService(GeocoderUnavailable("down"))
    positions = make(service, clock=Clock())
    for number in range(1, 13):
        service.answer = EXACT if number % FAILURES_TO_REST == 0 else GeocoderUnavailable("down")
        positions.locate(other(number))
    assert len(service.queries) == 12


def test_answers_outlive_the_process_and_failures_do_not(make: Make, tmp_path: Path) -> None:
    path = tmp_path / "made" / "answers.sqlite"
    make(FakeService(EXACT), path).locate(HERE)
    make(FakeService(GeocoderUnavailable("down")), path).locate(other(7))
    silent = FakeService(GeocoderUnavailable("down"))
    later = make(silent, path)
    assert later.locate(HERE).precision is Precision.EXACT
    assert silent.queries == []
    later.locate(other(7))
    assert len(silent.queries) == 1


def test_that_nothing_was_found_is_remembered(make: Make) -> None:
    service = FakeService(None)
    positions = make(service)
    positions.locate(HERE)
    positions.locate(HERE)
    assert len(service.queries) == 1


def test_a_remembered_answer_is_checked_again(make: Make, tmp_path: Path) -> None:
    path = tmp_path / "answers.sqlite"
    cache = AnswerCache(path)
    cache.put("1200 Invented Street, Chicago, IL 60614, USA", Answer(Point(35.5, -97.5), "1200"))
    cache.close()
    assert "outside Illinois" in make(FakeService(EXACT), path).place(HERE).reason


def test_a_damaged_cache_is_done_without(make: Make, tmp_path: Path) -> None:
    path = tmp_path / "answers.sqlite"
    path.write_bytes(b"this is no database, " * 100)
    assert make(FakeService(EXACT), path).locate(HERE).precision is Precision.EXACT


def test_a_closed_cache_neither_answers_nor_stops_anything(tmp_path: Path) -> None:
    cache = AnswerCache(tmp_path / "answers.sqlite")
    cache.close()
    cache.put("a", Answer(None, ""))
    assert cache.get("a") is None


@pytest.mark.parametrize(
    "place", [Address("1 A St", "Cleveland", "OK", "44114"), Address("1 A St", "Apo", "AE", "09012")]
)
def test_what_the_gazetteer_refuses_is_not_asked_about(make: Make, place: Address) -> None:
    service = FakeService(EXACT)
    assert make(service).place(place) == offline_positions().place(place)
    assert service.queries == []


def test_the_rate_limit_is_geopys(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    positions = make(FakeService(EXACT), min_delay=30.0)
    limiter = positions._ask
    times = iter([0.0, 10.0, 31.0])
    monkeypatch.setattr(limiter, "_clock", lambda: next(times))
    monkeypatch.setattr(limiter, "_sleep", waits.append)
    positions.locate(other(1))
    positions.locate(other(2))
    assert waits == [20.0]


@pytest.mark.parametrize(
    ("name", "options"), [("no-such-service", {}), ("nominatim", {"nonsense": 1}), ("nominatim", {})]
)
def test_a_service_that_cannot_be_set_up_says_why(name: str, options: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput, match=name):
        service_positions(name, options)


def test_a_real_geopy_service_is_set_up_by_name_without_asking_it(tmp_path: Path) -> None:
    positions = service_positions("photon", {"domain": "geocoder.invalid"}, cache_path=tmp_path / "answers.sqlite")
    assert positions.in_state(Point(41.9, -87.6), "IL")


def test_a_real_geopy_client_without_its_service_falls_back(tmp_path: Path) -> None:
    """geopy's own client against a closed port: its real errors, not imitated ones."""
    options = {"domain": "127.0.0.1:9", "scheme": "http"}
    positions = service_positions("photon", options, cache_path=tmp_path / "answers.sqlite", min_delay=0.0)
    assert positions.locate(HERE) == offline_positions().locate(HERE)
