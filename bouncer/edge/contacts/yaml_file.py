"""The contact file in YAML: read from libyaml's events, never through a loader, so that every scalar stays the text it is.

Marks count code points, and libyaml does not count a byte order mark; so the mark is taken off first and lives in the first piece.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from typing import Any

import yaml
from yaml.cyaml import CParser  # type: ignore[attr-defined]

from bouncer.edge.contacts.format import Outline
from bouncer.edge.contacts.tree import Data, Leaf, Listed, Mapped, Node, Refused
from bouncer.edge.contacts.yaml_style import NULLS, YamlStyle

_DEEPEST = 40  # nesting; libyaml itself would go on until the stack is used up
_MOST_MERGED = 100_000  # pairs that merge keys may bring in all together
_BREAKS = "\n\r\x85\u2028\u2029"
_LINE = rf"(?:^|(?<=[{_BREAKS}]))"
_DASH = _LINE + rf" {{{{{{}}}}}}-(?=[ \t{_BREAKS}]|\Z)"  # of an item, behind so many blanks
_FIRST = re.compile(_LINE + rf"( *)-(?=[ \t{_BREAKS}]|\Z)", re.MULTILINE)
_RESUMES = 50  # entries that are no YAML, until it is given up to look for more
_OPENED = ("while scanning a quoted scalar", "while parsing a flow")  # what began there is what its end is missed of
_STR = "tag:yaml.org,2002:str"
_BOM = "\ufeff"

Event = Any
Parser = Any  # PyYAML's stubs do not know the C parser, and give every attribute of an event a None
AliasEvent: Any = yaml.AliasEvent
MappingEndEvent: Any = yaml.MappingEndEvent
MappingStartEvent: Any = yaml.MappingStartEvent
ScalarEvent: Any = yaml.ScalarEvent
SequenceEndEvent: Any = yaml.SequenceEndEvent
SequenceStartEvent: Any = yaml.SequenceStartEvent


class _Stop(Exception):
    """Nothing after this point can be read."""


class YamlFormat:
    """YAML 1.1 as libyaml parses it, with the scalars left as text."""

    skeleton = "contacts: []\n"

    def style(self, piece: str) -> YamlStyle:  # noqa: ARG002 - YAML's one style fits every piece
        """Give how values are written; see `format.Format`."""
        return YamlStyle()

    def read(self, text: str, outline: Outline) -> Iterator[tuple[int, Data]]:
        """Give (line, data) of every entry under `contacts`; see `format.Format`."""
        bom = _BOM if text.startswith(_BOM) else ""
        whole = text.removeprefix(_BOM)
        reader, spans = _Reader(whole, outline), list[tuple[int, int]]()
        for _ in range(_RESUMES):
            fault = yield from _as_far_as_it_goes(reader, outline)
            spans += [(start + reader.shift, stop + reader.shift) for start, stop in reader.places()]
            begin = reader.next_entry(fault) if fault else None
            if begin is None:
                break
            breaks = whole.count("\n", 0, begin)
            before = "\n" * (breaks - 1) + "contacts:\n"
            reader = _Reader(before + whole[begin:], outline, shift=begin - len(before))
        outline.pieces = _cut(whole, spans)
        outline.pieces[0] = bom + outline.pieces[0]
        if bom and outline.room:
            outline.room = outline.room[0] + len(bom), outline.room[1] + len(bom)

    def tree(self, piece: str) -> Mapped:
        """Parse one entry; see `format.Format`."""
        found: Mapped = _entry(piece, _Nodes().value)
        return found

    def data(self, piece: str, anchors: Mapping[str, Data]) -> Data:
        """Give one entry's plain data; see `format.Format`."""
        outline = Outline(anchors=dict(anchors))
        found: Data = _entry(piece, _Reader(piece, outline, again=True).value)
        if outline.problems:
            raise Refused(outline.problems[0][2])
        return found


