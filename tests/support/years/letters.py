"""What comes back in the virtual years: genuine answers, notices, vacations and list mail, and what strangers forge."""

from dataclasses import replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from random import Random

from bouncer.demo.answers import HOST, Got, authenticated, automatic, human, notice, stranger
from bouncer.demo.mailworld import USER
from bouncer.model import Delivery, OutboxState
from support.years.souls import Soul

STOP = "Please remove me from your list and do not write to me again."
UNKNOWN = "550 5.1.1 Recipient address rejected: User unknown in local recipient table"
_WEEK = timedelta(days=7)
Answer = tuple[timedelta, bytes]  # how much later, and the message


def refusal(soul: Soul, address: str, at: datetime, *, blocked: bool) -> Delivery | None:
    """Give how the server of *address* refuses a letter in our own session, or None where it takes it."""
    if blocked:
        text = "5.7.1 Service unavailable; client host blocked because of its poor reputation"
        return Delivery(OutboxState.REFUSED, "rcpt", 550, "5.7.1", text)
    if soul.gone(address, at) and soul.manner == "gone":
        return Delivery(OutboxState.REFUSED, "rcpt", 550, "5.1.1", "5.1.1 Recipient address rejected: User unknown")
    return None


def answers(soul: Soul, got: Got, random: Random) -> tuple[Answer, ...]:
    """Give what comes back to the letter *got*, genuinely."""
    later, at_once = timedelta(minutes=random.randint(2, 3000)), timedelta(minutes=random.randint(1, 9))
    then, now = replace(got, at=got.at + later), replace(got, at=got.at + at_once)
    if soul.gone(got.recipient, got.at):
        return tuple((later, data) for data in _from_the_former(soul, then))
    if (by_machine := _by_machine(soul, now)) is not None:
        return tuple((at_once, data) for data in by_machine)
    if soul.manner == "stops":
        return ((later, human(then, soul.name, f"{STOP}\n\n{soul.name}")),)
    if soul.manner == "private":
        return ((later, human(then, soul.name, "Answering from home. All well here.", f"{soul.number}@post.example")),)
    if soul.manner == "answers" or (soul.manner.startswith(("vacation", "moves")) and random.random() < 0.4):
        words = random.choice(("All well here, nothing new.", "Lovely to hear from you! Lunch in May?", "Thanks, same as ever."))
        return ((later, human(then, soul.name, f"Hi Olga,\n\n{words}\n\n{soul.name}")),)
    return ()


def _by_machine(soul: Soul, now: Got) -> tuple[bytes, ...] | None:
    """Give what a machine says at once; None where a person reads the letter."""
    if soul.manner == "full":
        return (notice(now, "failed", "5.2.2", "552 5.2.2 Mailbox full"),)
    if soul.manner == "slow":
        return (notice(now, "delayed", "4.4.1", "timed out"),)
    back = soul.away(now.at)
    return None if back is None else vacation(soul, now, back)


def _from_the_former(soul: Soul, got: Got) -> tuple[bytes, ...]:
    """Give what the mailbox that *soul* has left says."""
    if soul.manner in ("moves-bounces", "dead-letters"):
        return (notice(got, "failed", "5.1.1", UNKNOWN),)
    if soul.manner == "moves-tells":
        words = f"I have changed jobs. My new email address is {soul.next}.\nThis mailbox is no longer read.\n\n{soul.name}"
        return (automatic(got, soul.name, "Automatic reply: Hello", words),)
    if soul.manner == "moves-writes":
        return (human(got, soul.name, f"Hi Olga,\n\nplease note my new email address: {soul.next}\n\n{soul.name}"),)
    if soul.manner == "moves-left":
        words = f"{soul.name} no longer works here. Please contact my successor Gus Next at gus.next@firm.example from now on."
        return (automatic(got, soul.name, "Out of Office: Hello", words),)
    return ()


def vacation(soul: Soul, got: Got, back: datetime) -> tuple[bytes, ...]:
    """Give the vacation answer of *soul*'s style: once a week (RFC 5230 section 4.1), always, by its Subject only, marked, with dates."""
    if soul.manner == "vacation-weekly" and soul.replied is not None and got.at - soul.replied < _WEEK:
        return ()
    soul.replied = got.at
    words = f"Thank you for your message. I am out of the office and will be back on {back:%d %B %Y}.\n\n{soul.name}"
    if soul.manner == "vacation-dates":
        start = got.at.date() - timedelta(days=1)
        words = f"I am on holiday from {start:%d %B %Y} to {back:%d %B %Y} and will not read mail.\n\n{soul.name}"
    if soul.manner == "vacation-subject":
        mail = _plain(soul.name, got.recipient, "Out of Office: Hello", words, got.at)
        mail["In-Reply-To"] = got.message_id
        return (mail.as_bytes(),)
    return (automatic(got, soul.name, "Automatic reply: Hello", words),)


def posted(soul: Soul, at: datetime, random: Random) -> bytes:
    """Give what *soul* wrote to a mailing list that the owner reads."""
    words = "I am leaving this list. Unsubscribe me, please. New address: x@list.example"
    mail = _plain(soul.name, soul.address, "[admins] printers", words, at)
    mail["List-Id"], mail["Precedence"] = "<admins.lists.example>", random.choice(("list", "bulk"))
    mail["List-Unsubscribe"] = "<mailto:admins-request@lists.example>"
    return mail.as_bytes()


def moved(soul: Soul, at: datetime, new: str) -> bytes:
    """Give the answer of somebody who moves with many others, to the last letter of ours that they hold."""
    assert soul.last is not None
    got = replace(soul.last, at=at)
    return automatic(got, soul.name, "Automatic reply: Hello", f"Our firm has moved. My new email address is {new}.\n\n{soul.name}")


def forgeries(soul: Soul, at: datetime, random: Random) -> tuple[bytes, str]:
    """Give one forged message in the name of *soul*, and an address that it would plant, if any."""
    planted = f"{soul.number}.{random.randrange(10**6)}@cash-quick.example"
    kind = random.choice(("hijack", "stop", "bounce", "left", "away"))
    if kind == "bounce":
        return notice(Got(soul.address, b"", at), "failed", "5.1.1", UNKNOWN, with_original=False), ""
    words = {
        "hijack": f"My new email address is {planted}. Please update your address book.",
        "stop": STOP,
        "left": "I no longer work here.",
        "away": f"I am out of the office and will be back on {at + timedelta(days=300):%d %B %Y}.",
    }[kind]
    return stranger(at, soul.name, soul.address, f"Hello,\n\n{words}\n{random.randrange(10**9)}"), planted if kind == "hijack" else ""


def _plain(name: str, sender: str, subject: str, words: str, at: datetime) -> EmailMessage:
    mail = EmailMessage()
    domain = sender.rpartition("@")[2]
    mail["Authentication-Results"] = authenticated(sender)
    mail["Received"] = f"from mail.{domain} by {HOST}; {format_datetime(at)}"
    mail["From"], mail["To"], mail["Subject"] = f"{name} <{sender}>", USER, subject
    mail["Date"], mail["Message-ID"] = format_datetime(at), f"<{at:%Y%m%d%H%M%S}.{sender.partition('@')[0]}@{domain}>"
    mail.set_content(words + "\n")
    return mail
