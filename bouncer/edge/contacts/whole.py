"""Whole entries of a batch: somebody who is added, and somebody who was added and is taken out again."""

from dataclasses import replace

from bouncer.edge.contacts.draft import Draft, Entries, Piece, free, present
from bouncer.edge.contacts.entries import contact_of
from bouncer.edge.contacts.tree import Refused
from bouncer.edge.contacts.values import as_entry, same, value_of
from bouncer.model import Change, Contact


def entry(entries: Entries[Piece], draft: Draft[Piece], change: Change) -> None:
    """Draft *change*, which is of a whole entry: made, refused with its reason, or in the file already and so as good as made."""
    try:
        if isinstance(change.after, Contact) and change.before is None:
            _come(entries, draft, change, change.after)
        elif isinstance(change.before, Contact) and change.after is None:
            _go(entries, draft, change, change.before)
        else:
            raise Refused("an entry is added or taken out as a whole")  # noqa: TRY301 - refusals are collected in one spot
    except Refused as refusal:
        draft.refused.append((change, str(refusal)))
    else:
        draft.applied.append(change)


def _come(entries: Entries[Piece], draft: Draft[Piece], change: Change, wanted: Contact) -> None:
    contact = _valid(wanted)
    for place in entries.where(contact.email.lower()):
        if place not in draft.gone and replace(entries.contact(place), line=0) == contact:
            return
    place = -1 - len(draft.added)
    free(entries, draft, place, contact)
    draft.added.append((change, contact))
    draft.holders.update((address, place) for address in present(contact))


def _valid(wanted: Contact) -> Contact:
    """Give *wanted* as it is read when it has been written. Raises Refused, with all that is wrong with it."""
    contact, wrong = contact_of(as_entry(wanted))
    if contact is None:
        raise Refused("; ".join(said for _, said in wrong))
    return contact


def _go(entries: Entries[Piece], draft: Draft[Piece], change: Change, was: Contact) -> None:
    contact = _valid(was)
    address = contact.email.lower()
    places = [place for place in entries.where(address) if entries.contact(place).email.lower() == address]
    if not places:
        if draft.elsewhere is None:
            draft.elsewhere = frozenset(_but_for_the_address(one) for one in entries.everybody())
        if entries.where(address) or _but_for_the_address(contact) in draft.elsewhere:
            raise Refused(f"the entry of {contact.name} has another address by now; please take it out by hand")
        return
    piece = draft.pieces.get(places[0], entries.piece(places[0]))
    data, meant = entries.data(piece), as_entry(contact)
    edited = [key for key in dict.fromkeys((*data, *meant)) if key not in meant or not same(value_of(data, key), value_of(meant, key))]
    if edited:
        raise Refused(f"the entry was edited since ({', '.join(f'`{key}`' for key in edited)}); please take it out by hand")
    entries.untouched(piece)
    draft.gone[places[0]] = change


def _but_for_the_address(contact: Contact) -> Contact:
    return replace(contact, email="", line=0)
