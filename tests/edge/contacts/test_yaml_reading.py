"""Reading YAML: every value is the text that stands there, and everything that is wrong is said at once, with its line."""

from pathlib import Path

import pytest

from bouncer.edge.contacts import open_contacts
from bouncer.errors import OwnerFault
from bouncer.model import Book, Contact, Status

HEAD = "contacts:\n- name: Jane\n  email: jane@acme.example\n"  # three lines; what is put behind stands on line 4


def book(directory: Path, text: str | bytes) -> Book:
    """Read a file that says *text*."""
    path = directory / "contacts.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return open_contacts(path, directory / "history").load()


def jane(directory: Path, more: str) -> Contact:
    """Read a file with Jane and *more* of her."""
    return book(directory, HEAD + more).contacts[0]


def problems(directory: Path, text: str | bytes) -> list[str]:
    """Give what is wrong with *text*, as `line: path: sentence`."""
    with pytest.raises(OwnerFault) as caught:
        book(directory, text)
    return [str(problem).removeprefix(f"{directory / 'contacts.yaml'}:") for problem in caught.value.problems]


@pytest.mark.parametrize(
    "text",
    ["0123456", "NO", "yes", "12:30", "1e3", "0x1f", "2026-12-01", "1_000", ".5", "+49 30 1234", "Null", "NaN", "=", "on", "'~'", '""" '],
)
def test_a_value_is_the_text_that_stands_there(tmp_path: Path, text: str) -> None:
    """None of YAML 1.1's types is guessed: not octal numbers, not Norway, not times of sixty minutes, not a phone that loses its plus."""
    shown = text if text != '""" ' else '"\\"\\"\\""'
    expected = {"'~'": "~", '""" ': '"""'}.get(text, text)
    assert jane(tmp_path, f"  title: {shown}\n  phones: [{shown}]\n").phones == (expected,)
    assert jane(tmp_path, f"  title: {shown}\n  phones: [{shown}]\n").title == expected


@pytest.mark.parametrize("text", ["", "~", "null", "''", '" "'])
def test_nothing_is_an_absent_field(tmp_path: Path, text: str) -> None:
    """An empty value is as good as none, for every kind of field."""
    contact = jane(tmp_path, f"  title: {text}\n  phones: {text}\n  status: {text}\n  away_until: {text}\n  previous: {text}\n")
    assert (contact.title, contact.phones, contact.status, contact.away_until, contact.previous) == (None, (), None, None, ())


def test_what_bouncer_does_not_know_is_not_looked_at(tmp_path: Path) -> None:
    """Other fields hold what they like, in the entry and around the list."""
    text = "x: [1, {y: z}]\n" + HEAD + "  note: {any: [thing, 1]}\n  Status: whatever\nafter: 2\n"
    assert book(tmp_path, text).contacts == (Contact(name="Jane", email="jane@acme.example", line=3),)


@pytest.mark.parametrize("text", ["contacts: []\n", "contacts:\n", "contacts: ~\n", "contacts: [] # nobody yet"])
def test_a_list_without_contacts_is_an_empty_book(tmp_path: Path, text: str) -> None:
    """Everybody begins with nobody."""
    assert book(tmp_path, text).contacts == ()


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
def test_line_ends_and_byte_order_marks_are_no_matter(tmp_path: Path, end: str, bom: bytes) -> None:
    """Windows' editors write both."""
    contact = book(tmp_path, bom + (HEAD + "  title: Größe 🎩\n  status: away\n").replace("\n", end).encode()).contacts[0]
    assert (contact.title, contact.status, contact.line) == ("Größe 🎩", Status.AWAY, 2)


def test_anchors_and_merge_keys_are_read(tmp_path: Path) -> None:
    """They are only not edited."""
    text = (
        "base: &b {company: Acme, tags: &t [it]}\n"
        + HEAD
        + "  <<: *b\n  title: &x CTO\n- name: Bob\n  email: b@b.example\n  title: *x\n  tags: *t\n"
    )
    first, second = book(tmp_path, text).contacts
    assert (first.company, first.tags, second.title, second.tags) == ("Acme", ("it",), "CTO", ("it",))


