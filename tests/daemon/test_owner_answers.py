"""The owner answers a summary by mail: from the links in it to the contact file, once, and nobody else can."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage, Message
from email.parser import BytesParser
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from support.build import AT, JANE, OWNER, SETTINGS
from support.household import Household

from bouncer.demo.answers import HOST, authenticated, forged, stranger
from bouncer.errors import StorageFault
from bouncer.model import Event, EventKind, SummarySettings

MONDAY = datetime(2026, 3, 9, 8, 0, tzinfo=UTC)
Make = Callable[..., Household]
ON = replace(SETTINGS, summary=SummarySettings(answers_by_mail=True))
MOVED = "Hello,\n\nmy new address is jane.doe@newco.example.\n\nJane"
LINK = re.compile(r"mailto:[^\s\"<>]+\?subject=bouncer[^\s\"<>]+")


async def asked(household: Make, **more: Any) -> Household:
    """Give a house where a question about Jane's address waits and the summary with it has gone out."""
    house = household(**({"settings": ON} | more))
    await house.daemon.handle(house.arrived(stranger(AT, "Jane Doe", JANE.email, MOVED)))
    assert len(house.ledger.questions()) == 1
    house.clock._now = MONDAY
    await house.outgoing.round(0)
    return house


def parts(house: Household) -> tuple[str, str]:
    """Give the text and the HTML of the summary."""
    found: dict[str, str] = {}
    message: Message = BytesParser().parsebytes(house.sender.sent[-1].data)
    for part in message.walk():
        payload = part.get_payload(decode=True)
        if isinstance(payload, bytes):
            found[part.get_content_type()] = payload.decode()
    return found["text/plain"], found["text/html"]


def clicked(link: str, sender: str = OWNER.address, proof: str | None = None, **fields: str) -> bytes:
    """Give the mail that a mail program makes of *link* and its owner sends."""
    url = urlsplit(link)
    wanted = {name: values[0] for name, values in parse_qs(url.query).items()}
    mail = EmailMessage()
    mail["Authentication-Results"] = proof or authenticated(sender)
    mail["Received"] = f"from mail.test (mail.test [203.0.113.5]) by {HOST} (Postfix) with ESMTPS id 1; Mon, 09 Mar 2026 08:00:00 +0000"
    mail["From"], mail["To"] = f"Olga Owner <{sender}>", url.path
    mail["Subject"] = fields.pop("Subject", wanted["subject"])
    mail["Date"], mail["Message-ID"] = "Mon, 09 Mar 2026 08:00:00 +0000", "<click@home.example>"
    for name, value in fields.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(wanted["body"])
    return mail.as_bytes()


def yes_no(house: Household) -> tuple[str, str]:
    """Give the two links of the one decision."""
    yes, no = LINK.findall(parts(house)[0])
    return yes, no


def told(house: Household, kind: EventKind) -> list[Event]:
    """Give the events of *kind*."""
    return [event for event in house.ledger.events() if event.kind is kind]


async def test_a_yes_changes_the_file_and_a_replay_changes_nothing_more(household: Make) -> None:
    """The same mail, the same mail under another Message-ID, and the other link."""
    house = await asked(household)
    yes, no = yes_no(house)
    await house.daemon.handle(house.arrived(clicked(yes)))
    assert house.contact().email == "jane.doe@newco.example"
    assert [event.level for event in told(house, EventKind.ACCEPTED)] == [6]
    before = house.contact()
    for again in (clicked(yes), clicked(yes, X_Other="1"), clicked(no)):
        await house.daemon.handle(house.arrived(again))
    assert house.contact() == before
    assert len(told(house, EventKind.ACCEPTED)) == 1
    assert told(house, EventKind.REJECTED) == []


async def test_a_no_leaves_the_file_and_lifts_the_hold(household: Make) -> None:
    """As at the command line."""
    house = await asked(household)
    await house.daemon.handle(house.arrived(clicked(yes_no(house)[1])))
    assert house.contact() == JANE
    assert house.ledger.questions() == ()
    assert len(told(house, EventKind.REJECTED)) == 1


async def test_text_and_page_carry_the_same_links_and_nothing_that_loads(household: Make) -> None:
    """No mail program fetches a `mailto:`; nothing but a sent mail answers."""
    house = await asked(household)
    text, page = parts(house)
    assert LINK.findall(unescape(page)) == LINK.findall(text)
    assert not re.findall(r"<(?:img|link|script|iframe|form|object|source)\b|\bsrc=|url\(", page)
    tokens = {parse_qs(urlsplit(link).query)["subject"][0].split(" ")[-1] for link in LINK.findall(text)}
    for token in tokens:
        assert page.count(token) == text.count(token) == 1
    assert house.ledger.questions() != ()


