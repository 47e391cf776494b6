"""bouncer finds its own files, installed or not."""

import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

from bouncer.core.wording import compile_packs, prove
from bouncer.edge.contacts import open_contacts
from bouncer.edge.packs import load_packs
from bouncer.edge.shipped import directory

ROOT = Path(__file__).parents[2]


def test_a_repository_holds_them_beside_the_package() -> None:
    """And the rules inside it."""
    assert directory("config") == ROOT / "config"
    assert directory("rules") == ROOT / "bouncer" / "rules"


def test_a_wheel_holds_them_inside_the_package(tmp_path: Path) -> None:
    """Another package's `config` beside ours, and our own code of that name, are not taken for it."""
    for name in ("bouncer/share/config", "bouncer/config", "config"):
        (tmp_path / name).mkdir(parents=True)
    assert directory("config", tmp_path / "bouncer") == tmp_path / "bouncer" / "share" / "config"


def test_a_broken_installation_is_said(tmp_path: Path) -> None:
    """Code of the same name does not stand in for lost files."""
    (tmp_path / "bouncer" / "config").mkdir(parents=True)
    with pytest.raises(FileNotFoundError, match="install it again"):
        directory("config", tmp_path / "bouncer")


def test_the_sample_of_the_owners_own_pack_does_what_it_says() -> None:
    """It loads beside the shipped ones, and its examples come out."""
    own = directory("config") / "rules.d"
    (pack,) = load_packs(own)
    assert prove(compile_packs((pack,))) == ()
    assert [rule.means for rule in pack.rules] == ["left"]


def test_the_sample_contact_file_is_read_whole(tmp_path: Path) -> None:
    """Every field of a contact stands in it, and a field of the owner's own does no harm."""
    book = open_contacts(directory("config") / "contacts.example.yaml", tmp_path).load()
    jane, *_ = book.contacts
    assert [field.name for field in fields(jane) if not getattr(jane, field.name)] == []
    assert [contact.status for contact in book.contacts] == ["away", None, "paused"]


def test_a_wheel_takes_along_what_the_repository_has_and_nothing_a_run_left_there() -> None:
    """Beside the sample may lie a password; so the files are named one by one, and each of them is there."""
    included = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    assert all((ROOT / source).exists() and target == f"bouncer/share/{source}" for source, target in included.items())
    shipped = {"bouncer.yaml", "bouncer.schema.json", "contacts.example.yaml", "templates", "rules.d"}
    assert {source.removeprefix("config/") for source in included} == {*shipped, "systemd"}
