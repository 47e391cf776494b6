"""Whom an answer concerns and how far it is believed: the tokens and ids in it against what we sent, its From against whom we know."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from bouncer.core.addresses import forms
from bouncer.core.authentication import authenticated, refuted
from bouncer.core.plain import one_line
from bouncer.core.tokens import Token, decode, expired, restore, signed_for
from bouncer.model import Account, Handle, Keys, Kind, Known, Level, Match, PersonId, Purpose, Reading, Sent, Trust

_MOST = 50  # tokens of one message that are looked at; we put in three
_TO_CONTACTS: frozenset[Purpose] = frozenset({"checkin", "recheck", "probation", "ask"})  # tokens of other letters say nothing of a contact
_WINDOW = timedelta(days=30)  # a notice without any id of ours may be about a letter that is at most this old
_NOTICES = frozenset({Kind.BOUNCE, Kind.DELAY, Kind.RECEIPT, Kind.COMPLAINT})  # written by a system: their From says nothing


@dataclass(frozen=True, slots=True)
class _Proof:
    """What one handle proves: that it names our letter to *address*; *full* only for an unexpired token."""

    person: PersonId
    address: str
    purpose: Purpose
    full: bool
    handle: str
    sent: Sent | None = None


def correlate(reading: Reading, known: Known, account: Account, keys: Keys, at: datetime) -> Match:
    """Give whom *reading* concerns and its level of trust, E0 to E4; *account* is the one it came to, *at* an aware moment.

    Order: a token or id of ours (plus-address, references, parent id, ids of the report, returned copy, body), then the recipients of a
    notice about a recent letter, then the From. A From that is another contact's speaks for that contact, whatever token it carries.
    A token may be stolen: of a message that the owner's provider calls forged, none raises the level.
    """
    proofs = _proofs(reading, known, keys, at.astimezone(UTC).date())
    if reading.verdict.kind in _NOTICES:
        return _of_notice(reading, known, proofs, at)
    sender = reading.from_[0].address.lower() if len(reading.from_) == 1 else ""
    if sender == account.address.lower():
        return Match(None, Trust(Level.E0, ()), why="the From is your own address")
    person = known.person_of.get(sender)
    found = _of_known(reading, person, proofs, account) if person else _of_stranger(reading, proofs)
    return _disowned(found, reading) if refuted(reading.trace, account, reading.from_) else found


def _disowned(found: Match, reading: Reading) -> Match:
    """Give *found* as it is worth where the domain of the From did not send the message: no more than a bare From."""
    level = min(found.trust.level, Level.E1)
    why = f"{found.why.rpartition(' (')[0]}, but your provider says that {one_line(reading.from_[0].domain)} did not send it ({level.name})"
    return replace(found, trust=replace(found.trust, level=level), why=why, refuted=True)


def _of_known(reading: Reading, person: PersonId, proofs: tuple[_Proof, ...], account: Account) -> Match:
    """Judge a message whose one From address is known."""
    sender = one_line(reading.from_[0].address)
    vouched = authenticated(reading.trace, account, reading.from_, reading.signed)
    handles = ("from", *(name.lower() for name in vouched))
    own = [proof for proof in proofs if proof.person == person]
    proof = next((p for p in own if p.full and p.address.lower() == sender.lower()), own[0] if own else None)
    by = f"passed {' and '.join(vouched)}" if vouched else "nothing authenticates it"
    if proof is None:
        level = Level.E2 if vouched else Level.E1
        stray = " (the token in it is another contact's)" if proofs else ""
        return Match(person, Trust(level, handles), why=f"the From is {sender}, whom you know, and {by}{stray} ({level.name})")
    if not proof.full:
        level = Level.E2 if vouched else Level.E1
        why = f"the From is {sender}, whom you know, it carries {_named(proof)}, and {by} ({level.name})"
        return Match(person, Trust(level, (proof.handle, *handles)), proof.address, proof.sent, why, proof.purpose)
    level = Level.E4 if vouched else Level.E3
    why = f"the answer carries our token for {proof.address} and " + (f"{by} ({level.name})" if vouched else f"is from {sender} (E3)")
    return Match(person, Trust(level, (proof.handle, *handles)), proof.address, proof.sent, why, proof.purpose)


def _of_stranger(reading: Reading, proofs: tuple[_Proof, ...]) -> Match:
    """Judge a message whose From nobody is known by: it is worth what its token is worth."""
    if not proofs:
        return Match(None, Trust(Level.E0, ()), why="the sender is nobody you know and nothing of ours is in it (E0)")
    proof = proofs[0]
    single = len(reading.from_) == 1
    origin = f"comes from {one_line(reading.from_[0].address)}, an address we do not know" if single else "has no single From"
    return _by_proof(proof, f"the answer carries {_named(proof)} and {origin}")


def _of_notice(reading: Reading, known: Known, proofs: tuple[_Proof, ...], at: datetime) -> Match:
    """Judge what a mail system wrote: only an id of ours says which letter it is about."""
    if proofs:
        return _by_proof(proofs[0], f"the notice carries {_named(proofs[0])}")
    named = {form for r in reading.recipients for a in (r.address, r.original or "") for form in forms(a)}
    people = {known.person_of[form] for form in named if form in known.person_of}
    if len(people) != 1:
        return Match(None, Trust(Level.E0, ()), why="the notice names no letter of ours and nobody you know (E0)")
    (person,) = people
    recent = [s for s in known.sent if s.person == person and s.address.lower() in named and timedelta() <= at - s.at <= _WINDOW]
    sent = max(recent, key=lambda s: s.at, default=None)
    wrote = f", to whom we wrote on {sent.at:%Y-%m-%d}" if sent else ""
    who = one_line(next(r.original or r.address for r in reading.recipients))
    why = f"the notice names {who}{wrote}, but carries no token of ours (E1)"
    return Match(person, Trust(Level.E1, ("recipient",)), None, sent, why)


def _by_proof(proof: _Proof, why: str) -> Match:
    level = Level.E3 if proof.full else Level.E1
    return Match(proof.person, Trust(level, (proof.handle,)), proof.address, proof.sent, f"{why} ({level.name})", proof.purpose)


def _named(proof: _Proof) -> str:
    if proof.full:
        return f"our token for {proof.address}"
    what = "an expired token" if proof.handle.startswith("expired token") else "the id"
    return f"{what} of our letter to {proof.address}"


def _proofs(reading: Reading, known: Known, keys: Keys, today: date) -> tuple[_Proof, ...]:
    """Give what the handles prove, unexpired tokens before anything weaker, else in the order of strength."""
    found: dict[tuple[PersonId, str, bool], _Proof] = {}
    for handle in _in_order(reading):
        proof = _of_token(handle, known, keys, today) or _of_id(handle, known)
        if proof and proof.purpose in _TO_CONTACTS:
            found.setdefault((proof.person, proof.address, proof.full), proof)
    return tuple(sorted(found.values(), key=lambda proof: not proof.full))


def _in_order(reading: Reading) -> Iterable[Handle]:
    """Give the handles in their order, and then whatever tokens and ids are named beside them, each once."""
    rest = [Handle("body", f"b.{t}") for t in reading.tokens[:_MOST]] + [Handle("reference", r) for r in reading.references[: 4 * _MOST]]
    return dict.fromkeys((*reading.handles[: 4 * _MOST], *rest))


def _of_token(handle: Handle, known: Known, keys: Keys, today: date) -> _Proof | None:
    token = _token_in(handle.value)
    if token is None:
        return None
    sent = next((s for s in known.sent if _token_in(s.message_id) == token), None)
    theirs = (*((sent.address,) if sent else ()), *known.addresses_of.get(token.person, ()))
    address = signed_for(token, keys, dict.fromkeys(theirs))
    if address is None:
        return None
    late = expired(token, today)
    return _Proof(
        _present_id(token.person, known), address, token.purpose, not late, f"{'expired ' if late else ''}token in {handle.kind}", sent
    )


def _of_id(handle: Handle, known: Known) -> _Proof | None:
    """Find our letter by its Message-ID or an alias that the submission server gave it: weaker, for it is no secret of ours."""
    sent = next((s for s in known.sent if handle.value in (s.message_id, *s.aliases)), None)
    if sent is None:
        return None
    person = _present_id(sent.person, known)
    return _Proof(person, sent.address, sent.purpose, full=False, handle=f"id in {handle.kind}", sent=sent)


def _present_id(person: PersonId, known: Known) -> PersonId:
    """Give the id that *person* goes by today: the ledger may have joined two entries, and then both ids have the same addresses."""
    theirs = known.addresses_of.get(person)
    same = {known.person_of[a] for a in theirs or () if a in known.person_of}
    return next((other for other in same if known.addresses_of.get(other) == theirs), person)


def _token_in(value: str) -> Token | None:
    """Give the token in `<b.TOKEN@domain>` or `b.TOKEN`, upper-cased or wrapped though it may be."""
    bare = value.strip().removeprefix("<").partition("@")[0].strip()
    text = restore(bare[2:]) if bare[:2] in {"b.", "B."} else None
    return decode(text) if text else None
