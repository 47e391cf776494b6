"""What a daemon goes through with canaries in it: work, refusals, and servers and files that say more than they should."""

import base64
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bouncer.edge.contacts import open_contacts
from bouncer.model import Planned
from support.bouncer_home import Home
from support.build import raw
from support.canaries import ADDRESS, PASSWORD, Watched
from support.scripted import Line, Scripted
from support.scripted.imap import ImapScript
from support.scripted.smtp import Answer, smtp

CONTACTS = f"contacts:\n  - name: Jane Doe\n    email: {ADDRESS}\n    company: Acme\n  - name: Bob Best\n    email: bob@bolt.example\n"
ALWAYS = "catch_up_days: 3650\npace: {hours: [0, 24], days: [monday, tuesday, wednesday, thursday, friday, saturday, sunday]}\n"
ECHO = base64.b64encode(f"\0olga@home.example\0{PASSWORD}".encode()).decode()


@dataclass(frozen=True)
class Leak:
    """One run: what the servers answer, what the files say, and when it has gone far enough."""

    name: str
    done: str  # words in the log by which it has happened
    secret: str = "{file: password}"
    contacts: str = CONTACTS
    letter: bool = False
    imap: Callable[[Line, str, str], bool] | None = None  # answers the login
    submission: tuple[tuple[str, Answer], ...] = ()
    then: Callable[[Home], None] | None = None  # done once it runs


def _refuses(line: Line, tag: str, words: str) -> bool:
    """Refuse, and repeat what was said."""
    line.say(f"{tag} NO [AUTHENTICATIONFAILED] LOGIN {words} is wrong: {PASSWORD} {ECHO}")
    return True


def _bye(line: Line, tag: str, words: str) -> bool:
    line.say(f"* BYE {tag} {words} {PASSWORD}")
    raise EOFError


def _breaks(home: Home) -> None:
    home.contacts.write_text(CONTACTS + f"  - name: Jane Twin\n    email: {ADDRESS}\n", encoding="utf-8")


def _garbles(home: Home) -> None:
    home.contacts.write_text(CONTACTS + f"  - email: {ADDRESS}\n    name: [{ADDRESS}\n", encoding="utf-8")


LEAKS: tuple[Leak, ...] = (
    Leak("work", "event=sent", letter=True),
    Leak("the IMAP server repeats the password", "where=imap/main/INBOX", imap=_refuses),
    Leak("the IMAP server says goodbye with the password", "where=imap/main/INBOX", imap=_bye),
    Leak("the SMTP server repeats the password", "where=smtp/main", letter=True, submission=(("AUTH", f"535 5.7.8 {PASSWORD} {ECHO} no"),)),
    Leak("the SMTP server refuses the recipient", "event=refused", letter=True, submission=(("RCPT", f"550 5.1.1 <{ADDRESS}> unknown"),)),
    Leak("the SMTP server hangs up after the text", "event=unknown", letter=True, submission=(("text", None),)),
    Leak("a password by a command", "event=handled", secret="{command: [sh, -c, 'cat password']}"),
    Leak("a password by a loud command", "where=imap/main", secret="{command: [sh, -c, 'cat password; cat password >&2; exit 3']}"),
    Leak("a password of two lines", "where=imap/main/INBOX", secret="{command: [sh, -c, 'cat password; cat password']}"),
    Leak("a password in the environment", "event=handled", secret="{env: CANARY}"),
    Leak("a password in the configuration", "event=handled", secret=f"{{inline: {PASSWORD}}}"),
    Leak("a name no letter can hold", "where=letters", letter=True, contacts=CONTACTS.replace("Jane Doe", "'Jane =?utf-8?q?Doe?='")),
    Leak("a contact file with a person twice", "where=contacts", then=_breaks),
    Leak("a contact file that does not parse", "where=contacts", then=_garbles),
)  # fmt: skip


@contextmanager
def playing(leak: Leak, place: Path, **environ: str) -> Iterator[tuple[Home, Watched, Scripted]]:
    """Have the daemon live through *leak* in the directory *place*; gives it as it runs, once that has happened."""

    def listing(line: Line, _tag: str, _words: str) -> None:
        line.say('* LIST () "/" INBOX', '* LIST (\\Sent) "/" Sent')

    answers = {"LIST": listing} | ({"LOGIN": leak.imap, "AUTHENTICATE": leak.imap} if leak.imap else {})
    words = f"my new address is {ADDRESS}.au\n{ADDRESS}\n"
    if leak.letter:  # a claim would hold the letter back
        words = f"Thank you, all is well here.\n{ADDRESS}\n"
    mails = {
        1: raw(words, sender=f"Jane <{ADDRESS}>").data,
        2: raw(words, sender=f"<{ADDRESS}>", subject=f"Automatic reply: {ADDRESS}").data,
    }
    with Scripted(ImapScript(mails, **answers)) as reading, Scripted(smtp(**dict(leak.submission))) as taking:  # type: ignore[arg-type]
        home = Home(place, live=True, imap=reading.port, smtp=taking.port)
        home.contacts.write_text(leak.contacts, encoding="utf-8")
        (place / "password").write_text(f"{PASSWORD}\n", encoding="utf-8")
        text = home.text.replace("secret: {file: password}", f"secret: {leak.secret}\n    sent_copy: server")
        zone = f"Etc/GMT{datetime.now(UTC).hour - 12:+d}"  # where it is about noon; the signs of these names are the wrong way round
        home.config.write_text(text.replace("olga@home.example}", f"olga@home.example, timezone: {zone}}}", 1) + ALWAYS, encoding="utf-8")
        home.config.chmod(0o600)
        if leak.letter:
            _enqueue(home)
        daemon = Watched(home, **(environ | ({"CANARY": PASSWORD} if "CANARY" in leak.secret else {})))
        try:
            if leak.then:
                daemon.until(lambda: daemon.logs("event=handled"))
                leak.then(home)
            daemon.until(lambda: daemon.logs(leak.done), 180)
            yield home, daemon, reading
        finally:
            daemon.kill()


def _enqueue(home: Home) -> None:
    """Have a check-in to the canary due."""
    ledger, at = home.ledger(), datetime.now(UTC)
    ledger.sync(open_contacts(home.contacts, home.path / "state" / "history").load(), at)
    person = ledger.person(ADDRESS)
    assert person is not None
    ledger.enqueue([Planned(person, ADDRESS, "checkin", at - timedelta(minutes=1), "180 days", "checkin:test")], at)
    ledger.close()
