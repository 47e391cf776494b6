"""Where a new entry comes to stand and how it is written, in every style there is; taking it out again leaves the very bytes there were."""

from dataclasses import replace
from pathlib import Path

import pytest
from support.contact_suite import adding, change, taking_out, why

from bouncer.edge.contacts import open_contacts
from bouncer.errors import OwnerFault
from bouncer.model import Contact, Receipt
from bouncer.ports import Contacts

ANN = Contact(name="Ann Lee", email="ann@new.example", company="New: Co", tags=("it", "x, y"))
CY = Contact(name="Cy Dee", email="cy@x.example")
BLOCK = """\
contacts:
  - name: A
    email: a@x.example
"""


def opened(directory: Path, text: str, ending: str = "yaml") -> tuple[Contacts, Path]:
    """Write *text* as the contact file and open it."""
    path = directory / f"contacts.{ending}"
    path.write_bytes(text.encode())
    return open_contacts(path, directory / "history"), path


def edited(directory: Path, text: str, *who: Contact, ending: str = "yaml") -> str:
    """Give what becomes of *text* when *who* is added, having seen that taking them out undoes it."""
    store, path = opened(directory, text, ending)
    assert store.apply(adding(*who)).refused == ()
    new = path.read_bytes().decode()
    fresh = open_contacts(path, directory / "history")
    assert fresh.load() == store.load()
    assert fresh.apply(taking_out(*who)).refused == ()
    assert path.read_bytes().decode() == text
    return new


YAML = {
    "a block list": (BLOCK, BLOCK + '  - name: Ann Lee\n    email: ann@new.example\n    company: "New: Co"\n    tags: [it, "x, y"]\n'),
    "no final line end": (
        BLOCK.rstrip("\n"),
        BLOCK + '  - name: Ann Lee\n    email: ann@new.example\n    company: "New: Co"\n    tags: [it, "x, y"]',
    ),
    "blank lines between": (
        "contacts:\n- name: A\n  email: a@x.example\n\n- name: B\n  email: b@x.example\n",
        (
            "contacts:\n- name: A\n  email: a@x.example\n\n- name: B\n  email: b@x.example\n\n"
            '- name: Ann Lee\n  email: ann@new.example\n  company: "New: Co"\n  tags: [it, "x, y"]\n'
        ),
    ),
    "comments behind the last entry": (
        BLOCK + "    # of A\n\n  # of nobody\n# the end\nafter: x\n",
        BLOCK + '    # of A\n  - name: Ann Lee\n    email: ann@new.example\n    company: "New: Co"\n    tags: [it, "x, y"]\n'
        "\n  # of nobody\n# the end\nafter: x\n",
    ),
    "quotation marks, and lists of lines": (
        "contacts:\n-   name: 'A'\n    email: 'a@x.example'\n    tags:\n    - b\n",
        (
            "contacts:\n-   name: 'A'\n    email: 'a@x.example'\n    tags:\n    - b\n"
            "-   name: 'Ann Lee'\n    email: 'ann@new.example'\n    company: 'New: Co'\n    tags:\n    - 'it'\n    - 'x, y'\n"
        ),
    ),
    "a last value that keeps its blank lines": (
        BLOCK + "    note: |+\n      x\n\n# the end\n",
        BLOCK + "    note: |+\n      x\n\n"
        '  - name: Ann Lee\n    email: ann@new.example\n    company: "New: Co"\n    tags: [it, "x, y"]\n# the end\n',
    ),
    "other line ends, and a byte order mark": (
        "\ufeff" + BLOCK.replace("\n", "\r\n") + "...\r\n",
        "\ufeff"
        + (BLOCK + '  - name: Ann Lee\n    email: ann@new.example\n    company: "New: Co"\n    tags: [it, "x, y"]\n').replace("\n", "\r\n")
        + "...\r\n",
    ),
    "an anchor in the last entry": (
        "contacts:\n  - &a\n    name: A\n    email: a@x.example\nmore: *a\n",
        (
            "contacts:\n  - &a\n    name: A\n    email: a@x.example\n"
            '  - name: Ann Lee\n    email: ann@new.example\n    company: "New: Co"\n    tags: [it, "x, y"]\nmore: *a\n'
        ),
    ),
    "entries in braces": (
        "contacts:\n  - { name: A, email: a@x.example }\n",
        (
            "contacts:\n  - { name: A, email: a@x.example }\n"
            '  - { name: Ann Lee, email: ann@new.example, company: "New: Co", tags: [it, "x, y"] }\n'
        ),
    ),
    "a list in brackets, with comments": (
        "contacts: [\n  {name: A, email: a@x.example}, # a\n  {name: B, email: b@x.example} # b\n]\n",
        (
            "contacts: [\n  {name: A, email: a@x.example}, # a\n  {name: B, email: b@x.example}, # b\n"
            '  {name: Ann Lee, email: ann@new.example, company: "New: Co", tags: [it, "x, y"]}\n]\n'
        ),
    ),
    "JSON under another name": (
        '{"contacts": [{"name": "A", "email": "a@x.example"}]}',
        (
            '{"contacts": [{"name": "A", "email": "a@x.example"}, '
            '{"name": "Ann Lee", "email": "ann@new.example", "company": "New: Co", "tags": ["it", "x, y"]}]}'
        ),
    ),
}


