"""The contact file in the virtual years: the owner's hand in it, and a second account of all that may ever be in it."""

import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from bouncer.model import ENTRY, Book, Change, Contact, Previous, Receipt, Swept, Traces, Value, Written
from bouncer.ports import Contacts
from support.years.broken import BrokenPromise

Fields = dict[str, Any]
_BLOCK = re.compile(r"^(?=  - name: )", re.MULTILINE)
_ENTRY = 3  # how deep a contact lies: in the list, in the mapping, in the file
_HEAD = "# Olga's people; hands off.\ncontacts:\n"


@dataclass(slots=True)
class OwnFile:
    """The file at *path*, and in *known* what each entry must say: what the owner wrote and what bouncer gave a receipt for."""

    path: Path
    known: dict[str, Fields] = field(default_factory=dict)
    writes: int = 0
    edits: int = 0

    def begin(self, entries: Sequence[str]) -> None:
        """Write the first version."""
        self.save(_HEAD + "".join(entries))
        self.known = {name: dict(fields(block)) for name, block in blocks(self.text()).items()}

    def text(self) -> str:
        """Give the file as it is."""
        return self.path.read_text(encoding="utf-8")

    def save(self, text: str) -> None:
        """Save *text* as most editors do: beside the file, and then in its place."""
        draft = self.path.with_name("draft")
        draft.write_text(text, encoding="utf-8")
        draft.replace(self.path)
        self.edits += 1

    def edit(self, name: str, change: Callable[[str], str]) -> None:
        """Have the owner change the entry of *name*; an empty one is taken out."""
        text = self.text()
        found = blocks(text)
        new = change(found[name])
        self.save(text.replace(found[name], new))
        if new:
            self.known[name] = dict(fields(new))
        else:
            del self.known[name]

    def add(self, entry: str) -> None:
        """Have the owner put a new entry at the end."""
        self.save(self.text() + entry)
        self.known |= {name: dict(fields(block)) for name, block in blocks(_HEAD + entry).items()}

    def wrote(self, before: str, receipt: Receipt) -> None:
        """Hold a write of bouncer's against what it says of it: the fields named and no other line, and no old address lost."""
        after = self.text()
        holders = {str(fields["email"]).lower(): name for name, fields in self.known.items()}
        self._made_before(holders, receipt)
        touched: dict[str, set[str]] = {}
        for change in receipt.applied:
            if change.field == ENTRY:
                holders |= self._came_or_went(change, touched)
                continue
            name = holders[change.contact.lower()]
            touched.setdefault(name, set()).add(change.field)
            self._set(name, change)
        was, now = blocks(before), blocks(after)
        for name in was.keys() | now.keys():
            if name not in touched and was.get(name) != now.get(name):
                raise BrokenPromise(1, f"the entry of {name} changed, which no change names")
            if name in touched and name in self.known:
                self.agrees(name, now.get(name, ""))
                _same_elsewhere(name, was.get(name, ""), now[name], touched[name])
            elif name in touched and name in now:
                raise BrokenPromise(1, f"the entry of {name} was taken out and is there")
        for change in receipt.applied:
            if change.field == "email" and change.because.rule != "undo":
                self._kept(holders[change.contact.lower()], change)
        self.writes += before != after

    def agrees(self, name: str, block: str) -> None:
        """Compare one entry as it is with what it must say."""
        if not block or fields(block) != self.known[name]:
            raise BrokenPromise(1, f"the entry of {name} says {fields(block) if block else None} and not {self.known[name]}")

    def whole(self) -> None:
        """Compare the whole file."""
        text = self.text()
        found = blocks(text)
        if not text.startswith(_HEAD) or found.keys() != self.known.keys():
            raise BrokenPromise(1, f"entries lost or come by themselves: {found.keys() ^ self.known.keys()}")
        for name, block in found.items():
            self.agrees(name, block)

    def parses(self) -> None:
        """Have YAML itself read the whole file."""
        depth = entries = 0
        for event in yaml.parse(self.text(), yaml.CBaseLoader):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            entries += depth == _ENTRY and isinstance(event, yaml.MappingStartEvent)
        if entries != len(self.known):
            raise BrokenPromise(1, "the file does not parse as it did")

    def _came_or_went(self, change: Change, touched: dict[str, set[str]]) -> dict[str, str]:
        """Take in a whole entry or leave it out; gives whose its address is."""
        whole = change.after or change.before
        assert isinstance(whole, Contact)
        touched.setdefault(whole.name, set()).add(ENTRY)
        if change.after is None:
            del self.known[whole.name]
            return {}
        plain = {key: getattr(whole, key) for key in Contact.__dataclass_fields__ if key != "line"}
        self.known[whole.name] = {key: list(value) if isinstance(value, tuple) else str(value) for key, value in plain.items() if value}
        return {whole.email.lower(): whole.name}

    def _set(self, name: str, change: Change) -> None:
        plain = _plain(change.after)
        if change.field == "previous":
            before, after = _plain(change.before) or [], plain or []
            had = [old for old in self.known[name].get("previous", []) if old not in before or old in after]
            plain = (
                had + [old for old in after if old not in before and old["email"].lower() not in {kept["email"].lower() for kept in had}]
                or None
            )
        if plain is None:
            self.known[name].pop(change.field, None)
        else:
            self.known[name][change.field] = plain

    def _made_before(self, holders: dict[str, str], receipt: Receipt) -> None:
        """Find whose entry a change is about that a killed bouncer had made: by the address that its batch gives, or that was given up."""
        for change in receipt.applied:
            if change.field == "email" and change.contact.lower() not in holders:
                holders[change.contact.lower()] = holders[str(change.after).lower()]
        for name, fields in self.known.items():
            for old in fields.get("previous", ()):
                holders.setdefault(str(old["email"]).lower(), name)

    def _kept(self, name: str, change: Change) -> None:
        former = {str(old["email"]).lower() for old in self.known[name].get("previous", ())}
        if change.before and str(change.before).lower() not in former:
            raise BrokenPromise(4, f"{change.before} of {name} was replaced by {change.after} and is kept nowhere")


