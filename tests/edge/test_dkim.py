"""A signature counts where it holds, covers what is shown, and nothing about it is open to doubt; everything else counts for nothing."""

import base64
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import dkim
import pytest
from support.signing import FROM_JANE, Key, key, message, signed

from bouncer.edge.dkim import keys_for, present, signers

NOW = datetime.now(UTC)  # dkimpy compares the times in a signature with the system's clock
NAME = "s1._domainkey.acme.example"
ZONE = {NAME: key().record}
COVERED = ("from", "to", "subject", "date")


def verified(data: bytes, zone: dict[str, bytes] | None = None, at: datetime = NOW) -> tuple[str, ...]:
    """Verify as the reader does, with a DNS of our own."""
    return signers(data, keys_for(data, (ZONE if zone is None else zone).get), at)


def later(days: int) -> str:
    """Give a moment so many days from now as x= and t= write it."""
    return str(int((NOW + timedelta(days=days)).timestamp()))


def test_a_signature_that_holds_counts() -> None:
    """Over the fields that are shown and the whole body."""
    assert verified(signed(message())) == ("acme.example",)


def test_the_twin_and_the_library_agree() -> None:
    """What the twin signs the library verifies; empty lines at the end do not count (section 3.4.3)."""
    for body in ("", "Hello", "Two  spaces \r\n\r\n\r\n"):
        assert dkim.verify(signed(message(body)), dnsfunc=lambda *_, **__: key().record)
        assert verified(signed(message(body))) == ("acme.example",)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"all is well", b"all is lost"),
        (b"Subject: Re: Hello", b"Subject: Re: Hullo"),
        (b"From: Jane Doe", b"From: Jane D. Doe"),
        (b"here.\r\n", b"here.\r\nMy new address is eve@evil.test.\r\n"),
        (b"d=acme.example", b"d=uk.acme.example"),
        (b"s=s1", b"s=s2"),
    ],
)
def test_whatever_is_changed_after_signing_voids_it(old: bytes, new: bytes) -> None:
    """Body, subject, name, and the signature itself."""
    data = signed(message())
    assert old in data
    assert verified(data.replace(old, new, 1), {name: key().record for name in (NAME, "s2._domainkey.acme.example")}) == ()


def test_a_body_that_is_signed_in_part_counts_for_nothing() -> None:
    """With l= anybody may write on below the end (RFC 6376 section 8.2)."""
    data = signed(message(), l="5")
    assert dkim.verify(data + b"Eve\r\n", dnsfunc=lambda *_, **__: key().record)  # the library alone would take it
    assert verified(data) == verified(data + b"Eve\r\n") == ()
    assert verified(signed(message(), l=str(len("Hello, all is well here.\r\n")))) == ()


@pytest.mark.parametrize(("bits", "counts"), [(512, False), (768, False), (1000, False), (1024, True), (2048, True)])
def test_a_key_below_1024_bits_counts_for_nothing(bits: int, counts: bool) -> None:
    """It can be had by factoring (RFC 8301 section 3.2)."""
    assert verified(signed(message(), key(bits)), {NAME: key(bits).record}) == (("acme.example",) if counts else ())


def test_an_expired_signature_counts_for_nothing() -> None:
    """At the very second of x= and after; the library alone allows ten hours more."""
    assert verified(signed(message(), x=later(1), t=later(-1))) == ("acme.example",)
    assert verified(signed(message(), x=later(-1), t=later(-2))) == ()
    hour_ago = str(int((NOW - timedelta(hours=1)).timestamp()))
    assert dkim.verify(signed(message(), x=hour_ago), dnsfunc=lambda *_, **__: key().record)
    assert verified(signed(message(), x=hour_ago)) == ()
    assert verified(signed(message(), x=str(int(NOW.timestamp())))) == ()
    assert verified(signed(message(), x="soon")) == ()
    assert verified(signed(message(), x="9" * 400)) == ()


def test_one_from_the_future_counts_for_nothing() -> None:
    """Beyond what clocks differ."""
    assert verified(signed(message(), t=later(2))) == ()


@pytest.mark.parametrize("covers", [("to", "subject", "date"), ("from", "to", "date")])
def test_a_from_or_a_subject_that_is_not_covered_counts_for_nothing(covers: tuple[str, ...]) -> None:
    """Both are shown, and both could be anybody's."""
    assert verified(signed(message(), covers=covers)) == ()