@pytest.mark.parametrize("case", YAML)
def test_an_entry_is_added_as_the_last_one_is_written(tmp_path: Path, case: str) -> None:
    """Behind it, and before what only stands below it."""
    text, expected = YAML[case]
    assert edited(tmp_path, text, ANN) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("contacts: []\n", "contacts:\n  - name: Cy Dee\n    email: cy@x.example\n"),
        ("contacts:   []", "contacts:\n  - name: Cy Dee\n    email: cy@x.example"),
        ("contacts:", "contacts:\n  - name: Cy Dee\n    email: cy@x.example"),
        ("contacts: ~ # nobody\n# yet\nx: y\n", "contacts: # nobody\n  - name: Cy Dee\n    email: cy@x.example\n# yet\nx: y\n"),
        ("---\r\ncontacts: null\r\n...\r\n", "---\r\ncontacts:\r\n  - name: Cy Dee\r\n    email: cy@x.example\r\n...\r\n"),
        ("contacts: [ # nobody\n ]\n", "contacts: [ # nobody\n {name: Cy Dee, email: cy@x.example}]\n"),
        ("{contacts: [], x: y}\n", "{contacts: [{name: Cy Dee, email: cy@x.example}], x: y}\n"),
    ],
)
def test_the_first_entry_is_written_on_lines_of_its_own_where_that_can_be(tmp_path: Path, text: str, expected: str) -> None:
    """However the empty list was written, it is written so again when the entry has gone."""
    assert edited(tmp_path, text, CY) == expected


@pytest.mark.parametrize(
    ("text", "ending", "expected"),
    [
        ("", "yaml", "contacts:\n  - name: Cy Dee\n    email: cy@x.example\n"),
        ("\ufeff", "yaml", "\ufeffcontacts:\n  - name: Cy Dee\n    email: cy@x.example\n"),
        ("# mine", "yml", "# mine\ncontacts:\n  - name: Cy Dee\n    email: cy@x.example\n"),
        ("# mine\n\n# all\n", "yaml", "# mine\n\n# all\ncontacts:\n  - name: Cy Dee\n    email: cy@x.example\n"),
        ("\n", "json", '\n{\n  "contacts": [\n    {\n      "name": "Cy Dee",\n      "email": "cy@x.example"\n    }\n  ]\n}\n'),
    ],
)
def test_a_file_with_nothing_in_it_is_begun(tmp_path: Path, text: str, ending: str, expected: str) -> None:
    """Though reading it is a fault, for it may have lost what was in it; it is as empty again when the entry has gone."""
    assert edited(tmp_path, text, CY, ending=ending) == expected
    with pytest.raises(OwnerFault, match="the file is empty"):
        open_contacts(tmp_path / f"contacts.{ending}", tmp_path / "history").load()


