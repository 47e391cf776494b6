"""Edits in YAML's block style, where a line is the unit and a comment at its end belongs to the owner."""

import re
from collections.abc import Mapping, Sequence

from bouncer.edge.contacts import flow
from bouncer.edge.contacts.format import Style
from bouncer.edge.contacts.tree import Data, Edit, Leaf, Listed, Mapped, Node, Refused, is_list

_BREAK = re.compile(r"\r\n|[\n\r\x85\u2028\u2029]")
_REST = re.compile(r"[ \t]*(#[^\r\n\x85\u2028\u2029]*)?")
_HEADER = re.compile(r"[|>][-+0-9]*([ \t]+#[^\r\n\x85\u2028\u2029]*)?")
_BLANK = " \t\r\n\x85\u2028\u2029"


def replace_leaf(text: str, leaf: Leaf, key: str, want: Data, style: Style) -> Edit:
    """Write *want* where *leaf* stands; what follows it on its line stays."""
    comment = ""
    if leaf.style in ("|", ">"):
        header = _HEADER.match(text, leaf.start)
        comment = (header[1] or "") if header else ""
    like = leaf.style if leaf.style in ("'", '"') else ""
    new = flow.written(want, key, style, flow=False, like=like)
    gap = "" if text[: leaf.start].endswith((" ", "\t")) else " "
    return Edit(leaf.start, content_end(text, leaf), gap + new + comment)


def insert_pair(text: str, mapped: Mapped, after: int, key: str, want: Data, style: Style) -> Edit:
    """Put a new key on a line of its own behind pair number *after*, as far in as its siblings."""
    indent = " " * column(text, mapped.pairs[0][0].start)
    value = _lines_of(want, key, style)
    return _new_lines(text, content_end(text, mapped.pairs[max(after, 0)][1]), [indent + line for line in value])


def insert_items(text: str, listed: Listed, after: int, key: str, want: Sequence[Data], style: Style) -> Edit:
    """Put new items behind item number *after* (-1: in front), with the dash of their siblings."""
    dash = _dash(text, listed, max(after, 0))
    sibling = listed.items[max(after, 0)]
    same_line = text[dash + 1 : sibling.start]
    gap = same_line if same_line and not same_line.strip(" \t") else " "
    indent = " " * column(text, dash)
    blocky = isinstance(sibling, Mapped) and not sibling.flow
    lines: list[str] = []
    for item in want:
        if blocky and isinstance(item, Mapping):
            pairs = [style.pair(k, flow.written(v, k, style, flow=False)) for k, v in item.items()]
            lines += [indent + ("-" + gap if n == 0 else " " * (1 + len(gap))) + pair for n, pair in enumerate(pairs)]
        else:
            lines.append(f"{indent}-{gap}{flow.written(item, key, style, flow=False)}")
    if after >= 0:
        return _new_lines(text, content_end(text, sibling), lines)
    begin = _line_start(text, dash)
    if text[begin:dash].strip(" "):
        raise Refused(f"`{key}` is a list inside a list")
    return Edit(begin, begin, "".join(line + _end_of_line(text) for line in lines))


def remove_pair(text: str, mapped: Mapped, place: int, style: Style) -> Edit:
    """Take a key and its value away, but no comment."""
    key, value = mapped.pairs[place]
    following = mapped.pairs[place + 1][0].start if place + 1 < len(mapped.pairs) else None
    return _removed(text, key.start, _checked_end(text, key.start, (key, value)), following, style)


def remove_items(text: str, listed: Listed, first: int, last: int, style: Style) -> Edit:
    """Take the items from number *first* to number *last* away, but no comment."""
    start = _dash(text, listed, first)
    return _removed(text, start, _checked_end(text, start, listed.items[first : last + 1]), None, style)


def content_end(text: str, node: Node) -> int:
    """Give where *node* ends for the eye: a block scalar without the blank lines behind it, unless it keeps them."""
    if isinstance(node, Listed) and not node.flow:
        return content_end(text, node.items[-1])
    if isinstance(node, Mapped) and not node.flow:
        return content_end(text, node.pairs[-1][1])
    if isinstance(node, Leaf) and node.style in ("|", ">"):
        header = _HEADER.match(text, node.start)
        if header and "+" in header[0].split("#")[0]:
            return node.end
        return node.start + len(text[node.start : node.end].rstrip(_BLANK))
    return node.end


