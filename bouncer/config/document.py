"""YAML text into plain values with the line of each: every scalar stays the string it is, and what YAML hides is refused aloud.

PyYAML by itself makes 42798 of `0123456`, false of `NO`, 750 of `12:30`, loses duplicate keys silently and expands aliases without end.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from bouncer.errors import Problem

Loc = tuple[str | int, ...]
Tree = dict[str, "Tree"] | list["Tree"] | str | None

MAX_BYTES = 256 * 1024
MAX_DEPTH = 20

_NULLS = ("", "~", "null")  # written without quotes; `Null` and `NULL` are people
_SYNTAX = (  # how PyYAML begins, and what it means; its own words are never shown, for they may quote a password
    ("found character '\\t'", "a tab; YAML is indented with spaces"),
    ("found character", "a text that begins with @, %, ` or a control character must stand in quotes"),
    ("mapping values are not allowed", "a colon where none can stand; put the value in quotes, or mend the indentation"),
    ("found unknown escape", "in double quotes a backslash begins an escape; use single quotes, or none"),
    ("expected escape sequence", "in double quotes a backslash begins an escape; use single quotes, or none"),
    ("found unexpected end of stream", "a quote that is never closed"),
    ("could not find expected ':'", "a line that is no `option: value`"),
    ("expected ',' or", "a bracket or brace that is never closed, or a comma missing before this"),
    ("expected <block end>", "the indentation does not fit the lines above"),
    ("expected the node content", "a value must stand here; a text that begins with a bracket, brace or comma needs quotes"),
    ("found undefined tag", "a text that begins with ! must stand in quotes"),
    ("expected alphabetic or numeric", "a text that begins with * or & must stand in quotes"),
)


@dataclass(frozen=True, slots=True)
class Document:
    """What a file says: its *value*, and the 1-based line of every option and entry in it."""

    value: Tree = field(repr=False)  # a password may stand in it, or be taken for the name of an option
    lines: Mapping[Loc, int] = field(repr=False)

    def line(self, loc: Loc) -> int:
        """Give the line of *loc*, or of the nearest thing around it that the file holds."""
        return next((self.lines[loc[:n]] for n in range(len(loc), -1, -1) if loc[:n] in self.lines), 0)


def value_at(tree: Tree, loc: Loc) -> Tree:
    """Give what stands at *loc* in *tree*, whatever it is; None where nothing does."""
    for step in loc:
        if isinstance(tree, list) and isinstance(step, int):
            tree = tree[step] if step < len(tree) else None
        else:
            tree = tree.get(step) if isinstance(tree, dict) and isinstance(step, str) else None
    return tree


def dotted(loc: Loc) -> str:
    """Write *loc* as people do: `accounts[0].imap.port`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in loc).removeprefix(".")


def read(path: Path) -> tuple[Document | None, tuple[Problem, ...]]:
    """Read *path*; every problem of its form. None where the form is too broken to look at what it says."""
    file = str(path)
    try:
        with path.open("rb") as handle:
            data = handle.read(MAX_BYTES + 1)
    except OSError as error:
        return None, (Problem(file, 0, "", f"cannot be read: {error.strerror or 'no such file'}"),)
    if len(data) > MAX_BYTES:
        return None, (Problem(file, 0, "", f"is longer than {MAX_BYTES} bytes, so it is no configuration"),)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return None, (Problem(file, data.count(b"\n", 0, error.start) + 1, "", "is not UTF-8; save the file as UTF-8"),)
    return parse(file, text)


def parse(file: str, text: str) -> tuple[Document | None, tuple[Problem, ...]]:
    """Give what the YAML *text* says and every problem of its form; *file* is only named in them."""
    builder = _Builder(file, text)
    try:
        value = builder.document()
    except yaml.MarkedYAMLError as error:
        builder.blame(_line(error), (), _plain(error.problem or ""))
    except yaml.reader.ReaderError as error:
        builder.problems.append(Problem(file, text.count("\n", 0, error.position) + 1, "", "a control character; take it out"))
    except _TooDeepError as error:
        builder.blame(error.line, (), f"nested more than {MAX_DEPTH} levels deep")
    else:
        return Document(value, builder.lines), tuple(builder.problems)
    return None, tuple(builder.problems)


def _plain(problem: str) -> str:
    return next((words for start, words in _SYNTAX if problem.startswith(start)), "this cannot be read as YAML")


class _TooDeepError(Exception):
    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line


def _line(where: yaml.Event | yaml.MarkedYAMLError) -> int:
    """Give the 1-based line; 0 where PyYAML names none."""
    mark = where.start_mark if isinstance(where, yaml.Event) else where.problem_mark
    return mark.line + 1 if mark else 0


class _Builder:
    """Builds the tree from parser events, so that an alias is never expanded and every node knows its line."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.lines: dict[Loc, int] = {}
        self._events: Iterator[yaml.Event] = yaml.parse(text, Loader=yaml.BaseLoader)

    def blame(self, line: int, loc: Loc, message: str) -> None:
        self.problems.append(Problem(self.file, line, dotted(loc), message))

    def document(self) -> Tree:
        value: Tree = None
        documents = 0
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self.blame(_line(event), (), "a second document (`---`); a configuration is one")
                    break
                value = self._node(next(self._events), (), 0)
        return value

    def _node(self, event: Any, loc: Loc, depth: int) -> Tree:
        self.lines.setdefault(loc, _line(event))
        if depth > MAX_DEPTH:
            raise _TooDeepError(_line(event))
        if isinstance(event, yaml.AliasEvent):
            self.blame(_line(event), loc, "aliases are not allowed; write the value out, or put a text that begins with * in quotes")
            return None
        self._refuse_marks(event, loc)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._list(loc, depth)
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(loc, depth)
        text = str(event.value)
        return None if event.style is None and text in _NULLS else text

    def _refuse_marks(self, event: Any, loc: Loc) -> None:
        if event.anchor is not None:
            self.blame(_line(event), loc, "anchors are not allowed; take it out, or put a text that begins with & in quotes")
        if event.tag is not None:
            self.blame(_line(event), loc, "tags are not allowed; take it out, or put a text that begins with ! in quotes")

    def _list(self, loc: Loc, depth: int) -> Tree:
        entries: list[Tree] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            entries.append(self._node(event, (*loc, len(entries)), depth + 1))
        return entries

    def _mapping(self, loc: Loc, depth: int) -> Tree:
        options: dict[str, Tree] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = self._key(event, loc, depth)
            if key in options:
                self.blame(_line(event), (*loc, key), f"is given twice, first in line {self.lines[*loc, key]}")
                key = None
            if key is None:
                lines, self.lines = self.lines, {}
                self._node(next(self._events), loc, depth + 1)
                self.lines = lines
                continue
            self.lines[*loc, key] = _line(event)
            options[key] = self._node(next(self._events), (*loc, key), depth + 1)
        return options

    def _key(self, event: yaml.Event, loc: Loc, depth: int) -> str | None:
        if not isinstance(event, yaml.ScalarEvent):
            self._node(event, loc, depth + 1)
            self.blame(_line(event), loc, "the name of an option must be a plain word")
            return None
        self._refuse_marks(event, loc)
        if event.value == "<<" and not event.style:
            self.blame(_line(event), loc, "merge keys (`<<`) are not allowed; write the options out")
            return None
        return str(event.value)
