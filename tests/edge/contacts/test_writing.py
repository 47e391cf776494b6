"""How the file is written: beside it and exchanged, its looks kept, every displaced version kept as well."""

import gzip
import os
import stat
from pathlib import Path
from threading import Timer

import pytest
from support.children import in_child

from bouncer.edge.contacts import disk, exchange, obstacles, open_contacts
from bouncer.errors import Busy, OwnerFault
from bouncer.model import Because, Change, Receipt

TEXT = "contacts:\n- name: Jane\n  email: j@x.example\n  title: T0\n"


def edit(path: Path, before: str, after: str) -> Receipt:
    """Change Jane's title by a store that has just been opened."""
    store = open_contacts(path, path.parent / "history")
    return store.apply([Change("j@x.example", "title", before, after, Because("test", "", "body"))])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Give a contact file."""
    found = tmp_path / "contacts.yaml"
    found.write_text(TEXT)
    return found


def test_mode_and_attributes_stay(path: Path) -> None:
    """The new file looks like the old one to everybody who may read it."""
    path.chmod(0o640)
    os.setxattr(path, "user.mine", b"kept")
    edit(path, "T0", "T1")
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert os.getxattr(path, "user.mine") == b"kept"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_the_owner_stays(path: Path) -> None:
    """Whoever owned the file owns it still."""
    os.chown(path, 12345, 54321)
    edit(path, "T0", "T1")
    assert (path.stat().st_uid, path.stat().st_gid) == (12345, 54321)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_where_the_owner_cannot_be_kept_the_change_is_refused(path: Path) -> None:
    """A file that is not the service's own is not taken over."""
    for directory in (path.parent, *path.parent.parents[:-2]):
        directory.chmod(directory.stat().st_mode | 0o011)
    path.parent.chmod(0o777)

    def as_nobody() -> int:
        os.setgid(65534)
        os.setuid(65534)
        receipt = edit(path, "T0", "T1")
        return 7 if [("belongs to another user" in why) for _, why in receipt.refused] == [True] else 8

    assert in_child(as_nobody) == 7
    assert path.read_text() == TEXT


def test_a_symbolic_link_stays_one(path: Path, tmp_path: Path) -> None:
    """What it points to is edited, in its own directory."""
    real = tmp_path / "real"
    real.mkdir()
    path.rename(real / "people.yaml")
    path.symlink_to("real/people.yaml")
    edit(path, "T0", "T1")
    assert path.is_symlink()
    assert (real / "people.yaml").read_text() == TEXT.replace("T0", "T1")
    assert sorted(file.name for file in tmp_path.rglob("*") if file.name.endswith(".bouncer")) == []


def test_every_displaced_version_is_kept_but_not_for_ever(path: Path) -> None:
    """The history holds the last hundred, readable by the owner alone."""
    for number in range(105):
        edit(path, f"T{number}", f"T{number + 1}")
    kept = sorted((path.parent / "history").glob("contacts.yaml.*.gz"))
    found = [gzip.decompress(file.read_bytes()).decode() for file in kept]
    assert found == [TEXT.replace("T0", f"T{number}") for number in range(5, 105)]
    assert {stat.S_IMODE(file.stat().st_mode) for file in kept} == {0o600}


def test_a_refused_batch_writes_nothing(path: Path) -> None:
    """No file, no version, not even a new date."""
    before = path.stat()
    assert edit(path, "T9", "T1").applied == ()
    assert path.stat().st_mtime_ns == before.st_mtime_ns
    assert list((path.parent / "history").glob("*.gz")) == []


