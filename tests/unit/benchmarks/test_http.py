"""The HTTP benchmark: what it asks, what its peer answers, and what it says of both."""

import importlib
import subprocess
import sys
from urllib.parse import parse_qs

import pytest

from benchmarks import http


def measured(rate: float, cpu_ms: float = 1.0) -> http.Measured:
    return http.Measured(int(rate * 2), 2.0, int(rate * 2) * 100, 0, 0, 5.0, 9.0, cpu_ms)


def test_searches_are_distinct_and_the_same_for_a_seed() -> None:
    found = http.searches(1, 300)
    assert found == http.searches(1, 300) != http.searches(2, 300)
    assert len(found) == len(set(found)) == 300
    asked = [parse_qs(query) for query in found]
    assert {frozenset(one) for one in asked} == {
        frozenset({"near"}), frozenset({"near", "specialty"}), frozenset({"near", "q"}), frozenset({"q"})
    }  # fmt: skip


def test_the_bare_peer_returns_the_same_bytes(tmp_path, monkeypatch) -> None:
    answers = {"0000.json": b'{"total":1}', "0001.json": b'{"total":2}'}
    for name, body in answers.items():
        (tmp_path / name).write_bytes(body)
    monkeypatch.setenv("ANSWERS", str(tmp_path))
    sys.modules.pop("benchmarks.bare", None)
    client = importlib.import_module("benchmarks.bare").app.test_client()
    got = [client.get(f"/answers/{number}") for number in range(2)]
    assert [answer.get_data() for answer in got] == list(answers.values())
    assert [answer.mimetype for answer in got] == 2 * ["application/json"]
    assert client.get("/unchanged").status_code == 304


def test_a_rate_is_requests_by_time() -> None:
    assert measured(150).rate == 150


def test_rows_compare_rates_round_by_round_and_tell_what_the_workers_used(tmp_path, monkeypatch) -> None:
    rates = {"json": [30.0, 40.0], "bare": [100.0, 80.0]}
    monkeypatch.setattr(
        http.Run, "measure", lambda run, _folder, _seconds, number: measured(rates[run.requests][number], 2.0)
    )
    bench = http.Bench(None, None, None, tmp_path, 1, 2, 7)  # type: ignore[arg-type]
    ours, theirs = (http.Run(None, name, {}) for name in ("json", "bare"))  # type: ignore[arg-type]
    found = bench.rates("search", "bare", ours, theirs, 0.3)
    row = found.row
    assert [item.rate for item in found.ours] == rates["json"]
    assert (row.ratio_p50, row.ratio_p50_least, row.ratio_p50_most) == (pytest.approx(0.4), 0.3, 0.5)
    assert (row.target_p50, row.better, row.size) == (0.3, "higher", 7)
    assert row.details == {
        "server_cpu_ms": 2.0, "server_cpu_ms_peer": 2.0, "server_cpu_ratio": 1.0, "bytes_per_answer": 100.0
    }  # fmt: skip


def test_what_an_abuser_costs_is_measured_before_and_after_what_it_is_compared_with(tmp_path, monkeypatch) -> None:
    order: list[str] = []

    def others(_run: http.Run, _folder: object, _seconds: int, _number: int) -> http.Measured:
        beside = order[-1:] == ["abuser"]
        order.append("abused" if beside else "calm")
        return http.Measured(800, 5.0, 100, 0, 0, 5.0, 30.0 if beside else 10.0)

    monkeypatch.setattr(http.Run, "measure", others)
    monkeypatch.setattr(http, "start", lambda *_args, **_settings: order.append("abuser"))
    monkeypatch.setattr(http, "result", lambda _process: http.Measured(10, 1.0, 100, 9, 0, 1.0, 2.0))
    row = http._abused(http.Bench(None, None, None, tmp_path, 1, 2, 7), 40.0)  # type: ignore[arg-type]
    assert order == ["calm", "abuser", "abused", "abuser", "abused", "calm"]
    assert (row.ratio_p50, row.target_p50) == (3.0, 1.5)
    assert row.details is not None
    assert row.details["requests_a_round"] == 800


def test_errors_are_no_answers(tmp_path, monkeypatch) -> None:
    failed = http.Measured(10, 1.0, 100, 3, 0, 1.0, 2.0)
    monkeypatch.setattr(http, "drive", lambda *_args, **_settings: failed)
    with pytest.raises(SystemExit, match="3 of 10 answers"):
        http.Run(None, "json", {}).measure(tmp_path, 1, 0)  # type: ignore[arg-type]


def test_the_pause_makes_the_rate() -> None:
    assert http._pause_ms(100) == str(http.CALM_CONNECTIONS * 10)


def test_processor_time_is_read_of_a_process_that_used_some() -> None:
    busy = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        server = http.Server(busy, 0)  # type: ignore[arg-type]
        while not server.cpu_s():
            pass
    finally:
        busy.kill()
        busy.wait()
