"""Editing lists and the mappings in them, in both styles: whatever stood there, what comes out says what was meant, and no more moves."""

from itertools import permutations

import pytest
import yaml

from bouncer.edge.contacts.edit import rewritten
from bouncer.edge.contacts.tree import Refused
from bouncer.edge.contacts.yaml_file import YamlFormat

YAML = YamlFormat()
HEAD = "- name: Jane\n  email: j@x.example\n"
TAIL = "  note: mine\n"
HAD = [(), ("a",), ("a", "b"), ("b", "c"), ("a", "b", "c"), ("a", "b", "c", "d"), ("a", "a", "b")]
WANTED = [some for size in (1, 2, 3) for some in permutations("abcx", size)] + [("a", "x", "y", "d"), ("x", "y", "z", "b", "c"), ("a", "a")]


def block(items: tuple[str, ...]) -> str:
    """Write *items* a line each."""
    return "".join(f"    - {item}\n" for item in items) and "  tags:\n" + "".join(f"    - {item}\n" for item in items)


def flow(items: tuple[str, ...]) -> str:
    """Write *items* in brackets."""
    return f"  tags: [{', '.join(items)}]\n"


def spread(items: tuple[str, ...]) -> str:
    """Write *items* in brackets over several lines."""
    return f"  tags: [\n{''.join(f'    {item},{chr(10)}' for item in items)}  ]\n"


@pytest.mark.parametrize("write", [block, flow, spread])
@pytest.mark.parametrize("had", HAD, ids="".join)
def test_every_list_becomes_every_other(write: object, had: tuple[str, ...]) -> None:
    """Items are changed, put in, taken out and moved; head and tail of the entry keep their bytes."""
    assert callable(write)
    for want in WANTED:
        found = rewritten(YAML, HEAD + write(had) + TAIL, "tags", list(want))
        assert found.startswith(HEAD), want
        assert found.endswith(TAIL), want
        (entry,) = yaml.load(found, yaml.CBaseLoader)  # noqa: S506 - the loader that makes only strings
        assert tuple(entry["tags"]) == want, found


@pytest.mark.parametrize(
    ("had", "want"),
    [
        ([{"email": "a@x.example", "why": "w"}], [{"email": "a@x.example", "why": "v"}]),
        ([{"email": "a@x.example"}], [{"email": "a@x.example", "company": "C", "why": "w"}]),
        ([{"email": "a@x.example", "why": "w"}], [{"email": "a@x.example"}]),
        ([{"email": "a@x.example"}], [{"email": "a@x.example"}, {"email": "b@x.example", "why": "w"}]),
        ([{"email": "a@x.example"}, {"email": "b@x.example"}, {"email": "c@x.example"}], [{"email": "b@x.example"}]),
        ([{"email": "a@x.example"}, {"email": "b@x.example"}], [{"email": "b@x.example"}, {"email": "c@x.example"}]),
    ],
)
@pytest.mark.parametrize("inside", [True, False], ids=["flow", "block"])
def test_the_mappings_in_a_list_are_edited_key_by_key(had: list[dict[str, str]], want: list[dict[str, str]], inside: bool) -> None:
    """A key comes, goes or changes in the mapping that has it."""
    lines = "".join(
        f"    - {{{', '.join(f'{k}: {v}' for k, v in item.items())}}}\n"
        if inside
        else "    - " + "\n      ".join(f"{k}: {v}" for k, v in item.items()) + "\n"
        for item in had
    )
    found = rewritten(YAML, f"{HEAD}  previous:\n{lines}{TAIL}", "previous", want)
    (entry,) = yaml.load(found, yaml.CBaseLoader)  # noqa: S506
    assert entry["previous"] == want, found
    assert found.startswith(HEAD)
    assert found.endswith(TAIL)


@pytest.mark.parametrize(("had", "want"), [("tags: {a: b}", ["a"]), ("tags: [a]", {"a": "b"}), ("tags: [a]", "a"), ("tags: {a: b}", "a")])
def test_what_has_another_shape_is_left_to_the_owner(had: str, want: object) -> None:
    """A list does not become a mapping, nor either a word."""
    with pytest.raises(Refused, match="`tags` has another shape in the file"):
        rewritten(YAML, f"{HEAD}  {had}\n{TAIL}", "tags", want)  # type: ignore[arg-type]
