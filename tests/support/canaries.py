"""Secrets and an address planted where a daemon works, and a search for them everywhere that somebody else might look."""

import base64
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import bouncer
from bouncer.edge.keys import load_keys
from support.bouncer_home import Home

PASSWORD = "c4nary-pa55word-7Q"
LOCAL = "q7canary"  # the local part of the address that no log may show
ADDRESS = f"{LOCAL}@acme.example"
FURTHER = ("status", "status --json", "history", "history --json", "review", "review --json", "check", "summary")


@dataclass
class Sightings:
    """What others could see of a run: by where, the bytes."""

    seen: dict[str, bytes] = field(default_factory=dict)

    def hits(self, words: Mapping[str, bytes], *where: str) -> list[str]:
        """Give `what in place` for each of *words* in any place whose name begins with one of *where* (all, where none are given)."""
        places = {name: data for name, data in self.seen.items() if not where or name.startswith(where)}
        return [f"{what} in {name}" for name, data in places.items() for what, word in words.items() if word in data]


def spellings(name: str, secret: bytes) -> dict[str, bytes]:
    """Give *secret* in every spelling that a library may put on a wire or into a log: bare, hex, base64 at each offset, quoted."""
    found = {f"{name}, bare": secret, f"{name}, hex": secret.hex().encode(), f"{name}, HEX": secret.hex().upper().encode()}
    for offset in range(3):  # base64 of a text that holds it looks otherwise by where in three bytes it begins
        whole = base64.b64encode(b"x" * offset + secret)
        found[f"{name}, base64 at {offset}"] = whole[4 if offset else 0 : -4]
    found |= {f"{name}, quoted": quote(secret, safe="").encode(), f"{name}, repr": repr(secret)[2:-1].encode()}
    return {what: word for place, (what, word) in enumerate(found.items()) if word not in tuple(found.values())[:place]}


def secrets_of(home: Home) -> dict[str, bytes]:
    """Give every spelling of the password and of the key of our tokens."""
    return spellings("password", PASSWORD.encode()) | spellings("key", load_keys(home.path / "state").current)


class Watched:
    """A `bouncer run --debug` whose log, and whose every process, is watched."""

    def __init__(self, home: Home, **environ: str) -> None:
        """Start it; the same bouncer as is imported here."""
        self.home, self.log = home, home.path / "log"
        self.lines: set[bytes] = set()
        self.environ = home.environ(PYTHONPATH=":".join((environ.pop("first", ""), str(Path(bouncer.__file__).parents[1]))), **environ)
        with self.log.open("ab") as log:
            command = [sys.executable, "-m", "bouncer", "run", "--debug"]
            self.process = subprocess.Popen(command, cwd=home.path, stdout=log, stderr=log, env=self.environ)
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._look, daemon=True)
        self.thread.start()

    def _look(self) -> None:
        """Read the command lines of all processes of this machine that are its own, again and again."""
        while not self.over.wait(0.01):
            for path in Path("/proc").glob("[0-9]*/cmdline"):
                with suppress(OSError):
                    self.lines.add(path.read_bytes())

    def until(self, come: Callable[[], object], patience: float = 60) -> None:
        """Wait until *come* is true; fails where the daemon ends before."""
        end = time.monotonic() + patience
        while not come():
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < end, self.log.read_text()[-2000:]
            time.sleep(0.02)

    def logs(self, words: str) -> bool:
        """Tell whether *words* stand in the log."""
        return words in self.log.read_text(encoding="utf-8")

    def kill(self) -> None:
        """End it at once, and the watching."""
        self.process.kill()
        self.process.wait()
        self.over.set()
        self.thread.join()

    def end(self, commands: Sequence[str] = FURTHER) -> Sightings:
        """Stop it, run the *commands* that show something, and give all that can be seen."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(60)
        finally:
            self.kill()
        found = Sightings({"log": self.log.read_bytes(), "process list": b"\n".join(self.lines)})
        for words in commands:
            done = subprocess.run(
                [sys.executable, "-m", "bouncer", *words.split()], cwd=self.home.path, env=self.environ, capture_output=True, check=False
            )
            found.seen[f"command {words}"] = done.stdout + done.stderr
        for path in _files(self.home.path / "state"):
            found.seen[f"state/{path.name}"] = path.read_bytes()
        found.seen["contacts"] = self.home.contacts.read_bytes()
        return found


def _files(directory: Path) -> Iterator[Path]:
    return (path for path in sorted(directory.rglob("*")) if path.is_file() and path.name != "keys")  # there the key belongs
