"""The shipped unit is one that systemd accepts to the letter and finds hardened."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from bouncer.cli.unit import drop_in
from bouncer.edge.shipped import directory

pytestmark = pytest.mark.servers

UNIT = directory("systemd") / "bouncer.service"


@pytest.fixture(autouse=True)
def analyze() -> None:
    """Skip where systemd is not installed, unless servers are required."""
    if shutil.which("systemd-analyze") is None:
        if os.environ.get("BOUNCER_REQUIRE_SERVERS"):
            pytest.fail("systemd-analyze is missing")
        pytest.skip("systemd-analyze is not installed")


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run systemd-analyze."""
    return subprocess.run(["systemd-analyze", *arguments], capture_output=True, text=True, check=False, timeout=60)


def verified(tmp_path: Path, text: str) -> str:
    """Give what `systemd-analyze verify` complains of; it ends with 0 on unknown keys, so its words count."""
    there = tmp_path / "bouncer.service"
    there.write_text(re.sub(r"(?m)^ExecStart=\S+", "ExecStart=/bin/true", text), encoding="utf-8")
    return run("verify", str(there)).stderr


def test_the_unit_verifies_without_a_word(tmp_path: Path) -> None:
    """No unknown key, no ignored line."""
    assert verified(tmp_path, UNIT.read_text(encoding="utf-8")) == ""


@pytest.mark.parametrize("home", ["/home/olga/bouncer", "/srv/my mail/50%", '/root/a"b\\c/$x:y'])
def test_the_drop_in_of_init_verifies_without_a_word(tmp_path: Path, home: str) -> None:
    """Behind the unit, with paths of every kind."""
    assert verified(tmp_path, f"{UNIT.read_text(encoding='utf-8')}\n{drop_in(Path(home), 'root')}\n") == ""


def test_a_misspelt_key_would_be_seen(tmp_path: Path) -> None:
    """The check above can fail."""
    assert "Unknown key" in verified(tmp_path, UNIT.read_text(encoding="utf-8").replace("NoNewPrivileges", "NoNewPrivilege"))


def test_the_unit_is_exposed_at_most_one_point_five() -> None:
    """A bare unit has 9.2."""
    answer = run("security", "--offline=true", "--threshold=15", str(UNIT))
    level = re.search(r"Overall exposure level for \S+: ([0-9.]+)", answer.stdout)
    assert level is not None, answer.stderr
    assert float(level[1]) <= 1.5
    assert answer.returncode == 0


def test_every_line_of_the_unit_stands_under_a_comment() -> None:
    """Whoever hardens or loosens it can see what each group is for."""
    blocks = UNIT.read_text(encoding="utf-8").split("\n\n")
    for block in blocks:
        lines = [line for line in block.splitlines() if not line.startswith("[")]
        if any("=" in line and not line.startswith("#") for line in lines) and "WantedBy" not in block and "Description" not in block:
            assert lines[0].startswith("#"), block
