"""The contact file in JSON: entries by the standard library's decoder, places by a small scanner of its own; no value is ever rewritten."""

import json
import re
from collections.abc import Iterator, Mapping
from json.decoder import JSONDecodeError
from typing import Any

from bouncer.edge.contacts.format import Outline
from bouncer.edge.contacts.json_style import JsonStyle
from bouncer.edge.contacts.tree import Data, Leaf, Listed, Mapped, Node, Refused

_DEEPEST = 40
_SPACE = re.compile(r"[ \t\r\n]*")
_LITERAL = re.compile(r"true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?")
_BOM = "\ufeff"
_PLAIN = json.JSONDecoder()


class _Twice(ValueError):
    """A key that an object has a second time."""


class JsonFormat:
    """JSON (RFC 8259), with keys that must be unique."""

    skeleton = '{\n  "contacts": []\n}\n'

    def style(self, piece: str) -> JsonStyle:
        """Give how values are written; see `format.Format`."""
        return JsonStyle(piece)

    def read(self, text: str, outline: Outline) -> Iterator[tuple[int, Data]]:
        """Give (line, data) of every entry under `contacts`; see `format.Format`."""
        bom = len(text) - len(text.removeprefix(_BOM))
        reader = _Outer(text, outline)
        try:
            yield from reader.document(bom)
        except JSONDecodeError as fault:
            outline.problems.append((fault.lineno, "", f"this is no JSON: {fault.msg} (column {fault.colno})"))
        except RecursionError:
            outline.problems.append((reader.line, "", "this is nested too deep"))
        outline.pieces = reader.pieces()

    def tree(self, piece: str) -> Mapped:
        """Parse one entry; see `format.Format`."""
        try:
            node = _node(piece, 0, 0)
        except JSONDecodeError as fault:
            raise Refused("the entry would be no JSON any more") from fault
        if not isinstance(node, Mapped) or node.end != len(piece):
            raise Refused("the entry is no object of its own")
        return node

    def data(self, piece: str, anchors: Mapping[str, Data]) -> Data:  # noqa: ARG002 - JSON has none
        """Give one entry's plain data; see `format.Format`."""
        try:
            found: Data = json.loads(piece, object_pairs_hook=_unique)
        except ValueError as fault:
            raise Refused("the entry is no JSON") from fault
        return found


