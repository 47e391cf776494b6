"""bouncer finds its own files, installed or not."""

from pathlib import Path

import pytest

from bouncer.edge.shipped import directory


def test_a_repository_holds_them_beside_the_package() -> None:
    """And the rules inside it."""
    root = Path(__file__).parents[2]
    assert directory("config") == root / "config"
    assert directory("rules") == root / "bouncer" / "rules"


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
