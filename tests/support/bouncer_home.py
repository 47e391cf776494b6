"""A directory with all that a small configuration needs, and the `bouncer` command run in it."""

import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bouncer.config import load
from bouncer.edge.contacts import open_contacts
from bouncer.edge.ledger import SqliteLedger
from bouncer.model import Account, Settings

CONFIG = """\
owner: {{name: Olga Owner, address: olga@home.example}}
accounts:
  - name: main
    address: {address}
    imap: {{host: {imap_host}, port: {imap}, tls: {tls}{ca}}}
    smtp: {{host: {smtp_host}, port: {smtp}, tls: {tls}{ca}}}
    secret: {{file: password}}
    folders: {folders}
    sent_folder: Sent
    authserv_id: mx.home.example
live: {live}
"""
CONTACTS = """\
# mine
contacts:
  - name: Jane Doe
    email: jane@acme.example   # at work
    company: Acme
  - name: Bob Best
    email: bob@bolt.example
"""


@dataclass(frozen=True)
class Ran:
    """How a command ended."""

    code: int
    out: str
    err: str


class Home:
    """The directory, its configuration, contact file and password."""

    def __init__(self, path: Path, *, live: bool = False, imap: int = 1, smtp: int = 1, account: Account | None = None) -> None:
        """Write it; servers are at ports of the loopback, or as *account* has them."""
        self.path = path
        host, tls, ca, address = "127.0.0.1", "loopback-none", "", "olga@home.example"
        if account is not None:
            host, imap, smtp, tls = account.imap.host, account.imap.port, account.smtp.port, account.imap.tls
            ca = f", ca_file: {account.imap.ca_file}" if account.imap.ca_file else ""
            address = account.address
        self.text = CONFIG.format(
            address=address, imap_host=host, imap=imap, smtp_host=host, smtp=smtp, tls=tls, ca=ca, folders="[INBOX]", live=str(live).lower()
        )
        self.config.write_text(self.text, encoding="utf-8")
        self.contacts.write_text(CONTACTS, encoding="utf-8")
        (path / "password").touch(mode=0o600)
        (path / "password").write_text("c4nary\n", encoding="utf-8")

    @property
    def config(self) -> Path:
        """The configuration."""
        return self.path / "bouncer.yaml"

    @property
    def contacts(self) -> Path:
        """The contact file."""
        return self.path / "contacts.yaml"

    @property
    def settings(self) -> Settings:
        """What the configuration says."""
        return load(self.config)

    def ledger(self) -> SqliteLedger:
        """Open the ledger, made where it is missing; close it."""
        return SqliteLedger(self.path / "state" / "ledger.sqlite3")

    def take_in(self) -> None:
        """Have the ledger take in the contact file, as a daemon does."""
        ledger = self.ledger()
        ledger.sync(open_contacts(self.contacts, self.path / "state" / "history").load(), today())
        ledger.close()

    def bouncer(self, *arguments: str, stdin: bytes = b"", **environ: str) -> Ran:
        """Run the command in the directory, as a user would."""
        done = subprocess.run(
            [sys.executable, "-m", "bouncer", *arguments], cwd=self.path, input=stdin, capture_output=True, check=False, timeout=120,
            env=self.environ(**environ),
        )  # fmt: skip
        return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())

    def environ(self, **more: str) -> dict[str, str]:
        """Give an environment in which nothing of the machine's is found."""
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.path),
            "XDG_CONFIG_HOME": "",
            "LANG": "C.UTF-8",
            "PYTHONWARNINGS": "error",
            **more,
        }


def today() -> datetime:
    """Give the present moment, whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)