def column(text: str, at: int) -> int:
    """Give how many characters stand before *at* on its line."""
    return at - _line_start(text, at)


def _line_start(text: str, at: int) -> int:
    return max(text.rfind(char, 0, at) for char in "\n\r\x85\u2028\u2029") + 1


def _end_of_line(text: str) -> str:
    found = _BREAK.search(text)
    return found[0] if found else "\n"


def _lines_of(want: Data, key: str, style: Style) -> list[str]:
    """Write a new pair: a list of mappings with one line for each, everything else on the key's line."""
    if is_list(want) and any(isinstance(item, Mapping) for item in want):
        return [f"{key}:", *(f"  - {flow.written(item, key, style, flow=False)}" for item in want)]
    return [style.pair(key, flow.written(want, key, style, flow=False))]


def _new_lines(text: str, end: int, lines: Sequence[str]) -> Edit:
    """Insert *lines* below the line on which content ends; a text without a last line end stays without one."""
    eol = _end_of_line(text)
    if end and text[end - 1] in "\n\r\x85\u2028\u2029":
        return Edit(end, end, "".join(line + eol for line in lines))
    rest = _REST.match(text, end)
    at = rest.end() if rest else end
    if found := _BREAK.match(text, at):
        return Edit(found.end(), found.end(), "".join(line + eol for line in lines))
    if at < len(text):
        raise Refused("something else stands on the line to write behind")
    return Edit(at, at, "".join(eol + line for line in lines))


def _dash(text: str, listed: Listed, place: int) -> int:
    """Give where the dash of an item is: in the list's column, on the item's line or on one above it."""
    if place == 0:
        return listed.start
    indent, line = column(text, listed.start), _line_start(text, listed.items[place].start)
    while line > listed.start:
        if text[line : line + indent].strip(" ") == "" and text[line + indent] == "-":
            return line + indent
        line = _line_start(text, line - 1)
    raise Refused("the dash of a list item is not where it should be")


def _checked_end(text: str, start: int, nodes: Sequence[Node]) -> int:
    """Give where the last of *nodes* ends. Raises Refused where a comment stands inside."""
    end = content_end(text, nodes[-1])
    if comments(text, start, end, nodes):
        raise Refused("a comment of yours stands inside what would be taken away")
    return end


def _removed(text: str, start: int, end: int, following: int | None, style: Style) -> Edit:
    rest = _REST.match(text, end)
    stop = rest.end() if rest else end
    if rest and rest[1] and style.comments:
        return Edit(start, rest.start(1), "")
    begin = _line_start(text, start)
    alone = not text[begin:start].strip(" ")
    if not alone:  # a dash stands before it
        between = text[stop:following] if following is not None else "#"
        return Edit(start, following if following is not None and not between.strip(_BLANK) else stop, "")
    if found := _BREAK.match(text, stop):
        return Edit(begin, found.end(), "")
    if stop < len(text):
        return Edit(begin, stop, "")
    before = _BREAK.search(text[max(begin - 2, 0) : begin])
    return Edit(begin - (len(before[0]) if before else 0), stop, "")


def comments(text: str, start: int, end: int, nodes: Sequence[Node]) -> list[str]:
    """Give the comments in text[start:end], which *nodes* fill: what stands outside of every scalar, and behind a block scalar's sign."""
    found: list[str] = []
    if text.find("#", start, end) < 0:
        return found
    at = start
    for leaf in _leaves(nodes):
        found += _COMMENT.findall(text, at, max(leaf.start, at))
        if leaf.style in ("|", ">") and (header := _HEADER.match(text, leaf.start)) and header[1]:
            found.append(header[1].strip())
        at = leaf.end
    return found + _COMMENT.findall(text, at, max(end, at))


_COMMENT = re.compile(r"(?:(?<=[\s\x85])|^)#[^\r\n\x85\u2028\u2029]*", re.MULTILINE)


def _leaves(nodes: Sequence[Node]) -> list[Leaf]:
    found: list[Leaf] = []
    for node in nodes:
        if isinstance(node, Leaf):
            found.append(node)
        elif isinstance(node, Listed):
            found += _leaves(node.items)
        else:
            found += _leaves([part for pair in node.pairs for part in pair])
    return found
