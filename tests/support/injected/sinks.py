"""The places where words of others come out, each with what it must not let become of them; every function gives what went wrong."""

import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.utils import getaddresses
from html.parser import HTMLParser
from io import StringIO
from typing import Any, Self

from bouncer.core.compose import compose, compose_summary
from bouncer.core.summary import as_html, as_text, summarise
from bouncer.daemon.world import Journal
from bouncer.errors import OwnerFault
from bouncer.model import Account, Address, Because, Change, Contact, Delivery, Handled, Letter, OutboxState, Planned, Receipt, SummaryInput
from support.build import ACCOUNT, AT, OWNER
from support.injected.poison import MARK, Poison
from support.trust import KEYS, PERSON
from support.weeks import busy

TEMPLATE = "Subject: Hello {{ first_name }} at {{ company }}\n\nDear {{ name }},\n\n{{ title }} {{ why }}\n\n{{ signature }}\n"
HIDDEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u061c\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_FIELDS = {"From", "To", "Subject", "Date", "Message-ID", "References", "Content-Type", "Content-Transfer-Encoding", "MIME-Version"}
_QUIET = {"Auto-Submitted", "X-Auto-Response-Suppress", "Precedence", "List-Id"}
_WORDS = frozenset(
    {"name", "company", "title", "quote", "detail", "why", "text", "subject", "troubles", "linkedin", "notes", "tags", "phones"}
)


def own_line(text: str) -> bool:
    """Tell whether the mark stands at the beginning of a line, as a field or a log record would."""
    return any(line.startswith((MARK, "Bcc:", "MAIL FROM", "A1 ")) for line in text.splitlines())


def letters(one: Poison, made: list[Letter]) -> Iterator[str]:
    """Have the words be every part of a letter: name, company, template, sender; *made* takes the letters that came of it."""
    text = one.text
    tame = Contact(name="Jane Doe", email="jane@acme.example", company="Acme", title="Engineer")
    ways: tuple[tuple[Contact, Account, Any, str], ...] = (
        (replace(tame, name=text, company=text, title=text), ACCOUNT, OWNER, TEMPLATE),
        (replace(tame, company=text, title=text), ACCOUNT, OWNER, TEMPLATE),
        (tame, replace(ACCOUNT, display_name=text), OWNER, TEMPLATE),
        (tame, ACCOUNT, replace(OWNER, signature=text), TEMPLATE),
        (tame, ACCOUNT, OWNER, f"Subject: {text}\n\n{text}\n"),
        (tame, ACCOUNT, OWNER, "Subject: {{ '" + text.replace("'", "").replace("\\", "") + "' }}\n\nHello\n"),
    )
    for contact, account, owner, template in ways:
        planned = Planned(PERSON, tame.email, "checkin", AT, text, "checkin:x")
        try:
            letter = compose(planned, contact, account, owner, {"checkin.en.txt": template}, KEYS, AT, bytes)
        except OwnerFault as fault:
            if HIDDEN.search(str(fault)):
                yield f"the refusal of a letter holds control characters: {fault}"
            continue
        made.append(letter)
        yield from wrong_header(letter, _FIELDS)


def wrong_header(letter: Letter, allowed: set[str]) -> Iterator[str]:
    """Tell what is in the header that should not be: fields, recipients, bytes."""
    head = letter.data.partition(b"\r\n\r\n")[0]
    names = [line.partition(b":")[0].decode("ascii", "replace") for line in head.split(b"\r\n") if line[:1] not in b" \t"]
    if set(names) - allowed or len(names) != len(set(names)):
        yield f"fields {names}"
    if not head.isascii() or HIDDEN.search(head.decode("ascii", "replace").replace("\r\n", "\n").replace("\t", " ")):
        yield f"bytes in the header: {head!r}"
    for reader in (policy.compat32, policy.SMTP):
        read: Any = message_from_bytes(letter.data, policy=reader)
        to = [address for _, address in getaddresses([str(read["To"])])]
        if to != [letter.to.address] or read["Bcc"] or read["Cc"]:
            yield f"recipients {to} {read['Bcc']} {read['Cc']}"


