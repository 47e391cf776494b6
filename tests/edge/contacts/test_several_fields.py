"""Several fields of one entry written under one proof: all at once where all fit, one by one where one does not."""

from pathlib import Path

import pytest

from bouncer.edge.contacts import open_contacts
from bouncer.edge.contacts.edit import rewritten
from bouncer.edge.contacts.tree import Edit, Refused, apply_edits
from bouncer.edge.contacts.yaml_file import YamlFormat
from bouncer.model import Because, Change, Receipt, Value

WHY = Because("test", "", "body")
JSON = '{"contacts": [{"name": "J", "email": "j@x.example", "company": "Acme", "title": "CTO"}]}'
YAML = "contacts:\n  - name: J\n    email: j@x.example\n    company: Acme  # since May\n    note: mine\n"


def apply(path: Path, text: str, *wanted: tuple[str, Value, Value]) -> tuple[str, Receipt]:
    """Apply changes of one person to a file that says *text*; gives what it says then."""
    path.write_text(text)
    receipt = open_contacts(path, path.parent / "history").apply([Change("j@x.example", *change, WHY) for change in wanted])
    return path.read_text(), receipt


def test_new_fields_come_in_the_order_of_the_format(tmp_path: Path) -> None:
    """However they are told, and each where it would stand alone."""
    wanted = (("away_until", None, "2026-03-01"), ("linkedin", None, "in/j"), ("status", None, "away"), ("title", None, "CTO"))
    said, receipt = apply(tmp_path / "c.yaml", YAML, *wanted)
    assert receipt.refused == ()
    assert said == (
        "contacts:\n  - name: J\n    email: j@x.example\n    company: Acme  # since May\n    title: CTO\n    linkedin: in/j\n"
        "    note: mine\n    status: away\n    away_until: 2026-03-01\n"
    )


@pytest.mark.parametrize(
    ("wanted", "made"),
    [
        ([("company", "Acme", None), ("title", "CTO", None)], JSON.replace(', "company": "Acme", "title": "CTO"', "")),
        ([("company", "Acme", None), ("title", "CTO", "CEO")], JSON.replace('"company": "Acme", "title": "CTO"', '"title": "CEO"')),
        ([("title", "CTO", None), ("tags", None, ("a",))], JSON.replace('"title": "CTO"', '"tags": ["a"]')),
    ],
)
def test_what_goes_and_what_comes_do_not_get_in_each_others_way(tmp_path: Path, wanted: list[tuple[str, Value, Value]], made: str) -> None:
    """Neighbours that share a comma, too."""
    assert apply(tmp_path / "c.json", JSON, *wanted)[0] == made


def test_one_that_does_not_fit_keeps_no_other_back(tmp_path: Path) -> None:
    """It is refused with its own reason."""
    said, receipt = apply(tmp_path / "c.yaml", YAML, ("company", "Other", "New"), ("title", None, "CTO"), ("company", "Acme", "Third"))
    assert said == YAML.replace("Acme  # since May\n", "Third  # since May\n    title: CTO\n")
    assert [(change.field, why) for change, why in receipt.refused] == [("company", "`company` is `Acme` by now, not `Other`")]
    assert [change.field for change in receipt.applied] == ["title", "company"]


def test_a_comment_that_one_would_lose_keeps_that_one_back_alone(tmp_path: Path) -> None:
    """The others are made."""
    text = YAML.replace("    note", "    tags:\n      - a\n      # why not\n      - b\n    note")
    said, receipt = apply(tmp_path / "c.yaml", text, ("tags", ("a", "b"), None), ("title", None, "CTO"))
    assert said == text.replace("# since May\n", "# since May\n    title: CTO\n")
    assert [change.field for change, _ in receipt.refused] == ["tags"]


def test_edits_of_one_place_are_refused() -> None:
    """Text is never cut twice."""
    with pytest.raises(Refused, match="one place"):
        apply_edits("abcdef", [Edit(1, 3, "x"), Edit(2, 4, "y")])
    assert apply_edits("abcdef", [Edit(3, 4, "y"), Edit(1, 3, "x"), Edit(3, 3, "-"), Edit(3, 3, "+")]) == "ax-+yef"


def test_nothing_is_made_where_one_of_them_cannot_be() -> None:
    """An anchor under one key keeps the other back as well: whoever asks for both gets both or a refusal."""
    with pytest.raises(Refused, match="anchor"):
        rewritten(YamlFormat(), "- name: J\n  email: j@x.example\n  tags: &all [a]\n", {"title": "CTO", "tags": ["b"]})
