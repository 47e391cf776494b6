"""Templates are loaded as text; what is wrong in them is said at once, with file and line."""

from pathlib import Path

import pytest

from bouncer.edge.templates import load_templates
from bouncer.errors import OwnerFault

SHIPPED = Path(__file__).parents[2] / "config" / "templates"
GOOD = "Subject: Hi\n\nHello\n"


def test_the_shipped_templates_load_and_cover_three_languages_and_three_occasions() -> None:
    """Further variants are welcome."""
    names = load_templates(SHIPPED)
    assert {f"{what}.{language}.txt" for what in ("checkin", "probation", "recheck") for language in ("en", "de", "fr")} <= set(names)


def test_a_file_of_the_owners_replaces_the_shipped_one_of_its_name_and_adds_others(tmp_path: Path) -> None:
    """Everything else stays as shipped."""
    (tmp_path / "checkin.en.txt").write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    (tmp_path / "checkin.it.txt").write_text(GOOD)
    (tmp_path / "notes.md").write_text("{{ not a template")
    names = load_templates(SHIPPED, tmp_path)
    assert names["checkin.en.txt"] == names["checkin.it.txt"] == GOOD
    assert names["checkin.de.txt"] == load_templates(SHIPPED)["checkin.de.txt"]
    assert "notes.md" not in names


def test_every_problem_is_named_with_its_file_and_line(tmp_path: Path) -> None:
    """All at once, so that one look mends them all."""
    (tmp_path / "checkin.de.txt").write_text("Subject: Hi\n\n{% if x %}\n")
    (tmp_path / "checkin.en.txt").write_text("Hello\n")
    (tmp_path / "checkin.fr.txt").write_bytes(b"Subject: caf\xe9\n\nBonjour\n")
    (tmp_path / "checkin.it.txt").write_text(GOOD + "x" * 70_000)
    (tmp_path / "checkin.nl.txt").write_text(GOOD)
    with pytest.raises(OwnerFault) as caught:
        load_templates(SHIPPED, tmp_path)
    assert [(Path(p.file).name, p.line) for p in caught.value.problems] == [
        ("checkin.de.txt", 3),
        ("checkin.en.txt", 1),
        ("checkin.fr.txt", 0),
        ("checkin.it.txt", 0),
    ]


def test_a_directory_that_is_not_there_is_a_problem_but_an_empty_one_is_not(tmp_path: Path) -> None:
    """A mistyped path must not silently bring back the shipped words."""
    assert load_templates(SHIPPED, tmp_path) == load_templates(SHIPPED)
    with pytest.raises(OwnerFault, match="no such directory"):
        load_templates(SHIPPED, tmp_path / "nowhere")
