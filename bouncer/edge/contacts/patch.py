"""From what an entry says to what it shall say, as edits of its text: one recursion over lists and mappings in either style."""

from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher

from bouncer.edge.contacts import block, flow
from bouncer.edge.contacts.format import Style
from bouncer.edge.contacts.tree import Data, Edit, Leaf, Listed, Mapped, Node, Refused, data_of, is_list


def edits(text: str, entry: Mapped, key: str, want: Data, style: Style, behind: int) -> list[Edit]:
    """Give the edits of *text* after which *entry* has *want* under *key*; None takes the key away.

    A key that is not there yet comes behind pair number *behind*.
    Raises Refused where that cannot be done without touching what is the owner's.
    """
    return list(_pair(text, entry, key, want, style, behind))


def nearest(mapped: Mapped, key: str, order: Sequence[str]) -> int:
    """Give the number of the pair that stands nearest before the place of *key* in *order*; -1 where there is none."""
    before = order[: order.index(key)]
    return max((n for n, (name, _) in enumerate(mapped.pairs) if name.value in before), default=-1)


def _pair(text: str, mapped: Mapped, key: str, want: Data, style: Style, behind: int) -> Iterator[Edit]:
    place = next((n for n, (name, _) in enumerate(mapped.pairs) if name.value == key), None)
    room = flow if mapped.flow else block
    if place is None:
        if want is not None:
            yield room.insert_pair(text, mapped, behind, key, want, style)
    elif want is None:
        yield room.remove_pair(text, mapped, place, style)
    else:
        yield from _value(text, mapped.pairs[place][1], key, want, style, inside=mapped.flow)


def _value(text: str, node: Node, key: str, want: Data, style: Style, *, inside: bool) -> Iterator[Edit]:
    if isinstance(node, Leaf):
        if node.value != want:
            yield (flow if inside else block).replace_leaf(text, node, key, want, style)
    elif isinstance(node, Listed) and is_list(want):
        yield from _items(text, node, key, want, style)
    elif isinstance(node, Mapped) and isinstance(want, Mapping):
        had = data_of(node)
        for name in dict.fromkeys((*want, *(had if isinstance(had, Mapping) else ()))):
            yield from _pair(text, node, name, want.get(name), style, nearest(node, name, tuple(want)) if name in want else -1)
    else:
        raise Refused(f"`{key}` has another shape in the file")


def _items(text: str, listed: Listed, key: str, want: Sequence[Data], style: Style) -> Iterator[Edit]:
    room = flow if listed.flow else block
    had = [data_of(item) for item in listed.items]
    codes = SequenceMatcher(None, [repr(x) for x in had], [repr(x) for x in want], autojunk=False).get_opcodes()
    for code, begin, end, first, last in codes:
        if code == "equal":
            continue
        both = min(end - begin, last - first)  # that many items change, the rest comes or goes
        for place in range(both):
            yield from _value(text, listed.items[begin + place], key, want[first + place], style, inside=listed.flow)
        if begin + both < end:
            yield room.remove_items(text, listed, begin + both, end - 1, style)
        elif first + both < last:
            yield room.insert_items(text, listed, end - 1, key, want[first + both : last], style)
