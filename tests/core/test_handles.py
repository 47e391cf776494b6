"""Wherever a mail system puts the id or the token of our message, it is found."""

import base64

import pytest
from support.build import raw

from bouncer.core.handles import handles, references, tokens
from bouncer.core.parse import parse
from bouncer.model import RawMail

TOKEN = "abcdefghijklmnopqrstuvwxyz234567abcdefgh"
OURS = f"<b.{TOKEN}@home.example>"


def _tokens(data: bytes) -> tuple[str, ...]:
    return tokens(handles(parse(RawMail(data))))


@pytest.mark.parametrize("field", ["To", "Delivered-To", "X-Original-To", "Envelope-To"])
def test_a_token_in_a_plus_address_is_the_strongest_handle(field: str) -> None:
    """The envelope recipient survives in one of these fields, whatever the answer itself keeps."""
    data = f"References: <old@home.example>\n{field}: olga+b.{TOKEN}@home.example\nFrom: jane@acme.example\n\nHello.\n".encode()
    found = handles(parse(RawMail(data)))
    assert found[0].kind == "plus-address"
    assert found[0].value == f"b.{TOKEN}"


@pytest.mark.parametrize(
    ("field", "kind"),
    [
        ("In-Reply-To", "reference"),
        ("References", "reference"),
        ("X-MS-Exchange-Parent-Message-Id", "parent-id"),
        ("X-Original-Message-ID", "original-id"),
    ],
)
def test_a_message_id_in_a_threading_field_is_found(field: str, kind: str) -> None:
    """Each of these fields names the message that was answered."""
    found = handles(parse(RawMail(f"{field}: {OURS}\n\nHello.\n".encode())))
    assert [(one.kind, one.value) for one in found] == [(kind, OURS)]


REPORT = f"""Content-Type: multipart/report; report-type=delivery-status; boundary=x

--x
Content-Type: text/plain

It failed.
--x
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.acme.example
Original-Envelope-Id: b.{TOKEN}
X-Original-Message-ID: <other@home.example>

Final-Recipient: rfc822; jane@acme.example
Action: failed
--x
Content-Type: message/rfc822

Message-ID: <rewritten@provider.example>
References: {OURS}
X-Microsoft-Original-Message-ID: {OURS}
To: jane@acme.example

Hello Jane.
--x--
"""


def test_a_report_names_our_message_in_its_fields_and_in_the_returned_copy() -> None:
    """ENVID, the reporter's own field, and every id of the embedded original."""
    found = handles(parse(RawMail(REPORT.encode())))
    assert [(one.kind, one.value) for one in found] == [
        ("original-id", "<other@home.example>"),
        ("envid", f"b.{TOKEN}"),
        ("returned", "<rewritten@provider.example>"),
        ("returned", OURS),
    ]
    assert tokens(found) == (TOKEN,)
    assert references(found) == ("<other@home.example>", "<rewritten@provider.example>", OURS)


@pytest.mark.parametrize(
    "copy",
    [
        f"--- Below this line is a copy of the message.\n\nMessage-ID: {OURS}\nSubject: Hello\n",
        f"> Message-ID:\n>  {OURS}\n> Subject: Hello\n",
        f"Message-ID: <b.{TOKEN[:30]}=\n{TOKEN[30:]}@home.example>\nSubject: Hello\n",
        f"Message-Id: <b.{TOKEN[:9]}\n    {TOKEN[9:]}@home.example>\n",
        f"Your message <B.{TOKEN.upper()}@HOME.EXAMPLE> was refused.\n",
        f"> wrote to olga+b.{TOKEN[:20]}\n> {TOKEN[20:]}@home.example\n",
    ],
)
def test_a_copy_inside_a_text_gives_the_token_however_it_is_wrapped_or_quoted(copy: str) -> None:
    """Quoted-printable breaks, indented folds, quotation marks and upper case are all seen through."""
    assert _tokens(f"From: mailer-daemon@mx.example\n\nSorry.\n\n{copy}".encode()) == (TOKEN,)


@pytest.mark.parametrize("encoding", ["base64", "quoted-printable"])
def test_a_copy_inside_an_encoded_part_gives_the_token(encoding: str) -> None:
    """The part's transfer encoding is undone first."""
    text = f"Sorry, it failed: ü\n\nMessage-ID: {OURS}\n".encode()
    body = base64.encodebytes(text) if encoding == "base64" else text.replace(b"=", b"=3D").replace("ü".encode(), b"=C3=BC")
    head = f"From: a@mx.example\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: {encoding}\n\n".encode()
    assert _tokens(head + body) == (TOKEN,)


def test_a_returned_message_in_base64_gives_the_token() -> None:
    """Some gateways encode the whole returned message, which RFC 2046 section 5.2.1 forbids and nobody heeds."""
    inner = base64.encodebytes(
        f"Message-ID: {OURS}\nTo: jane@acme.example\nSubject: Hello there\n\nHow are you, and what is new?\n".encode()
    )
    head = b"Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n"
    assert _tokens(head + inner + b"--x--\n") == (TOKEN,)


@pytest.mark.parametrize(
    "text",
    [
        "Nothing of ours.",
        f"b.{TOKEN[:39]} is one character short",
        f"b.{TOKEN}a is one too long",
        f"b.{TOKEN[:39]}1 has a digit that base32 lacks",
        f"grab.{TOKEN} is another word",
    ],
)
def test_what_only_resembles_a_token_is_none(text: str) -> None:
    """Length and alphabet are exact."""
    assert tokens(handles(parse(raw(text)))) == ()


def test_the_same_id_counts_once_and_by_its_strongest_place() -> None:
    """An answer often names our id three times."""
    data = f"In-Reply-To: {OURS}\nReferences: {OURS}\n\n> Message-ID: {OURS}\n".encode()
    assert [one.kind for one in handles(parse(RawMail(data))) if one.value == OURS] == ["reference"]


def test_a_thousand_references_do_not_make_a_thousand_handles() -> None:
    """What the ledger has to look up is bounded."""
    chain = " ".join(f"<{number}@list.example>" for number in range(1000))
    assert len(handles(parse(RawMail(f"References: {chain}\n\nHello.\n".encode())))) <= 200
