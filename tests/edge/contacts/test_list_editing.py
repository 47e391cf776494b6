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
        found = rewritten(YAML, HEAD + write(had) + TAIL, {"tags": list(want)})[0]
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
    found = rewritten(YAML, f"{HEAD}  previous:\n{lines}{TAIL}", {"previous": want})[0]
    (entry,) = yaml.load(found, yaml.CBaseLoader)  # noqa: S506
    assert entry["previous"] == want, found
    assert found.startswith(HEAD)
    assert found.endswith(TAIL)


@pytest.mark.parametrize(("had", "want"), [("tags: {a: b}", ["a"]), ("tags: [a]", {"a": "b"}), ("tags: [a]", "a"), ("tags: {a: b}", "a")])
def test_what_has_another_shape_is_left_to_the_owner(had: str, want: object) -> None:
    """A list does not become a mapping, nor either a word."""
    with pytest.raises(Refused, match="`tags` has another shape in the file"):
        rewritten(YAML, f"{HEAD}  {had}\n{TAIL}", {"tags": want})  # type: ignore[arg-type]


JANE = "name: Jane, email: j@x.example"
SPREAD = "- name: Jane\n  email: j@x.example\n  tags: [\n      {}\n  ]\n"


@pytest.mark.parametrize(
    ("piece", "key", "want", "made"),
    [
        (f"- {{{JANE}, title: 'CTO'}}\n", "title", "it's", f"- {{{JANE}, title: 'it''s'}}\n"),
        (f'- {{{JANE}, title: "CTO"}}\n', "title", "C:O", f'- {{{JANE}, title: "C:O"}}\n'),
        (f'- {{{JANE}, title: "CTO"}}\n', "title", "CEO", f'- {{{JANE}, title: "CEO"}}\n'),
        (f"- {{{JANE}, title: CTO}}\n", "title", "a, b", f'- {{{JANE}, title: "a, b"}}\n'),
        (f"- {{{JANE}, title: }}\n", "title", "CTO", f"- {{{JANE}, title: CTO}}\n"),
        (f"- {{{JANE}, title: CTO}}\n", "tags", ["a", "b"], f"- {{{JANE}, title: CTO, tags: [a, b]}}\n"),
        (
            f"- {{{JANE}}}\n",
            "previous",
            [{"email": "a@x.example", "why": "w"}],
            f"- {{{JANE}, previous: [{{email: a@x.example, why: w}}]}}\n",
        ),
        (f"- {{{JANE}, title: CTO, company: Acme}}\n", "title", None, f"- {{{JANE}, company: Acme}}\n"),
        (f"- {{title: CTO, {JANE}}}\n", "title", None, f"- {{{JANE}}}\n"),
        (f"- {{{JANE}, title: CTO}}\n", "title", None, f"- {{{JANE}}}\n"),
        ("- {email: j@x.example}\n", "name", "Jane", f"- {{{JANE}}}\n"),
        ("- {name: Jane,\n   email: j@x.example}\n", "company", "A", "- {name: Jane,\n   email: j@x.example,\n   company: A}\n"),
        (
            "- {\n    name: Jane,\n    email: j@x.example\n  }\n",
            "title",
            "C",
            "- {\n    name: Jane,\n    email: j@x.example,\n    title: C\n  }\n",
        ),
        (
            "- {\n    name: J,\n    email: j@x.example,\n  }\n",
            "title",
            "C",
            "- {\n    name: J,\n    email: j@x.example,\n    title: C,\n  }\n",
        ),
        (SPREAD.format("a,\n      b,"), "tags", ["a", "b", "c"], SPREAD.format("a,\n      b,\n      c,")),
        (SPREAD.format("a,\n      b"), "tags", ["x", "a", "b"], SPREAD.format("x,\n      a,\n      b")),
        (SPREAD.format("a,\n      b"), "tags", ["a"], SPREAD.format("a")),
        (SPREAD.format("a,\n      b"), "tags", ["b"], SPREAD.format("b")),
        (f"{HEAD}  tags: [ a ]\n", "tags", ["b", "c"], f"{HEAD}  tags: [ b, c ]\n"),
        (f"{HEAD}  tags: [ a ]\n", "tags", [], f"{HEAD}  tags: []\n"),
        (f"{HEAD}  tags: [ a, b, c ]\n", "tags", ["a", "c"], f"{HEAD}  tags: [ a, c ]\n"),
        (f"{HEAD}  tags: []\n", "tags", ["b", "c"], f"{HEAD}  tags: [b, c]\n"),
    ],
)
def test_what_stands_in_brackets_keeps_its_look(piece: str, key: str, want: object, made: str) -> None:
    """Quotation marks, one line or one item a line, how far in, blanks inside the brackets, a comma behind the last: as they were."""
    assert rewritten(YAML, piece, {key: want})[0] == made  # type: ignore[arg-type]
