"""Notices in plain words, without a report: whom they name is a matter of how their lines are set, what they mean of the wording."""

from bouncer.core.bounces.copy import Parted
from bouncer.core.bounces.failure import Failure, mailbox
from bouncer.core.bounces.lines import anywhere, by_shape, mailed
from bouncer.core.bounces.reply import command_in, joined
from bouncer.core.fields import addresses_in
from bouncer.core.wording import Wording
from bouncer.model import ParsedMail


def from_words(mail: ParsedMail, parted: Parted, wording: Wording) -> tuple[Failure, ...]:
    """Give the recipients that a notice without a report names; empty where it names none."""
    addresses, rule = _addresses(mail, parted, wording)
    alone = len(addresses) == 1
    found = []
    for address in addresses:
        section = parted.about(address)
        said = joined(section)
        found.append(
            Failure(
                address=address,
                original=mailed(parted, address),
                where="body",
                rule=rule,
                diagnostic=said,
                command=command_in(section) or (command_in(parted.text) if alone else ""),
                context=parted.text if alone or not said else "",
            )
        )
    return tuple(found)


def _addresses(mail: ParsedMail, parted: Parted, wording: Wording) -> tuple[tuple[str, ...], str]:
    """Find who failed, from the surest place to the least sure."""
    ours = frozenset(one.address.lower() for one in (*mail.to, *mail.from_)) | frozenset(
        parted.of_original("from", "return-path", "sender")
    )
    listed = [one for value in (mail.header("x-failed-recipients") or "").split(",") if (one := mailbox(value))]
    if listed:
        return tuple(dict.fromkeys(listed)), "x-failed-recipients"
    hits = wording.hits("bounces", "recipient", parted.text) + wording.hits("bounces", "recipient", mail.subject)
    told = [one for hit in hits if "address" in hit.slots and (one := mailbox(hit.slots["address"])) and one.lower() not in ours]
    shaped = by_shape(parted, ours)
    if told and not shaped:
        return tuple({one.lower(): one for one in told}.values()), "recipient"
    if shaped:
        return shaped, "line"
    sent_to = [one for name in ("x-original-to", "to", "cc") for one in parted.of_original(name)]
    found = anywhere(parted)
    for some in ([one for one in found if one.lower() in sent_to], [one for one in found if one.lower() not in ours]):
        if some:
            return tuple(some), "text"
    if by_shape(parted, frozenset()):
        return by_shape(parted, frozenset()), "line"
    if len(set(sent_to)) == 1:
        return (addresses_in(parted.original.get("to", ""))[0].address if "to" in parted.original else sent_to[0],), "returned"
    return (), "none"
