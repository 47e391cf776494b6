"""Every way that editors have of saving a file, most of them by the editor itself, against a bouncer that writes as fast as it can."""

import os
import pty
import random
import re
import select
import shutil
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread

from bouncer.edge.contacts import open_contacts
from bouncer.errors import Busy, OwnerFault
from bouncer.model import Because, Change
from bouncer.ports import Contacts

WHY = Because("test", "", "body")
PEOPLE = "".join(f"  - name: P{n}  # keep {n}\n    email: p{n}@x.example\n" for n in range(50))
START = f"contacts:\n  - name: Jane\n    email: jane@acme.example\n    title: CTO\n    note: save 0\n{PEOPLE}# the end\n"
TOKEN = re.compile(rb"note: save (\d+)")
_TRIES = 40
_PATIENCE = 0.5  # seconds in which a save that was put aside for a moment is back


def _run(*command: str, cwd: Path | None = None) -> None:
    environment = os.environ | {"TERM": "xterm", "HOME": "/nonexistent", "GIT_CONFIG_NOSYSTEM": "1"}
    subprocess.run(
        command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=cwd, env=environment
    )


def _vim(copy: str, path: Path, number: int) -> None:
    """Save with vim, which asks before it writes over what has changed since it read it, and without an answer ends with 0 all the same."""
    said = path.parent / "written"
    said.unlink(missing_ok=True)
    script = (f"set backupcopy={copy}", f"%s/note: save [0-9]*/note: save {number}/", f"w! | call writefile([], '{said}')", "q!")
    _run("vim", "-n", "-e", "-s", "-u", "NONE", *(part for line in script for part in ("-c", line)), str(path))
    if not said.exists():
        raise subprocess.CalledProcessError(1, "vim")


def vim_yes(path: Path, number: int) -> None:
    """Save with vim, which writes into the file that is there."""
    _vim("yes", path, number)


def vim_no(path: Path, number: int) -> None:
    """Save with vim, which moves the file aside and writes a new one."""
    _vim("no", path, number)


def sed(path: Path, number: int) -> None:
    """Save with `sed -i`."""
    _run("sed", "-i", f"s/note: save [0-9]*/note: save {number}/", str(path))


def nano(path: Path, number: int) -> None:
    """Save with nano: replace the one line, write, quit; a question whether to write over a file that has changed is answered with no."""
    line = START[: START.index("note: save")].count("\n") + 1
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ["TERM"] = "xterm"
        os.execvp("nano", ["nano", "-I", f"+{line},1", str(path)])  # noqa: S606 - the editor itself
    try:
        _drain(terminal, 0.2)
        painted = b""
        for key in (b"\x0b" + f"    note: save {number}\r".encode(), b"\x0f", b"\r"):
            with suppress(OSError):
                os.write(terminal, key)
            painted = _drain(terminal, 0.2)
        written = b"Wrote" in painted
        with suppress(OSError):
            os.write(terminal, b"\x18" if written else b"n\x03\x18n")
        _drain(terminal, 1)
    finally:
        os.close(terminal)
        os.waitpid(pid, 0)
    if not written:
        raise subprocess.CalledProcessError(1, "nano")


def _drain(terminal: int, seconds: float) -> bytes:
    """Give what the editor paints until it rests for *seconds*."""
    painted = b""
    with suppress(OSError):
        while select.select([terminal], [], [], seconds)[0]:
            more = os.read(terminal, 65536)
            if not more:
                break
            painted += more
    return painted


def atomic(path: Path, number: int) -> None:
    """Write beside and rename, as editors with atomic saves do."""
    other = path.with_name("draft.tmp")
    with other.open("wb") as file:
        file.write(_numbered(path, number))
        file.flush()
        os.fsync(file.fileno())
    other.rename(path)


