"""What people write is kept as they wrote it, or refused with the reason."""

import pytest

from directory.domain.errors import InvalidInput
from directory.registration.register import MAX_REPLY_TO, checked_reply_to, checked_text


def test_space_around_is_dropped_and_lines_are_kept() -> None:
    assert checked_text("  Ünï\n\tcode ✓ ", "message", 20, lines=True) == "Ünï\n\tcode ✓"


@pytest.mark.parametrize("text", ["a\nb", "a\x00b", "a\x1bb", "a\u202eb", "a\ud800b", "x" * 21])
def test_what_cannot_be_shown_on_one_line_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        checked_text(text, "reason", 20)
    assert refused.value.field == "reason"


@pytest.mark.parametrize("address", ["", "a@example.org", "a.b+c@mail.example.org", "josé@example.org"])
def test_addresses_that_mail_can_reach(address: str) -> None:
    assert checked_reply_to(f" {address} ") == address


@pytest.mark.parametrize(
    "address",
    [
        *("a", "@example.org", "a@", "a@host", "a@.org", "a@org.", "a b@example.org", "<a@x.org>", "a@x.org;b@x.org"),
        *("a@example.org\r\nBcc: b@example.org", "a" * MAX_REPLY_TO + "@x.org"),
    ],
)
def test_addresses_that_it_cannot(address: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        checked_reply_to(address)
    assert refused.value.field == "reply_to"
