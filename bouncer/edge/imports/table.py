"""CSV as programs write it (RFC 4180, and its cousins with semicolons and tabs): rows with their line, and the lines that are none."""

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

DELIMITERS = (",", ";", "\t")
_HEAD = 50  # rows among which the header is looked for: some programs write remarks before it
_LONGEST = 500  # lines of one row, whose notes may hold line ends; a quotation mark that is never closed takes no more
_BREAK = re.compile(r"\r\n|\n|\r")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the line it begins on, and its cells or what is wrong with it."""

    line: int
    cells: tuple[str, ...]
    wrong: str = ""


@dataclass(frozen=True, slots=True)
class Grid:
    """A text read with one delimiter: a header, and where it stands."""

    lines: tuple[str, ...]
    delimiter: str
    header: tuple[str, ...]
    line: int  # of the header
    next: int  # the first line below it

    def under(self, recognises: Callable[[Sequence[str]], bool]) -> bool:
        """Tell whether *recognises* knows the header."""
        return recognises(self.header)

    def rows(self) -> Iterator[Row]:
        """Give the rows below the header; one that is shorter or longer than that is wrong, unless only empty cells are missing or over."""
        for row in _rows(self.lines, self.delimiter, self.next):
            if row.wrong or not any(cell.strip() for cell in row.cells):
                if row.wrong:
                    yield row
                continue
            width, over = len(self.header), row.cells[len(self.header) :]
            if any(cell.strip() for cell in over):
                yield replace(row, wrong=f"it has {len(row.cells)} fields, and the header has {width}")
            elif len(row.cells) == 1 < width:
                yield replace(row, wrong=f"it has one field, and the header has {width}")
            else:
                yield replace(row, cells=(*row.cells[:width], *[""] * (width - len(row.cells))))


def grids(text: str) -> Iterator[Grid]:
    """Give *text* with every row near its beginning taken for the header, read with each delimiter in turn."""
    lines = tuple(_BREAK.split(text))
    for delimiter in DELIMITERS:
        for row, after in islice(_places(lines, delimiter), _HEAD):
            if len(row.cells) > 1 or delimiter == DELIMITERS[0]:
                yield Grid(lines, delimiter, row.cells, row.line, after)


def _rows(lines: Sequence[str], delimiter: str, start: int) -> Iterator[Row]:
    for row, _ in _places(lines, delimiter, start):
        yield row


def _places(lines: Sequence[str], delimiter: str, start: int = 1) -> Iterator[tuple[Row, int]]:
    """Give every row from line *start* on, and the line after it; behind a row that never ends it goes on with the next line."""
    line = start
    while line <= len(lines):
        text = lines[line - 1]
        if not text.strip():
            line += 1
            continue
        if '"' not in text and len(text) < csv.field_size_limit():
            row, after = Row(line, tuple(text.split(delimiter))), line + 1
        else:
            row, after = _quoted(lines, delimiter, line)
        yield row, after
        line = after


def _quoted(lines: Sequence[str], delimiter: str, line: int) -> tuple[Row, int]:
    read = 0

    def supply() -> Iterator[str]:
        nonlocal read
        for text in lines[line - 1 : line - 1 + _LONGEST]:
            read += 1
            yield text + "\n"

    try:
        cells = next(csv.reader(supply(), delimiter=delimiter, strict=True))
    except csv.Error as fault:
        ends = "unexpected end" in str(fault)
        return Row(line, (), "a quotation mark is not closed" if ends else f"this is no CSV: {fault}"), line + 1
    return Row(line, tuple(cells)), line + read