def test_a_message_without_a_subject_needs_none_covered() -> None:
    """There is nothing to forge; one that is put in later voids it."""
    bare = signed(message().replace(b"Subject: Re: Hello\r\n", b""), covers=("from", "date"))
    assert verified(bare) == ("acme.example",)
    assert verified(bare.replace(b"Date:", b"Subject: eve\r\nDate:")) == ()


@pytest.mark.parametrize(
    "field",
    [
        "From: Eve <eve@evil.test>", f"From: {FROM_JANE}", "Subject: My new address", "Date: Thu, 05 Mar 2026 10:00:00 +0000",
        "To: you@home.example", "Reply-To: a@b.test\r\nReply-To: c@d.test", "Sender: x@y.test\r\nSender: z@y.test",
        "Content-Type: text/plain\r\nContent-Type: text/html", "Message-ID: <1@x.test>\r\nMessage-ID: <2@x.test>",
    ],
)  # fmt: skip
@pytest.mark.parametrize("place", ["above", "below"])
def test_a_field_that_may_stand_once_and_stands_twice_voids_it(field: str, place: str) -> None:
    """Of two, one is shown and the other was signed."""
    data = signed(message())
    head, _, body = data.partition(b"\r\n\r\n")
    added = f"{field}\r\n".encode() + data if place == "above" else head + f"\r\n{field}".encode() + b"\r\n\r\n" + body
    assert verified(added) == ()


def test_other_fields_may_be_added_on_the_way() -> None:
    """Received and the like are written by every server."""
    data = b"Received: from x by y; Wed\r\nX-Spam: no\r\nX-Spam: really no\r\n" + signed(message())
    assert verified(data) == ("acme.example",)


@pytest.mark.parametrize(
    "smuggled",
    [
        b"From : Eve <eve@evil.test>\r\n", b"From\t: Eve <eve@evil.test>\r\n", b"X: 1\rFrom: Eve <eve@evil.test>\r\n",
        b"X: 1\0\r\n", b"From eve@evil.test Wed Mar 4\r\n", b" From: Eve <eve@evil.test>\r\n", b"no colon\r\n", b": nameless\r\n",
        b"X: 1\r\n\r\r\nFrom: Eve <eve@evil.test>\r\n", "Fröm: x\r\n".encode(),
    ],
)  # fmt: skip
def test_a_head_that_two_parsers_could_read_differently_counts_for_nothing(smuggled: bytes) -> None:
    """What is shown must be what was signed."""
    assert verified(smuggled + signed(message())) == ()


@pytest.mark.parametrize(
    "record",
    [
        b"", b"v=DKIM1; k=rsa; p=", b"v=DKIM2; k=rsa; p=%s", b"v=DKIM1; t=y; p=%s", b"v=DKIM1; t=s:y; p=%s", b"v=DKIM1; s=other; p=%s",
        b"v=DKIM1; h=sha1; p=%s", b"v=DKIM1; k=ed25519; p=%s", b"v=DKIM1; p=%s; p=%s", b"v=DKIM1; p=AAAA", b"v=DKIM1; p=\xff",
        b"v=DKIM1; p=%s; n=" + b"x" * 2000, b"nonsense",
    ],
    ids=["none", "revoked", "version", "test", "test and strict", "service", "hash", "kind", "twice", "no key", "binary", "long", "words"],
)  # fmt: skip
def test_a_key_that_is_not_for_this_counts_for_nothing(record: bytes) -> None:
    """Section 3.6.1: revoked, in test, for another service or hash, or broken."""
    assert verified(signed(message()), {NAME: record.replace(b"%s", base64.b64encode(key().public))}) == ()


@pytest.mark.parametrize("start", [b"", b"v=DKIM1; ", b"v=DKIM1; s=email:other; h=sha1:sha256; t=s; ", b"k=rsa; n=a note; "])
def test_the_ways_to_publish_a_key(start: bytes) -> None:
    """All tags but p= may be left out."""
    assert verified(signed(message()), {NAME: start + b"p=" + base64.b64encode(key().public)}) == ("acme.example",)


def test_a_strict_key_speaks_for_its_own_domain_alone() -> None:
    """With t=s the i= must not be below (section 3.6.1)."""
    strict = {NAME: key().record + b"; t=s"}
    assert verified(signed(message(), i="@acme.example"), strict) == ("acme.example",)
    assert verified(signed(message(), i="@uk.acme.example"), strict) == ()
    assert verified(signed(message(), i="@uk.acme.example")) == ("acme.example",)