@pytest.mark.parametrize(
    ("sender", "proof"),
    [
        (OWNER.address, forged(OWNER.address)),
        (OWNER.address, "elsewhere.test; dmarc=pass header.from=home.example"),
        ("jane@acme.example", None),
        ("olga@evil.test", None),
    ],
    ids=["spoofed", "vouched for by the sender himself", "a summary forwarded to Jane", "the owner's name elsewhere"],
)
async def test_nobody_else_answers(household: Make, sender: str, proof: str | None) -> None:
    """The question waits on, and the file is as it was."""
    house = await asked(household)
    before = [question.id for question in house.ledger.questions()]
    await house.daemon.handle(house.arrived(clicked(yes_no(house)[0], sender, proof)))
    assert house.contact() == JANE
    assert before == [question.id for question in house.ledger.questions()]
    assert told(house, EventKind.ACCEPTED) == []


async def test_a_refused_answer_is_told_and_changes_no_question(household: Make) -> None:
    """The owner finds in the history why a mail of his was not obeyed, or that somebody tried."""
    house = await asked(household)
    await house.daemon.handle(house.arrived(clicked(yes_no(house)[0], proof=forged(OWNER.address))))
    assert any("but nothing proves that it is yours" in event.detail for event in told(house, EventKind.RECEIVED))


@pytest.mark.parametrize(
    "fields",
    [
        {"Subject": "Re: Your network, week 10: one to decide"},
        {"Subject": "Automatic reply: Your network, week 10", "Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-replied"},
    ],
    ids=["a reply that quotes the links", "a vacation note", "a vacation note under the link's subject"],
)
async def test_what_only_mentions_a_link_orders_nothing(household: Make, fields: dict[str, str]) -> None:
    """Whoever wrote it, the owner included."""
    house = await asked(household)
    text, _ = parts(house)
    quoted = clicked(yes_no(house)[0], **fields) + b"\n" + "\n".join(f"> {line}" for line in text.splitlines()).encode()
    await house.daemon.handle(house.arrived(quoted))
    assert house.contact() == JANE
    assert len(house.ledger.questions()) == 1


async def test_a_contact_who_quotes_a_link_orders_nothing(household: Make) -> None:
    """Jane was shown the summary and answers with every line of it."""
    house = await asked(household)
    words = "Which of these?\n\n" + parts(house)[0]
    await house.daemon.handle(house.arrived(stranger(MONDAY, "Jane Doe", JANE.email, words)))
    assert house.contact().email == JANE.email
    assert told(house, EventKind.ACCEPTED) == []


async def test_the_summary_itself_in_the_watched_inbox_orders_nothing(household: Make) -> None:
    """It comes to the very mailbox that is read."""
    house = await asked(household)
    await house.daemon.handle(house.arrived(house.sender.sent[-1].data))
    assert len(house.ledger.questions()) == 1
    assert house.contact() == JANE


async def test_off_by_default_there_are_no_links(household: Make) -> None:
    """And without anything that vouches there are none either."""
    bare = replace(ON, accounts=(replace(ON.accounts[0], authserv_id=None),))
    for settings in (SETTINGS, bare):
        house = await asked(household, settings=settings)
        assert LINK.findall(parts(house)[0]) == []


async def test_a_crash_between_answer_and_record_neither_loses_nor_doubles_it(household: Make) -> None:
    """The question is closed and its change pending; the mail comes again and finds that out."""
    house = await asked(household)
    yes = clicked(yes_no(house)[0])
    (question,) = house.ledger.questions()
    house.ledger.answer(question.id, accept=True, at=MONDAY)  # as far as it came
    house.daemon.redo()
    assert house.contact().email == "jane.doe@newco.example"
    await house.daemon.handle(house.arrived(yes))
    assert house.contact().email == "jane.doe@newco.example"
    assert len(told(house, EventKind.ACCEPTED)) == 1


async def test_the_owner_may_be_a_contact_of_his_own_file(household: Make) -> None:
    """Then such a mail is no answer to a check-in."""
    house = await asked(household)
    house.contacts.save(JANE, replace(JANE, name=OWNER.name, email=OWNER.address, company=None))
    await house.daemon.handle(house.arrived(clicked(yes_no(house)[0])))
    assert house.contact().email == "jane.doe@newco.example"
    assert house.onlooker.seen[-1].contact is None


async def test_in_a_broken_world_the_mail_waits_with_the_others(household: Make) -> None:
    """The owner's word is committed, and written once the file can be."""
    house = await asked(household)
    house.contacts.jam = StorageFault("No space left on device")
    await house.daemon.handle(house.arrived(clicked(yes_no(house)[0])))
    assert house.contact() == JANE
    house.contacts.jam = None
    house.daemon.redo()
    assert house.contact().email == "jane.doe@newco.example"
    assert JANE.email in {previous.email for previous in house.contact().previous}
