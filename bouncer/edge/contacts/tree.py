"""What a contact file's entry is made of: plain data to read it by, and nodes with their place in the text to edit it by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeGuard

Scalar = str | int | float | bool | None  # YAML gives str and None alone; JSON's other types are kept to be complained about
Data = Scalar | Sequence["Data"] | Mapping[str, "Data"]


class Refused(Exception):
    """An edit that is not made, and why, in words for the owner."""


class Leaf(NamedTuple):
    """A scalar at text[start:end]; *marked* names what forbids an edit here: an anchor, an alias or a tag."""

    start: int
    end: int
    value: Scalar
    style: str = ""  # YAML's: '' plain, else the first character
    marked: str = ""


class Listed(NamedTuple):
    """A list; a block list ends with its last leaf."""

    start: int
    end: int
    items: tuple["Node", ...]
    flow: bool
    marked: str = ""


class Mapped(NamedTuple):
    """A mapping; a block mapping ends with its last leaf."""

    start: int
    end: int
    pairs: tuple[tuple[Leaf, "Node"], ...]
    flow: bool
    marked: str = ""

    def get(self, key: str) -> "Node | None":
        """Give the value under *key*."""
        return next((value for name, value in self.pairs if name.value == key), None)


Node = Leaf | Listed | Mapped


@dataclass(frozen=True, slots=True)
class Edit:
    """Put *new* in place of text[start:end]."""

    start: int
    end: int
    new: str


def is_list(data: Data) -> TypeGuard[Sequence[Data]]:
    """Tell whether *data* is a list: text is a Sequence too."""
    return isinstance(data, list | tuple)


def data_of(node: Node) -> Data:
    """Give the plain data of *node*; an alias is its own text, for the sake of comparison."""
    match node:
        case Leaf():
            return node.value
        case Listed():
            return [data_of(item) for item in node.items]
        case Mapped():
            return {str(key.value): data_of(value) for key, value in node.pairs}


def marks(node: Node) -> str:
    """Give the first anchor, alias or tag in *node* or below, or ''."""
    below: tuple[Node, ...] = ()
    if isinstance(node, Listed):
        below = node.items
    elif isinstance(node, Mapped):
        below = tuple(part for pair in node.pairs for part in pair)
    return node.marked or next((found for part in below if (found := marks(part))), "")


def apply_edits(text: str, edits: Sequence[Edit]) -> str:
    """Give *text* with all *edits* made; what goes into the same place goes there in their order. Raises Refused where they overlap."""
    parts, done = list[str](), 0
    for edit in sorted(edits, key=lambda one: (one.start, one.end)):
        if edit.start < done:
            raise Refused("two edits would have touched one place")
        parts += text[done : edit.start], edit.new
        done = edit.end
    return "".join([*parts, text[done:]])


def find(node: Node, path: Sequence[str | int]) -> Node:
    """Give the node at *path*, or the last one on the way that exists."""
    for step in path:
        below: Node | None = None
        if isinstance(node, Mapped) and isinstance(step, str):
            below = node.get(step)
        elif isinstance(node, Listed) and isinstance(step, int) and step < len(node.items):
            below = node.items[step]
        if below is None:
            break
        node = below
    return node
