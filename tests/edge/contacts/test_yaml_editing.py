"""Editing YAML, byte for byte: what each change makes of the text, and where it is left to the owner."""

import difflib
from pathlib import Path

import pytest

from bouncer.edge.contacts import open_contacts
from bouncer.model import Because, Change, Previous, Receipt, Value

WHY = Because("test", "", "body")
TOP = "contacts:\n  - name: Jane\n    email: j@x.example\n"
END = "  # Bob is next\n  - name: Bob\n    email: bob@x.example\n"


def apply(directory: Path, text: str, field: str, before: Value, after: Value) -> tuple[str, Receipt]:
    """Apply one change of Jane's to a file that says *text*; gives what it says then."""
    path = directory / "contacts.yaml"
    path.write_bytes(text.encode())
    receipt = open_contacts(path, directory / "history").apply([Change("j@x.example", field, before, after, WHY)])
    return path.read_bytes().decode(), receipt


def lines(old: str, new: str) -> str:
    """Give what changed, as `-old` and `+new` lines."""
    found = difflib.unified_diff(old.splitlines(keepends=True), new.splitlines(keepends=True), n=0)
    return "".join(line for line in found if not line.startswith(("---", "+++", "@@")))


# Jane's further lines, the change, and what it takes and gives
CASES = [
    # a value keeps its place, its quoting and the comment behind it
    ("title: CTO  # since May", "title", "CTO", "CEO", "-    title: CTO  # since May\n+    title: CEO  # since May\n"),
    ("title: 'CTO'", "title", "CTO", "it's", "-    title: 'CTO'\n+    title: 'it''s'\n"),
    ('title: "CTO" # x', "title", "CTO", 'say "hi" \\o/', '-    title: "CTO" # x\n+    title: "say \\"hi\\" \\\\o/" # x\n'),
    ("title: CTO", "title", "CTO", "yes", '-    title: CTO\n+    title: "yes"\n'),
    ("title: CTO", "title", "CTO", "12:30", '-    title: CTO\n+    title: "12:30"\n'),
    ("title: CTO", "title", "CTO", "a: b #c", '-    title: CTO\n+    title: "a: b #c"\n'),
    ("title: CTO", "title", "CTO", "Größte Chefin, R&D (Ost)", "-    title: CTO\n+    title: Größte Chefin, R&D (Ost)\n"),
    ("title: CTO", "title", "CTO", "🎩", '-    title: CTO\n+    title: "🎩"\n'),
    ("title: CTO", "title", "CTO", "a\u200bb", '-    title: CTO\n+    title: "a\\U0000200bb"\n'),
    ('"title"  :   CTO', "title", "CTO", "CEO", '-    "title"  :   CTO\n+    "title"  :   CEO\n'),
    ("title:\n      CTO", "title", "CTO", "CEO", "-      CTO\n+      CEO\n"),
    ("title: Chief\n      Technical", "title", "Chief Technical", "CEO", "-    title: Chief\n-      Technical\n+    title: CEO\n"),
    # an empty value is filled where it stands
    ("title:   # ask her", "title", None, "CEO", "-    title:   # ask her\n+    title: CEO   # ask her\n"),
    ("title: ~", "title", None, "CEO", "-    title: ~\n+    title: CEO\n"),
    ("also: # none\n    x: y", "also", None, ("a@x.example",), "-    also: # none\n+    also: [a@x.example] # none\n"),
    ("also: []", "also", None, ("a@x.example",), "-    also: []\n+    also: [a@x.example]\n"),
    # block scalars, with the comment behind their sign and the blank lines behind them
    ("title: >-  # long\n      CTO\n\n    x: y", "title", "CTO", "CEO", "-    title: >-  # long\n-      CTO\n+    title: CEO  # long\n"),
    ("title: |\n      CTO\n\n", "title", "CTO", "CEO", "-    title: |\n-      CTO\n+    title: CEO\n"),
    # new keys: in the order of the format, as far in as the others, behind the last leaf of what they follow
    ("title: CTO", "company", None, "Acme", "+    company: Acme\n"),
    ("note: x", "status", None, "left", "+    status: left\n"),
    ("note: |\n      # text\n\n", "status", None, "left", "+    status: left\n"),
    ("note: |+\n      text\n\n", "status", None, "left", "+    status: left\n"),
    ("note:\n    - a\n    - - b\n      - c  # d", "status", None, "left", "+    status: left\n"),
    ("note:", "status", None, "left", "+    status: left\n"),
    ("tags: [a,\n     b]  # c\n    note: x", "account", None, "main", "+    account: main\n"),
    ("away_until: 2026-01-01", "status", None, "away", "+    status: away\n"),
    ("title: x", "away_until", None, "2026-12-01", "+    away_until: 2026-12-01\n"),
    ("title: x", "phones", None, ("+49 1", "2"), '+    phones: ["+49 1", "2"]\n'),
    (
        "title: x",
        "previous",
        None,
        (Previous("o@x.example", "Acme: Ltd", "2026-01-01", "auto-reply: gone"), Previous("p@x.example")),
        (
            '+    previous:\n+      - {email: o@x.example, company: "Acme: Ltd", until: 2026-01-01, why: "auto-reply: gone"}\n'
            "+      - {email: p@x.example}\n"
        ),
    ),
    # lists, in every style
    (
        "also: [a@x.example,b@x.example,]",
        "also",
        ("a@x.example", "b@x.example"),
        ("a@x.example", "b@x.example", "c@x.example"),
        "-    also: [a@x.example,b@x.example,]\n+    also: [a@x.example,b@x.example,c@x.example,]\n",
    ),
    (
        "also: [\n      a@x.example,  # one\n      b@x.example\n    ]",
        "also",
        ("a@x.example", "b@x.example"),
        ("a@x.example", "b@x.example", "c@x.example"),
        "-      b@x.example\n+      b@x.example,\n+      c@x.example\n",
    ),
    (
        "also: [\n      a@x.example,\n      b@x.example\n    ]",
        "also",
        ("a@x.example", "b@x.example"),
        ("a@x.example", "b@x.example", "c@x.example"),
        "-      b@x.example\n+      b@x.example,\n+      c@x.example\n",
    ),
    (
        "also: ['a@x.example', b@x.example]",
        "also",
        ("a@x.example", "b@x.example"),
        ("b@x.example",),
        "-    also: ['a@x.example', b@x.example]\n+    also: [b@x.example]\n",
    ),
    (
        "also:\n    - a@x.example  # home\n    - b@x.example",
        "also",
        ("a@x.example", "b@x.example"),
        ("a@x.example", "b@x.example", "c@x.example"),
        "+    - c@x.example\n",
    ),
    ("also:\n      -   a@x.example\n    x: y", "also", ("a@x.example",), ("z@x.example", "a@x.example"), "+      -   z@x.example\n"),
    (
        "also:\n      - a@x.example  # home\n      - b@x.example",
        "also",
        ("a@x.example", "b@x.example"),
        ("b@x.example",),
        "-      - a@x.example  # home\n+      # home\n",
    ),
    ("also:\n      - a@x.example\n      - b@x.example", "also", ("a@x.example", "b@x.example"), ("a@x.example",), "-      - b@x.example\n"),
    ("phones: ['1', \"2\"]", "phones", ("1", "2"), ("1", "3"), "-    phones: ['1', \"2\"]\n+    phones: ['1', \"3\"]\n"),
    # items of `previous` keep the owner's own keys and the style of their siblings
    (
        "previous:\n    - email: o@x.example\n      mine: [1]  # mine",
        "previous",
        (Previous("o@x.example"),),
        (Previous("o@x.example", until="2026-01-01"), Previous("p@x.example", why="x: y")),
        '+      until: 2026-01-01\n+    - email: p@x.example\n+      why: "x: y"\n',
    ),
    (
        "previous: [{email: o@x.example, mine: 1}]",
        "previous",
        (Previous("o@x.example"),),
        (Previous("o@x.example", "Acme"),),
        "-    previous: [{email: o@x.example, mine: 1}]\n+    previous: [{email: o@x.example, company: Acme, mine: 1}]\n",
    ),
    # a key goes with its line, and its comment stays
    ("status: away\n    x: y", "status", "away", None, "-    status: away\n"),
    ("status: away  # since May\n    x: y", "status", "away", None, "-    status: away  # since May\n+    # since May\n"),
    (
        "also:\n    - a@x.example\n    - b@x.example\n    x: y",
        "also",
        ("a@x.example", "b@x.example"),
        None,
        "-    also:\n-    - a@x.example\n-    - b@x.example\n",
    ),
]


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize("bom", ["", "\ufeff"], ids=["plain", "bom"])
@pytest.mark.parametrize(("more", "field", "before", "after", "diff"), CASES)
def test_an_edit_is_these_bytes(tmp_path: Path, more: str, field: str, before: Value, after: Value, diff: str, end: str, bom: str) -> None:
    """With either line end, with a byte order mark or without."""
    old = bom + (TOP + f"    {more}\n" + END).replace("\n", end)
    new, receipt = apply(tmp_path, old, field, before, after)
    assert receipt.refused == ()
    assert lines(old, new) == diff.replace("\n", end)