def _entry(piece: str, value: Callable[[Parser, Event, int], Any]) -> Any:
    """Parse *piece*, one item of a block list or one flow mapping, and give what *value* makes of it."""
    parser: Parser = CParser(piece)
    try:
        parser.get_event(), parser.get_event()
        event = parser.get_event()
        if block := isinstance(event, SequenceStartEvent) and not event.flow_style:
            event = parser.get_event()
        if not isinstance(event, MappingStartEvent):
            raise Refused("this entry is no mapping of its own")
        found = value(parser, event, 1)
        if block and not isinstance(parser.get_event(), SequenceEndEvent):
            raise Refused("this entry would become two")
        parser.get_event()
        if not isinstance(parser.get_event(), yaml.StreamEndEvent):
            raise Refused("this entry would become two documents")
    except (yaml.YAMLError, _Stop) as fault:
        raise Refused("the entry would be no YAML any more") from fault
    return found


def _as_far_as_it_goes(reader: "_Reader", outline: Outline) -> Generator[tuple[int, Data], None, int]:
    """Read a document; returns the line on which it stopped being YAML, or 0 where there is nothing to go on from."""
    try:
        yield from reader.document()
    except _Stop:
        pass
    except yaml.MarkedYAMLError as fault:
        opened = fault.context_mark if fault.context and fault.context.startswith(_OPENED) else None
        mark = opened or fault.problem_mark or fault.context_mark
        line = mark.line + 1 if mark else 0
        said = ", ".join(part for part in (fault.context, fault.problem) if part)
        outline.problems.append((line, "", f"this is no YAML: {said}"))
        return line
    except yaml.reader.ReaderError as fault:
        line = reader.text.encode("utf-8", "surrogatepass")[: fault.position].count(b"\n") + 1
        outline.problems.append((line, "", f"this is no YAML: {fault.reason}"))
    return 0


def _cut(text: str, spans: Sequence[tuple[int, int]]) -> list[str]:
    """Cut *text* at *spans*: the odd pieces are what they hold."""
    pieces, done = [], 0
    for start, stop in spans:
        pieces += [text[done:start], text[start:stop]]
        done = stop
    return [*pieces, text[done:]]


def _shown(tag: str) -> str:
    """Give *tag* as people write it."""
    return tag.replace("tag:yaml.org,2002:", "!!")