def test_what_is_written_goes_before_what_is_merged(tmp_path: Path) -> None:
    """As the merge key's specification says, and of several sources the first one wins."""
    text = "a: &a {company: A, title: A}\nb: &b {title: B, language: de}\n" + HEAD + "  <<: [*a, *b]\n  company: Own\n"
    contact = book(tmp_path, text).contacts[0]
    assert (contact.company, contact.title, contact.language) == ("Own", "A", "de")


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ("  email: x@x.example\n", "4: the key `email` is here a second time; the first is on line 3"),
        (
            "  title: !!python/object:os.system x\n",
            "4: the tag !!python/object:os.system is not understood here; take it away, every value is plain text",
        ),
        ("  title: !!int 5\n", "4: the tag !!int is not understood here; take it away, every value is plain text"),
        ("  note: !mine x\n", "4: the tag !mine is not understood here; take it away, every value is plain text"),
        ("  title: *nobody\n", "4: the alias *nobody stands for nothing before it"),
        ("  note: &a [*a]\n", "4: the alias *a stands for nothing before it"),
        ("  note: &a x\n  met: &a y\n", "5: the anchor &a is here a second time"),
        ("  <<: text\n", "4: `<<` takes in mappings only"),
        ("  ? [a, b]\n  : c\n", "4: a key must be plain text"),
        ("  note: " + "[" * 60 + "]" * 60 + "\n", "4: this is nested more than 40 deep"),
        ("  also: x@x.example\n", '4: contacts[0].also: `also` must be a list, such as ["x@x.example"]'),
        ("  also:\n  - x@x.example\n  - x@@x.example\n", "6: contacts[0].also[1]: `x@@x.example` is no e-mail address"),
        ("  phones: [[1, 2]]\n", "4: contacts[0].phones[0]: this must be text, and is a list"),
        ("  title: {a: b}\n", "4: contacts[0].title: this must be text, and is a mapping"),
        ("  tags: [it,\n    ~]\n", "5: contacts[0].tags[1]: this must be text, and is nothing"),
        ('  title: "a\\tb"\n', "4: contacts[0].title: a field must be one line of printable text, and holds U+0009"),
        ("  language: German\n", "4: contacts[0].language: `German` is no language code; write one such as en or de-CH"),
        ("  timezone: Mars/Olympus\n", "4: contacts[0].timezone: `Mars/Olympus` is no time zone; write one such as Europe/London"),
        ("  timezone: ../../etc/passwd\n", "4: contacts[0].timezone: `../../etc/passwd` is no time zone; write one such as Europe/London"),
        ("  status: gone\n", "4: contacts[0].status: `gone` is no status; it is one of probation, away, suspect"),
        ("  away_until: 1.12.2026\n", "4: contacts[0].away_until: `1.12.2026` is no date; write it as YYYY-MM-DD"),
        ("  away_until: 20261201\n", "4: contacts[0].away_until: `20261201` is no date; write it as YYYY-MM-DD"),
        ("  previous: [x@x.example]\n", "4: contacts[0].previous[0]: an item of `previous` must be a mapping with at least `email`"),
        ("  previous:\n  - company: Acme\n", "5: contacts[0].previous[0]: an item of `previous` must be a mapping with at least `email`"),
        ("  previous:\n  - email: x@x.example\n    until: soon\n", "6: contacts[0].previous[0].until: `soon` is no date"),
        ("  previous: x\n", "4: contacts[0].previous: `previous` must be a list of mappings with at least `email`"),
        ("- just text\n", "4: contacts[1]: an entry must be a mapping with at least `name` and `email`"),
        ("- name: Bob\n", "4: contacts[1]: `email` is missing"),
        ("- email: b@b.example\n  name:\n", "5: contacts[1].name: `name` is missing"),
        ("- name: Bob\n  email: JANE@Acme.example\n", "4: contacts[1]: jane@acme.example belongs to Jane on line 2 already"),
        (
            "- name: Bob\n  email: b@b.example\n  also: [jane@acme.example]\n",
            "4: contacts[1]: jane@acme.example belongs to Jane on line 2 already",
        ),
        ("  title: [x\n", "4: this is no YAML: while parsing a flow sequence, did not find expected ',' or ']'"),
        ("  title: a: b\n", "4: this is no YAML: mapping values are not allowed in this context"),
        ("\ttitle: x\n", "4: this is no YAML: while scanning"),
        ("  title: a\x00b\n", "4: this is no YAML: control characters are not allowed"),
        ("---\nx: y\n", "4: a second document begins here; there must be one"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, more: str, expected: str) -> None:
    """One sentence for each, at the place an editor can jump to."""
    found = problems(tmp_path, HEAD + more)
    assert len(found) == 1
    assert found[0].startswith(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "the file is empty"),
        (" \n\n", "the file is empty"),
        ("# only this\n", "the file is empty"),
        ("- name: Jane\n", "1: the file must be a mapping with the list `contacts`"),
        ("contact: []\n", "1: the list `contacts` is missing"),
        ("contacts: yes\n", "1: `contacts` must be a list"),
        ("contacts: {a: b}\n", "1: `contacts` must be a list"),
        ("contacts: []\ncontacts: []\n", "2: the key `contacts` is here a second time; the first is on line 1"),
        (b"contacts: []\nx: \xe4\n", "2: this line is not UTF-8; save the file as UTF-8"),
        ("contacts: []\n".encode("utf-16"), "1: this line is not UTF-8; save the file as UTF-8"),
    ],
)
def test_a_file_that_is_no_contact_file_is_refused(tmp_path: Path, text: str | bytes, expected: str) -> None:
    """An empty file is a fault too: nobody meant to lose everybody."""
    assert [said.strip() for said in problems(tmp_path, text)] == [expected]


