"""The demo's configuration and contact file, written as an owner would."""

from collections.abc import Sequence
from pathlib import Path

from bouncer.demo.cast import Person
from bouncer.demo.mailworld import PASSWORD, USER

CONFIG = """\
# The demo's own configuration; its servers are gone when the demo ends.
owner:
  name: Olga Owner
  address: {user}
  timezone: Europe/London
  signature: Olga
accounts:
  - name: main
    address: {user}
    imap: {{host: 127.0.0.1, port: {imap}, tls: loopback-none}}
    smtp: {{host: 127.0.0.1, port: {smtp}, tls: loopback-none}}
    secret: {{file: password}}
    folders: [INBOX, Junk]
    sent_folder: Sent
    authserv_id: mx.home.example
contacts: contacts.yaml
state: state
live: true
poll_minutes: 60
"""


def write_files(directory: Path, imap: int, smtp: int, cast: Sequence[Person]) -> Path:
    """Write configuration, password and contacts into *directory*; gives the path of the configuration."""
    (directory / "contacts.yaml").write_text(contacts(cast), encoding="utf-8")
    secret = directory / "password"
    secret.touch(mode=0o600)
    secret.write_text(PASSWORD + "\n", encoding="utf-8")
    config = directory / "bouncer.yaml"
    config.write_text(CONFIG.format(user=USER, imap=imap, smtp=smtp), encoding="utf-8")
    return config


def contacts(cast: Sequence[Person]) -> str:
    """Give the contact file, with a comment or two that must survive."""
    lines = ["# My people. I edit this file by hand.", "contacts:"]
    for number, person in enumerate(cast):
        lines += [f"  - name: {person.name}", f"    email: {person.address}"]
        lines += [f"    company: {person.company}" + ("   # since 2019" if number == 0 else "")]
        lines += [f"    title: {person.title}"] if person.title else []
        lines += [f"    language: {person.language}"] if person.language != "en" else []
        lines += ["    tags: [lisa]"] if number % 3 == 0 else []
        lines += ["    note: 'met at the conference, likes sailing'"] if person.title else []
    return "\n".join(lines) + "\n"
