"""What a format of the contact file has to offer; FORMATS in this room's `__init__` names one for each file ending."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from bouncer.edge.contacts.tree import Data, Mapped


@dataclass(slots=True)
class Outline:
    """A text cut into pieces: the odd ones are the entries, the others what lies between; joined they are the text again."""

    pieces: list[str] = field(default_factory=list)
    anchors: dict[str, Data] = field(default_factory=dict)
    problems: list[tuple[int, str, str]] = field(default_factory=list)  # line, path, sentence
    locked: str = ""  # why nothing in this file may be edited, where that is so
    room: tuple[int, int] | None = None  # where the list is, brackets and all, or may be begun, as long as it is empty


class Style(Protocol):
    """How a format writes values."""

    comments: bool  # whether `#` begins one
    comma: str  # between the parts of a collection on one line
    unit: str  # how much further in the parts of a collection stand on lines of their own; '' writes it on one line

    def scalar(self, text: str, key: str, flow: bool, like: str) -> str:
        """Write *text* as a value under *key*, in the quoting style *like* where that serves."""
        ...

    def pair(self, key: str, value: str) -> str:
        """Write a key with its value on one line."""
        ...


class Format(Protocol):
    """One file format. Everything here is pure: text in, text or plain data out."""

    def style(self, piece: str) -> Style:
        """Give how values are written, as the owner does in *piece* where there is a choice."""
        ...

    @property
    def skeleton(self) -> str:
        """Give a whole file with an empty list of contacts."""
        ...

    def read(self, text: str, outline: Outline) -> Iterator[tuple[int, Data]]:
        """Give (line, plain data) of one entry after the other, filling *outline*, whose pieces are complete only at the end.

        Never raises for what is wrong in *text*: that goes to `outline.problems`, and the reading ends there at the latest.
        """
        ...

    def tree(self, piece: str) -> Mapped:
        """Parse one entry's piece into nodes. Raises Refused where it is no single mapping or says a key twice."""
        ...

    def data(self, piece: str, anchors: Mapping[str, Data]) -> Data:
        """Give the plain data of one entry's piece as `read` would. Raises Refused likewise."""
        ...