def test_all_problems_are_said_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    """Of every entry, whether of its shape, its values or its neighbours."""
    text = HEAD + "  language: German\n  language: en\n- name: B\n  email: b@\n- email: c@c.example\n  status: gone\n"
    text += "- name: D\n  email: Jane@acme.example\n  title: !x y\n"
    assert [(said.partition(":")[0]) for said in problems(tmp_path, text)] == ["5", "7", "8", "9", "10", "12"]


@pytest.mark.parametrize("dash", ["", "  "])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_what_is_no_yaml_hides_nothing_behind_it(tmp_path: Path, dash: str, end: str) -> None:
    """The reading goes on with the next entry: a quotation or a bracket left open is said where it begins."""
    entries = [
        "- name: A\n  email: a@x.example\n  status: gone",  # 2 to 4
        '- name: "B\n  email: b@x.example',  # 5
        "- name: C\n  email: c@x.example\n  tags: [a, b\n  title: x",  # 7 to 10
        "- name: D\n  email: d@x.example\n  language: German",  # 11 to 13
        "- name: E\n   email: e@x.example",  # 14
        "- name: F\n  email: a@x.example\n  tags:\n  - b\n  - c",  # 16
    ]
    text = "contacts:\n" + "\n".join(f"{dash}{line}" for entry in entries for line in entry.split("\n")) + "\n"
    found = problems(tmp_path, "\ufeff" + text.replace("\n", end))
    assert [said.split(":")[0] for said in found] == ["4", "5", "9", "13", "15", "16"]


def test_a_thousand_broken_entries_are_not_all_gone_through(tmp_path: Path) -> None:
    """Fifty show well enough that something is wrong with the whole file."""
    assert len(problems(tmp_path, "contacts:\n" + "- name: [\n" * 1000)) == 50


def test_a_bomb_of_aliases_costs_nothing(tmp_path: Path) -> None:
    """A billion laughs are kept as nine lists as long as nobody unfolds them, and a known field refuses them."""
    bomb = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12))
    assert len(book(tmp_path, bomb + HEAD + "  note: *a11\n").contacts) == 1
    assert all("must be text" in said for said in problems(tmp_path, bomb + HEAD + "  tags: *a11\n"))


def test_a_bomb_of_merge_keys_is_refused(tmp_path: Path) -> None:
    """What would take minutes and gigabytes when unfolded is given up early."""
    keys = ", ".join(f"k{n}: v" for n in range(1000))
    bomb = f"a: &a {{{keys}}}\nb: &b {{<<: [{', '.join(['*a'] * 200)}]}}\n"
    assert problems(tmp_path, bomb + HEAD) == ["2: merge keys bring in more than 100000 values"]


def test_a_file_that_is_not_there_is_the_owners_business(tmp_path: Path) -> None:
    """So is a directory in its place, and an ending that stands for no format."""
    for path in (tmp_path / "none.yaml", tmp_path / "contacts.csv"):
        with pytest.raises(OwnerFault):
            open_contacts(path, tmp_path / "history").load()
    (tmp_path / "directory.yaml").mkdir()
    with pytest.raises(OwnerFault, match="is a directory"):
        open_contacts(tmp_path / "directory.yaml", tmp_path / "history").load()


def test_an_unchanged_file_gives_the_same_book_and_a_changed_one_another(tmp_path: Path) -> None:
    """Even where it was saved within the same tick of the file system's clock, with the same length."""
    path = tmp_path / "contacts.yaml"
    path.write_text(HEAD)
    store = open_contacts(path, tmp_path / "history")
    first = store.load()
    assert store.load() is first
    path.write_text(HEAD.replace("Jane", "Anna"))
    assert store.load().contacts[0].name == "Anna"
