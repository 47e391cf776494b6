"""A person saves the file by every way that editors have, while bouncer writes it: no save is lost and no torn file is acted on.

BOUNCER_SAVES sets how many saves each way makes (60 where it is not set); BOUNCER_SEED the random pauses.
"""

import gzip
import os
import random
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread

import pytest
from support.children import at_exchange, in_child

from bouncer.edge.contacts import open_contacts
from bouncer.errors import Busy
from bouncer.model import Because, Change

SAVES = int(os.environ.get("BOUNCER_SAVES", "60"))
SEED = int(os.environ.get("BOUNCER_SEED", "1"))
WHY = Because("test", "", "body")
PEOPLE = "".join(f"  - name: P{n}  # keep {n}\n    email: p{n}@x.example\n" for n in range(200))
START = f"contacts:\n  - name: Jane\n    email: jane@acme.example\n    title: CTO\n    note: save 0\n{PEOPLE}# the end\n"
PATHS = {"PYTHONPATH": str(Path(__file__).parents[2])}  # for the person's own process
TOKEN = re.compile(rb"note: save (\d+)")


def in_place(path: Path, data: bytes) -> None:
    """Truncate and write, as nano does and vim with backupcopy=yes."""
    with path.open("wb") as file:
        for start in range(0, len(data), 4096):
            file.write(data[start : start + 4096])
            file.flush()


def aside(path: Path, data: bytes) -> None:
    """Move the old one aside and write a new one, as vim with backupcopy=no."""
    backup = path.with_name(path.name + "~")
    path.rename(backup)
    path.write_bytes(data)
    backup.unlink()


def renamed(path: Path, data: bytes) -> None:
    """Write beside and rename, as sed -i and most editors with atomic saves."""
    other = path.with_name("other.tmp")
    other.write_bytes(data)
    other.rename(path)


def unlinked(path: Path, data: bytes) -> None:
    """Remove and write anew, as git checkout does."""
    path.unlink()
    path.write_bytes(data)


def saved_by_a_person(path: Path, save: Callable[[Path, bytes], None], saves: int, seed: int) -> int:
    """Save the file *saves* times, each with the next number, and count those that were gone when looked at afterwards."""
    pauses, lost = random.Random(seed), 0  # noqa: S311 - for pauses
    for number in range(1, saves + 1):
        data = TOKEN.sub(b"note: save %d" % number, whole(path))
        save(path, data)
        for _ in range(50):
            if int(TOKEN.findall(whole(path))[0]) == number:
                break
            time.sleep(0.01)
        else:
            lost += 1
        time.sleep(pauses.random() * 0.01)
    return lost


def whole(path: Path) -> bytes:
    """Read the file, which bouncer never leaves torn or missing; only a person's own other save could."""
    data = path.read_bytes()
    assert data.endswith(b"# the end\n"), "torn"
    assert data.count(b"# keep") == 200, "comments lost"
    return data


@pytest.mark.parametrize("save", [in_place, aside, renamed, unlinked], ids=lambda save: save.__name__)
def test_no_save_is_lost(tmp_path: Path, save: Callable[[Path, bytes], None]) -> None:
    """The person is another process, and bouncer writes as fast as it can: the saves stay, and bouncer's writes get through as well."""
    path = tmp_path / "contacts.yaml"
    path.write_text(START)
    store, written, done = open_contacts(path, tmp_path / "history"), [0], Event()

    def bouncer() -> None:
        while not done.is_set():
            try:
                title = store.load().contacts[0].title
                receipt = store.apply([Change("jane@acme.example", "title", title, f"T{written[0]}", WHY)])
            except Busy:
                continue
            written[0] += receipt.before != receipt.after

    thread = Thread(target=bouncer)
    thread.start()
    try:
        command = [sys.executable, __file__, str(path), save.__name__, str(SAVES), str(SEED)]
        person = subprocess.run(command, capture_output=True, text=True, timeout=30 + SAVES, check=False, env=os.environ | PATHS)
    finally:
        done.set()
        thread.join()
    assert (person.stdout.strip(), person.stderr) == ("0", "")
    assert written[0] >= SAVES / 10, "bouncer hardly wrote: the race was none"
    assert int(TOKEN.findall(whole(path))[0]) == SAVES
    assert [name.name for name in tmp_path.iterdir() if name.suffix == ".bouncer"] == []


@pytest.mark.parametrize("save", [in_place, renamed], ids=lambda save: save.__name__)
@pytest.mark.parametrize("saves", [1, 2, 3, 5])
def test_a_save_in_the_very_moment_of_the_exchange_wins(tmp_path: Path, save: Callable[[Path, bytes], None], saves: int) -> None:
    """The file is looked at before and after: what was saved in between goes back, also where it is saved once more meanwhile."""
    path = tmp_path / "contacts.yaml"
    path.write_text(START)

    def person(time: int) -> None:
        if time < saves:
            save(path, START.replace("save 0", f"save {time + 1}").encode())

    def bouncer() -> int:
        at_exchange(person)
        receipt = open_contacts(path, tmp_path / "history").apply([Change("jane@acme.example", "title", "CTO", "CEO", WHY)])
        return 7 if len(receipt.applied) == 1 else 8

    assert in_child(bouncer) == 7
    assert path.read_text() == START.replace("save 0", f"save {saves}").replace("CTO", "CEO")
    assert sorted(left.name for left in tmp_path.iterdir()) == ["contacts.yaml", "history"]
    kept = [gzip.decompress(file.read_bytes()).decode() for file in (tmp_path / "history").glob("*.gz")]
    assert START.replace("save 0", f"save {saves - 1}") in kept, "the save before the last one was thrown away"


@pytest.mark.skipif(shutil.which("vim") is None, reason="vim is not here")
@pytest.mark.parametrize("copy", ["yes", "no"])
def test_what_vim_saves_while_bouncer_writes_stays(tmp_path: Path, copy: str) -> None:
    """The real thing, with either way that vim has; where it asks whether to save over what bouncer wrote, the answer is yes."""
    path = tmp_path / "contacts.yaml"
    path.write_text(START)
    store, waited = open_contacts(path, tmp_path / "history"), 0
    for number in range(1, 5):
        script = [f"set backupcopy={copy}", f"%s/save [0-9]*/save {number}/", "sleep 50m", "w", "q"]
        command = ["vim", "-es", "-u", "NONE", *(part for line in script for part in ("-c", line)), str(path)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as vim:
            vim.stdin.write(b"y\n")
            vim.stdin.flush()
            while vim.poll() is None:
                try:
                    title = store.load().contacts[0].title
                    store.apply([Change("jane@acme.example", "title", title, f"T{time.monotonic_ns()}", WHY)])
                except Busy:
                    waited += 1
                    time.sleep(0.005)
        assert f"note: save {number}\n".encode() in whole(path)
    assert waited, "bouncer never saw vim's swap file"


if __name__ == "__main__":
    ways = {way.__name__: way for way in (in_place, aside, renamed, unlinked)}
    print(saved_by_a_person(Path(sys.argv[1]), ways[sys.argv[2]], int(sys.argv[3]), int(sys.argv[4])))