def blocks(text: str) -> dict[str, str]:
    """Give the entries by their name, as they stand."""
    return {block.partition("\n")[0].removeprefix("  - name: "): block for block in _BLOCK.split(text)[1:]}


@lru_cache(maxsize=20_000)
def fields(block: str) -> Mapping[str, Any]:
    """Give what one entry says."""
    (entry,) = yaml.load("x:\n" + block, yaml.CBaseLoader)["x"]  # noqa: S506 - the loader that makes only strings
    return dict(entry)


def with_line(block: str, key: str, value: str | None) -> str:
    """Give *block* with the plain field *key* written, or without it."""
    lines = [line for line in block.splitlines(keepends=True) if not line.startswith(f"    {key}:")]
    return "".join([*lines[:2], *([f"    {key}: {value}\n"] if value else []), *lines[2:]])


def _same_elsewhere(name: str, was: str, now: str, touched: set[str]) -> None:
    """Find every line of the old entry again that belongs to no touched field."""
    left = now.splitlines()
    key = ""
    for line in was.splitlines():
        if line[:4] in ("    ", "  - ") and line[4:5] not in (" ", "-", "#"):
            key = line[4:].partition(":")[0]
        if key in touched:
            continue
        if line not in left:
            raise BrokenPromise(1, f"a line of {name} that no change names is gone: {line!r}")
        left.remove(line)


def _plain(value: Value) -> Any:
    if value is None or isinstance(value, str):
        return value
    return [
        {key: text for key in ("email", "company", "until", "why") if (text := getattr(item, key))} if isinstance(item, Previous) else item
        for item in value
    ] or None


@dataclass(slots=True)
class WatchedContacts:
    """The port Contacts: the real one, with somebody who may save just before a write, and may be killed on either side of it."""

    inner: Contacts
    file: OwnFile
    race: Callable[[], None]
    point: Callable[[str], None]

    def load(self) -> Book:
        """Read it."""
        return self.inner.load()

    def apply(self, changes: Sequence[Change]) -> Receipt:
        """Write it, and look at what was written."""
        self.race()
        self.point("before the file")
        before = self.file.text()
        receipt = self.inner.apply(changes)
        self.file.wrote(before, receipt)
        self.point("after the file")
        return receipt

    def written(self, traces: Traces) -> Written:
        """Pass it on."""
        return self.inner.written(traces)

    def forget(self, traces: Traces) -> Swept:
        """Pass it on."""
        return self.inner.forget(traces)


def age(path: Path) -> None:
    """Have the file look as if it had been saved a second ago, as a virtual day needs no real waiting."""
    found = path.stat()
    os.utime(path, ns=(found.st_atime_ns, found.st_mtime_ns - 1_000_000_000))