def test_without_exchange_a_plain_rename_does(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a file system that lacks the call."""
    monkeypatch.setattr(exchange, "_EXCHANGE", 1 << 30)  # flags that no kernel knows
    with pytest.raises(exchange.Unsupported):
        exchange.exchange(path, path)
    assert len(edit(path, "T0", "T1").applied) == 1
    assert path.read_text() == TEXT.replace("T0", "T1")
    assert not disk.replace(path, TEXT.encode(), b"contacts: []", path.parent / "history"), "what it was to replace is not there any more"
    assert path.read_text() == TEXT.replace("T0", "T1")
    assert [file.name for file in path.parent.iterdir() if file.name.endswith(".bouncer")] == []


@pytest.mark.parametrize("emptied", ["", "\n"])
def test_a_file_that_was_emptied_is_not_written(path: Path, emptied: str) -> None:
    """Something went wrong there, and it is not made worse."""
    path.write_text(emptied)
    with pytest.raises(OwnerFault, match="the file is empty"):
        edit(path, "T0", "T1")
    assert path.read_text() == emptied


def test_a_file_that_does_not_parse_is_not_written(path: Path) -> None:
    """The line is said, and the bytes stay."""
    path.write_text(TEXT + "  title: [\n")
    with pytest.raises(OwnerFault, match=r"contacts\.yaml:"):
        edit(path, "T0", "T1")
    assert path.read_text() == TEXT + "  title: [\n"


def test_a_file_that_is_gone_is_not_made(path: Path) -> None:
    """Somebody took it away, and may have had a reason."""
    path.unlink()
    with pytest.raises(OwnerFault, match="is not there"):
        edit(path, "T0", "T1")
    assert not path.exists()


def test_a_file_that_is_missing_for_a_moment_is_waited_for(path: Path) -> None:
    """Some editors move it aside before they write it anew."""
    aside = path.with_name("contacts.yaml~")
    path.rename(aside)
    back = Timer(0.05, aside.rename, (path,))
    back.start()
    try:
        assert len(open_contacts(path, path.parent / "history").load().contacts) == 1
    finally:
        back.join()


@pytest.mark.parametrize("name", [".contacts.yaml.swp", ".~lock.contacts.yaml#", ".#contacts.yaml"])
def test_a_file_that_is_open_in_an_editor_waits(path: Path, name: str) -> None:
    """vim, nano, LibreOffice and Emacs say so beside the file."""
    sidecar = path.with_name(name)
    if name.startswith(".#"):
        sidecar.symlink_to(f"olga@host.{os.getpid()}:1")
    else:
        sidecar.write_bytes(b"")
    with pytest.raises(Busy, match="open in an editor"):
        edit(path, "T0", "T1")
    assert path.read_text() == TEXT
    sidecar.unlink()
    assert len(edit(path, "T0", "T1").applied) == 1


def test_what_a_dead_editor_left_does_not_count(path: Path) -> None:
    """Its process is gone: a swap file and a lock of the last power cut keep nobody waiting."""
    gone = 2**22 - 1  # beyond any process there is
    path.with_name(".#contacts.yaml").symlink_to(f"olga@host.{gone}:1")
    path.with_name(".contacts.yaml.swp").write_bytes(b"b0VIM 9.0".ljust(24, b"\0") + gone.to_bytes(4, "little") + b"rest")
    assert len(edit(path, "T0", "T1").applied) == 1


def test_a_file_that_somebody_is_writing_is_waited_for(path: Path) -> None:
    """What stands there meanwhile is not taken for the file."""
    with path.open("r+") as file:
        file.write("contacts:\n- name: Half")
        file.flush()
        with pytest.raises(Busy, match="somebody has been writing it"):
            open_contacts(path, path.parent / "history").load()
    path.write_text(TEXT)
    assert len(open_contacts(path, path.parent / "history").load().contacts) == 1


def test_nothing_stands_in_the_way_of_a_file_of_ones_own(path: Path) -> None:
    """Also behind a symbolic link."""
    link = path.with_name("link.yaml")
    link.symlink_to(path.name)
    assert obstacles(path) == obstacles(link) == ()


def test_a_hard_link_is_told_of(path: Path) -> None:
    """An exchange leaves it with the old version."""
    os.link(path, path.with_name("other.yaml"))
    assert len(obstacles(path)) == 1
    edit(path, "T0", "T1")
    assert path.with_name("other.yaml").read_text() == TEXT


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
@pytest.mark.parametrize(
    ("directory", "owner", "group", "number"), [(0o777, 0, 0, 1), (0o755, 0, 0, 2), (0o777, 65534, 0, 1), (0o777, 65534, 65534, 0)]
)
def test_what_stands_in_the_way_is_told_beforehand(path: Path, directory: int, owner: int, group: int, number: int) -> None:
    """A directory that cannot be written, a file of somebody else's, a group one is not in."""
    for parent in path.parent.parents[:-2]:
        parent.chmod(parent.stat().st_mode | 0o011)
    path.parent.chmod(directory)
    os.chown(path, owner, group)

    def as_nobody() -> int:
        os.setgroups([])
        os.setgid(65534)
        os.setuid(65534)
        return len(obstacles(path))

    assert in_child(as_nobody) == number