class _Reader:
    """One pass over a file or a piece of it; keeps nothing of an entry but its place."""

    def __init__(self, text: str, outline: Outline, *, again: bool = False, shift: int = 0) -> None:
        self.text, self.outline, self.again = text, outline, again
        self.shift = shift  # how much further on in the file the text stands
        self.merged = 0
        self.last = 0  # where the last collection ended
        self.spans: list[tuple[int, int]] = []  # of each entry, from its first key or brace
        self.begin, self.entry, self.end = len(text), len(text), len(text)  # of the list: its line, its newest entry, its end
        self.flow, self.ended = False, False

    def problem(self, event: Event, said: str) -> None:
        """Note what is wrong on the line of *event*."""
        self.outline.problems.append((event.start_mark.line + 1, "", said))

    def document(self) -> Iterator[tuple[int, Data]]:
        """Give (line, data) of every entry of the one document there must be."""
        parser: Parser = CParser(self.text)
        parser.get_event()
        if isinstance(parser.get_event(), yaml.StreamEndEvent):
            self.outline.problems.append((0, "", "the file is empty"))
            return
        top = parser.get_event()
        if not isinstance(top, MappingStartEvent):
            self.problem(top, "the file must be a mapping with the list `contacts`")
            return
        yield from self.top(parser)
        parser.get_event()
        if not isinstance(event := parser.get_event(), yaml.StreamEndEvent):
            self.problem(event, "a second document begins here; there must be one")

    def top(self, parser: Parser) -> Iterator[tuple[int, Data]]:
        """Read the outermost mapping, whose other keys are the owner's own."""
        lines: dict[str, int] = {}
        while not isinstance(key := parser.get_event(), MappingEndEvent):
            name = self.key(parser, key, lines)
            event = parser.get_event()
            if name == "contacts" and isinstance(event, SequenceStartEvent):
                yield from self.entries(parser, event)
            elif self.value(parser, event, 1) is None and name == "contacts":
                self.outline.room = event.start_mark.index, event.end_mark.index
            elif name == "contacts":
                self.problem(event, "`contacts` must be a list")
        if "contacts" not in lines:
            self.outline.problems.append((1, "", "the list `contacts` is missing"))

    def entries(self, parser: Parser, event: Event) -> Iterator[tuple[int, Data]]:
        """Read the list of entries and note where each one is."""
        if event.anchor:
            self.outline.locked = f"the whole list carries the anchor &{event.anchor}"
        self.flow = bool(event.flow_style)
        self.begin = max(self.text.rfind(char, 0, event.start_mark.index) for char in _BREAKS) + 1
        while not isinstance(entry := parser.get_event(), SequenceEndEvent):
            self.entry = entry.start_mark.index
            data = self.value(parser, entry, 1)
            self.spans.append((self.entry, self.last if isinstance(entry, MappingStartEvent) else entry.end_mark.index))
            yield entry.start_mark.line + 1, data
        self.end, self.ended = entry.start_mark.index, True
        if not self.spans:
            self.outline.room = event.start_mark.index, entry.end_mark.index
        if event.anchor:
            self.outline.anchors[event.anchor] = None  # the list is not kept, and who points to it may not be a contact

    def value(self, parser: Parser, event: Event, depth: int) -> Data:
        """Read one value, resolving aliases by reference: a bomb of them costs nothing as long as nobody unfolds it."""
        found: Data
        if isinstance(event, AliasEvent):
            if event.anchor not in self.outline.anchors:
                self.problem(event, f"the alias *{event.anchor} stands for nothing before it")
            return self.outline.anchors.get(event.anchor)
        if event.tag is not None and event.tag != _STR:
            self.problem(event, f"the tag {_shown(event.tag)} is not understood here; take it away, every value is plain text")
        if isinstance(event, ScalarEvent):
            found = None if not event.style and event.value in NULLS else event.value
        elif depth > _DEEPEST:
            self.problem(event, f"this is nested more than {_DEEPEST} deep")
            raise _Stop
        else:
            found = self.sequence(parser, depth) if isinstance(event, SequenceStartEvent) else self.mapping(parser, depth)
        if event.anchor and not self.again:
            if event.anchor in self.outline.anchors:
                self.problem(event, f"the anchor &{event.anchor} is here a second time")
            self.outline.anchors[event.anchor] = found
        return found

    def sequence(self, parser: Parser, depth: int) -> Data:
        """Read a list to its end."""
        found: list[Data] = []
        while not isinstance(event := parser.get_event(), SequenceEndEvent):
            found.append(self.value(parser, event, depth + 1))
        self.last = event.end_mark.index
        return found

    def mapping(self, parser: Parser, depth: int) -> Data:
        """Read a mapping to its end; what merge keys bring in yields to what is written."""
        found: dict[str, Data] = {}
        merged: list[tuple[Event, Data]] = []
        lines: dict[str, int] = {}
        while not isinstance(event := parser.get_event(), MappingEndEvent):
            name = self.key(parser, event, lines)
            value = self.value(parser, parser.get_event(), depth + 1)
            if name == "<<" and not event.style:
                merged.append((event, value))
            else:
                found[name] = value
        self.last = event.end_mark.index
        for key, value in merged:
            self.merge(key, value, found)
        return found

    def key(self, parser: Parser, event: Event, lines: dict[str, int]) -> str:
        """Read one key and hold it against those before it, whose *lines* are known."""
        if not isinstance(event, ScalarEvent):
            self.problem(event, "a key must be plain text")
            self.value(parser, event, _DEEPEST)
            return ""
        if event.tag is not None or event.anchor:
            self.value(parser, event, _DEEPEST)
        if event.value in lines:
            self.problem(event, f"the key `{event.value}` is here a second time; the first is on line {lines[event.value]}")
        lines[event.value] = event.start_mark.line + 1
        return str(event.value)

    def merge(self, key: Event, value: Data, into: dict[str, Data]) -> None:
        """Put what the merge key *key* brings in *into* a mapping, up to a bound for the whole file."""
        for source in [value] if isinstance(value, Mapping) else value if isinstance(value, list) else [None]:
            if not isinstance(source, Mapping):
                self.problem(key, "`<<` takes in mappings only")
                continue
            self.merged += len(source)
            if self.merged > _MOST_MERGED:
                self.problem(key, f"merge keys bring in more than {_MOST_MERGED} values")
                raise _Stop
            for name, data in source.items():
                into.setdefault(name, data)

    def places(self) -> list[tuple[int, int]]:
        """Give the span of each entry: of a flow entry its braces, of one in a block list the lines from its dash to the next dash.

        The last dash in the list's column before an entry's first key is its own. An entry that was not read to its end has no span.
        """
        if self.flow or not self.spans:
            return self.spans
        dashes = self.dashes(self.begin)
        starts = [dashes[max(bisect_right(dashes, start) - 1, 0)] for start, _ in self.spans]
        end = self.end
        if not self.ended:
            end = max(dashes[bisect_right(dashes, self.entry) - 1], starts[-1])
        elif end < len(self.text):
            end = len(self.text[:end].rstrip(" "))
        return list(zip(starts, [*starts[1:], end], strict=True))

    def dashes(self, begin: int) -> list[int]:
        """Give the lines from *begin* to the end of the list that have a dash in the list's column."""
        first = [found[1] for found in _FIRST.finditer(self.text, self.begin, self.entry)] or [""]
        dash = re.compile(_DASH.format(len(first[0])), re.MULTILINE)
        return [found.start() for found in dash.finditer(self.text, begin, self.end)]

    def next_entry(self, line: int) -> int | None:
        """Give where in the file the first entry below *line* begins, or None where that cannot be told."""
        at = 0
        for _ in range(line):
            at = self.text.find("\n", at) + 1
            if at == 0:
                return None
        if self.flow or self.begin == len(self.text):
            return None
        below = self.dashes(max(at, self.entry))
        return below[0] + self.shift if below else None