class _Outer:
    """Walks the outermost object and the list of entries; the entries themselves go through the C decoder."""

    def __init__(self, text: str, outline: Outline) -> None:
        self.text, self.outline = text, outline
        self.decoder = json.JSONDecoder(object_pairs_hook=self.unique)
        self.line = 1
        self.at = 0  # where self.line was counted up to
        self.spans: list[tuple[int, int]] = []

    def document(self, at: int) -> Iterator[tuple[int, Data]]:
        """Give (line, data) of every entry of the one object there must be."""
        at = self.skip(at)
        if self.text[at : at + 1] != "{":
            self.problem(at, "the file must be an object with the list `contacts`")
            return
        seen: set[str] = set()
        at = self.skip(at + 1)
        while self.text[at : at + 1] != "}":
            begin = at
            key, at = self.key(at)
            if key in seen:
                self.problem(begin, f"the key `{key}` is here a second time")
            seen.add(key)
            if key == "contacts" and self.text[at : at + 1] == "[":
                at = yield from self.entries(at)
            else:
                value, end = self.value(at)
                if key == "contacts" and value is None:
                    self.outline.room = at, end
                elif key == "contacts":
                    self.problem(at, "`contacts` must be a list")
                at = end
            at = self.comma(at, "}")
        if "contacts" not in seen:
            self.problem(0, "the list `contacts` is missing")
        if self.skip(at + 1) != len(self.text):
            raise JSONDecodeError("something follows the end", self.text, self.skip(at + 1))

    def entries(self, at: int) -> Any:
        """Read the list that begins *at* and note where each entry is; returns where it ends."""
        begin, at = at, self.skip(at + 1)
        while self.text[at : at + 1] != "]":
            line = self.line_at(at)
            value, end = self.value(at)
            self.spans.append((at, end))
            yield line, value
            at = self.comma(end, "]")
        if not self.spans:
            self.outline.room = begin, at + 1
        return at + 1

    def key(self, at: int) -> tuple[str, int]:
        """Read a key and its colon; gives the key and where its value begins."""
        if self.text[at : at + 1] != '"':
            raise JSONDecodeError("a key in double quotes must stand here", self.text, at)
        key, at = _PLAIN.raw_decode(self.text, at)
        at = self.skip(at)
        if self.text[at : at + 1] != ":":
            raise JSONDecodeError("a colon must stand here", self.text, at)
        return key, self.skip(at + 1)

    def comma(self, at: int, end: str) -> int:
        """Step over the comma behind a value; gives where the next one begins, or where *end* is."""
        at = self.skip(at)
        if self.text[at : at + 1] == end:
            return at
        if self.text[at : at + 1] != ",":
            raise JSONDecodeError(f"a comma or {end} must stand here", self.text, at)
        after = self.skip(at + 1)
        if self.text[after : after + 1] == end:
            raise JSONDecodeError("a comma stands before the end", self.text, at)
        return after

    def value(self, at: int) -> tuple[Data, int]:
        """Read one value with the C decoder."""
        self.line_at(at)
        return self.decoder.raw_decode(self.text, at)

    def unique(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        """Make an object of *pairs* and complain of a key that is there twice."""
        found = dict(pairs)
        if len(found) < len(pairs):
            keys = [key for key, _ in pairs]
            twice = next(key for n, key in enumerate(keys) if key in keys[:n])
            self.outline.problems.append((self.line, "", f"the key `{twice}` is here a second time in the entry that begins on this line"))
        return found

    def skip(self, at: int) -> int:
        """Give where the blanks from *at* on end."""
        found = _SPACE.match(self.text, at)
        return found.end() if found else at

    def line_at(self, at: int) -> int:
        """Give the line of *at*, counting on from the last time."""
        self.line += self.text.count("\n", self.at, at)
        self.at = max(self.at, at)
        return self.line

    def problem(self, at: int, said: str) -> None:
        """Note what is wrong on the line of *at*."""
        self.outline.problems.append((self.text.count("\n", 0, at) + 1, "", said))

    def pieces(self) -> list[str]:
        """Cut the text at its entries."""
        pieces, done = [], 0
        for start, stop in self.spans:
            pieces += [self.text[done:start], self.text[start:stop]]
            done = stop
        return [*pieces, self.text[done:]]


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _Twice
    return found


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _node(text: str, at: int, depth: int) -> Node:
    """Build the node that begins *at*."""
    if depth > _DEEPEST:
        raise Refused("the entry is nested too deep")
    sign = text[at : at + 1]
    if sign == '"':
        value, end = _PLAIN.raw_decode(text, at)
        return Leaf(at, end, value, '"')
    if sign == "[":
        items, end = _items(text, at, depth)
        return Listed(at, end, tuple(items), flow=True)
    if sign == "{":
        pairs, end = _pairs(text, at, depth)
        return Mapped(at, end, tuple(pairs), flow=True)
    if found := _LITERAL.match(text, at):
        return Leaf(at, found.end(), json.loads(found[0]))
    raise JSONDecodeError("a value must stand here", text, at)


def _items(text: str, at: int, depth: int) -> tuple[list[Node], int]:
    items: list[Node] = []
    at = _skip(text, at + 1)
    while text[at : at + 1] != "]":
        items.append(_node(text, at, depth + 1))
        at = _next(text, items[-1].end, "]")
    return items, at + 1


def _pairs(text: str, at: int, depth: int) -> tuple[list[tuple[Leaf, Node]], int]:
    pairs: list[tuple[Leaf, Node]] = []
    at = _skip(text, at + 1)
    while text[at : at + 1] != "}":
        key = _node(text, at, depth + 1)
        colon = _skip(text, key.end)
        if not isinstance(key, Leaf) or key.style != '"' or text[colon : colon + 1] != ":":
            raise JSONDecodeError("a key and a colon must stand here", text, at)
        if any(key.value == other.value for other, _ in pairs):
            raise Refused(f"the key `{key.value}` would be there twice")
        value = _node(text, _skip(text, colon + 1), depth + 1)
        pairs.append((key, value))
        at = _next(text, value.end, "}")
    return pairs, at + 1


def _next(text: str, at: int, end: str) -> int:
    at = _skip(text, at)
    if text[at : at + 1] == end:
        return at
    after = _skip(text, at + 1)
    if text[at : at + 1] != "," or text[after : after + 1] == end:
        raise JSONDecodeError("a comma must stand here", text, at)
    return after
