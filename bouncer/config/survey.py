"""One look over a configuration: every problem at once, and what is right in it all the same."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from bouncer.config.checks import joint_problems, part, value_problems
from bouncer.config.document import Document, Loc, Tree, dotted, read
from bouncer.config.words import Schema, in_plain_words, step
from bouncer.errors import Problem
from bouncer.model import Account, Settings


@dataclass(frozen=True, slots=True)
class Survey:
    """What a configuration says: *settings* where nothing is wrong, else every one of *problems* in the order of the file."""

    file: str
    document: Document
    tree: Tree = field(repr=False)  # a password may stand in it
    settings: Settings | None
    problems: tuple[Problem, ...]

    def line(self, *loc: str | int) -> int:
        """Give the 1-based line of an option, such as `"accounts", 0, "secret"`, or of what surrounds it; 0 where there is none."""
        return self.document.line(loc)

    def path(self, name: str) -> Path | None:
        """Give the absolute path of `contacts`, `state`, `templates` or `rules`, also where other options are wrong."""
        value = self.tree.get(name) if isinstance(self.tree, dict) else None
        blamed = any(problem.path == name for problem in self.problems)
        return Path(value) if isinstance(value, str) and not blamed else None

    def accounts(self) -> Iterator[tuple[int, Account]]:
        """Give the accounts that are right by themselves, each with its place in the list."""
        entries = self.tree.get("accounts") if isinstance(self.tree, dict) else None
        for index, entry in enumerate(entries if isinstance(entries, list) else ()):
            blamed = any(problem.path.startswith(f"accounts[{index}]") for problem in self.problems)
            if not blamed and (account := part(Account, entry)) is not None:
                yield index, account


@cache
def _adapter() -> TypeAdapter[Settings]:
    return TypeAdapter(Settings)


@cache
def _own_schema() -> Schema:
    return _adapter().json_schema()


def schema() -> dict[str, Any]:
    """Give the JSON Schema (draft 2020-12) of a configuration, for editors; like `load`, it takes an empty option for its default."""
    made = _adapter().json_schema()
    for node in (made, *made["$defs"].values()):
        for name, option in node.get("properties", {}).items():
            if name not in node.get("required", ()) and "anyOf" not in option:
                hints = {key: option.pop(key) for key in ("default", "description", "title") if key in option}
                node["properties"][name] = {**hints, "anyOf": [option, {"type": "null"}]}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made, "title": "bouncer.yaml"}


def survey(path: Path, environ: Mapping[str, str] = os.environ) -> Survey:
    """Look over the configuration at *path* without raising; *environ* as in `load`."""
    file = str(path)
    document, broken = read(path)
    if document is None:
        return Survey(file, Document(None, {}), None, None, broken)
    if not isinstance(document.value, dict):
        said = "is empty; see the sample config/bouncer.yaml" if document.value is None else "must hold options such as `owner:`"
        return Survey(file, document, None, None, (*broken, Problem(file, document.line(()), "", said)))
    tree = _completed(document.value, _own_schema(), path.absolute().parent, environ)
    typed = tuple(_type_problems(tree))
    blamed = {loc for loc, _ in typed}
    valued = tuple((loc, said) for loc, said in value_problems(document.value) if loc not in blamed)
    found = (*typed, *valued, *joint_problems(tree))
    problems = (*broken, *(Problem(file, document.line(loc), dotted(loc), said) for loc, said in found))
    settings = None if problems else _adapter().validate_python(_inherited(tree))
    return Survey(file, document, tree, settings, tuple(sorted(problems, key=lambda problem: problem.line)))


def _type_problems(tree: Tree) -> Iterator[tuple[Loc, str]]:
    try:
        _adapter().validate_python(tree)
    except ValidationError as error:
        yield from filter(None, (in_plain_words(one, _own_schema()) for one in error.errors(include_url=False)))


def _completed(tree: dict[str, Tree], known: Schema, base: Path, environ: Mapping[str, str]) -> dict[str, Tree]:
    """Give *tree* with its empty options taken off, its paths absolute, and the two paths that have a default filled in."""
    state = environ.get("STATE_DIRECTORY", "").partition(":")[0]
    defaults = {"contacts": known["properties"]["contacts"]["default"], "state": state or known["properties"]["state"]["default"]}
    named = {key: value for key, value in tree.items() if value is not None or key not in known["properties"]}
    placed: dict[str, Tree] = _placed({**defaults, **named}, known, known, base)
    return placed


def _placed(tree: Any, node: Schema, known: Schema, base: Path) -> Any:
    if isinstance(tree, dict):
        options = node.get("properties", {})
        kept = {key: value for key, value in tree.items() if value is not None or key not in options}
        placed = {key: _placed(value, step(known, node, key), known, base) for key, value in kept.items()}
        programs = [key for key in ("command", "token_command") if key in options and key in placed]
        return {**placed, **{key: _placed_command(placed[key], base) for key in programs}}
    if isinstance(tree, list):
        return [_placed(value, step(known, node, index), known, base) for index, value in enumerate(tree)]
    if tree is None and node.get("additionalProperties") is False:
        return {}  # a tag's policy with nothing in it
    return _absolute(tree, base) if isinstance(tree, str) and node.get("format") == "path" else tree


def _placed_command(command: Any, base: Path) -> Any:
    """Place a program that is named with a slash; one without is looked for in $PATH."""
    named = isinstance(command, list) and command and isinstance(command[0], str) and "/" in command[0]
    return [_absolute(command[0], base), *command[1:]] if named else command


def _absolute(value: str, base: Path) -> str:
    try:
        return str(base / Path(value).expanduser())
    except RuntimeError:  # no such home directory, which `value_problems` says
        return value


def _inherited(tree: dict[str, Tree]) -> dict[str, Any]:
    """Give *tree* with every tag's policy resting on `policy`: what a tag does not say is as it is for everybody."""
    policy: Any = tree.get("policy", {})
    tags: Any = tree.get("tags", {})
    return {**tree, "tags": {tag: {**policy, **own} for tag, own in tags.items()}}
