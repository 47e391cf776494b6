"""The two wires, to scripted servers that write down every command: none may come that nobody meant."""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from bouncer.edge.imap.wire import Guard, Wire
from bouncer.edge.mends import Place
from bouncer.edge.smtp import SmtpSender
from bouncer.errors import BouncerError
from bouncer.model import Address, Letter, OutboxState
from support.imap_client import QUICK, SECRET
from support.imap_client import account as imap_account
from support.injected.poison import MARK, Poison
from support.scripted import Line, Scripted
from support.scripted.imap import ImapScript
from support.scripted.smtp import smtp
from support.smtp_client import SHORT
from support.smtp_client import account as smtp_account

_SMTP = re.compile(
    rb"EHLO \[127\.0\.0\.1\]|AUTH PLAIN \S+|RSET|QUIT|DATA|MAIL FROM:<olga@home\.example>[!-~ ]*"
    rb"|RCPT TO:<[^<>\s,]+> [A-Za-z0-9=,;+.@ -]*"
)
_QUOTED = rb'(?:"(?:[^"\\\r\n]|\\["\\])*"|[!-!#-\[\]-~]+)'  # RFC 9051 section 9
_IMAP = re.compile(  # of the searches only those that hold nothing but what an id of ours may hold
    rb'[A-Z0-9]+ (?:CAPABILITY|NOOP|UID SEARCH HEADER Message-ID [A-Za-z0-9.@<>+:*-]+|LOGIN "?olga@home\.example"? "correct horse"|APPEND '
    + _QUOTED
    + rb' \(\\Seen\) "[^"]+" \{\d+\})'
)


async def submitted(letters: Sequence[Letter], poisons: Sequence[Poison]) -> Iterator[str]:
    """Submit *letters*, and others to recipients that *poisons* name; tell of commands and recipients beyond them."""
    wrong: list[str] = []
    texts: list[bytes] = []

    def taken(_: Line) -> str:
        texts.append(b"")
        return "250 2.0.0 Ok: queued"

    with Scripted(smtp(text=taken)) as server:
        sender = SmtpSender(smtp_account(server.port), lambda: SECRET, waits=SHORT)
        hostile = [_letter(one) for one in poisons]
        sent = [(await sender.send(letter, lambda: None)).state for letter in (*letters, *hostile)]
        await sender.aclose()
        heard = list(server.heard)
    commands = list(_commands(heard))
    done = sent.count(OutboxState.SENT)
    wrong += [f"SMTP command {line[:200]!r}" for line in commands if not _SMTP.fullmatch(line)]
    for verb in (b"MAIL", b"RCPT", b"DATA"):
        count = sum(line.startswith(verb) for line in commands)
        if count != done:
            wrong.append(f"{count} {verb.decode()} for {done} letters")
    if OutboxState.UNKNOWN in sent or len(texts) != done:
        wrong.append(f"{len(texts)} texts for {done} letters")
    to = {letter.to.address.encode(errors="replace") for letter in (*letters, *hostile)}
    wrong += [
        f"recipient {line!r}" for line in commands if line.startswith(b"RCPT") and line.partition(b"<")[2].partition(b">")[0] not in to
    ]
    if not letters or done < len(letters):
        wrong.append(f"only {done} of {len(letters)} letters were taken")
    return iter(wrong)


def _commands(heard: Sequence[bytes]) -> Iterator[bytes]:
    """Give what was heard but for the texts of letters."""
    inside = False
    for line in heard:
        if inside:
            inside = line != b"."
            continue
        yield line
        inside = line == b"DATA"


def _letter(one: Poison) -> Letter:
    """Give a letter whose recipient, id and body are the hostile words, as no composer would make it."""
    data = b"Subject: x\r\n\r\n" + one.text.encode("utf-8", "replace") + b"\r\n.\r\nMAIL FROM:<zqinj@evil.test>\r\n.\n.\r.\r\n"
    to = (f"jane@{one.text}", f"{one.text}@acme.example", f"jane@acme.example>{one.text}", "jane@acme.example")[one.number % 4]
    return Letter(
        "checkin", "0" * 12, "main", Address(one.text, "olga@home.example"), Address(one.text, to), one.text, "<x@y>", one.text, data
    )


def filed(poisons: Sequence[Poison]) -> Iterator[str]:
    """File copies of hostile letters in hostile folders, and search for hostile ids; tell of commands beyond those meant."""
    appended: list[int] = []

    def append(line: Line, tag: str, words: str) -> bool:
        size = int(words.rpartition("{")[2].rstrip("}"))
        line.say("+ go on")
        line.take(size + 2)
        appended.append(size)
        line.say(f"{tag} OK [APPENDUID 7 1] done")
        return True

    with Scripted(ImapScript(APPEND=append)) as server:
        wire, meant = Wire(Place("IMAP", imap_account(server.port)), SECRET, Guard(), QUICK), list[int]()
        refused = searched = 0
        for one in poisons:
            try:
                wire.search("HEADER", "Message-ID", f"<{one.text}@x.example>")
            except ValueError:
                refused += 1
            else:
                searched += 1
            folder = "Sent" if "\r" in one.text or "\n" in one.text or "\0" in one.text else one.text[:60]
            data = f"Subject: {one.text}\r\n\r\n{one.text}\r\nA9 LOGOUT\r\n".encode("utf-8", "replace")
            try:
                wire.append(folder.encode("utf-8", "replace").decode(), data, datetime(2026, 3, 4, tzinfo=UTC))
            except BouncerError as fault:
                yield f"APPEND: {fault}"
                break
            meant.append(len(data))
        wire.close()
        heard = list(server.heard)
    if len(appended) != len(meant) or sum(b" UID SEARCH " in line for line in heard) != searched or refused < len(poisons) // 2:
        yield f"{len(appended)} of {len(meant)} copies filed, {refused} of {len(poisons)} searches refused"
    yield from (f"IMAP command {line[:200]!r}" for line in heard if not _IMAP.fullmatch(line))
    yield from (f"IMAP command {line[:200]!r}" for line in heard if line.startswith((MARK.encode(), b"A9 ")))
