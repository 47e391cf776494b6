"""Only the owner's own provider says whether a From is genuine, and only where no sender can have written it."""

from dataclasses import replace

import pytest
from support.build import ACCOUNT

from bouncer.core.authentication import authenticated, refuted
from bouncer.model import Address

JANE = (Address("Jane Doe", "jane@acme.example"),)
ARRIVAL = ("received", "from mail.acme.example (mail.acme.example [203.0.113.5]) by mx.home.example (Postfix) with ESMTPS id 1; Wed")
LOCAL = ("received", "from mx.home.example ([10.0.0.7]) by store.home.example with ESMTP id 2; Wed")
LMTP = ("received", "from mx.home.example by store.home.example with LMTP id 3; Wed")
PASS = "mx.home.example; dmarc=pass (p=none) header.from=acme.example"


def result(value: str = PASS) -> tuple[str, str]:
    """Give an Authentication-Results field as the trace holds it."""
    return ("authentication-results", value)


def test_a_dmarc_pass_above_the_arrival_counts() -> None:
    """The provider writes it after the message came in, so it stands above the Received of that."""
    assert authenticated((result(), ARRIVAL), ACCOUNT, JANE) == ("DMARC",)


def test_steps_inside_the_provider_may_lie_on_top() -> None:
    """Local delivery and internal relays add their own Received above the result."""
    assert authenticated((LMTP, LOCAL, result(), ARRIVAL), ACCOUNT, JANE) == ("DMARC",)


@pytest.mark.parametrize(
    "value",
    [
        'MX.Home.Example.; dmarc=pass header.from="acme.example"; spf=none',
        '"mx.home.example" 1; dmarc=pass header.from=ACME.example',
        "mx.home.example (Postfix) ; dmarc=pass (p=reject dis=none (x)) header.from=acme.example",
    ],
)
def test_the_authserv_id_is_compared_without_case_final_dot_and_quotes(value: str) -> None:
    """RFC 8601 section 2.2 allows all of these spellings."""
    assert authenticated((result(value), ARRIVAL), replace(ACCOUNT, authserv_id="MX.home.example."), JANE) == ("DMARC",)


def test_aligned_dkim_counts_where_there_is_no_dmarc() -> None:
    """The signer is the From's domain, one above or below it, or beside it (RFC 7489 section 3.1.1); header.i alone serves as well."""
    sub = (Address("", "jane@uk.acme.example"),)
    assert authenticated((result("mx.home.example; dkim=pass header.d=acme.example"),), ACCOUNT, JANE) == ("DKIM",)
    assert authenticated((result("mx.home.example; dkim=pass header.i=@acme.example header.s=x"),), ACCOUNT, sub) == ("DKIM",)
    assert authenticated((result("mx.home.example; dkim=pass header.d=mail.acme.example"),), ACCOUNT, JANE) == ("DKIM",)
    assert authenticated((result("mx.home.example; dkim=pass header.d=mail.acme.example"),), ACCOUNT, sub) == ("DKIM",)
    assert authenticated((result("mx.home.example; dmarc=none header.from=acme.example; dkim=pass header.d=acme.example"),), ACCOUNT, JANE)


@pytest.mark.parametrize(
    "value",
    [
        "mx.home.example; dkim=pass header.d=evil.example",
        "mx.home.example; dkim=pass header.d=example",  # nobody signs for a top-level domain
        "mx.home.example; dkim=pass header.d=xacme.example",
        "mx.home.example; dkim=pass header.d=acme.example header.i=@evil.example",
        "mx.home.example; dkim=pass",
        "mx.home.example; dkim=fail header.d=acme.example",
        "mx.home.example; spf=pass smtp.mailfrom=jane@acme.example",
        "mx.home.example; dmarc=bestguesspass header.from=acme.example",
        "mx.home.example; dmarc=pass header.from=evil.example",
        "mx.home.example; dmarc=pass",
        'mx.home.example; dmarc=none reason="dmarc=pass header.from=acme.example"',
        "mx.home.example; none",
        "mx.home.example",
        "mx.home.example.evil.test; dmarc=pass header.from=acme.example",
        "evil.test; dmarc=pass header.from=acme.example",
        "; dmarc=pass header.from=acme.example",
        "dmarc=pass header.from=acme.example",
        "",
        "mx.home.example; " + "(" * 5000,
    ],
)
def test_anything_else_counts_for_nothing(value: str) -> None:
    """Other domains, other methods, other servers, broken grammar."""
    assert authenticated((result(value), ARRIVAL), ACCOUNT, JANE) == ()


