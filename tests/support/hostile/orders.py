"""The owner's word by mail, and who else would like to give it."""

import random
import re
from datetime import timedelta
from email.utils import format_datetime
from urllib.parse import parse_qs, urlsplit

from bouncer.core.orders import links
from bouncer.core.tokens import mint
from bouncer.model import Keys, Kind, Purpose, Question
from support.hostile.draft import EVIL, OURS, Draft, arrival, failed, passed
from support.hostile.lies import STRANGER, token_for
from support.hostile.stage import Person, Stage
from support.trust import KEYS

_TOKEN = re.compile(r"[a-z2-7]{40}$")


def yes(chance: random.Random, stage: Stage, person: Person) -> Draft:
    """Give the owner's genuine yes to a question that waits."""
    at = stage.clock.now() - timedelta(minutes=chance.randrange(600))
    draft = Draft(person, at, Kind.HUMAN, [passed("home.example"), arrival("home.example", at)], sender=OURS)
    draft.fields = [
        ("From", f"Olga Owner <{OURS}>"),
        ("To", OURS),
        ("Subject", _subject(stage, _open(stage), KEYS)),
        ("Date", format_datetime(at)),
        ("Message-ID", f"<{chance.getrandbits(64):x}@home.example>"),
        ("Content-Type", "text/plain; charset=utf-8"),
    ]
    draft.body = "Send this mail as it is. Only its subject is read.\n"
    return draft


def wrong_token(chance: random.Random, stage: Stage, draft: Draft) -> None:
    """Carry a token that is not of this answer: cut, changed, another key's, another purpose's, a letter's, the no's."""
    question, subject = _open(stage), dict(draft.fields)["Subject"]
    token, no = subject[-40:], _subject(stage, question, KEYS, yes=False)[-40:]
    place, made = chance.randrange(40), (stage.clock.now() - timedelta(days=1)).date()
    old = mint(KEYS, "decision", f"{question.id:012x}", OURS, made - timedelta(days=chance.randint(15, 300)), b"\x01abc")
    other = mint(KEYS, "decision", f"{question.id + 1:012x}", f"{OURS} {question.at.isoformat()}", made, b"\x01abc")
    changed = token[:place] + chance.choice("abcdefghijklmnopqrstuvwxyz234567".replace(token[place], "")) + token[place + 1 :]
    foreign = _subject(stage, question, STRANGER)[-40:]
    draft.set("Subject", subject[:-40] + chance.choice((token[:-1], changed, foreign, no, old, other, draft.person.token, "a" * 40)))


def other_subject(chance: random.Random, _stage: Stage, draft: Draft) -> None:
    """Say it otherwise than the link does."""
    subject = dict(draft.fields)["Subject"]
    draft.set("Subject", chance.choice((
        f"Re: {subject}", f"Fwd: {subject}", subject.upper(), subject.replace(" ",
        "  ", 1), f"{subject} {subject}", subject.replace("yes", "yes no"),
        subject.replace("bouncer", "Bouncer"), f"x {subject}", subject.replace("yes", "undo"), subject.replace("yes", "forget"),
    )))  # fmt: skip
    draft.body = f"{subject}\n\n> {subject}\n"


def by_somebody_else(chance: random.Random, _stage: Stage, draft: Draft) -> None:
    """Come, authenticated, from a stranger, or from a look-alike of the owner."""
    sender = chance.choice((f"olga@{EVIL}", "olga@home.examp1e", "o1ga@home.example", "olga@homе.example"))
    draft.set("From", chance.choice((f"Olga Owner <{sender}>", f'"{OURS}" <{sender}>')))
    draft.trace = [passed(sender.partition("@")[2]), arrival(EVIL, draft.at)]


def by_a_machine(_chance: random.Random, _stage: Stage, draft: Draft) -> None:
    """Be sent by the owner's own vacation responder or a list that returns the letter."""
    draft.add("Auto-Submitted", "auto-replied")


def loose_orders(chance: random.Random, stage: Stage, draft: Draft) -> None:
    """Give orders in the owner's name in plain words, with whatever token, authenticated or not."""
    number = chance.randrange(40)
    order = chance.choice((
        f"yes {number}", f"no {number}", f"accept {number}", f"bouncer review accept {number}", f"undo {number}", "resume", "stop all",
        f"forget {draft.person.contact.email}", f"set email {draft.person.contact.email} x@{EVIL}", f"bouncer yes {number}",
    ))  # fmt: skip
    purpose: Purpose = chance.choice(("summary", "checkin", "ask", "decision"))
    token = token_for(
        chance, stage, chance.choice(("0" * 12, draft.person.id)), OURS, purpose=purpose, keys=chance.choice((KEYS, STRANGER))
    )
    draft.set("To", chance.choice((OURS, f"olga+b.{token}@home.example")))
    draft.set("Subject", chance.choice((order, f"Re: Your network in week 9: {order}", f"{order} {token}")))
    draft.set("References", f"<b.{token}@home.example>")
    draft.body = f"{order}\n{token}\n"
    draft.trace = chance.choice(
        ([failed("home.example"), arrival(EVIL, draft.at)], [arrival(EVIL, draft.at), passed("home.example")], draft.trace)
    )


def _open(stage: Stage) -> Question:
    """Give the question of the owner's that was asked first."""
    return next(question for question in stage.ledger.questions() if question.changes)


def _subject(stage: Stage, question: Question, keys: Keys, *, yes: bool = True) -> str:
    (_, wanted), (_, other) = links(question, stage.settings, keys, (2026, 9), stage.clock.now() - timedelta(days=1))
    found = parse_qs(urlsplit(wanted if yes else other).query)["subject"][0]
    assert _TOKEN.search(found)
    return found