@pytest.mark.parametrize(
    ("text", "field", "before", "after", "expected"),
    [
        (
            "contacts:\n- name: Jane\n  email: j@x.example",
            "title",
            None,
            "CEO",
            "contacts:\n- name: Jane\n  email: j@x.example\n  title: CEO",
        ),
        ("contacts:\n- name: Jane\n  email: j@x.example\n  title: x", "title", "x", None, "contacts:\n- name: Jane\n  email: j@x.example"),
        (
            "contacts:\n- status: away\n  name: J\n  email: j@x.example\n",
            "status",
            "away",
            None,
            "contacts:\n- name: J\n  email: j@x.example\n",
        ),
        (
            "contacts:\n- status: away # s\n  name: J\n  email: j@x.example\n",
            "status",
            "away",
            None,
            "contacts:\n- # s\n  name: J\n  email: j@x.example\n",
        ),
        (
            "contacts:\n-\n  # her\n  name: J\n  email: j@x.example\n",
            "title",
            None,
            "x",
            "contacts:\n-\n  # her\n  name: J\n  email: j@x.example\n  title: x\n",
        ),
        ("contacts: [{name: J, email: j@x.example}]", "title", None, "a, b", 'contacts: [{name: J, email: j@x.example, title: "a, b"}]'),
        (
            "contacts: [{name: J, email: j@x.example}]",
            "also",
            None,
            ("k@x.example",),
            "contacts: [{name: J, email: j@x.example, also: [k@x.example]}]",
        ),
        (
            "contacts:\n- {name: J, email: j@x.example}  # she\n",
            "status",
            None,
            "left",
            "contacts:\n- {name: J, email: j@x.example, status: left}  # she\n",
        ),
        ("contacts:\n- {title: x, name: J, email: j@x.example}\n", "title", "x", None, "contacts:\n- {name: J, email: j@x.example}\n"),
        (
            "contacts:\n- {name: J, title: , email: j@x.example}\n",
            "title",
            None,
            "x",
            "contacts:\n- {name: J, title: x, email: j@x.example}\n",
        ),
        (
            '{"contacts":[{"name":"J","email":"j@x.example"}]}',
            "title",
            None,
            "x",
            '{"contacts":[{"name":"J","email":"j@x.example",title: x}]}',
        ),
        (
            "contacts:\n- name: J\n  email: j@x.example\n# the end\n",
            "title",
            None,
            "x",
            "contacts:\n- name: J\n  email: j@x.example\n  title: x\n# the end\n",
        ),
        (
            "contacts:\n- name: J\n  email: j@x.example\n...\n",
            "title",
            None,
            "x",
            "contacts:\n- name: J\n  email: j@x.example\n  title: x\n...\n",
        ),
        (
            "a: b\ncontacts:\n- name: J\n  email: j@x.example\nz:\n- c\n",
            "title",
            None,
            "x",
            "a: b\ncontacts:\n- name: J\n  email: j@x.example\n  title: x\nz:\n- c\n",
        ),
        (
            "contacts:\n- name: J\n  email: j@x.example\n  note: |\n    no end",
            "status",
            None,
            "left",
            "contacts:\n- name: J\n  email: j@x.example\n  status: left\n  note: |\n    no end",
        ),
        (
            "contacts:\n- name: J\n  email: j@x.example\n  note: |+\n    kept\n\n",
            "status",
            None,
            "left",
            "contacts:\n- name: J\n  email: j@x.example\n  note: |+\n    kept\n\n  status: left\n",
        ),
        (
            "contacts:\n- name: J\n  email: j@x.example\n  note: |\n    text\n\n# the end\n",
            "status",
            None,
            "left",
            "contacts:\n- name: J\n  email: j@x.example\n  note: |\n    text\n  status: left\n\n# the end\n",
        ),
    ],
)
def test_the_ends_of_a_file_stay_as_they_are(
    tmp_path: Path, text: str, field: str, before: Value, after: Value, expected: str | None
) -> None:
    """A missing last line end stays missing; a first key gives its dash to the next; what follows the list stays behind it."""
    new, receipt = apply(tmp_path, text, field, before, after)
    assert (new, receipt.refused) == (expected, ())