def test_a_field_below_the_arrival_is_the_senders_own() -> None:
    """Anybody can write our provider's name into a message before sending it."""
    assert authenticated((ARRIVAL, result()), ACCOUNT, JANE) == ()
    assert authenticated((LMTP, ARRIVAL, result()), ACCOUNT, JANE) == ()


def test_a_sender_cannot_pass_for_a_step_inside() -> None:
    """What a client calls itself is its own claim; the address the server noted counts."""
    greeting = ("received", "from [10.0.0.1] (helo [203.0.113.66]) by mx.home.example (Postfix) with ESMTP id 4; Wed")
    nameless = ("received", "from localhost by mx.home.example with ESMTP id 5; Wed")
    for claim in (greeting, nameless, ("received", "nonsense")):
        assert authenticated((claim, result()), ACCOUNT, JANE) == ()


def test_gmail_writes_it_just_below_the_arrival() -> None:
    """It removes what others wrote in its name, so there the first field right below the arrival counts, and only that."""
    gmail, inner = replace(ACCOUNT, authserv_id="mx.google.com"), ("received", "by 2002:a05:6a10:1a4a:0:0:0:0 with SMTP id z10; Wed")
    arrival = ("received", "from mail.acme.example (mail.acme.example. [203.0.113.5]) by mx.google.com with ESMTPS id q4; Wed")
    mine = result("mx.google.com; dkim=pass header.i=@acme.example header.s=s1; dmarc=pass (p=REJECT) header.from=acme.example")
    assert authenticated((inner, arrival, mine), gmail, JANE) == ("DMARC", "DKIM")
    assert authenticated((inner, arrival, ARRIVAL, mine), gmail, JANE) == ()


@pytest.mark.parametrize("outcome", ["fail", "none", "permerror"])
def test_fields_that_contradict_each_other_void_all(outcome: str) -> None:
    """Of two verdicts on one From in our provider's name, one is forged."""
    other = result(f"mx.home.example; dmarc={outcome} header.from=acme.example")
    assert authenticated((result(), other, ARRIVAL), ACCOUNT, JANE) == ()
    assert authenticated((result(), ARRIVAL, other), ACCOUNT, JANE) == ()


def test_many_fields_in_the_providers_name_void_all() -> None:
    """It writes a few; the rest is a sender's, and reading them costs time."""
    assert authenticated((result(),) * 8, ACCOUNT, JANE) == ("DMARC",)
    assert authenticated((result(),) * 9, ACCOUNT, JANE) == ()
    assert authenticated((result(f"{PASS} policy.x={'x' * 2000}"),), ACCOUNT, JANE) == ()


def test_a_dmarc_failure_voids_a_dkim_pass() -> None:
    """A provider that says the From is not genuine is believed."""
    value = "mx.home.example; dkim=pass header.d=acme.example; dmarc=fail header.from=acme.example"
    assert authenticated((result(value), ARRIVAL), ACCOUNT, JANE) == ()


