"""What holds of every argument that goes out and of every word that comes in."""

import re
from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from bouncer.edge.envelope import Unfit, envelope, xtext
from bouncer.edge.mends import words
from bouncer.model import Address, Letter, PersonId

ALL = frozenset({"dsn", "smtputf8", "8bitmime"})
ADDRESSES = st.one_of(st.text(max_size=60), st.emails(), st.builds("{}@{}".format, st.text(max_size=20), st.text(max_size=20)))


def decoded(text: str) -> str:
    """Undo xtext."""
    return re.sub(rb"\+([0-9A-F]{2})", lambda found: bytes([int(found[1], 16)]), text.encode()).decode()


@given(st.text())
def test_xtext_can_be_undone(text: str) -> None:
    """Nothing is lost, and what goes out is printable ASCII without spaces (RFC 3461 section 4)."""
    assert decoded(xtext(text)) == text
    assert re.fullmatch(r"[!-~]*", xtext(text))


@given(ADDRESSES, ADDRESSES, st.text(max_size=150), st.binary(max_size=30), st.sets(st.sampled_from(sorted(ALL))))
def test_no_argument_breaks_out_of_its_line(sender: str, to: str, envid: str, data: bytes, offered: set[str]) -> None:
    """Whatever a contact file says: one line each, one address each, and no parameter but ours."""
    letter = Letter("checkin", PersonId("p"), "main", Address("", sender), Address("", to), "s", "<a@b>", envid, data)
    with suppress(Unfit):
        made = envelope(letter, frozenset(offered))
        for address in (made.sender, made.recipient):
            assert not re.search(r"[\s<>\x00-\x1f\x7f]", address)
            assert address.count("@") == 1
        for option in (*made.mail_options, *made.rcpt_options):
            assert re.fullmatch(r"[!-~]+", option)
        if "dsn" not in offered:
            assert not made.rcpt_options


@given(st.text())
def test_what_a_server_says_is_one_printable_line(said: str) -> None:
    """And the same said again is the same."""
    assert not re.search(r"[\x00-\x1f\x7f-\x9f]", words(said))
    assert len(words(said).splitlines()) <= 1
    assert words(words(said)) == words(said)
