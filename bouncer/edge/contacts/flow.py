"""Edits inside brackets and braces: YAML's flow style and all of JSON. Separators are copied from the siblings."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from bouncer.edge.contacts.format import Style
from bouncer.edge.contacts.tree import Data, Edit, Leaf, Listed, Mapped, Refused, is_list


def written(want: Data, key: str, style: Style, *, flow: bool, like: str = "", lead: str = "") -> str:
    """Write a value; a collection in brackets or braces, on one line or, where *style* spreads them, on lines behind the indent *lead*."""
    if isinstance(want, str):
        return style.scalar(want, key, flow, like)
    inner = lead + style.unit
    if is_list(want):
        return _enclosed("[", [written(item, key, style, flow=True, lead=inner) for item in want], "]", style, lead)
    if isinstance(want, Mapping):
        pairs = [style.pair(k, written(v, k, style, flow=True, lead=inner)) for k, v in want.items()]
        return _enclosed("{", pairs, "}", style, lead)
    raise Refused(f"`{key}` would be no text")


def _enclosed(begin: str, parts: Sequence[str], end: str, style: Style, lead: str) -> str:
    if not style.unit:
        return begin + style.comma.join(parts) + end
    return f"{begin}\n{lead}{style.unit}" + f",\n{lead}{style.unit}".join(parts) + f"\n{lead}{end}"


def replace_leaf(text: str, leaf: Leaf, key: str, want: Data, style: Style) -> Edit:
    """Write *want* where *leaf* stands."""
    like = leaf.style if leaf.style in ("'", '"') else ""
    gap = " " if leaf.start == leaf.end and text[: leaf.start].endswith(":") else ""
    return Edit(leaf.start, leaf.end, gap + written(want, key, style, flow=True, like=like, lead=_lead(text, leaf.start)))


def insert_pair(text: str, mapped: Mapped, after: int, key: str, want: Data, style: Style) -> Edit:
    """Put a new pair behind pair number *after* (-1: in front)."""
    spans = [(name.start, value.end) for name, value in mapped.pairs]
    lead = _lead(text, spans[max(after, 0)][0]) if spans else ""
    return _inserted(text, mapped, spans, after, [style.pair(key, written(want, key, style, flow=True, lead=lead))])


def insert_items(text: str, listed: Listed, after: int, key: str, want: Sequence[Data], style: Style) -> Edit:
    """Put new items behind item number *after* (-1: in front)."""
    spans = [(item.start, item.end) for item in listed.items]
    lead = _lead(text, spans[max(after, 0)][0] if spans else listed.start)
    return _inserted(text, listed, spans, after, [written(item, key, style, flow=True, lead=lead) for item in want])


def _lead(text: str, at: int) -> str:
    """Give the blanks with which the line of *at* begins."""
    line = text[text.rfind("\n", 0, at) + 1 : at]
    return line[: len(line) - len(line.lstrip(" \t"))]


def remove_pair(text: str, mapped: Mapped, place: int, style: Style) -> Edit:
    """Take a pair and one comma away."""
    return _removed(text, mapped, [(name.start, value.end) for name, value in mapped.pairs], place, place, style)


def remove_items(text: str, listed: Listed, first: int, last: int, style: Style) -> Edit:
    """Take the items from number *first* to number *last* and their commas away."""
    return _removed(text, listed, [(item.start, item.end) for item in listed.items], first, last, style)


def _inserted(text: str, whole: Listed | Mapped, spans: Sequence[tuple[int, int]], after: int, new: Sequence[str]) -> Edit:
    if not spans:
        return Edit(whole.start + 1, whole.end - 1, ", ".join(new))
    comma = _separator(text, whole, spans)
    if after < 0:
        return Edit(spans[0][0], spans[0][0], "".join(item + comma for item in new))
    return Edit(spans[after][1], spans[after][1], "".join(comma + item for item in new))


def _separator(text: str, whole: Listed | Mapped, spans: Sequence[tuple[int, int]]) -> str:
    """Give what stands between two siblings, or what would if there were two."""
    gaps = [text[a[1] : b[0]] for a, b in pairwise(spans)]
    plain = [gap for gap in gaps if gap.count(",") == 1 and not gap.replace(",", "").strip()]
    if plain:
        return plain[-1]
    lead = text[whole.start + 1 : spans[0][0]]
    return "," + (lead if lead.strip() == "" and "\n" in lead else " ")


def _removed(text: str, whole: Listed | Mapped, spans: Sequence[tuple[int, int]], first: int, last: int, style: Style) -> Edit:
    if first > 0:
        start, end = spans[first - 1][1], spans[last][1]
    elif last + 1 < len(spans):
        start, end = spans[0][0], spans[last + 1][0]
    else:
        start, end = whole.start + 1, whole.end - 1
    if style.comments and "#" in text[start:end]:
        raise Refused("a comment of yours may stand inside what would be taken away")
    return Edit(start, end, "")