def test_without_one_configured_id_or_one_from_nothing_counts() -> None:
    """No id: nobody's word. Two Froms: nobody knows which was checked."""
    assert authenticated((result(),), replace(ACCOUNT, authserv_id=None), JANE) == ()
    assert authenticated((result(),), ACCOUNT, (*JANE, Address("", "eve@acme.example"))) == ()
    assert authenticated((result(),), ACCOUNT, ()) == ()


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("dkim=pass header.d=acme.example", "dkim=fail header.d=acme.example"),
        ("dkim=pass header.i=@acme.example", "dkim=none header.d=acme.example"),
        ("dmarc=pass header.from=acme.example", "dmarc=pass header.from=evil.example"),
        ("dmarc=pass header.from=acme.example", "dmarc=pass"),
    ],
)
def test_two_fields_that_differ_about_one_signer_or_one_from_void_all(first: str, second: str) -> None:
    """Wherever the second stands, and whichever is the forged one."""
    one, two = result(f"mx.home.example; {first}"), result(f"mx.home.example; {second}")
    for trace in ((one, two, ARRIVAL), (two, one, ARRIVAL), (one, ARRIVAL, two)):
        assert authenticated(trace, ACCOUNT, JANE) == ()


def test_one_field_may_tell_of_two_signatures_of_one_signer() -> None:
    """An old key and a new one; and two fields may agree."""
    two = result("mx.home.example; dkim=fail header.d=acme.example header.s=old; dkim=pass header.d=acme.example header.s=new")
    assert authenticated((two, ARRIVAL), ACCOUNT, JANE) == ("DKIM",)
    assert authenticated((result(), result(), ARRIVAL), ACCOUNT, JANE) == ("DMARC",)


@pytest.mark.parametrize(
    "arrival",
    [
        # Exim notes the envelope sender, and a local part may be quoted
        'from evil.test ([203.0.113.66]) by mx.home.example with esmtp (Exim) (envelope-from <"a by b with LMTP"@evil.test>) id 1; Wed',
        'from evil.test ([203.0.113.66]) by mx.home.example with esmtp (Exim 4.96) (envelope-from "x by y with LMTP"@evil.test) id 1; Wed',
        "from x ([10.0.0.1]) by y with LMTP (evil.test [203.0.113.66]) by mx.home.example with ESMTP id 1; Wed",
        "from evil.test (x by y with LMTP [203.0.113.66]) by mx.home.example with ESMTP id 1; Wed",
        "by y with LMTP from evil.test ([203.0.113.66]) by mx.home.example with ESMTP id 1; Wed",
        "from evil.test ([203.0.113.66]) by mx.home.example with ESMTP id LMTP with LMTP; Wed",
        'from " ([203.0.113.66]) by mx.home.example with esmtp (Exim) (envelope-from <" by y with LMTP"@evil.test>) id 1; Wed',
        'from (x [203.0.113.66] by mx.home.example with SMTP for <"a) by y with LMTP"@home.example>; Wed',
        "from (x ([203.0.113.66]) by mx.home.example with esmtp (Exim) (envelope-from <a)b@evil.test>) id 1; Wed",
        'from "x by y with LMTP ([203.0.113.66]) by mx.home.example with ESMTP id 1; Wed',
    ],
)
def test_what_a_client_says_of_itself_never_makes_its_arrival_a_step_inside(arrival: str) -> None:
    """Its greeting, its name in the DNS and its envelope sender stand in the very field that stops the trust."""
    assert authenticated((("received", arrival), result()), ACCOUNT, JANE) == ()
    assert authenticated((result(), ("received", arrival)), ACCOUNT, JANE) == ("DMARC",)


HERE = replace(ACCOUNT, authserv_id=None, verify_dkim=True)


@pytest.mark.parametrize(
    ("signed", "from_", "found"),
    [
        (("acme.example",), "acme.example", ("DKIM",)),
        (("mail.acme.example",), "acme.example", ("DKIM",)),
        (("acme.example",), "uk.acme.example", ("DKIM",)),
        (("mail.acme.example",), "uk.acme.example", ("DKIM",)),
        (("evil.example", "acme.example"), "acme.example", ("DKIM",)),
        (("acme.co.uk",), "mail.acme.co.uk", ("DKIM",)),
        ((), "acme.example", ()),
        (("evil.example",), "acme.example", ()),
        (("example",), "acme.example", ()),
        (("xacme.example",), "acme.example", ()),
        (("other.co.uk",), "acme.co.uk", ()),
        (("co.uk",), "acme.co.uk", ()),
        (("eve.github.io",), "jane.github.io", ()),
        (("github.io",), "jane.github.io", ()),
        (("a.kobe.jp",), "b.kobe.jp", ()),
        (("localhost",), "localhost", ()),
        (("evil.onmicrosoft.com",), "acme.onmicrosoft.com", ()),
        (("acme.onmicrosoft.com",), "acme.onmicrosoft.com", ("DKIM",)),
    ],
)
def test_a_signature_verified_here_counts_where_its_domain_is_aligned(signed: tuple[str, ...], from_: str, found: tuple[str, ...]) -> None:
    """Relaxed, as RFC 7489 section 3.1.1 has it: one organisation, which two customers of one suffix are not."""
    assert authenticated((), HERE, (Address("", f"jane@{from_}"),), signed) == found


