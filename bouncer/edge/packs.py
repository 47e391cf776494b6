"""Rule packs from YAML: `rules/bounces/*.yaml`, `rules/replies/*.yaml`, and the owner's own directory after them.

Read from the nodes of the YAML parser, so that every scalar stays the string that was written and every problem has its line.
What RE2 makes of the phrases is the business of `core.wording`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import yaml

from bouncer.errors import OwnerFault, Problem
from bouncer.model import Example, Pack, Rule

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml is some twenty times faster
_PACK_KEYS = ("pack", "language", "spaced", "words", "parts", "rules")
_RULE_KEYS = ("name", "means", "within", "phrases", "unless", "options", "confidence", "examples", "counter-examples")
_KINDS: Mapping[str, Literal["bounces", "replies"]] = {"bounces": "bounces", "replies": "replies"}


def load_packs(shipped: Path, own: Path | None = None) -> tuple[Pack, ...]:
    """Read every `*.yaml` under *shipped*, then under *own*, each in the order of their paths.

    A rule in *own* with the name of a shipped one takes its place. Raises OwnerFault naming file and line of every problem: unreadable
    YAML, a tag, an alias, a key that is unknown, missing or there twice, a rule without example or counter-example, a name given twice.
    """
    files = [_File(path) for path in sorted(shipped.rglob("*.yaml"))]
    owned = [] if own is None else [_File(path) for path in sorted(own.rglob("*.yaml"))]
    packs, own_packs = [file.pack() for file in files], [file.pack() for file in owned]
    problems = [problem for file in (*files, *owned) for problem in file.problems]
    problems += [*_doubles(packs), *_doubles(own_packs)]
    if problems:
        raise OwnerFault(tuple(problems))
    taken = {rule.name for pack in own_packs for rule in pack.rules}
    kept = (replace(pack, rules=tuple(rule for rule in pack.rules if rule.name not in taken)) for pack in packs)
    return (*kept, *own_packs)


def _doubles(packs: list[Pack]) -> Iterator[Problem]:
    seen: dict[str, Rule] = {}
    for pack in packs:
        for rule in pack.rules:
            first = seen.setdefault(rule.name, rule)
            if first is not rule:
                yield Problem(rule.file, rule.line, rule.name, f"this name is taken by {first.file}:{first.line}")


@dataclass
class _File:
    """One file being read, and everything wrong with it."""

    path: Path
    problems: list[Problem] = field(default_factory=list)

    def pack(self) -> Pack:
        """Give the pack as far as it can be read; `problems` says what could not."""
        top = self._map(self._root(), "", _PACK_KEYS) or {}
        kind = _KINDS.get(self._text(top.get("pack"), "pack"))
        if top and kind is None:
            self._wrong(top.get("pack"), "pack", "must be `bounces` or `replies`")
        rules = [self._rule(node, f"rules[{number}]") for number, node in enumerate(self._list(top.get("rules"), "rules"))]
        return Pack(
            name=self.path.stem,
            kind=kind or "replies",
            rules=tuple(rule for rule in rules if rule),
            language=self._text(top.get("language"), "language") or None,
            words={key: self._texts(node, f"words.{key}") for key, node in (self._map(top.get("words"), "words") or {}).items()},
            file=str(self.path),
            parts={key: self._text(node, f"parts.{key}") for key, node in (self._map(top.get("parts"), "parts") or {}).items()},
            spaced=self._text(top.get("spaced"), "spaced") not in {"no", "false"},
        )

    def _rule(self, node: yaml.Node, path: str) -> Rule | None:
        found = self._map(node, path, _RULE_KEYS)
        if found is None:
            return None
        for key in ("name", "means", "within", "phrases", "examples", "counter-examples"):
            if key not in found or not found[key].value:
                self._wrong(node, path, f"a rule needs `{key}`" + (" that it must leave alone" if key == "counter-examples" else ""))
        phrases, unless = self._texts(found.get("phrases"), f"{path}.phrases"), self._texts(found.get("unless"), f"{path}.unless")
        return Rule(
            name=self._text(found.get("name"), f"{path}.name"),
            means=self._text(found.get("means"), f"{path}.means"),
            within=self._text(found.get("within"), f"{path}.within"),
            phrases=phrases,
            unless=unless,
            lines=(*self._lines(found.get("phrases")), *self._lines(found.get("unless"))),
            examples=self._examples(found.get("examples"), f"{path}.examples"),
            counter_examples=self._examples(found.get("counter-examples"), f"{path}.counter-examples"),
            options={
                key: self._text(value, f"{path}.options.{key}") for key, value in (self._map(found.get("options"), path) or {}).items()
            },
            confidence=self._share(found.get("confidence"), f"{path}.confidence"),
            file=str(self.path),
            line=_line(node),
        )

    def _examples(self, node: yaml.Node | None, path: str) -> tuple[Example, ...]:
        """Read sentences: a string, or a map of `text` and the slots to be read in it."""
        found = []
        for one in self._list(node, path):
            line = _line(one)
            if isinstance(one, yaml.ScalarNode):
                found.append(Example(one.value, line=line))
                continue
            gives = {key: self._text(value, path) for key, value in (self._map(one, path) or {}).items()}
            if not gives.get("text"):
                self._wrong(one, path, "an example needs `text`")
            found.append(Example(gives.pop("text", ""), gives, line))
        return tuple(found)

    def _root(self) -> yaml.Node | None:
        try:
            text = self.path.read_text(encoding="utf-8-sig")
            for event in yaml.parse(text, Loader=_LOADER):
                if isinstance(event, yaml.AliasEvent) or getattr(event, "tag", None):
                    self.problems.append(Problem(str(self.path), _line(event), "", "aliases and tags are not for packs"))
                    return None
            root: yaml.Node | None = yaml.compose(text, Loader=_LOADER)
        except UnicodeDecodeError as fault:
            self.problems.append(Problem(str(self.path), 0, "", f"is not UTF-8 ({fault.reason} at byte {fault.start})"))
        except OSError as fault:
            self.problems.append(Problem(str(self.path), 0, "", f"cannot be read: {fault.strerror}"))
        except yaml.YAMLError as fault:
            mark = getattr(fault, "problem_mark", None)
            why = getattr(fault, "problem", None) or str(fault)
            self.problems.append(Problem(str(self.path), mark.line + 1 if mark else 0, "", f"is not YAML: {why}"))
        else:
            if root is None:
                self.problems.append(Problem(str(self.path), 0, "", "is empty"))
            return root
        return None

    def _wrong(self, node: yaml.Node | None, path: str, why: str) -> None:
        self.problems.append(Problem(str(self.path), _line(node) if node else 1, path, why))

    def _map(self, node: yaml.Node | None, path: str, known: tuple[str, ...] = ()) -> dict[str, yaml.Node] | None:
        """Give the values of a mapping by key; None where there is none. A key that is unknown or there twice is a problem."""
        if node is None:
            return None
        if not isinstance(node, yaml.MappingNode):
            self._wrong(node, path, "must be a mapping")
            return None
        found: dict[str, yaml.Node] = {}
        for key, value in node.value:
            if key.value in found:
                self._wrong(key, path, f"`{key.value}` is there twice")
            elif known and key.value not in known:
                self._wrong(key, path, f"`{key.value}` is not one of {', '.join(known)}")
            found[str(key.value)] = value
        return found

    def _list(self, node: yaml.Node | None, path: str) -> list[yaml.Node]:
        if node is None:
            return []
        if not isinstance(node, yaml.SequenceNode):
            self._wrong(node, path, "must be a list")
            return []
        return list(node.value)

    def _texts(self, node: yaml.Node | None, path: str) -> tuple[str, ...]:
        return tuple(self._text(one, path) for one in self._list(node, path))

    def _text(self, node: yaml.Node | None, path: str) -> str:
        if node is None:
            return ""
        if not isinstance(node, yaml.ScalarNode):
            self._wrong(node, path, "must be a text")
            return ""
        return str(node.value)

    def _share(self, node: yaml.Node | None, path: str) -> float:
        try:
            share = float(self._text(node, path) or "0.9")
        except ValueError:
            share = -1.0
        if not 0 < share <= 1:
            self._wrong(node, path, "must be a number above 0 and at most 1")
        return share

    @staticmethod
    def _lines(node: yaml.Node | None) -> tuple[int, ...]:
        return tuple(_line(one) for one in node.value) if isinstance(node, yaml.SequenceNode) else ()


def _line(at: Any) -> int:
    """Give the 1-based line of a node or an event."""
    return int(at.start_mark.line) + 1
