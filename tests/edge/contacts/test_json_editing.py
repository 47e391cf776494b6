"""The contact file in JSON: its own spacing and indentation stay, and what is wrong with it is said with its line."""

import json
from pathlib import Path

import pytest

from bouncer.edge.contacts import open_contacts
from bouncer.errors import OwnerFault
from bouncer.model import Because, Change, Previous, Receipt, Value

WHY = Because("test", "", "body")
JANE = {"name": "Jané", "email": "j@x.example", "title": "CTO", "note": {"any": [1, True, None, 1.50]}}
BOB = {"name": "Bob", "email": "b@x.example", "also": ["bob@x.example"]}
PREVIOUS = (Previous("o@x.example", "Acme", why='he said "so"'),)


def apply(directory: Path, text: str, field: str, before: Value, after: Value, who: str = "j@x.example") -> tuple[str, Receipt]:
    """Apply one change to a file that says *text*; gives what it says then."""
    path = directory / "contacts.json"
    path.write_bytes(text.encode())
    receipt = open_contacts(path, directory / "history").apply([Change(who, field, before, after, WHY)])
    return path.read_bytes().decode(), receipt


@pytest.mark.parametrize("indent", [None, 1, 2, 4, "\t"])
@pytest.mark.parametrize("ascii_only", [True, False])
@pytest.mark.parametrize(
    ("who", "field", "before", "after"),
    [
        (0, "title", "CTO", "Größter"),
        (0, "title", "CTO", None),
        (0, "previous", None, PREVIOUS),
        (0, "tags", None, ("a", "b")),
        (1, "also", ("bob@x.example",), ("bob@x.example", "z@x.example")),
        (1, "also", ("bob@x.example",), None),
        (1, "previous", None, PREVIOUS),
    ],
)
def test_an_edit_is_what_the_same_program_would_have_written(
    tmp_path: Path, indent: int | str | None, ascii_only: bool, who: int, field: str, before: Value, after: Value
) -> None:
    """The file after the edit is byte for byte what json.dumps makes of the data with that field changed, keys in the format's order."""
    people = [dict(JANE), dict(BOB)]
    old = json.dumps({"contacts": people, "x": 1}, indent=indent, ensure_ascii=ascii_only).replace("1.5", "1.50")
    new, receipt = apply(tmp_path, old, field, before, after, str(people[who]["email"]))
    assert receipt.refused == ()
    note = people[who].pop("note") if field == "tags" else None  # the format's fields come before those it does not know
    if after is None:
        del people[who][field]
    else:
        people[who][field] = [{"email": "o@x.example", "company": "Acme", "why": 'he said "so"'}] if field == "previous" else after
    people[who].update({"note": note} if note else {})
    assert new == json.dumps({"contacts": people, "x": 1}, indent=indent, ensure_ascii=ascii_only).replace("1.5", "1.50")


def test_a_hand_made_layout_stays(tmp_path: Path) -> None:
    """Lists on one line stay on one line, and the spacing of the commas is copied from the neighbours."""
    old = '{"contacts" : [\n  {"name": "J" , "email": "j@x.example" , "also": [ "a@x.example" ]},\n\n'
    old += '  {"name":"B","email":"b@x.example"} ]}\r\n'
    new, _ = apply(tmp_path, old, "also", ("a@x.example",), ("a@x.example", "c@x.example"))
    assert new == old.replace('"a@x.example" ]', '"a@x.example", "c@x.example" ]')
    new, _ = apply(tmp_path, old, "status", None, "left", "b@x.example")
    assert new == old.replace('"b@x.example"}', '"b@x.example","status":"left"}')


def test_a_null_is_filled_where_it_stands(tmp_path: Path) -> None:
    """An empty field keeps its place."""
    old = '{"contacts": [{"title": null, "name": "J", "tags": [], "email": "j@x.example"}]}'
    assert apply(tmp_path, old, "title", None, "CEO")[0] == old.replace("null", '"CEO"')
    assert apply(tmp_path, old, "tags", None, ("a",))[0] == old.replace("[]", '["a"]')


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ('"phones": [491234]', '5: contacts[0].phones[0]: this must be text, and is no text: put it in quotes, as in "491234"'),
        ('"title": true', '5: contacts[0].title: this must be text, and is no text: put it in quotes, as in "True"'),
        ('"status": "gone"', "5: contacts[0].status: `gone` is no status"),
        ('"also": ["a@x.example",\n"@"]', "6: contacts[0].also[1]: `@` is no e-mail address"),
        ('"email": "b@x.example"', "2: the key `email` is here a second time in the entry that begins on this line"),
        ('"title": "a\\nb"', "5: contacts[0].title: a field must be one line of printable text, and holds U+000A"),
        ('"title": "\\ud800"', "5: contacts[0].title: a field must be one line of printable text, and holds U+D800"),
        ('"title": "a\nb"', "5: this is no JSON: Invalid control character at"),
        ('"title": x', "5: this is no JSON: "),
        ('"title": "x"}, {,', "5: this is no JSON: "),
        ('"note": ' + "[" * 100_000 + "]" * 100_000, "2: this is nested too deep"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, more: str, expected: str) -> None:
    """Numbers are not text, a key stands once, and what is no JSON is said to be none."""
    path = tmp_path / "contacts.json"
    path.write_text('{"contacts": [\n{\n"name": "J",\n"email": "j@x.example",\n' + more + "\n}]}")
    with pytest.raises(OwnerFault) as caught:
        open_contacts(path, tmp_path / "history").load()
    assert [str(problem).removeprefix(f"{path}:")[: len(expected)] for problem in caught.value.problems] == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "the file is empty"),
        ("[]", "the file must be an object"),
        ("{}", "the list `contacts` is missing"),
        ('{"contacts": 1}', "`contacts` must be a list"),
        ('{"contacts": [], "contacts": []}', "the key `contacts` is here a second time"),
        ('{"contacts": []} x', "this is no JSON: something follows the end"),
        ('{"contacts": [}', "this is no JSON: "),
        ('{"contacts": [],}', "this is no JSON: a comma stands before the end"),
        ('{"contacts" []}', "this is no JSON: a colon must stand here"),
        ("{contacts: []}", "this is no JSON: a key in double quotes must stand here"),
        ('{"contacts": [', "this is no JSON: "),
        ('{"contacts": [{"name": "J"', "this is no JSON"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_contact_file_is_refused(tmp_path: Path, text: str, expected: str) -> None:
    """Whatever it is instead."""
    path = tmp_path / "contacts.json"
    path.write_text(text)
    with pytest.raises(OwnerFault, match=expected.replace("[", r"\[")):
        open_contacts(path, tmp_path / "history").load()