def git_checkout(path: Path, number: int) -> None:
    """Put the next version into the index and check it out, as `git checkout` does: git removes the file and writes it anew."""
    tree = path.parent
    if not (tree / ".git").exists():
        _run("git", "init", "-q", cwd=tree)
    made = subprocess.run(
        ["git", "hash-object", "-w", "--stdin"], cwd=tree, input=_numbered(path, number), capture_output=True, check=True
    ).stdout.decode()
    _run("git", "update-index", "--add", "--cacheinfo", f"100644,{made.strip()},{path.name}", cwd=tree)
    _run("git", "checkout-index", "-f", path.name, cwd=tree)


def _numbered(path: Path, number: int) -> bytes:
    return TOKEN.sub(b"note: save %d" % number, path.read_bytes())


Save = Callable[[Path, int], None]
WAYS: dict[str, tuple[str, Save]] = {
    "vim, backupcopy=yes": ("vim", vim_yes),
    "vim, backupcopy=no": ("vim", vim_no),
    "nano": ("nano", nano),
    "sed -i": ("sed", sed),
    "atomic save": ("sh", atomic),
    "git checkout": ("git", git_checkout),
}


def missing() -> list[str]:
    """Name the ways whose program is not here."""
    return [name for name, (program, _) in WAYS.items() if shutil.which(program) is None]


@dataclass(slots=True)
class Found:
    """What a race came to."""

    saves: Counter[str] = field(default_factory=Counter)
    writes: int = 0
    waits: int = 0
    refused: int = 0
    again: int = 0
    wrong: list[str] = field(default_factory=list)


def race(
    directory: Path,
    saves: int,
    seed: int,
    wrap: Callable[[Contacts, Path], Contacts] = lambda store, _: store,
    without: frozenset[str] = frozenset(),
    enough: Callable[[Found], bool] = lambda _: False,
) -> Found:
    """Save *saves* times by ways chosen by chance, but not *without*, or until *enough*, while bouncer writes; each is looked for."""
    path, found, done, chance = directory / "contacts.yaml", Found(), Event(), random.Random(seed)  # noqa: S311 - a choice
    path.write_text(START)
    thread = Thread(target=_bouncer, args=(wrap(open_contacts(path, directory / "history"), path), found, done))
    ways = [name for name in WAYS if name not in missing() and name not in without]
    thread.start()
    try:
        for number in range(1, saves + 1):
            weights = [1 if name == "nano" else 20 for name in ways]
            name = ways[(number - 1) % len(ways)] if number <= len(ways) else chance.choices(ways, weights)[0]
            _saved(WAYS[name][1], path, number, found)
            found.saves[name] += 1
            if trouble := _looked_for(path, number):
                found.wrong.append(f"save {number} by {name}: {trouble}")
            if enough(found):
                break
            time.sleep(chance.random() * 0.01)
    finally:
        done.set()
        thread.join()
    return found


def _saved(save: Save, path: Path, number: int, found: Found) -> None:
    """Save; where the editor says that it could not, do as a person does: read the file again, and save again."""
    for _ in range(_TRIES):
        try:
            save(path, number)
        except subprocess.CalledProcessError:
            found.again += 1
        else:
            return


def _looked_for(path: Path, number: int) -> str:
    """Say what is wrong with the save, or nothing."""
    began, data = time.monotonic(), b""
    while time.monotonic() - began < _PATIENCE:
        data = path.read_bytes()
        if f"note: save {number}\n".encode() in data:
            break
        time.sleep(0.01)
    else:
        return "lost"
    whole = data.endswith(b"# the end\n") and data.count(b"# keep") == PEOPLE.count("# keep")
    return "" if whole else "torn, or its comments are gone"


def _bouncer(store: Contacts, found: Found, done: Event) -> None:
    while not done.is_set():
        try:
            title = store.load().contacts[0].title
            receipt = store.apply([Change("jane@acme.example", "title", title, f"T{found.writes}", WHY)])
        except Busy:
            found.waits += 1
            time.sleep(0.002)
        except OwnerFault as fault:
            found.refused += 1
            found.wrong.append(f"read a torn file: {fault}")
        else:
            found.writes += receipt.before != receipt.after
