"""A contact file that was torn anywhere is read or refused with a line, never anything else."""

from contextlib import suppress
from pathlib import Path

import pytest

from bouncer.edge.contacts import open_contacts
from bouncer.edge.shipped import directory
from bouncer.errors import OwnerFault

YAML = (directory("config") / "contacts.example.yaml").read_text(encoding="utf-8") + "  - {name: Al, email: al@x.example, tags: [a, 'b']}\n"
JSON = """\
{"contacts": [
  {"name": "Al", "email": "al@x.example", "tags": ["a"], "previous": [{"email": "b@x.example"}]},
  {"name": "Bo", "email": "bo@x.example"}
]}
"""


@pytest.mark.parametrize(("name", "text"), [("contacts.yaml", YAML), ("contacts.json", JSON)])
def test_every_beginning_of_a_good_file_is_read_or_refused(tmp_path: Path, name: str, text: str) -> None:
    """As a save that a full disk cut short would leave it; nothing is written."""
    path = tmp_path / name
    for size in range(len(text)):
        path.write_text(text[:size], encoding="utf-8")
        with suppress(OwnerFault):
            open_contacts(path, tmp_path / "history").load()
    assert list(tmp_path.iterdir()) == [path]


def test_a_list_begun_and_not_ended_after_good_entries_is_named_by_its_line(tmp_path: Path) -> None:
    """The entries before it are not to blame."""
    path = tmp_path / "contacts.yaml"
    path.write_text("contacts:\n  - name: Jane Doe\n    email: jane@acme.example\n  - name: [\n", encoding="utf-8")
    with pytest.raises(OwnerFault) as wrong:
        open_contacts(path, tmp_path).load()
    assert [problem.line for problem in wrong.value.problems] == [5]
