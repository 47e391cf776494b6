"""The owner's yes or no by mail: the links in the summary, and what a mail that was made by one of them orders.

Only its subject is read, and only where that is a link's to the letter: a reply to the summary, which quotes all links, orders nothing.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bouncer.core.authentication import authenticated
from bouncer.core.finding_again import mailto
from bouncer.core.tokens import Token, decode, expired, mint, signed_for
from bouncer.model import Account, Ignore, Keys, Kind, Level, Question, Reading, Settings

_SUBJECT = re.compile(r"bouncer (yes|no) ([1-9][0-9]{0,11}) ([a-z2-7]{40})")
_BODY = "Send this mail as it is. Only its subject is read."


@dataclass(frozen=True, slots=True)
class Order:
    """The owner's word on one question."""

    question: int
    accept: bool
    why: str


def heeded(settings: Settings) -> bool:
    """Tell whether answers by mail are wanted and can be told from forged ones."""
    return settings.summary.answers_by_mail and settings.accounts[0].vouches


def links(question: Question, settings: Settings, keys: Keys, week: tuple[int, int], at: datetime) -> tuple[tuple[str, str], ...]:
    """Give label and `mailto:` link (RFC 6068) of a yes and a no to *question* in the summary of *week* (year and number)."""
    account, day = settings.accounts[0], at.astimezone(UTC).date()

    def link(verb: str) -> str:
        token = mint(keys, "decision", f"{question.id:012x}", _bound(question, settings), day, _line(verb, week))
        return mailto(account.address, f"bouncer {verb} {question.id} {token}", _BODY)

    return ("Yes, by mail", link("yes")), ("No, by mail", link("no"))


def meant(reading: Reading, settings: Settings) -> bool:
    """Tell whether *reading* may be an order at all, so that nobody need look up what waits for every other message."""
    single = len(reading.from_) == 1 and reading.from_[0].address.lower() == settings.owner.address.lower()
    return single and heeded(settings) and _SUBJECT.fullmatch(reading.subject.strip()) is not None


def order(
    reading: Reading, account: Account, settings: Settings, keys: Keys, waiting: Sequence[Question], at: datetime
) -> Order | Ignore | None:
    """Give what the owner orders by *reading*, which came to *account*; an Ignore says why such a mail is not obeyed.

    None where it is no such mail at all: another subject, another From than the owner's one address, or not `heeded`. *waiting* are the
    open questions, so a token is used up by the first answer to its question, by whatever way that came.
    """
    found = _SUBJECT.fullmatch(reading.subject.strip())
    if found is None or not meant(reading, settings):
        return None
    verb, number = found[1], int(found[2])
    question = next((one for one in waiting if one.id == number), None)
    believed = bool(authenticated(reading.trace, account, reading.from_, reading.signed))
    if reading.verdict.kind is not Kind.HUMAN:
        fault = "a machine wrote it"
    elif not believed:
        fault = "nothing proves that it is yours"
    elif question is None:
        fault = "that question does not wait for an answer"
    else:
        fault = _fault(decode(found[3]), verb, question, settings, keys, at)
    if fault:
        return Ignore(f"a mail in your name says {verb} to question {number}, but {fault}", Level.E2 if believed else Level.E1)
    return Order(number, verb == "yes", f"you said {verb} to question {number} by mail (E6)")


def _fault(token: Token | None, verb: str, question: Question, settings: Settings, keys: Keys, at: datetime) -> str:
    """Say what is wrong with the token for a *verb* to *question*; nothing where all is well."""
    if token is None or (token.purpose, token.person, token.random[0]) != ("decision", f"{question.id:012x}", verb == "yes"):
        return "its token is not of that answer"
    if signed_for(token, keys, (_bound(question, settings),)) is None:
        return "its token is not of that question"
    return "its summary is more than 14 days old" if expired(token, at.astimezone(UTC).date()) else ""


def _bound(question: Question, settings: Settings) -> str:
    """Give what the token is made for beside the number, which a ledger that was begun anew would give again."""
    return f"{settings.owner.address} {question.at.astimezone(UTC).isoformat()}"


def _line(verb: str, week: tuple[int, int]) -> bytes:
    """Give the four bytes that make each line of each summary another: the verb, and year and number of the week."""
    year, number = week
    return bytes((verb == "yes",)) + year.to_bytes(2, "big") + bytes((number,))
