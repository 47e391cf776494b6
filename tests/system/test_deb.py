"""The Debian package: it installs, upgrades, is removed and purged, and what the owner wrote and what bouncer made go when they shall.

`BOUNCER_DEB=FILE pytest tests/system/test_deb.py` takes a package that `packaging/deb` has built, and runs the program in it, too; else one
without its libraries is built, which is quick.
"""

import os
import re
import shutil
import stat
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.servers import missing

pytestmark = pytest.mark.servers

PROJECT = Path(__file__).parents[2]
READY = os.environ.get("BOUNCER_DEB")
NAME = "bouncer-daemon"


class Machine:
    """A copy of this machine's system that forgets all that is done to it: a layer in memory over it."""

    def __init__(self, base: Path) -> None:
        """Lay it over in *base*."""
        self.base, self.root = base, base / "root"
        self._mounted: list[Path] = []
        self._mount("tmpfs", base, "tmpfs", "size=1g")
        for name in ("upper", "work", "root"):
            (base / name).mkdir()
        self._mount("overlay", self.root, "overlay", f"lowerdir=/,upperdir={base}/upper,workdir={base}/work")
        self._mount("proc", self.root / "proc", "proc")
        (self.root / "dev" / "null").touch()

    def _mount(self, what: str, where: Path, kind: str, options: str = "rw") -> None:
        if subprocess.run(["mount", "-t", kind, "-o", options, what, where], capture_output=True, check=False).returncode:
            self.leave()
            missing(f"no {kind} can be mounted here")
        self._mounted.append(where)

    def leave(self) -> None:
        """Take the layers away."""
        for where in reversed(self._mounted):
            subprocess.run(["umount", "-l", where], check=True)
        self._mounted.clear()

    def run(self, *command: str) -> str:
        """Run a command in it that ends well, and give all that it prints."""
        environ = {"PATH": "/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"}
        ran = subprocess.run(
            ["chroot", self.root, *command], env=environ, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=300
        )
        assert ran.returncode == 0, (command, ran.stdout, ran.stderr)
        return ran.stdout + ran.stderr

    def install(self, package: Path) -> str:
        """Install *package*; what the owner has changed stays."""
        shutil.copy(package, self.root / "package.deb")
        return self.run("dpkg", "--force-confold", "--install", "/package.deb")


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    """Give one."""
    if os.geteuid() != 0 or shutil.which("dpkg-deb") is None:
        missing("a package is installed by root, on Debian")
    (tmp_path / "machine").mkdir()
    made = Machine(tmp_path / "machine")
    yield made
    made.leave()


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the package, built without its libraries unless there is one."""
    return Path(READY) if READY else built(tmp_path_factory.mktemp("built"))


def built(path: Path) -> Path:
    """Build the package without its libraries."""
    if shutil.which("dpkg-deb") is None:
        missing("dpkg-deb is not installed")
    (path / "lock").touch()
    environ = {**os.environ, "PYTHON": sys.executable, "LOCK": str(path / "lock"), "SOURCE_DATE_EPOCH": "1790000000"}
    subprocess.run([PROJECT / "packaging" / "deb", path], env=environ, check=True, capture_output=True, timeout=300)
    (found,) = path.glob("*.deb")
    return found


def newer(package: Path, path: Path) -> Path:
    """Give *package* as the next version, whose sample configuration is another one."""
    subprocess.run(["dpkg-deb", "--raw-extract", package, path / "next"], check=True)
    control, sample = path / "next" / "DEBIAN" / "control", path / "next" / "etc" / "bouncer" / "bouncer.yaml"
    control.write_text(re.sub(r"(?m)^Version: (.*)$", r"Version: \1+next", control.read_text(encoding="utf-8")), encoding="utf-8")
    sample.write_text(sample.read_text(encoding="utf-8") + "# new\n", encoding="utf-8")
    subprocess.run(["dpkg-deb", "-Znone", "--build", path / "next", path / "next.deb"], check=True, capture_output=True)
    return path / "next.deb"


@pytest.mark.skipif(bool(READY), reason="nobody knows from what, and when, that one was built")
def test_a_build_can_be_repeated(package: Path, tmp_path: Path) -> None:
    """The same sources and date give the same bytes, wherever it is built."""
    assert built(tmp_path).read_bytes() == package.read_bytes()


def test_it_installs_upgrades_is_removed_and_purged(machine: Machine, package: Path, tmp_path: Path) -> None:
    """Configuration, contacts and state stay until a purge, which says what it removes; the contacts stay even then."""
    machine.install(package)
    etc, state = machine.root / "etc" / "bouncer", machine.root / "var" / "lib" / "bouncer"
    user = machine.run("id", "bouncer")
    assert "uid=" in user
    assert stat.S_IMODE((etc / "bouncer.yaml").stat().st_mode) == 0o640
    assert (etc / "contacts").stat().st_uid == int(machine.run("id", "-u", "bouncer")) != 0
    assert not (machine.root / "etc" / "systemd" / "system" / "multi-user.target.wants" / "bouncer.service").is_symlink()
    if READY:
        assert machine.run("bouncer", "--version").startswith("bouncer ")
        assert "rules in" in machine.run("sh", "-c", "bouncer check --config /etc/bouncer/bouncer.yaml || true")

    (etc / "bouncer.yaml").write_text("live: false  # mine\n", encoding="utf-8")
    (etc / "contacts" / "contacts.yaml").write_text("contacts: []\n", encoding="utf-8")
    state.mkdir()
    (state / "ledger.sqlite3").write_text("what happened\n", encoding="utf-8")
    assert "+next" in machine.install(newer(package, tmp_path))
    assert (etc / "bouncer.yaml").read_text(encoding="utf-8") == "live: false  # mine\n"

    machine.run("dpkg", "--remove", NAME)
    assert not (machine.root / "opt" / "bouncer").exists()
    assert (etc / "bouncer.yaml").exists()
    assert (state / "ledger.sqlite3").exists()

    told = machine.run("dpkg", "--purge", NAME)
    assert "Removing /var/lib/bouncer: what was sent and received" in told
    assert "Your contacts stay in /etc/bouncer/contacts." in told
    assert not state.exists()
    assert not (etc / "bouncer.yaml").exists()
    assert (etc / "contacts" / "contacts.yaml").read_text(encoding="utf-8") == "contacts: []\n"
    assert NAME not in machine.run("dpkg-query", "--show", "--showformat", "${Package}\n")


def test_the_lock_names_every_package_that_the_service_needs() -> None:
    """With a hash each; one that is added to the project and not to the lock is seen."""
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    wanted = [*project["dependencies"], *extras["google"], *extras["microsoft"], *extras["dkim"]]
    locked = (PROJECT / "packaging" / "requirements.lock").read_text(encoding="utf-8")
    names = {re.split(r"[\[<>=!~ ]", line)[0].lower().replace("_", "-") for line in wanted}
    assert names - set(re.findall(r"(?m)^([a-z0-9.-]+)==", locked)) == set()
    for entry in re.split(r"(?m)^(?=[a-z0-9])", locked)[1:]:
        assert "--hash=sha256:" in entry, entry
