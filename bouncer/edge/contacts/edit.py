"""Edits of one entry, proved: what comes out is read again and must say exactly what was meant, every comment in place.

Only the entry is read again, not the file, and that is enough. An entry of a block list is the lines from its dash to the next dash in the
list's column: a parser comes to the first character and leaves the last one in the same state, whatever stands between, as long as that
parses alone as a list of one. An open quotation or bracket, a second item, `---` or a line further out would not; block scalars and plain
text end at the next dash, which stands further out than they do. An entry in flow style is bounded by its own braces. What lies before and
behind is not copied but kept. The one thing that reaches further is an anchor, and whatever carries one is not edited.
`tests/laws/test_contact_file.py` holds this true against another reader of the whole file.
"""

from collections.abc import Mapping

from bouncer.edge.contacts.block import comments
from bouncer.edge.contacts.entries import ORDER
from bouncer.edge.contacts.format import Format
from bouncer.edge.contacts.patch import edits, nearest
from bouncer.edge.contacts.tree import Data, Mapped, Refused, apply_edits, data_of, marks

_LAST = ORDER[ORDER.index("status") :]  # what bouncer writes stands behind what the owner keeps


def rewritten(form: Format, piece: str, wants: Mapping[str, Data], tree: Mapped | None = None) -> tuple[str, Mapped]:
    """Give *piece* with what each of *wants* says under its key (None: without it) and not a byte else changed, and its tree.

    *tree* is that of *piece*, where it is known. All of it is made and proved at once, or nothing: Raises Refused where an anchor, an
    alias, a merge key or a tag has a hand in it, and where the result does not prove right.
    """
    before = form.tree(piece) if tree is None else tree
    for key in wants:
        _forbid(before, key)
    ordered = sorted(wants, key=ORDER.index)  # those that come to one place stand in the format's order there
    behind = {key: _behind(before, key) for key in ordered}
    try:
        return _proved(form, piece, before, wants, behind)
    except Refused:
        near = {key: _near(before, key) for key in ordered}
        if near == behind:
            raise
        return _proved(form, piece, before, wants, near)


def _behind(entry: Mapped, key: str) -> int:
    """Give the pair that a new key is to come behind: in the format's order, those that bouncer writes behind the owner's own fields."""
    if key not in _LAST:
        return _near(entry, key)
    return next(n for n in reversed(range(len(entry.pairs))) if entry.pairs[n][0].value not in _LAST[_LAST.index(key) :])


def _near(entry: Mapped, key: str) -> int:
    """Give the pair of the nearest known key: nothing can follow the last pair where it is a block scalar without a line end."""
    return nearest(entry, key, ORDER)


def _proved(form: Format, piece: str, before: Mapped, wants: Mapping[str, Data], behind: Mapping[str, int]) -> tuple[str, Mapped]:
    style = form.style(piece)
    made = [edit for key, place in behind.items() for edit in edits(piece, before, key, wants[key], style, place)]
    changed = apply_edits(piece, made)
    after = form.tree(changed)
    was, now = plain_of(before), plain_of(after)
    meant = {key: value for key, value in {**was, **wants}.items() if key not in wants or value is not None}
    if now != meant or [key for key in now if key not in wants] != [key for key in was if key not in wants]:
        raise Refused("the edit would have touched more than was meant")
    if style.comments and comments(changed, 0, len(changed), (after,)) != comments(piece, 0, len(piece), (before,)):
        raise Refused("the edit would have moved or lost a comment of yours")
    return changed, after


def plain_of(entry: Mapped) -> dict[str, Data]:
    """Give what *entry* says, by key; see `data_of`."""
    return {str(key.value): data_of(value) for key, value in entry.pairs}


def _forbid(entry: Mapped, key: str) -> None:
    """Raise Refused where what stands under *key* is shared with, or comes from, another place of the file."""
    if entry.marked:
        raise Refused(f"the entry carries {entry.marked}, so that a change here may be one elsewhere; please edit it by hand")
    for name, value in entry.pairs:
        if name.value == "<<" and not name.style:
            raise Refused("the entry takes values in by a merge key (<<); please edit it by hand")
        if name.value == key and (found := marks(name) or marks(value)):
            raise Refused(f"`{key}` carries {found}; please edit it by hand")
