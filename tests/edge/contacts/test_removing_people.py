"""A person taken out of the contact file and of its earlier versions; what is said of others stays byte for byte."""

import gzip
from pathlib import Path

import pytest

from bouncer.edge.contacts import FORMATS, open_contacts
from bouncer.edge.contacts.removal import without
from bouncer.edge.contacts.tree import Refused
from bouncer.errors import Busy, OwnerFault
from bouncer.model import Because, Change, Traces

JANE = Traces("p", ("jane@acme.example", "jane@home.example"), ("Jane Doe",), ("https://www.linkedin.com/in/janedoe",))
YAML, JSON = FORMATS[".yaml"], FORMATS[".json"]
BOB, HERS = "- name: B\n  email: b@b.example\n", "- name: J\n  email: jane@acme.example\n"
FLOW_BOB, FLOW_HERS = "{name: B, email: b@b.example}", "{name: J, email: jane@acme.example}"
JSON_BOB, JSON_HERS = '{"name": "B", "email": "b@b.example"}', '{"name": "J", "email": "jane@acme.example"}'
LINKED = "- name: Jane Doe\n  email: j@old.example\n  linkedin: https://www.linkedin.com/in/janedoe\n"
FORMER = BOB + "  previous: [{email: jane@acme.example}]\n"
BLOCK = """\
contacts:
- {name: Al, email: al@acme.example}
# on Jane
- name: Jane Doe
  email: jane@acme.example # at work
  note: |
    # no comment
    - x
    # hers

# on Bob
- name: Bob
  email: bob@acme.example
# end
more: 1
"""


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("block", BLOCK, BLOCK[: BLOCK.index("- name: Jane")] + BLOCK[BLOCK.index("# on Bob") :]),
        ("block, the last", f"contacts:\n{BOB}{HERS.replace('jane', 'JANE')}", f"contacts:\n{BOB}"),
        ("block, the only one", "contacts:\n  - email: jane@acme.example\n    name: J\n", "contacts:\n"),
        ("crlf", f"contacts:\n{HERS}{BOB}".replace("\n", "\r\n"), f"contacts:\n{BOB}".replace("\n", "\r\n")),
        ("bom, no last line end", f"\ufeffcontacts:\n{BOB}{HERS.rstrip()}", f"\ufeffcontacts:\n{BOB}"),
        ("flow, first", f"contacts: [{FLOW_HERS}, {FLOW_BOB}]\n", f"contacts: [{FLOW_BOB}]\n"),
        ("flow, last", f"contacts: [{FLOW_BOB}, {FLOW_HERS}]\n", f"contacts: [{FLOW_BOB}]\n"),
        ("flow, with comments", f"contacts: [\n  {FLOW_HERS}, # a, b\n  {FLOW_BOB}]\n", f"contacts: [\n   # a, b\n  {FLOW_BOB}]\n"),
        ("former address", "contacts:\n- name: JANE DOE\n  email: j@old.example\n  also: [jane@home.example]\n", "contacts:\n"),
        ("by the profile", f"contacts:\n{LINKED}", "contacts:\n"),
        ("her comments", f"# Jane  Doe\ncontacts:\n{BOB}  # jane@acme.example\n", f"contacts:\n{BOB}"),
        ("a comment behind a value", f"contacts:\n{BOB.replace('B', 'B # jane@acme.example', 1)}", None),
        ("a namesake", "contacts:\n- name: Jane Doe\n  email: jane@other.example\n", None),
        ("a longer address", "contacts:\n- name: M\n  email: mary.jane@acme.example\n", None),
        ("another's former address", f"contacts:\n{FORMER}", None),
        ("comment-like text", f"contacts:\n{BOB}  note: |\n    # jane@acme.example\n    x\n", None),
    ],
)
def test_in_yaml_the_entry_goes_and_nothing_else(name: str, before: str, after: str | None) -> None:
    """With the comments inside it and further in than its dash behind it; None: nothing of the text is hers to take out."""
    assert name
    assert without(YAML, before, JANE).text == (before if after is None else after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f'{{"contacts": [\n  {JSON_HERS},\n  {JSON_BOB}\n]}}', f'{{"contacts": [\n  {JSON_BOB}\n]}}'),
        (f'{{"contacts": [{JSON_BOB} , {JSON_HERS}], "x": [1,2]}}', f'{{"contacts": [{JSON_BOB}], "x": [1,2]}}'),
        (f'{{"contacts":[{JSON_HERS}]}}', '{"contacts":[]}'),
        ('{"contacts":[{"name":"Jane Doe","email":"jane@other.example"}]}', None),
    ],
)
def test_in_json_a_comma_goes_with_it(before: str, after: str | None) -> None:
    """One, and the right one."""
    assert without(JSON, before, JANE).text == (before if after is None else after)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("contacts:\n- &j\n  name: J\n  email: jane@acme.example\n- <<: *j\n  email: b@b.example\n", "point to it"),
        (f"contacts: &all\n{HERS}again: *all\n", "the whole list carries the anchor"),
        (f"contacts:\n{HERS} -\n", "no YAML"),
    ],
    ids=["an anchor others use", "the whole list is one", "no yaml"],
)
def test_what_cannot_be_taken_out_alone_is_refused(text: str, said: str) -> None:
    """In words, and nothing is guessed."""
    with pytest.raises(Refused, match=said):
        without(YAML, text, JANE)


