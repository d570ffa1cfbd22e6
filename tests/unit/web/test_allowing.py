import pytest

from directory.domain.errors import InvalidInput
from directory.web.allowing import Allowing, is_counted


def test_each_client_has_an_allowance_of_its_own():
    allowing = Allowing("2 per minute")
    assert [allowing.take("a").left for _ in range(3)] == [1, 0, -1]
    assert allowing.take("b").left == 1


def test_beyond_it_a_client_is_told_when_to_come_back():
    allowing = Allowing("1 per minute")
    within, beyond = allowing.take("a"), allowing.take("a")
    assert (within.used_up, beyond.used_up) == (False, True)
    assert "Retry-After" not in dict(within.headers())
    assert 1 <= int(dict(beyond.headers())["Retry-After"]) <= 61
    assert dict(beyond.headers())["X-RateLimit-Remaining"] == "0"


def test_of_several_limits_the_tightest_is_told():
    allowing = Allowing("5 per minute; 2 per hour")
    taken = [allowing.take("a") for _ in range(3)]
    assert [(item.limit, item.left) for item in taken] == [("2 per 1 hour", left) for left in (1, 0, -1)]


def test_what_a_short_limit_refuses_does_not_count_for_a_longer_one():
    allowing = Allowing("10 per hour; 2 per minute")
    refused = [allowing.take("a").used_up for _ in range(20)]
    assert refused == [False, False] + 18 * [True]
    assert Allowing("10 per hour").take("a").left == 9
    assert allowing.take("a").limit == "2 per 1 minute"


def test_a_limit_that_cannot_be_read_is_named():
    with pytest.raises(InvalidInput, match="“often” is no limit of requests"):
        Allowing("often")


@pytest.mark.parametrize("path", ["/", "/search", "/api/v1/search", "/staticky", "/static", "//static/x"])
def test_what_is_counted(path):
    assert is_counted(path)


@pytest.mark.parametrize("path", ["/healthz", "/static/css/site.css", "/favicon.ico"])
def test_what_is_not(path):
    assert not is_counted(path)