@pytest.mark.parametrize(
    "tags",
    [
        {"a": "rsa-sha1"}, {"a": "ed25519-sha256"}, {"a": ""}, {"v": "2"}, {"v": ""}, {"q": "http"}, {"d": ""}, {"s": ""}, {"d": "example"},
        {"d": "evil.test"}, {"s": "a b/c"}, {"s": "../x"}, {"d": "acme.example\x01"}, {"i": "@evil.test"}, {"c": "lax/lax"},
    ],
)  # fmt: skip
def test_a_signature_of_another_make_counts_for_nothing(tags: dict[str, Any]) -> None:
    """Old algorithms, missing tags, other domains."""
    every = {f"{selector}._domainkey.{domain}": key().record for selector in ("s1",) for domain in ("acme.example", "evil.test", "example")}
    assert verified(signed(message(), **tags), every) == ()


def test_the_dns_is_asked_for_keys_that_could_count_only() -> None:
    """A stranger's message makes no more than a few queries, and only about the domain it claims to be from."""
    asked: list[str] = []

    def ask(name: str) -> bytes | None:
        asked.append(name)
        return None

    data = message()
    for number in range(20):
        data = signed(data, s=f"s{number}")
    for domain in ("evil.test", "other.test", "sub.evil.test"):
        data = signed(data, d=domain)
    assert keys_for(data, ask) == {}
    assert len(asked) == 2
    assert all(name.endswith("._domainkey.acme.example") for name in asked)
    assert keys_for(message(), ask) == {}
    assert len(asked) == 2


def test_of_several_signatures_each_that_holds_is_named_once() -> None:
    """A forwarder's beside the author's, and a broken one among them."""
    data = signed(signed(signed(message()), d="evil.test"), d="mail.acme.example")
    broken = data.replace(b"DKIM-Signature: v=1", b"DKIM-Signature: v=1; v=1", 1)
    zone = {f"s1._domainkey.{domain}": key().record for domain in ("acme.example", "evil.test", "mail.acme.example")}
    assert verified(data, zone) == ("mail.acme.example", "acme.example")
    assert verified(broken, zone) == ("acme.example",)
    assert verified(signed(signed(message())), zone) == ("acme.example",)


@pytest.mark.parametrize(
    "data",
    [
        b"", b"\r\n", b"From: x", b"DKIM-Signature: v=1\r\n\r\n", b"\0" * 100, b"A: b\r\n" * 600 + b"\r\n",
        signed(message(" " * 10_000 + "\r\n")), signed(message("Hello\r\n", ("X-Long", "x" * 200_000))),
        signed(message(), covers=("from", "subject", *("x",) * 3000)), signed(message("one\ntwo\r\n")),
    ],
    ids=["nothing", "blank", "no end", "no tags", "zeroes", "many fields", "white space", "long head", "long field", "a bare line feed"],
)  # fmt: skip
def test_what_is_odd_or_dear_counts_for_nothing(data: bytes) -> None:
    """Never an exception, and nothing that would cost the library its time."""
    assert verified(data) == ()


def test_what_the_library_alone_would_take_counts_for_nothing_where_it_is_odd() -> None:
    """Line ends that were mended on the way, and more fields than any mail has."""
    mended = signed(message("one\r\ntwo\r\n")).replace(b"one\r\n", b"one\n")
    for data in (mended, b"X: 1\r\n" * 600 + signed(message())):
        assert dkim.verify(data, dnsfunc=lambda *_, **__: key().record)
        assert verified(data) == ()


def test_a_wrong_signer_never_counts() -> None:
    """The key that is published is the judge."""
    stranger = Key(key(2048).modulus, key(2048).exponent, key(2048).private)
    assert verified(signed(message(), stranger)) == ()


def test_the_library_is_there() -> None:
    """The tests are installed with it; `bouncer check` says so where it is missing."""
    assert present()
    assert Path(dkim.__file__).is_file()


def test_a_from_of_brackets_counts_for_nothing() -> None:
    """The standard parser gives up on it with a RecursionError."""
    assert keys_for(b"From: " + b"(" * 5000 + b"\r\nSubject: x\r\n\r\nHello\r\n", lambda _: b"v=DKIM1") == {}
