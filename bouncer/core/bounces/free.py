"""Notices in plain words, without a report: whom they name is a matter of how their lines are set, what they mean of the wording."""

from bouncer.core.bounces.copy import Parted
from bouncer.core.bounces.failure import Failure, mailbox
from bouncer.core.bounces.lines import anywhere, by_shape, mailed, senders, unqualified
from bouncer.core.bounces.reply import joined
from bouncer.core.fields import addresses_in
from bouncer.core.wording import Wording
from bouncer.model import ParsedMail

_MOST = 200  # recipients of one notice that are looked at


def from_words(mail: ParsedMail, parted: Parted, wording: Wording) -> tuple[Failure, ...]:
    """Give the recipients that a notice without a report names; empty where it names none."""
    addresses, rule = _addresses(mail, parted, wording)
    addresses = addresses[:_MOST]
    alone = len(addresses) == 1
    all_of_them = frozenset() if alone else frozenset(one.lower() for one in addresses)
    common = "" if alone else parted.beside(all_of_them)
    found = []
    for address in addresses:
        section = parted.about(address, others=all_of_them)
        said = joined(section)
        found.append(
            Failure(
                address=address,
                original=mailed(parted, address),
                where="body",
                rule=rule,
                diagnostic=said,
                context=parted.text if alone else common,
            )
        )
    return tuple(found)


def _addresses(mail: ParsedMail, parted: Parted, wording: Wording) -> tuple[tuple[str, ...], str]:
    """Find who failed, from the surest place to the least sure."""
    ours = frozenset(one.address.lower() for one in (*mail.to, *mail.from_)) | senders(parted)
    ours |= frozenset(parted.of_original("from", "return-path", "sender"))
    told_of = ",".join(value for name, value in mail.headers if name == "x-failed-recipients")
    listed = [one for value in told_of.split(",") if (one := mailbox(value))]
    shaped = by_shape(parted, ours)
    if listed and (not shaped or {one.lower() for one in listed} & {one.lower() for one in shaped}):
        return tuple(dict.fromkeys(listed)), "x-failed-recipients"
    if shaped:
        return shaped, "line"
    hits = wording.hits("bounces", "recipient", parted.text) + wording.hits("bounces", "recipient", mail.subject)
    told = [one for hit in hits if "address" in hit.slots and (one := mailbox(hit.slots["address"])) and one.lower() not in ours]
    if told:
        return tuple({one.lower(): one for one in told}.values()), "recipient"
    return _last_resorts(mail, parted, ours)


def _last_resorts(mail: ParsedMail, parted: Parted, ours: frozenset[str]) -> tuple[tuple[str, ...], str]:
    """Find who failed where the system says so in no way known: whom the returned message went to, or the one address there is."""
    sent_to = tuple(one.address for value in (parted.original.get("to", ""), parted.original.get("cc", "")) for one in addresses_in(value))
    found = anywhere(parted)
    both = tuple(one for one in found if one.lower() in {address.lower() for address in sent_to})
    others = tuple(one for one in found if one.lower() not in ours)
    home = mail.from_[0].domain if mail.from_ else ""
    elsewhere = tuple(one for one in others if not one.lower().endswith(f"@{home.lower()}"))  # a system names its own help desk
    bare = unqualified(parted, home)
    by_self = by_shape(parted, frozenset())
    tries = (
        (both, "text"),
        (bare, "line"),
        (others if len(others) == 1 else (), "text"),
        (elsewhere if len(elsewhere) == 1 else (), "text"),
        (by_self, "line"),
        (sent_to if len(sent_to) == 1 else (), "returned"),
    )
    return next((one for one in tries if one[0]), ((), "none"))
