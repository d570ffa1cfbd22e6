import pytest
from flask import Flask

from directory.web.limits import client


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("198.51.100.7", "198.51.100.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64"),
        ("", "unknown"),
        ("a:b", "a:b"),
    ],
)
def test_who_is_counted(address, counted):
    with Flask(__name__).test_request_context(environ_base={"REMOTE_ADDR": address}):
        assert client() == counted
