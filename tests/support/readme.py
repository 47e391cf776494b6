"""The blocks of the README, and its console blocks played as a reader would play them, in one home from the first to the last."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

README = Path(__file__).parents[2] / "README.md"
LEFT_OUT = "…"  # a line that stands for any number of lines

_FENCE = re.compile(r"^( *)```(\S*) *(.*)$")
_NUMBER = re.compile(r"\d+")
_COLUMN = re.compile(r"^ +(?=\d)")  # a column of numbers is set to the right: 9 stands further in than 10
_MASKS = (
    (re.compile(r"\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? \d{1,2} \w{3} \d{4} \d\d:\d\d:\d\d [+-]\d{4}"), "DATE"),
    (re.compile(r"\b(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) )?\d{4}-\d\d-\d\d(?: +\d\d:\d\d)?(?: [A-Z]{3,4})?\b"), "DATE"),
)


@dataclass(frozen=True)
class Block:
    """One fenced block: the language, the file that it names, its lines, and the number of its first."""

    language: str
    file: str
    lines: tuple[str, ...]
    at: int


@dataclass(frozen=True)
class Step:
    """A command and the output that the README shows."""

    command: str
    shown: tuple[str, ...]


def blocks(text: str) -> Iterator[Block]:
    """Give every fenced block of a Markdown text, without the indentation of its fence."""
    lines = iter(enumerate(text.splitlines(), 1))
    for at, line in lines:
        if opened := _FENCE.match(line):
            indent, language, file = opened.groups()
            inside = []
            for _, one in lines:
                if one == f"{indent}```":
                    break
                inside.append(one.removeprefix(indent))
            yield Block(language, file, tuple(inside), at + 1)


def steps(block: Block) -> Iterator[Step]:
    """Give what a console block tells to type, each with what it shows; raises ValueError where it begins with no command."""
    command, shown = "", list[str]()
    for line in block.lines:
        if line.startswith("$ "):
            if command:
                yield Step(command, tuple(shown))
            command, shown = line.removeprefix("$ "), []
        elif not command:
            raise ValueError(f"README.md:{block.at}: a console block begins with `$ ` and a command")
        else:
            shown.append(line)
    yield Step(command, tuple(shown))


def masked(line: str) -> str:
    """Give *line* with what differs from day to day and run to run put out of sight."""
    for mask, word in _MASKS:
        line = mask.sub(word, line)
    return _NUMBER.sub("N", _COLUMN.sub("", line)).rstrip()


def difference(shown: Sequence[str], real: Sequence[str]) -> str | None:
    """Say which line of *shown* is not there in *real*, or which real one is not shown; None where they agree."""
    at, free = 0, False
    for line in shown:
        if line.strip() == LEFT_OUT:
            free = True
            continue
        there = next((place for place in range(at, len(real) if free else at + 1) if _at(real, place) == masked(line)), None)
        if there is None:
            return f"shown: {line!r}; really: {real[at] if at < len(real) else 'nothing more'!r}"
        at, free = there + 1, False
    return None if free or at == len(real) else f"not shown: {real[at]!r}"


def _at(real: Sequence[str], place: int) -> str | None:
    return masked(real[place]) if place < len(real) else None


class Reader:
    """Somebody who types what the README says; what one block leaves behind the next one finds."""

    def __init__(self, home: Path) -> None:
        """Sit down in an empty *home*."""
        self.home = self.cwd = home
        self._numbers: dict[str, str] = {}  # what the README calls 24 may be 34 this time

    def file(self, block: Block) -> None:
        """Write what a block shows of a file into that file."""
        (self.cwd / block.file).write_text("\n".join(block.lines) + "\n", encoding="utf-8")

    def play(self, step: Step) -> str | None:
        """Type one command; give what is not as the README shows it, None where all is."""
        command = _NUMBER.sub(lambda number: self._numbers.get(number[0], number[0]), step.command)
        where = self.home / ".where"
        done = subprocess.run(
            ["bash", "-c", f'{command}\ncode=$?; pwd > "{where}"; exit $code'],
            cwd=self.cwd, env=self._environ(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
            text=True, encoding="utf-8", check=False, timeout=120,
        )  # fmt: skip
        real = done.stdout.replace(str(self.home), "/home/you").splitlines()
        if done.returncode:
            return f"{command}: exit code {done.returncode}: {done.stdout}"
        self.cwd = Path(where.read_text(encoding="utf-8").strip())
        self._learn(step.shown, real)
        wrong = difference(step.shown, real)
        return f"{command}: {wrong}" if wrong else None

    def _learn(self, shown: Sequence[str], real: Sequence[str]) -> None:
        """Keep what the numbers are this time on the lines that are the same but for numbers."""
        for line in shown:
            same = next((one for one in real if masked(one) == masked(line)), line)
            self._numbers |= dict(zip(_NUMBER.findall(line), _NUMBER.findall(same), strict=False))

    def _environ(self) -> dict[str, str]:
        return {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "HOME": str(self.home),
            "LANG": "C.UTF-8",
            "COLUMNS": "120",
        }