def test_a_file_with_nothing_in_it_is_not_begun_for_somebody_who_is_refused(tmp_path: Path) -> None:
    """Nor for a change; it stays empty, and a fault to read."""
    store, path = opened(tmp_path, "")
    (wrong,) = adding(replace(CY, email="cy"))
    assert "is no e-mail address" in why(store.apply([wrong]), wrong)
    for broken in (store.load, lambda: store.apply([change("a@x.example", "title", None, "CTO")])):
        with pytest.raises(OwnerFault, match="the file is empty"):
            broken()
    assert path.read_bytes() == b""


JSON = {
    "indented": (
        '{\n\t"contacts": [\n\t\t{\n\t\t\t"name": "A",\n\t\t\t"email": "a@x.example"\n\t\t}\n\t]\n}\n',
        (
            '{\n\t"contacts": [\n\t\t{\n\t\t\t"name": "A",\n\t\t\t"email": "a@x.example"\n\t\t},\n'
            '\t\t{\n\t\t\t"name": "Cy Dee",\n\t\t\t"email": "cy@x.example"\n\t\t}\n\t]\n}\n'
        ),
    ),
    "compact": (
        '{"contacts":[{"name":"A","email":"a@x.example"}]}',
        '{"contacts":[{"name":"A","email":"a@x.example"},{"name":"Cy Dee","email":"cy@x.example"}]}',
    ),
    "an entry a line": (
        '{"contacts": [\r\n  {"name": "A", "email": "a@x.example"}\r\n], "x": 1}',
        '{"contacts": [\r\n  {"name": "A", "email": "a@x.example"},\r\n  {"name": "Cy Dee", "email": "cy@x.example"}\r\n], "x": 1}',
    ),
    "empty": ('{"contacts":[]}', '{"contacts":[{"name":"Cy Dee","email":"cy@x.example"}]}'),
    "null": ('{"contacts": null}', '{"contacts": [{"name": "Cy Dee", "email": "cy@x.example"}]}'),
    "empty and indented": (
        '{\n  "contacts": []\n}\n',
        '{\n  "contacts": [\n    {\n      "name": "Cy Dee",\n      "email": "cy@x.example"\n    }\n  ]\n}\n',
    ),
}


@pytest.mark.parametrize("case", JSON)
def test_an_entry_is_added_to_json_in_its_own_layout(tmp_path: Path, case: str) -> None:
    """With its blanks, commas and line ends."""
    text, expected = JSON[case]
    assert edited(tmp_path, text, CY, ending="json") == expected


def test_json_spreads_lists_as_the_rest_is_spread(tmp_path: Path) -> None:
    """One item a line where everything is."""
    new = edited(tmp_path, '{\n "contacts": []\n}', ANN, ending="json")
    assert '   "tags": [\n    "it",\n    "x, y"\n   ]\n  }\n ]\n}' in new


def test_many_are_added_and_taken_out_in_any_order(tmp_path: Path) -> None:
    """What the owner writes between and behind them in the meantime stays."""
    store, path = opened(tmp_path, BLOCK)
    people = [replace(CY, name=f"P {n}", email=f"p{n}@x.example") for n in range(9)]
    store.apply(adding(*people))
    path.write_text(path.read_text().replace("  - name: P 4\n", "  # in between\n  - name: P 4\n") + "# the end\n")
    assert store.apply(taking_out(*people[::2])).refused == ()
    assert store.apply(taking_out(*reversed(people[1::2]))).refused == ()
    assert path.read_text() == BLOCK + "  # in between\n# the end\n"


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ("name: Cy Dee\n", "name: Cy Dee # a friend\n", "a comment of yours stands in the entry"),
        ("name: Cy Dee\n", "name: Cy Dee\n    # a friend\n", "a comment of yours stands in the entry"),
        ("- name: Cy Dee\n", "- &cy\n    name: Cy Dee\n", "the entry carries the anchor &cy"),
        ("name: Cy Dee\n", "name: Cy Dee\n    note:\n", "the entry was edited since (`note`)"),
        ("name: Cy Dee\n", "name: Cy Deer\n", "the entry was edited since (`name`)"),
    ],
)
def test_what_the_owner_wrote_into_an_entry_keeps_it_there(tmp_path: Path, before: str, after: str, reason: str) -> None:
    """Whole, with a sentence; others of the batch go."""
    store, path = opened(tmp_path, BLOCK)
    store.apply(adding(CY, ANN))
    path.write_text(path.read_text().replace(before, after))
    receipt = store.apply(taking_out(ANN, CY))
    assert receipt.applied == tuple(taking_out(ANN))
    assert why(receipt, taking_out(CY)[0]) == f"{reason}; please take it out by hand"
    assert after in path.read_text()


