"""A batch of changes against the entries as they are: compare, set, prove; what does not fit is refused with its reason."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from bouncer.edge.contacts.draft import Draft, Entries, Piece, Stale, free, present
from bouncer.edge.contacts.entries import ORDER, contact_of
from bouncer.edge.contacts.tree import Data, Refused
from bouncer.edge.contacts.values import same, value_of, wanted
from bouncer.edge.contacts.whole import entry
from bouncer.model import ENTRY, Because, Change, Previous, Value

_ADDRESSES = frozenset({"email", "also"})
_GO_ALONE = frozenset({"email", "previous"})  # of which one may be refused for the sake of the other


def drafted(entries: Entries[Piece], changes: Sequence[Change]) -> Draft[Piece]:
    """Make all *changes* that fit; one that is in the file already counts as made, so that a replay is harmless."""
    draft: Draft[Piece] = Draft()
    moved = {c.contact.lower(): c.after for c in changes if c.field == "email" and isinstance(c.after, str)}
    places: dict[str, int | str] = {}
    kept = {(c.contact.lower(), c.because): c for c in changes if c.field == "previous"}
    failed: dict[str, Because] = {}  # contact -> why of a new address that was refused: what goes with it is refused as well
    for key, run in groupby(changes, lambda change: None if change.field == ENTRY else change.contact.lower()):
        if key is None:
            for change in run:
                entry(entries, draft, change)
            continue
        if key not in places:
            places[key] = _place(entries, key, moved.get(key))
        together = tuple(run)
        if key in failed or not _in_one_go(entries, draft, places[key], together):
            _one_by_one(entries, draft, places[key], together, kept, failed)
    return draft


def _one_by_one(
    entries: Entries[Piece],
    draft: Draft[Piece],
    place: int | str,
    changes: Sequence[Change],
    kept: Mapping[tuple[str, Because], Change],
    failed: dict[str, Because],
) -> None:
    """Make those of *changes*, which are of one contact, that fit."""
    key = changes[0].contact.lower()
    for change in changes:
        try:
            if isinstance(place, str):
                raise Refused(place)  # noqa: TRY301 - refusals are collected in one spot
            if change.because == failed.get(key):
                raise Refused("it goes with the new address, which was refused")  # noqa: TRY301 - refusals are collected in one spot
            with_it = kept.get((key, change.because)) if change.field == "email" else None
            _make(entries, draft, place, [change]) if with_it is None else _move(entries, draft, place, change, with_it)
        except Refused as refusal:
            draft.refused.append((change, str(refusal)))
            if isinstance(refusal, Stale):
                draft.stale.append((change, refusal.now))
            if change.field == "email":
                failed[key] = change.because
        else:
            draft.applied.append(change)


def _in_one_go(entries: Entries[Piece], draft: Draft[Piece], place: int | str, changes: Sequence[Change]) -> bool:
    """Make several *changes* of one entry under one proof, where each is of another field and all of them fit; False: none is made."""
    fields = {change.field for change in changes}
    if isinstance(place, str) or not 1 < len(fields) == len(changes) or not _GO_ALONE.isdisjoint(fields):
        return False
    try:
        _make(entries, draft, place, changes)
    except Refused:
        return False
    draft.applied += changes
    return True


def _place(entries: Entries[Piece], address: str, moved: str | None) -> int | str:
    """Give where the contact is who had *address* before the batch, or why that cannot be said.

    First comes its present holder; then, where the batch was made before, whoever has the address that it gives; then whoever once had it.
    """
    found = entries.where(address)
    present = [place for place in found if entries.contact(place).email.lower() == address]
    if not present and moved:
        present = [place for place in entries.where(moved.lower()) if entries.contact(place).email.lower() == moved.lower()]
    places = present or found
    if len(places) == 1:
        return places[0]
    return f"more than one contact has {address}" if places else f"no contact has {address} any more"


def _move(entries: Entries[Piece], draft: Draft[Piece], place: int, email: Change, previous: Change) -> None:
    """Make the change of an address together with that of `previous`, or neither: no address may be given up that is kept nowhere."""
    piece, contact = draft.pieces.get(place), draft.contacts.get(place)
    held = {address for address, holder in draft.holders.items() if holder == place}
    _make(entries, draft, place, [email])
    try:
        _make(entries, draft, place, [previous])
    except Refused as why:
        draft.pieces.pop(place, None)
        draft.contacts.pop(place, None)
        if piece is not None and contact is not None:
            draft.pieces[place], draft.contacts[place] = piece, contact
        draft.holders = {address: holder for address, holder in draft.holders.items() if holder != place or address in held}
        raise Refused(f"the address before could not be kept: {why}") from why


def _make(entries: Entries[Piece], draft: Draft[Piece], place: int, changes: Sequence[Change]) -> None:
    """Make all of *changes*, each of another field of the entry at *place*, or none: raises Refused, with why the first one cannot be."""
    if place in draft.gone:
        raise Refused("the entry is taken out")
    piece = draft.pieces[place] if place in draft.pieces else entries.piece(place)
    data = entries.data(piece)
    wants = {change.field: want for change in changes for want in _wanted(data, change)}
    if not wants:
        return
    after = {key: value for key, value in {**data, **wants}.items() if key not in wants or value is not None}
    contact, wrong = contact_of(after, entries.contact(place).line)
    if contact is None:
        raise Refused("; ".join(said for _, said in wrong))
    if not _ADDRESSES.isdisjoint(wants):
        free(entries, draft, place, contact)
    draft.pieces[place] = entries.rewrite(piece, wants)
    draft.contacts[place] = contact
    draft.holders.update((address, place) for address in present(contact))


def _wanted(data: Mapping[str, Data], change: Change) -> Iterator[Data]:
    """Give what the field of *change* shall say in an entry that says *data*; nothing where it does. Raises Refused."""
    if change.field not in ORDER:
        raise Refused(f"`{change.field}` is a field that bouncer does not write")
    now = value_of(data, change.field)
    to = change.after
    if change.field == "previous" and not same(now, change.before):
        to = _merged(now, change)
    if same(now, to):
        return
    if to is change.after and not same(now, change.before):
        raise Stale(change, now)
    yield wanted(data, change.field, to)


def _merged(now: Value, change: Change) -> Value:
    """Give the `previous` of *now* with what *change* adds and without what it takes away: whatever else became of the list stays."""
    had, before, after = (
        tuple(item for item in value if isinstance(item, Previous)) if isinstance(value, tuple) else ()
        for value in (now, change.before, change.after)
    )
    left = tuple(item for item in had if item not in before or item in after)
    there = {item.email.lower() for item in left}
    return left + tuple(item for item in after if item not in before and item.email.lower() not in there)