class _Nodes:
    """Builds the nodes of one piece."""

    def value(self, parser: Parser, event: Event, depth: int) -> Node:
        """Build the node that *event* begins."""
        start = event.start_mark.index
        if isinstance(event, AliasEvent):
            return Leaf(start, event.end_mark.index, f"*{event.anchor}", marked=f"the alias *{event.anchor}")
        marked = f"the anchor &{event.anchor}" if event.anchor else f"the tag {_shown(event.tag)}" if event.tag else ""
        if isinstance(event, ScalarEvent):
            value = None if not event.style and event.value in NULLS else event.value
            return Leaf(start, event.end_mark.index, value, event.style or "", marked)
        if depth > _DEEPEST:
            raise Refused("the entry is nested too deep")
        if isinstance(event, SequenceStartEvent):
            return self.listed(parser, event, depth, marked)
        return self.mapped(parser, event, depth, marked)

    def listed(self, parser: Parser, event: Event, depth: int, marked: str) -> Listed:
        """Build a list."""
        items: list[Node] = []
        while not isinstance(now := parser.get_event(), SequenceEndEvent):
            items.append(self.value(parser, now, depth + 1))
        flow, start = bool(event.flow_style), event.start_mark.index
        return Listed(start, now.end_mark.index if flow else items[-1].end, tuple(items), flow, marked)

    def mapped(self, parser: Parser, event: Event, depth: int, marked: str) -> Mapped:
        """Build a mapping."""
        pairs: list[tuple[Leaf, Node]] = []
        keys: set[str] = set()
        while not isinstance(now := parser.get_event(), MappingEndEvent):
            key = self.value(parser, now, depth + 1)
            if not isinstance(key, Leaf) or key.value in keys:
                raise Refused("a key would be there twice")
            keys.add(str(key.value))
            pairs.append((key, self.value(parser, parser.get_event(), depth + 1)))
        flow, start = bool(event.flow_style), event.start_mark.index
        return Mapped(start, now.end_mark.index if flow else pairs[-1][1].end, tuple(pairs), flow, marked)
