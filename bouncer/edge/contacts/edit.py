"""One edit of one entry, proved: what comes out is read again and must say exactly what was meant, every comment in place.

Only the entry is read again, not the file, and that is enough. An entry of a block list is the lines from its dash to the next dash in the
list's column: a parser comes to the first character and leaves the last one in the same state, whatever stands between, as long as that
parses alone as a list of one. An open quotation or bracket, a second item, `---` or a line further out would not; block scalars and plain
text end at the next dash, which stands further out than they do. An entry in flow style is bounded by its own braces. What lies before and
behind is not copied but kept. The one thing that reaches further is an anchor, and whatever carries one is not edited.
`tests/laws/test_contact_file.py` holds this true against another reader of the whole file.
"""

from bouncer.edge.contacts.block import comments
from bouncer.edge.contacts.entries import ORDER
from bouncer.edge.contacts.format import Format
from bouncer.edge.contacts.patch import edits, nearest
from bouncer.edge.contacts.tree import Data, Mapped, Refused, apply_edits, data_of, marks

_LAST = ORDER[ORDER.index("status") :]  # what bouncer writes stands behind what the owner keeps


def rewritten(form: Format, piece: str, key: str, want: Data) -> str:
    """Give *piece* with *want* under *key* (None: without it) and not a byte else changed.

    Raises Refused where an anchor, an alias, a merge key or a tag has a hand in it, and where the result does not prove right.
    """
    before = form.tree(piece)
    _forbid(before, key)
    refusal = Refused("")
    for behind in _behind(before, key):
        try:
            return _proved(form, piece, before, key, want, behind)
        except Refused as why:
            refusal = why
    raise refusal


def _behind(entry: Mapped, key: str) -> list[int]:
    """Give the pairs that a new key may come behind, the best first.

    In the format's order the owner's own fields stand before those that bouncer writes. Should the last of them be such that nothing can
    follow it, as a block scalar without a line end, the nearest known key has to do.
    """
    if key not in _LAST:
        return [nearest(entry, key, ORDER)]
    before = [n for n, (name, _) in enumerate(entry.pairs) if name.value not in _LAST[_LAST.index(key) :]]
    return [before[-1], nearest(entry, key, ORDER)]


def _proved(form: Format, piece: str, before: Mapped, key: str, want: Data, behind: int) -> str:
    style = form.style(piece)
    changed = apply_edits(piece, edits(piece, before, key, want, style, behind))
    after = form.tree(changed)
    meant = {**_said(before), key: want}
    if want is None:
        del meant[key]
    if _said(after) != meant or [k for k in _said(after) if k != key] != [k for k in meant if k != key]:
        raise Refused("the edit would have touched more than was meant")
    if style.comments and comments(changed, 0, len(changed), (after,)) != comments(piece, 0, len(piece), (before,)):
        raise Refused("the edit would have moved or lost a comment of yours")
    return changed


def _said(entry: Mapped) -> dict[str, Data]:
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