def test_a_signature_verified_here_counts_where_that_is_wanted_and_the_provider_says_nothing() -> None:
    """What the provider says goes first: it saw the message arrive."""
    acme = ("acme.example",)
    both = replace(ACCOUNT, verify_dkim=True)
    refuted = result("mx.home.example; dmarc=fail header.from=acme.example")
    assert authenticated((ARRIVAL,), both, JANE, acme) == ("DKIM",)
    assert authenticated((result("evil.test; dmarc=fail header.from=acme.example"), ARRIVAL), both, JANE, acme) == ("DKIM",)
    assert authenticated((refuted, ARRIVAL), both, JANE, acme) == ()
    assert authenticated((result("mx.home.example; none"), ARRIVAL), both, JANE, acme) == ()
    assert authenticated((ARRIVAL,), ACCOUNT, JANE, acme) == ()
    assert authenticated((), HERE, (*JANE, *JANE), acme) == ()


@pytest.mark.parametrize(
    "value",
    [
        "mx.home.example; dmarc=fail (p=none) header.from=acme.example",
        "MX.home.example.; spf=pass smtp.mailfrom=evil.test; dmarc=fail header.from=ACME.example",
        "mx.home.example; dmarc=fail",
        "mx.home.example; dmarc=quarantine header.from=acme.example",
        "mx.home.example; dkim=pass header.d=evil.test; dmarc=fail action=reject header.from=acme.example",
    ],
)
def test_a_dmarc_failure_refutes_the_from(value: str) -> None:
    """It has but one meaning: neither SPF nor DKIM speaks for the domain that is shown, and its owner says that one of them should."""
    assert refuted((result(value), ARRIVAL), ACCOUNT, JANE)


@pytest.mark.parametrize(
    "value",
    [
        PASS,
        "mx.home.example; dmarc=none header.from=acme.example; spf=fail smtp.mailfrom=acme.example",
        "mx.home.example; spf=fail smtp.mailfrom=acme.example; dkim=pass header.d=acme.example",
        "mx.home.example; spf=fail smtp.mailfrom=acme.example; dkim=fail header.d=acme.example",
        "mx.home.example; dmarc=temperror header.from=acme.example",
        "mx.home.example; dmarc=permerror header.from=acme.example",
        "mx.home.example; dmarc=fail header.from=other.example",
        "mx.other.example; dmarc=fail header.from=acme.example",
        "mx.home.example; dmarc=fail header.from=acme.example; (",
    ],
)
def test_nothing_less_refutes_it(value: str) -> None:
    """No policy, a forwarder's broken SPF, a resolver that was away, another domain, another's field, a broken one: no verdict."""
    assert not refuted((result(value), ARRIVAL), ACCOUNT, JANE)


def test_only_with_a_pinned_id_and_one_from_is_anything_refuted() -> None:
    """Else there is nobody to say so, or nobody of whom it is said."""
    trace = (result("mx.home.example; dmarc=fail header.from=acme.example"),)
    assert refuted(trace, ACCOUNT, JANE)
    assert not refuted(trace, replace(ACCOUNT, authserv_id=None), JANE)
    assert not refuted(trace, ACCOUNT, (*JANE, *JANE))
    assert not refuted((), ACCOUNT, JANE)
