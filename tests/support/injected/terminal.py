"""The terminal: a whole home full of hostile words, and every command that shows some of them."""

import json
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

from typer.testing import CliRunner

from bouncer.cli.app import app
from bouncer.core.read import read
from bouncer.daemon.daemon import Daemon
from bouncer.daemon.world import Journal, World
from bouncer.demo.clock import VirtualClock
from bouncer.edge.contacts import open_contacts
from bouncer.edge.keys import load_keys
from bouncer.edge.memory_mail import MemoryMailbox, MemorySender
from bouncer.edge.shipped import directory
from bouncer.edge.status import write_status
from bouncer.edge.templates import load_templates
from bouncer.errors import BouncerError, MessageFault
from bouncer.model import Health, InboundKey, RawMail, Reading
from support.bouncer_home import Home, today
from support.household import Reader, wording
from support.injected.poison import Poison
from support.injected.sinks import HIDDEN, Log, own_line

COMMANDS = (
    ("status",),
    ("history",),
    ("review",),
    ("check",),
    ("summary",),
    ("status", "--json"),
    ("history", "--json"),
    ("review", "--json"),
    ("plan",),
    ("plan", "--json"),
    ("lost",),
)


class Stumbling(Reader):
    """Reads every message, and breaks on each ninth with the message's own words."""

    async def read(self, raw: RawMail) -> Reading:
        """Read, or raise."""
        if raw.key is not None and raw.key.uid % 9 == 0:
            text = raw.data.decode("utf-8", "surrogateescape")
            raise MessageFault(text[:300]) if raw.key.uid % 2 else ValueError(text[:300])
        return read(raw, wording())


async def shown(place: Path, poisons: Sequence[Poison]) -> Iterator[str]:
    """Fill a home with *poisons* by the production daemon and show it; tell of lines and bytes that came through, in log and terminal."""
    home, wrong = Home(place), list[str]()
    home.config.write_text(home.text + "contacts: contacts.json\n", encoding="utf-8")
    home.path.joinpath("contacts.json").write_text(json.dumps({"contacts": list(map(_entry, poisons))}), encoding="utf-8")
    (place / "state").mkdir(mode=0o700, exist_ok=True)
    (place / "mail").mkdir()
    ledger, settings = home.ledger(), home.settings
    world = World(
        ledger=ledger,
        contacts=open_contacts(settings.contacts, settings.state / "history"),
        senders={"main": MemorySender()},
        mailboxes={"main": MemoryMailbox()},
        reader=Stumbling(),
        clock=VirtualClock(today() - timedelta(minutes=1)),
        keys=load_keys(settings.state),
        templates=load_templates(directory("config") / "templates"),
        random=lambda: 0.0,
        onlooker=Journal(),
    )
    daemon = Daemon(settings, world)
    with Log() as log:
        for one in poisons:
            data = _mail(one)
            (place / "mail" / f"{one.number}.eml").write_bytes(data)
            try:
                await daemon.take(RawMail(data, f"INBOX:{one.text}", InboundKey("main", "INBOX", 1, one.number + 1), world.clock.now()))
            except BouncerError as fault:
                wrong.append(f"message {one.number}: {fault}")
    wrong += log.wrong()
    troubles = tuple(one.text for one in poisons[:20])
    write_status(settings.state, Health(live=False, troubles=troubles, last_watch={poisons[0].text: world.clock.now()}), today())
    ledger.close()
    if log.records < len(poisons):
        wrong.append(f"{log.records} records of {len(poisons)} messages")
    wrong += _refused(home, poisons)
    for command in (*COMMANDS, ("explain", str(place / "mail"))):
        wrong += _run(home, *command)
    return iter(wrong)


def _refused(home: Home, poisons: Sequence[Poison]) -> Iterator[str]:
    """Have a contact file with the words as they are: it is refused as a whole, and the refusal is fit for a terminal."""
    entries = [{"name": one.text, "email": f"p{one.number}@acme.example", f"x{one.text}": one.text} for one in poisons]
    good = home.settings.contacts.read_text(encoding="utf-8")
    home.settings.contacts.write_text(json.dumps({"contacts": entries}), encoding="utf-8")
    yield from _run(home, "check")
    home.settings.contacts.write_text(good, encoding="utf-8")


def _run(home: Home, *command: str) -> Iterator[str]:
    result = CliRunner().invoke(app, [*command, *(() if command[0] == "explain" else ("--config", str(home.config)))])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        yield f"bouncer {' '.join(command)}: {result.exception!r}"[:600]
    text = result.output
    if HIDDEN.search(text.replace("\r\n", "\n")) or (own_line(text) and command[0] != "summary"):  # its prose is wrapped at any word
        found = HIDDEN.search(text)
        near = text[max(0, found.start() - 80) : found.start() + 80] if found else next(x for x in text.splitlines() if own_line(x))
        yield f"bouncer {' '.join(command)}: {near!r}"
    if command[-1] == "--json" and [line for line in text.splitlines() if not line.startswith(("{", "}"))]:
        yield f"bouncer {' '.join(command)}: more lines than objects"
    if not text.strip():
        yield f"bouncer {' '.join(command)} shows nothing"


def _entry(one: Poison) -> dict[str, object]:
    text = "".join(ch for ch in one.text[:150] if ch.isprintable())  # the rest is refused when the file is read
    return {"name": text, "email": f"p{one.number}@acme.example", "company": text, "title": text, "note": text, "tags": [text]}


def _mail(one: Poison) -> bytes:
    """Give a message that says the hostile words in every place: as a name, a subject, a title, a new employer, a server's reply."""
    text = one.text.encode("utf-8", "surrogatepass")
    flat = one.text.replace("\r", " ").replace("\n", " ").encode("utf-8", "surrogatepass")
    head = b"Date: Wed, 04 Mar 2026 10:00:00 +0000\r\nMessage-ID: <%d.%s@x.example>\r\nTo: olga@home.example\r\n" % (one.number, flat[:60])
    if one.number % 3:
        sender = b"From: %s <p%d@acme.example>\r\nReply-To: %s <x@evil.test>\r\n" % (flat, one.number, flat)
        auto = b"Auto-Submitted: auto-replied\r\n" if one.number % 2 else b""
        body = b"Hello,\r\n\r\nmy new address is p%d@newhall.example.\r\nI have left %s.\r\nI have joined %s as %s.\r\n\r\n%s\r\n" % (
            one.number, text, flat, flat, text,
        )  # fmt: skip
        return head + sender + auto + b"Subject: Re: %s\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" % flat + body
    return (
        head
        + b"From: MAILER-DAEMON@mx.acme.example\r\nSubject: Undelivered Mail Returned to Sender %s\r\nAuto-Submitted: auto-replied\r\n"
        % flat
        + b'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n'
        + b"This is the mail system at host %s.\r\n<p%d@acme.example>: 550 5.1.1 User unknown %s\r\n" % (text, one.number, text)
        + b"--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; %s\r\n\r\nFinal-Recipient: rfc822; p%d@acme.example\r\n"
        % (flat, one.number)
        + b"Action: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 User unknown %s\r\n--b--\r\n" % flat
    )