def test_another_way_to_write_the_same_is_no_edit(tmp_path: Path) -> None:
    """Quotation marks and the order of the keys say nothing."""
    store, path = opened(tmp_path, BLOCK)
    store.apply(adding(CY))
    path.write_text(
        path.read_text().replace("  - name: Cy Dee\n    email: cy@x.example\n", "  - email: 'cy@x.example'\n    name: 'Cy Dee'\n")
    )
    assert store.apply(taking_out(CY)).refused == ()
    assert path.read_text() == BLOCK


@pytest.mark.parametrize(
    "text",
    ["contacts: &all\n  - name: A\n    email: a@x.example\n", "contacts: &all []\nmore: *all\n"],
)
def test_nobody_is_added_to_a_list_that_stands_elsewhere_too(tmp_path: Path, text: str) -> None:
    """The file stays as it is, and the sentence says what to do; changes of the batch are judged by themselves."""
    store, path = opened(tmp_path, text)
    receipt: Receipt = store.apply(adding(CY))
    assert why(receipt, adding(CY)[0]) == "the whole list carries the anchor &all; please add the entry by hand"
    assert path.read_text() == text


def test_an_addition_that_cannot_be_keeps_no_change_back(tmp_path: Path) -> None:
    """There is no place behind a scalar that runs to the end of the text; the change of another entry is made."""
    text = "contacts:\n  - name: A\n    email: a@x.example\n  - name: B\n    email: b@x.example\n    note: |+\n      x"
    store, path = opened(tmp_path, text)
    title = change("a@x.example", "title", None, "CTO")
    receipt = store.apply([title, *adding(CY)])
    assert receipt.applied == (title,)
    assert why(receipt, adding(CY)[0]) == "adding the entry would have touched more than was meant; please add it by hand"
    assert path.read_text() == text.replace("email: a@x.example\n", "email: a@x.example\n    title: CTO\n")


def test_the_version_before_is_kept(tmp_path: Path) -> None:
    """As for every write."""
    store, _ = opened(tmp_path, BLOCK)
    store.apply(adding(CY))
    assert len(list((tmp_path / "history").glob("contacts.yaml.*.gz"))) == 1


def test_a_long_list_is_read_at_its_end_alone_and_grows_as_a_short_one(tmp_path: Path) -> None:
    """What is before its last two entries stays the very text, and a blank line between entries is kept up."""
    path = tmp_path / "contacts.yaml"
    entries = (f"  - name: P{n}\n    email: p{n}@x.example\n    note: |\n      - {n}\n\n" for n in range(9))
    text = f"mine: 1\ncontacts:\n{''.join(entries)}x: 2\n"
    path.write_text(text)
    store = open_contacts(path, tmp_path / "history")
    assert store.apply(adding(Contact(name="New", email="new@x.example"))).refused == ()
    assert path.read_text() == text.removesuffix("x: 2\n") + "  - name: New\n    email: new@x.example\n\nx: 2\n"
    assert open_contacts(path, tmp_path / "history").load() == store.load()


def test_an_anchor_far_above_is_known_where_somebody_is_added(tmp_path: Path) -> None:
    """The last entries may stand on it."""
    path = tmp_path / "contacts.yaml"
    text = "contacts:\n- name: P\n  email: p@x.example\n  tags: &all [a, b]\n"
    text += "".join(f"- name: P{n}\n  email: p{n}@x.example\n  tags: *all\n" for n in range(5))
    path.write_text(text)
    store = open_contacts(path, tmp_path / "history")
    assert store.apply(adding(Contact(name="New", email="new@x.example"))).refused == ()
    assert path.read_text() == text + "- name: New\n  email: new@x.example\n"
