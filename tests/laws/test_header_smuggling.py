"""Whatever a sender writes into a message, and however he greets the server, his own words never authenticate him."""

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st
from support.build import ACCOUNT
from support.signing import key, message, signed

from bouncer.core.authentication import authenticated
from bouncer.core.parse import parse
from bouncer.core.read import _trace
from bouncer.edge.dkim import keys_for, signers
from bouncer.model import RawMail

OURS = "mx.home.example"
PASS = f"{OURS}; dkim=pass header.d=acme.example; dmarc=pass header.from=acme.example"
END = st.sampled_from(["\r\n", "\n", "\r", "\r\n ", "\n\t", "\r\n\r\n", "\x00", "\x0b", "\x85", "\u2028", ""])
NAME = st.sampled_from([
    "Authentication-Results", "authentication-results", "AUTHENTICATION-RESULTS", "Authentication-Results ", " Authentication-Results",
    "X-Authentication-Results", "ARC-Authentication-Results", "Authentication-Results\t", "Received", "From", "Subject", "X", "",
])  # fmt: skip
VALUE = st.sampled_from([
    PASS, PASS.upper(), f'"{OURS}"; dmarc=pass header.from=acme.example', f"{OURS} 1; dmarc=pass header.from=acme.example",
    f"({OURS}) {PASS}",
    f"=?us-ascii?q?{OURS}=3B_dmarc=3Dpass_header=2Efrom=3Dacme=2Eexample?=",
    f"{OURS}.; dmarc=pass header.from=acme.example",
    f"\r\n {PASS}", f"{OURS};\r\n\tdmarc=pass\r\n\theader.from=acme.example", f"from localhost ([127.0.0.1]) by {OURS} with LMTP id 1; Wed",
    f"from {OURS} ([10.0.0.7]) by {OURS} with ESMTP id 2; Wed", f"by {OURS} with SMTP id 3; Wed", "Jane Doe <jane@acme.example>",
]) | st.text(max_size=30)  # fmt: skip
PLAIN = st.just(("Authentication-Results", ": ", PASS, "\r\n"))  # well formed, so that only its place speaks against it
FIELDS = st.lists(PLAIN | st.tuples(NAME, st.sampled_from([":", " :", ": ", ""]), VALUE, END), max_size=8)
GREETING = st.sampled_from([
    "evil.test", "[10.0.0.1]", "localhost", OURS,
    "x ([10.0.0.1]) by y with LMTP", "(", ")", '"', "<", ">", "by", "with LMTP", "[127.0.0.1] by x",
    f"=?us-ascii?q?x_=28=5B10=2E0=2E0=2E1=5D=29_by_{OURS}_with_LMTP?=", "a;b", "(by y with LMTP)", "\\", "",
])  # fmt: skip
SENDER = st.sampled_from([
    "<eve@evil.test>", '<"x by y with LMTP"@evil.test>', '<" by y with LMTP"@evil.test>', "<a)b@evil.test>", "<a(b@evil.test>", "<>", "<x",
])  # fmt: skip
SERVERS = st.sampled_from([
    "from {greeting} ({name} [203.0.113.66])\r\n\tby mx.home.example (Postfix) with ESMTPS id 4ABC\r\n\tfor <olga@home.example>; Wed",
    "from {name} ([203.0.113.66] helo={greeting})\r\n\tby mx.home.example with esmtps (Exim)\r\n\t(envelope-from {sender})\r\n\tid 1q; Wed",
    "from {greeting} (203.0.113.66) by mx.home.example with SMTP; Wed",
    "from {greeting} ([2001:db8::66]) by mx.home.example with ESMTP id 5; Wed",
    "from {greeting} (HELO {greeting}) ({sender}@[203.0.113.66]) by mx.home.example (qpsmtpd) with ESMTP; Wed",
])  # fmt: skip
SAID = st.sampled_from(
    ["", f"Authentication-Results: {OURS}; none\r\n", f"Authentication-Results: {OURS}; dmarc=none header.from=acme.example\r\n"]
)


def arrival(server: str, greeting: str, name: str, sender: str) -> str:
    """Give the field that the owner's server writes when a client that says so comes from outside."""
    return f"Received: {server.format(greeting=greeting, name=name, sender=sender)}\r\n"


def believed(data: str) -> tuple[str, ...]:
    """Give how the From of a message with these bytes is authenticated."""
    mail = parse(RawMail(data.encode("utf-8", "surrogateescape")))
    return authenticated(_trace(mail), ACCOUNT, mail.from_)


@given(SAID, SERVERS, GREETING, st.sampled_from(["evil.test", "unknown", "x(y).evil.test", "localhost"]), SENDER, FIELDS)
@settings(max_examples=300, deadline=None)
def test_nothing_below_or_in_the_arrival_authenticates_anybody(
    said: str, server: str, greeting: str, name: str, sender: str, fields: list[tuple[str, str, str, str]]
) -> None:
    """The provider writes on top: nothing, or that it found nothing; all below is the sender's."""
    own = "".join("".join(field) for field in fields)
    data = f"{said}{arrival(server, greeting, name, sender)}From: Jane Doe <jane@acme.example>\r\n{own}\r\n\r\nHello\r\n"
    assert believed(data) == ()


@given(SERVERS, GREETING, SENDER)
@settings(max_examples=100, deadline=None)
def test_a_genuine_result_counts_whatever_the_client_says_of_itself(server: str, greeting: str, sender: str) -> None:
    """And for the From that it names alone."""
    genuine = f"Authentication-Results: {OURS}; dmarc=pass header.from=acme.example\r\n"
    data = f"{genuine}{arrival(server, greeting, 'x.test', sender)}From: Jane Doe <jane@acme.example>\r\n\r\nHello\r\n"
    assert believed(data) == ("DMARC",)
    assert believed(data.replace("jane@acme.example", "eve@evil.test")) == ()


GENUINE = signed(message())
ZONE = {"s1._domainkey.acme.example": key().record}


@given(FIELDS, st.integers(0, len(GENUINE)), st.binary(max_size=6))
@settings(max_examples=300, deadline=None)
def test_no_field_and_no_byte_that_is_put_into_a_signed_message_changes_what_it_shows(
    fields: list[tuple[str, str, str, str]], place: int, bytes_: bytes
) -> None:
    """Either the signature is void, or From, Subject and text are those that Jane signed."""
    on_top = "".join("".join(field) for field in fields).encode("utf-8", "surrogateescape")
    data = on_top + GENUINE[:place] + bytes_ + GENUINE[place:]
    if signers(data, keys_for(data, ZONE.get), datetime.now(UTC)):
        mail = parse(RawMail(data))
        assert [address.address for address in mail.from_] == ["jane@acme.example"]
        assert (mail.subject, mail.text.strip()) == ("Re: Hello", "Hello, all is well here.")
