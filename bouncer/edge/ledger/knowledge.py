"""What the ledger knows of one reading: our messages it names, the people it touches, their addresses and their state."""

from base64 import b32decode
from binascii import Error as NotBase32
from collections.abc import Iterable

from bouncer.edge.ledger.codec import dump, moment
from bouncer.edge.ledger.database import Transaction
from bouncer.edge.ledger.outbox import named, token_name
from bouncer.edge.ledger.people import resolve
from bouncer.model import Ask, Known, NewAddress, PersonId, Reading

_PERSON_BYTES = slice(3, 9)  # of a token's 25 bytes, after version and day


def known(tx: Transaction, reading: Reading) -> Known:
    """Give all the ledger knows of the ids, tokens and addresses in *reading*."""
    sent = named(tx, names_in(reading))
    addresses = addresses_in(reading) | {message.address.lower() for message in sent}
    person_of: dict[str, PersonId] = dict(
        tx.rows("SELECT address, person FROM address WHERE address IN (SELECT value FROM json_each(?))", dump(sorted(addresses)))
    )
    people = {*person_of.values(), *(message.person for message in sent), *_persons_in(reading)}
    addresses_of = {person: _addresses(tx, person) for person in sorted(people)}
    asked = sorted(addresses.union(*addresses_of.values()))
    suspect = tx.rows("SELECT address, since FROM suspect WHERE address IN (SELECT value FROM json_each(?))", dump(asked))
    return Known(
        sent=sent,
        person_of=person_of,
        addresses_of={person: held for person, held in addresses_of.items() if held},
        suspect_since={address: moment(since) for address, since in suspect},
    )


def names_in(reading: Reading) -> tuple[str, ...]:
    """Give every string of *reading* that may name a message of ours: Message-IDs with brackets, and `b.TOKEN`."""
    ids = (*reading.references, *(handle.value for handle in reading.handles))
    tokens = (f"b.{token.lower()}" for token in reading.tokens)
    return tuple(dict.fromkeys((*ids, *filter(None, map(token_name, ids)), *tokens)))


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
    return {address.lower() for address in found}


def _addresses(tx: Transaction, person: PersonId) -> tuple[str, ...]:
    """Give the addresses of *person*, the present ones first."""
    rows = tx.rows("SELECT address FROM address WHERE person = ? ORDER BY present DESC, address", resolve(tx, person))
    return tuple(address for (address,) in rows)


def _persons_in(reading: Reading) -> Iterable[PersonId]:
    """Give whom the tokens name, unverified: whether to believe them is for others to say."""
    for token in reading.tokens:
        try:
            yield b32decode(token.upper())[_PERSON_BYTES].hex()
        except (NotBase32, ValueError):
            continue
