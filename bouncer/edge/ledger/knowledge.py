"""What the ledger knows of one reading: our messages it names, the people it touches, their addresses and their state."""

import re
from base64 import b32decode
from binascii import Error as NotBase32
from collections.abc import Iterable

from bouncer.edge.ledger import outbox
from bouncer.edge.ledger.codec import dump, moment
from bouncer.edge.ledger.database import Transaction
from bouncer.edge.ledger.people import resolve
from bouncer.model import Ask, Known, Level, NewAddress, PersonId, Reading

_MOST = 200  # addresses of one message that are looked up
_PIECES = 12  # parts of one local part
_PERSON_BYTES = slice(3, 9)  # of a token's 25 bytes, after version and day


def known(tx: Transaction, reading: Reading) -> Known:
    """Give all the ledger knows of the ids, tokens and addresses in *reading*."""
    addresses = addresses_in(reading)
    by_id = {message.id: message for message in (*outbox.lately_to(tx, addresses), *outbox.named(tx, names_in(reading)))}
    sent = tuple(by_id[number] for number in sorted(by_id))
    person_of = _people(tx, addresses | {message.address.lower() for message in sent})
    people = {*person_of.values(), *(message.person for message in sent), *_persons_in(reading)}
    people |= {person for message in sent if (person := message.asks_after)}
    addresses_of = {person: held for person in sorted(people) if (held := _addresses(tx, person))}
    theirs = {address for held in addresses_of.values() for address in held}
    suspect = tx.rows(
        "SELECT address, since FROM suspect WHERE address IN (SELECT value FROM json_each(?))", dump(sorted(addresses | theirs))
    )
    return Known(
        sent=sent,
        person_of=person_of | _people(tx, theirs),
        addresses_of=addresses_of,
        suspect_since={address: moment(since) for address, since in suspect},
        told=_told(tx, reading.message_id, addresses_of),
    )


def names_in(reading: Reading) -> tuple[str, ...]:
    """Give every string of *reading* that may name a message of ours: Message-IDs with brackets, and `b.TOKEN`."""
    ids = (*reading.references, *(handle.value for handle in reading.handles))
    tokens = (f"b.{token.lower()}" for token in reading.tokens)
    return tuple(dict.fromkeys((*ids, *filter(None, map(outbox.token_name, ids)), *tokens)))


def addresses_in(reading: Reading) -> set[str]:
    """Give every address that *reading* is from, about or proposes, in lower case."""
    found = [mailbox.address for mailbox in (*reading.from_, *reading.reply_to)]
    for recipient in reading.recipients:
        found += filter(None, (recipient.address, recipient.original))
    for finding in reading.findings:
        if isinstance(finding, (NewAddress, Ask)) and finding.address:
            found.append(finding.address)
        if finding.about and "@" in finding.about:
            found.append(finding.about)
    return {form for address in dict.fromkeys(found[:_MOST]) for form in _forms(address.strip().lower())}


def _forms(address: str) -> Iterable[str]:
    """Give *address* and whatever may have been wrapped into it (plus-tag, BATV, VERP, SRS): looking for too many does no harm."""
    local, _, domain = address.rpartition("@")
    pieces = re.split(r"[=+]", local)[:_PIECES]
    yield address
    for piece, following in zip(pieces, (*pieces[1:], ""), strict=True):
        yield f"{piece}@{domain}"
        yield f"{piece.rpartition('-')[2]}@{following}"  # VERP: bounces-jane=acme.example
        yield f"{piece}@{following}"
        yield f"{following}@{piece}"  # SRS: hash, day, domain, local part


def _people(tx: Transaction, addresses: Iterable[str]) -> dict[str, PersonId]:
    rows = tx.rows("SELECT address, person FROM address WHERE address IN (SELECT value FROM json_each(?))", dump(sorted(addresses)))
    found: dict[str, PersonId] = dict(rows)
    return found


def _addresses(tx: Transaction, person: PersonId) -> tuple[str, ...]:
    """Give the addresses of *person*, the present ones first."""
    rows = tx.rows("SELECT address FROM address WHERE person = ? ORDER BY present DESC, address", resolve(tx, person))
    return tuple(address for (address,) in rows)


def _told(tx: Transaction, message_id: str | None, people: Iterable[PersonId]) -> dict[PersonId, Level]:
    """Give how far a message of this id was believed when it came before, by whom it concerned."""
    if message_id is None:
        return {}
    rows = tx.rows(
        """SELECT person, max(level) FROM event WHERE person IN (SELECT value FROM json_each(?)) AND message_id = ?
           AND kind IN ('received', 'bounced') GROUP BY person""",
        dump(sorted(people)),
        message_id,
    )
    return {person: Level(level or 0) for person, level in rows}


def _persons_in(reading: Reading) -> Iterable[PersonId]:
    """Give whom the tokens name, unverified: whether to believe them is for others to say."""
    for token in reading.tokens:
        try:
            yield b32decode(token.upper())[_PERSON_BYTES].hex()
        except (NotBase32, ValueError):
            continue