def test_what_is_left_to_look_at_is_said_by_line() -> None:
    """The owner's words on others, and the comment that stood right above the entry."""
    text = "contacts:\n- name: B\n  email: b@b.example\n  note: Jane Doe's friend\n# met at LISA\n- name: J\n  email: jane@acme.example\n"
    assert without(YAML, text, JANE).left == (4, 5)


class TestTheFile:
    """On disk, with its history."""

    @pytest.fixture
    def path(self, tmp_path: Path) -> Path:
        """Give a file of which two versions are kept, one with a person more."""
        path = tmp_path / "contacts.yaml"
        path.write_text("contacts:\n- name: Jane Doe\n  email: jane@acme.example\n- name: Bob\n  email: bob@acme.example\n")
        contacts = open_contacts(path, tmp_path / "history")
        for title in ("CTO", "CEO"):
            before = contacts.load().contacts[1].title
            contacts.apply([Change("bob@acme.example", "title", before, title, Because("signature", title, "signature"))])
        return path

    def versions(self, path: Path) -> list[str]:
        """Give what the kept versions say, oldest first."""
        return [gzip.decompress(kept.read_bytes()).decode() for kept in sorted((path.parent / "history").glob("*.gz"))]

    def test_it_goes_from_every_version_and_the_versions_stay(self, path: Path) -> None:
        """Bob's past is not lost with Jane's; and the version without her is not kept with her."""
        contacts = open_contacts(path, path.parent / "history")
        swept = contacts.forget(JANE)
        assert (swept.entries, swept.rewritten, swept.deleted) == ((2,), 2, 0)
        bob = "contacts:\n- name: Bob\n  email: bob@acme.example\n"
        assert self.versions(path) == [bob, bob + "  title: CTO\n"]
        assert path.read_text() == bob + "  title: CEO\n"
        assert [contact.name for contact in contacts.load().contacts] == ["Bob"]

    def test_a_version_that_cannot_be_had_without_them_goes(self, path: Path) -> None:
        """One that is torn, one that is no YAML, one in which an entry of Bob's names her."""
        history = path.parent / "history"
        for n, text in enumerate(("contacts: [jane@acme.example", "contacts:\n- name: B\n  email: b@b.example\n  note: Jane Doe\n")):
            (history / f"contacts.yaml.2026010{n + 1}T000000.000000Z-{'0' * 16}.gz").write_bytes(gzip.compress(text.encode()))
        (history / f"contacts.yaml.20260103T000000.000000Z-{'0' * 16}.gz").write_bytes(b"\x1f\x8bjane@acme.example")
        (history / ".draft").write_bytes(b"jane@acme.example")
        swept = open_contacts(path, history).forget(JANE)
        assert (swept.rewritten, swept.deleted) == (2, 3)
        assert sorted(left.name[:13] for left in history.iterdir()) == ["contacts.lock", "contacts.yaml", "contacts.yaml"]

    @pytest.mark.parametrize("more", ["  title: CTO\n", "\n  title: CTO\n", "  # a note\n  title: CTO\n", "- x\n"])
    def test_an_entry_that_was_longer_in_a_version_goes_whole(self, path: Path, more: str) -> None:
        """Its last lines do not become somebody else's; where the version is none that parses, it goes."""
        history = path.parent / "history"
        text = f"contacts:\n- name: Al\n  email: al@al.example\n- name: Jane Doe\n  email: jane@acme.example\n{more}{BOB}"
        (history / f"contacts.yaml.20260101T000000.000000Z-{'0' * 16}.gz").write_bytes(gzip.compress(text.encode()))
        open_contacts(path, history).forget(JANE)
        whole = "contacts:\n- name: Al\n  email: al@al.example\n" + BOB
        assert self.versions(path)[0] == (whole if "title" in more else whole.replace(BOB, more + BOB))

    def test_a_version_that_never_named_them_is_left_as_it_is(self, path: Path) -> None:
        """Byte for byte, under its name."""
        other = path.parent / "history" / f"contacts.yaml.20260101T000000.000000Z-{'0' * 16}.gz"
        other.write_bytes(gzip.compress(b"contacts:\n- name: M\n  email: mary.jane@acme.example\n"))
        before = other.read_bytes()
        open_contacts(path, path.parent / "history").forget(JANE)
        assert other.read_bytes() == before

    def test_twice_is_once(self, path: Path) -> None:
        """The second does nothing."""
        contacts = open_contacts(path, path.parent / "history")
        contacts.forget(JANE)
        before = path.stat().st_mtime_ns, self.versions(path)
        swept = contacts.forget(JANE)
        assert (swept.entries, swept.rewritten, swept.deleted) == ((), 0, 0)
        assert (path.stat().st_mtime_ns, self.versions(path)) == before

    def test_a_file_that_is_open_in_an_editor_is_waited_for(self, path: Path) -> None:
        """Else the editor would bring them back."""
        (path.parent / ".contacts.yaml.kate-swp").write_text("")
        with pytest.raises(Busy, match="open in an editor"):
            open_contacts(path, path.parent / "history").forget(JANE)
        assert "jane@acme.example" in path.read_text()

    def test_an_entry_that_cannot_be_taken_out_is_said_before_anything_is_done(self, path: Path) -> None:
        """By the file's name, and what to do."""
        path.write_text("contacts:\n- &j\n  name: J\n  email: jane@acme.example\n- <<: *j\n  email: b@b.example\n")
        with pytest.raises(OwnerFault, match=r"contacts\.yaml: .*take it out by hand"):
            open_contacts(path, path.parent / "history").written(JANE)