def week_of(text: str, given: SummaryInput) -> SummaryInput:
    """Give the week with *text* wherever words of others stand."""
    return _poisoned(given, text)  # type: ignore[no-any-return]


def _poisoned(value: Any, text: str, name: str = "") -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{f.name: _poisoned(getattr(value, f.name), text, f.name) for f in fields(value)})
    if isinstance(value, tuple):
        return tuple(_poisoned(one, text, name) for one in value)
    return text if isinstance(value, str) and name in _WORDS and value and not isinstance(value, OutboxState) else value


class _Tags(HTMLParser):
    """Collects every tag with its attributes' names, and every address of a link."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take note."""
        self.seen.add(tag)
        self.seen |= {f"{tag}.{name}" for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name in {"href", "src"}]

    def handle_comment(self, data: str) -> None:  # noqa: ARG002 - what it says is no matter
        """Take note: there are none in the page."""
        self.seen.add("comment")


def tags_of(page: str) -> _Tags:
    """Give what tags *page* has."""
    tags = _Tags()
    tags.feed(page)
    return tags


TAME = tags_of(as_html(summarise(busy())))


def summaries(one: Poison, made: list[Letter]) -> Iterator[str]:
    """Have the words be every word of a week: the summary as text, as a page, and as a mail."""
    summary = summarise(week_of(one.text, busy()))
    text, page = as_text(summary), as_html(summary)
    if HIDDEN.search(text) or own_line(text):
        yield f"the summary's text: {text[:300]!r}"
    tags = tags_of(page)
    if tags.seen - TAME.seen - {"a.href"} or [link for link in tags.links if not link.startswith(("https://", "mailto:"))]:
        yield f"the summary's page: {tags.seen - TAME.seen}, {tags.links}"
    if HIDDEN.search(page):
        yield f"control characters in the page: {HIDDEN.search(page)!r}"
    for subject in (summary.subject, one.text):
        letter = compose_summary(subject, text, page, ACCOUNT, OWNER, KEYS, AT, bytes)
        made.append(letter)
        yield from wrong_header(letter, _FIELDS | _QUIET)


class Log:
    """A log as the service writes it, one line a record."""

    def __init__(self) -> None:
        """Listen to bouncer's logger."""
        self.stream, self.records = StringIO(), 0
        self.handler = logging.StreamHandler(self.stream)
        self.handler.setFormatter(logging.Formatter("%(levelname)s %(message)s"))
        self.handler.addFilter(self._count)
        self.logger = logging.getLogger("bouncer")

    def _count(self, _: logging.LogRecord) -> bool:
        self.records += 1
        return True

    def __enter__(self) -> Self:
        """Begin."""
        self.before = self.logger.level
        self.logger.setLevel(logging.DEBUG)
        self.logger.addHandler(self.handler)
        return self

    def __exit__(self, *_: object) -> None:
        """End."""
        self.logger.removeHandler(self.handler)
        self.logger.setLevel(self.before)

    def wrong(self) -> Iterator[str]:
        """Tell of records that became more lines than one, and of bytes that a terminal obeys."""
        text = self.stream.getvalue()
        if text.count("\n") != self.records or len(text.splitlines()) != self.records or HIDDEN.search(text) or own_line(text):
            yield f"the log: {self.records} records in {len(text.splitlines())} lines: {text[-400:]!r}"


def journal(one: Poison, handled: Sequence[Handled]) -> Iterator[str]:
    """Have the words be what the journal tells of: messages, changes refused, letters, troubles."""
    text, tells = one.text, Journal()
    change = Change("jane@acme.example", "title", text, text, Because(text, text, "body"))
    letter = Letter("checkin", PERSON, "main", _address(text), _address(text), text, "<x@y.example>", "x", b"")
    with Log() as log:
        for seen in handled:
            tells.handled(seen)
        tells.wrote(Receipt((), ((change, text),), "", ""))
        tells.sent(
            Planned(PERSON, text, "checkin", datetime.now(UTC), text, "x"), letter, Delivery(OutboxState.REFUSED, "rcpt", 550, text, text)
        )
        tells.trouble(f"imap/main/{text}", text)
        tells.trouble(f"imap/main/{text}", None)
    yield from log.wrong()


def _address(text: str) -> Address:
    return Address(text, f"jane@{text}")
