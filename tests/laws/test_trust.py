"""Laws of trust: whatever a message holds, nothing is done without proof, nothing to anybody else, and nothing twice."""

from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from support.build import ACCOUNT, AT, OWNER, SETTINGS
from support.trust import BOB, KEYS, MAILED, OTHER, PERSON, token, vouched

from bouncer.core.addresses import forms, looks_like, well_formed
from bouncer.core.authentication import authenticated
from bouncer.core.correlate import correlate
from bouncer.core.decide import decide
from bouncer.core.tokens import decode, mint, restore, verify
from bouncer.model import (
    Address,
    Apply,
    Ask,
    Away,
    Because,
    Change,
    Contact,
    Deceased,
    Decision,
    Finding,
    Handle,
    HandleKind,
    Ignore,
    Joined,
    Keys,
    Kind,
    Known,
    Left,
    Level,
    Match,
    MovedDomain,
    NewAddress,
    OptOut,
    OutboxState,
    Phone,
    Policy,
    Previous,
    Reading,
    Recipient,
    Renamed,
    Retired,
    Review,
    Role,
    Sent,
    Status,
    Trust,
    Unmonitored,
    Verdict,
)

NEW = "jane@newco.example"
WORDS = st.sampled_from(["", "Jane Doe", "Bob", "CTO", "Acme", "NewCo", "a\r\nBcc: x@y.test", "\x1b[2J", "\udce9", "x" * 300]) | st.text(
    max_size=30
)
ADDRESSES = st.sampled_from([
    MAILED, MAILED.upper(), BOB, NEW, "jane@home2.example", OWNER.address, "jane@gmail.com", "jane@acrne.example", "info@newco.example",
    "prvs=0123456789=jane@acme.example", "jane+x@acme.example", "@", "", "x", "a@b@c.example", "jane@аcme.example",
]) | st.text(max_size=20)  # fmt: skip
BECAUSES = st.builds(Because, rule=WORDS, quote=WORDS, where=st.just("body"))
MAYBE_WORDS, MAYBE_DATE = st.none() | WORDS, st.none() | st.dates()
MOMENTS = st.datetimes(datetime(2020, 1, 2), datetime(2199, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis wants naive bounds
ABOUT = {
    "because": BECAUSES,
    "about": st.none() | st.none() | WORDS | ADDRESSES,
    "confidence": st.floats(0, 1),
    "ambiguous": st.sampled_from([False, False, True]),
}
FINDINGS: st.SearchStrategy[Finding] = st.one_of(
    st.builds(NewAddress, address=ADDRESSES, **ABOUT),
    st.builds(Left, company=MAYBE_WORDS, since=MAYBE_DATE, **ABOUT),
    st.builds(Joined, company=MAYBE_WORDS, title=MAYBE_WORDS, since=MAYBE_DATE, **ABOUT),
    st.builds(Role, title=MAYBE_WORDS, company=MAYBE_WORDS, **ABOUT),
    st.builds(Ask, name=MAYBE_WORDS, address=st.none() | ADDRESSES, scope=st.sampled_from(["cover", "successor"]), **ABOUT),
    st.builds(Away, since=MAYBE_DATE, until=MAYBE_DATE, **ABOUT),
    st.builds(Retired, since=MAYBE_DATE, **ABOUT),
    st.builds(Renamed, name=WORDS, **ABOUT),
    st.builds(MovedDomain, new=WORDS | st.just("new.example"), old=st.none() | st.just("acme.example") | WORDS, **ABOUT),
    st.builds(Phone, number=WORDS | st.just("+44 20 7946 0018"), e164=st.none() | st.just("+442079460018"), kind=MAYBE_WORDS, **ABOUT),
    st.builds(Unmonitored, **ABOUT),
    st.builds(OptOut, **ABOUT),
    st.builds(Deceased, **ABOUT),
)
RECIPIENTS = st.builds(
    Recipient,
    address=ADDRESSES,
    action=st.sampled_from(["failed", "failed", "delayed", "delivered", "relayed", "expanded"]),
    reason=st.sampled_from(["userunknown", "hostunknown", "hasmoved", "suspend", "mailboxfull", "blocked", "undefined", ""]) | WORDS,
    permanent=st.booleans(),
    because=BECAUSES,
    original=st.none() | ADDRESSES,
    status=st.none() | st.sampled_from(["5.1.1", "5.7.1", "5.1.8", "5.0.0", "4.2.2"]) | WORDS,
)
GENUINE, OF_BOB = token(), token(BOB, OTHER)
WORTHLESS = st.sampled_from([
    GENUINE[:-1], GENUINE[1:], GENUINE[:-1] + ("a" if GENUINE[-1] != "a" else "b"),
    token(at=AT - timedelta(days=366)), token(purpose="summary"),
    token("jane@elsewhere.example"), token(person=OTHER), mint(Keys(b"x" * 32), "checkin", PERSON, MAILED, AT.date(), b"rand"), "",
]) | st.text("abcdefghijklmnopqrstuvwxyz234567", min_size=40, max_size=40)  # fmt: skip
KINDS: st.SearchStrategy[HandleKind] = st.sampled_from(["plus-address", "reference", "returned", "body"])
FORGED_TRACE = st.lists(
    st.sampled_from([
        ("received", "from evil.test (evil.test [203.0.113.66]) by mx.home.example with ESMTP; Wed"),
        ("authentication-results", "evil.test; dmarc=pass header.from=acme.example"),
        ("authentication-results", "mx.home.example; dmarc=fail header.from=acme.example"),
        ("authentication-results", "mx.home.example; dmarc=pass header.from=evil.test"),
        ("authentication-results", "mx.home.example; spf=pass smtp.mailfrom=jane@acme.example"),
    ]) | st.tuples(st.just("authentication-results"), WORDS),
    max_size=4,
).map(tuple)  # fmt: skip


def handles(tokens: st.SearchStrategy[str]) -> st.SearchStrategy[tuple[Handle, ...]]:
    """Give handles with these tokens, as ids and bare."""
    values = tokens.flatmap(lambda t: st.sampled_from([f"<b.{t}@home.example>", f"b.{t}", f"<B.{t.upper()}@home.example>", t]))
    return st.lists(st.builds(Handle, KINDS, values), max_size=3).map(tuple)


def readings(
    tokens: st.SearchStrategy[str], trace: st.SearchStrategy[tuple[tuple[str, str], ...]] = FORGED_TRACE
) -> st.SearchStrategy[Reading]:
    """Give any reading at all with these tokens and this trace."""
    people = st.lists(st.builds(Address, WORDS, ADDRESSES), max_size=2).map(tuple)
    return st.builds(
        Reading,
        source=st.just("-"),
        digest=st.just("0"),
        message_id=st.none(),
        date=st.none() | MOMENTS,
        from_=st.just((Address("Jane Doe", MAILED),)) | people,
        reply_to=st.just(()) | people,
        subject=WORDS,
        verdict=st.builds(Verdict, st.sampled_from(Kind), BECAUSES),
        recipients=st.lists(RECIPIENTS, max_size=3).map(tuple),
        findings=st.lists(FINDINGS, max_size=4).map(tuple),
        handles=handles(tokens),
        trace=trace,
    )


CONTACTS = st.builds(
    Contact,
    name=st.just("Jane Doe") | WORDS,
    email=st.just(MAILED) | st.just(NEW),
    also=st.sampled_from([(), ("jane@home2.example",)]),
    company=st.sampled_from([None, "Acme"]),
    title=st.sampled_from([None, "Engineer"]),
    phones=st.sampled_from([(), ("+44 20 7946 0018",)]),
    tags=st.sampled_from([(), ("vip",)]),
    status=st.none() | st.sampled_from(Status),
    away_until=st.none() | st.dates(),
    previous=st.sampled_from([(), (Previous(MAILED),), (Previous(NEW),)]),
)
NEEDS = st.sampled_from(["E2", "E3", "E4", "ask"])
POLICIES = st.just(Policy()) | st.builds(Policy, **{f.name: NEEDS for f in fields(Policy)})


def facts(contact: Contact, letters: Sequence[Sent] = (), since: datetime | None = None) -> Known:
    """Give what the ledger knows of *contact* (our person) and of Bob."""
    people = dict.fromkeys(contact.addresses, PERSON) | {BOB: OTHER}
    return Known(tuple(letters), people, {PERSON: contact.addresses, OTHER: (BOB,)}, {} if since is None else {MAILED: since})


def act(reading: Reading, contact: Contact, policy: Policy, known: Known) -> tuple[Match, tuple[Decision, ...]]:
    """Correlate and decide; the entry handed over is that of the person matched, as in the daemon."""
    match = correlate(reading, known, ACCOUNT, KEYS, AT)
    entry = {PERSON: contact, OTHER: Contact(name="Bob", email=BOB)}.get(match.person or "")
    return match, decide(reading, match, entry, replace(SETTINGS, policy=policy), known, AT)


def done(found: Sequence[Decision]) -> tuple[Change, ...]:
    """Give the changes that are made without asking."""
    return tuple(change for decision in found if isinstance(decision, Apply) for change in decision.changes)


def evolved(contact: Contact, made: Sequence[Change]) -> Contact:
    """Give the contact with *made* in it."""
    for change in made:
        value: object = change.after
        if change.field == "status":
            value = Status(str(value)) if value else None
        elif change.field == "away_until":
            value = date.fromisoformat(str(value)) if value else None
        contact = replace(contact, **{change.field: value})
    return contact


LETTERS = st.lists(
    st.builds(
        Sent,
        id=st.just(1),
        purpose=st.sampled_from(["checkin", "recheck", "probation"]),
        person=st.just(PERSON),
        address=st.just(MAILED),
        message_id=st.sampled_from([f"<b.{GENUINE}@home.example>", "<alias@server.example>"]),
        state=st.just(OutboxState.SENT),
        at=st.sampled_from([AT - timedelta(days=n) for n in (0, 1, 20, 40)]),
    ),
    max_size=2,
)
SINCE = st.none() | st.sampled_from([AT - timedelta(days=n) for n in (0, 1, 8, 30)])


@given(readings(WORTHLESS), CONTACTS, POLICIES, LETTERS)
@settings(max_examples=200)
def test_without_a_valid_token_or_authentication_nothing_is_ever_done(
    reading: Reading, contact: Contact, policy: Policy, letters: list[Sent]
) -> None:
    """Whatever it says, however the owner's policy reads: at most a question and a hold."""
    match, found = act(reading, contact, policy, facts(contact, letters))
    assert match.trust.level <= Level.E1
    assert not [decision for decision in found if isinstance(decision, Apply)]


@given(readings(st.just(OF_BOB)), CONTACTS, POLICIES)
@settings(max_examples=100)
def test_a_token_of_another_person_changes_nothing_for_this_one(reading: Reading, contact: Contact, policy: Policy) -> None:
    """Bob's token never changes Jane, nor any address of hers."""
    _, found = act(reading, contact, policy, facts(contact))
    touched = {change.contact for change in done(found)} | {a for d in found if isinstance(d, Apply) for a in (*d.suspect, *d.suppress)}
    assert touched <= {BOB}


@given(readings(st.just(token("jane@home2.example"))), POLICIES)
@settings(max_examples=100)
def test_a_token_of_another_address_marks_only_that_one(reading: Reading, policy: Policy) -> None:
    """A bounce of the second address leaves the present one alone."""
    contact = Contact(name="Jane Doe", email=MAILED, also=("jane@home2.example",))
    _, found = act(replace(reading, verdict=replace(reading.verdict, kind=Kind.BOUNCE)), contact, policy, facts(contact))
    assert done(found) == ()
    assert {a for d in found if isinstance(d, Apply) for a in d.suspect} <= {"jane@home2.example"}


PROVED = st.just(GENUINE) | WORTHLESS | st.just(OF_BOB)
ANY_TRACE = FORGED_TRACE | st.just(vouched())


@given(readings(PROVED, ANY_TRACE), CONTACTS, POLICIES, LETTERS, SINCE)
@settings(max_examples=200)
def test_what_is_done_is_consistent(
    reading: Reading, contact: Contact, policy: Policy, letters: list[Sent], since: datetime | None
) -> None:
    """Every change starts from what the entry holds, no field is set twice, and every decision says why on one line."""
    match, found = act(reading, contact, policy, facts(contact, letters, since))
    entry = {PERSON: contact, OTHER: Contact(name="Bob", email=BOB)}.get(match.person or "")
    made = done(found)
    assert found
    assert len({change.field for change in made}) == len(made)
    for change in made:
        assert entry is not None
        assert change.contact == entry.email
        held = getattr(entry, change.field)
        assert change.before == (held.isoformat() if isinstance(held, date) else held or None)
        assert change.before != change.after
    assert all(decision.why and "\n" not in decision.why and "\x1b" not in decision.why for decision in found)


@given(readings(PROVED, ANY_TRACE), CONTACTS, POLICIES, LETTERS, SINCE)
@settings(max_examples=200)
def test_a_replay_changes_nothing_more(
    reading: Reading, contact: Contact, policy: Policy, letters: list[Sent], since: datetime | None
) -> None:
    """Its compare-and-sets no longer fit, and deciding anew on what the file holds then changes nothing of the person's standing."""
    known = facts(contact, letters, since)
    match, found = act(reading, contact, policy, known)
    if match.person != PERSON:
        return
    after = evolved(contact, done(found))
    assert all(value_now(after, change) != change.before for change in done(found))
    people = dict.fromkeys(after.addresses, PERSON) | {BOB: OTHER}
    marks = {a: AT for d in found if isinstance(d, Apply) for a in d.suspect} | dict(known.suspect_since)
    later = replace(known, person_of=people, addresses_of={PERSON: after.addresses, OTHER: (BOB,)}, suspect_since=marks)
    _, again = act(reading, after, policy, later)
    assert done(again) == ()


def value_now(contact: Contact, change: Change) -> object:
    """Give what the field holds, as a change writes it."""
    held = getattr(contact, change.field)
    return held.isoformat() if isinstance(held, date) else held or None


@given(
    readings(PROVED, ANY_TRACE),
    st.builds(
        Match,
        person=st.none() | st.sampled_from([PERSON, OTHER]),
        trust=st.builds(Trust, st.sampled_from(Level), st.just(())),
        mailed=st.none() | ADDRESSES,
        purpose=st.none() | st.sampled_from(["checkin", "recheck", "probation", "summary", "ask"]),
    ),
    st.none() | CONTACTS,
    POLICIES,
    SINCE,
    MOMENTS,
)
@settings(max_examples=200)
def test_decide_never_raises(
    reading: Reading, match: Match, contact: Contact | None, policy: Policy, since: datetime | None, at: datetime
) -> None:
    """Any reading, any match, any entry, any moment: there is an answer."""
    known = facts(contact, (), since) if contact else Known()
    found = decide(reading, match, contact, replace(SETTINGS, policy=policy), known, at)
    assert found
    assert all(isinstance(d, Apply | Review | Ignore) for d in found)


@given(st.text(max_size=60) | st.text("abcdefghijklmnopqrstuvwxyz234567", min_size=40, max_size=40))
def test_no_text_verifies_by_chance(text: str) -> None:
    """Nor does any text break the reader."""
    assert verify(text, KEYS, [MAILED], AT.date()) is None
    assert restore(text) is None or decode(text.lower()) is None or len(text) == 40


@given(
    st.binary(min_size=4, max_size=4), st.dates(date(2020, 1, 1), date(2199, 1, 1)), st.sampled_from(["checkin", "recheck", "probation"])
)
def test_every_minted_token_verifies_on_its_day(random: bytes, day: date, purpose: str) -> None:
    """For its address and for no other."""
    text = mint(KEYS, purpose, PERSON, MAILED, day, random)  # type: ignore[arg-type]
    assert verify(text, KEYS, [BOB, MAILED], day) is not None
    assert verify(text, KEYS, [BOB], day) is None


@given(
    st.lists(
        st.tuples(st.sampled_from(["received", "authentication-results", "Authentication-Results", ""]), st.text(max_size=80)), max_size=5
    )
)
def test_no_trace_breaks_the_reading_of_authentication(trace: list[tuple[str, str]]) -> None:
    """A strange field counts for nothing."""
    assert authenticated(tuple(trace), ACCOUNT, (Address("", MAILED),)) == ()


@given(st.text('mx.hoeapl;=()"\\ []0123456789,\r\n\tdkims-pf/', max_size=60))
def test_no_broken_grammar_of_our_own_provider_does_either(rest: str) -> None:
    """The library may be given anything at all after the right id."""
    assert authenticated((("authentication-results", f"mx.home.example;{rest}"),), ACCOUNT, (Address("", MAILED),)) == ()


@given(ADDRESSES)
def test_forms_begin_with_the_address_and_never_grow(address: str) -> None:
    """And an address that is written to is one line of ASCII with one domain."""
    found = forms(address)
    assert found[0] == address.strip().lower()
    assert all(len(form) <= max(map(len, found[:1])) for form in found)
    if well_formed(address):
        assert address.isascii()
        assert address.count("@") == 1
        assert address.isprintable()
    assert not looks_like(address, address)