@pytest.mark.parametrize(
    ("text", "field", "before", "reason"),
    [
        ("a: &a Acme\ncontacts:\n- name: J\n  email: j@x.example\n  company: *a\n", "company", "Acme", "`company` carries the alias *a"),
        ("contacts:\n- name: J\n  email: j@x.example\n  company: &a Acme\nb: *a\n", "company", "Acme", "`company` carries the anchor &a"),
        (
            "contacts:\n- name: J\n  email: j@x.example\n  also: [k@x.example, &a l@x.example]\nb: *a\n",
            "also",
            ("k@x.example", "l@x.example"),
            "the anchor &a",
        ),
        ("contacts:\n- &j\n  name: J\n  email: j@x.example\nb: *j\n", "title", None, "the entry carries the anchor &j"),
        ("contacts:\n- &j {name: J, email: j@x.example}\nb: *j\n", "title", None, "the entry carries the anchor &j"),
        ("contacts: &all\n- name: J\n  email: j@x.example\nb: *all\n", "title", None, "the whole list carries the anchor &all"),
        (
            "a: &a {title: x}\ncontacts:\n- name: J\n  email: j@x.example\n  <<: *a\n",
            "title",
            "x",
            "the entry takes values in by a merge key (<<)",
        ),
        ("contacts:\n- name: J\n  email: j@x.example\n  title: !!str x\n", "title", "x", "`title` carries the tag !!str"),
        (
            "contacts:\n- name: J\n  email: j@x.example\n  also:\n  # why\n  - k@x.example\n",
            "also",
            ("k@x.example",),
            "a comment of yours stands inside",
        ),
        ("contacts:\n- {name: J, # hm\n   title: x, email: j@x.example}\n", "title", "x", "a comment of yours may stand inside"),
    ],
)
def test_what_an_edit_could_disturb_elsewhere_is_left_to_the_owner(
    tmp_path: Path, text: str, field: str, before: Value, reason: str
) -> None:
    """Anchors, aliases, merge keys, tags, and comments inside of what would go: refused in a sentence, and not a byte is written."""
    new, receipt = apply(
        tmp_path, text, field, before, None if before and "comment" in reason else ("y@x.example",) if field == "also" else "y"
    )
    assert new == text
    assert [reason in why for _, why in receipt.refused] == [True], receipt.refused


def test_an_anchor_beside_the_field_does_not_matter(tmp_path: Path) -> None:
    """Only what an edit touches must stand for itself."""
    text = "contacts:\n- name: J\n  email: j@x.example\n  company: &a Acme\n  title: x\n- name: B\n  email: b@x.example\n  company: *a\n"
    new, receipt = apply(tmp_path, text, "title", "x", "new")
    assert (new, receipt.refused) == (text.replace("title: x", "title: new"), ())


def test_two_changes_of_one_entry_are_each_held_to_account(tmp_path: Path) -> None:
    """One that is refused does not take the other with it."""
    path = tmp_path / "contacts.yaml"
    path.write_text("contacts:\n- name: J\n  email: j@x.example\n  company: &a Acme\nb: *a\n")
    good, bad = Change("j@x.example", "title", None, "CEO", WHY), Change("j@x.example", "company", "Acme", "NewCo", WHY)
    receipt = open_contacts(path, tmp_path / "history").apply([bad, good])
    assert (receipt.applied, [change for change, _ in receipt.refused]) == ((good,), [bad])
    assert path.read_text() == "contacts:\n- name: J\n  email: j@x.example\n  company: &a Acme\n  title: CEO\nb: *a\n"
