"""What makes a message worthless although its proofs are good: where it leads, what it is, and that it was there before."""

import random
from datetime import timedelta
from email.utils import format_datetime

from support.hostile.draft import EVIL, OURS, Draft, arrival
from support.hostile.lies import expired_token, from_elsewhere, no_token
from support.hostile.stage import Stage, others


def _leads_to(draft: Draft, address: str, words: str = "My new address is {new}.") -> None:
    draft.body = f"Hello,\n\n{words.format(new=address)}\n\nRegards\n{draft.person.contact.name}\n"


def _parts(draft: Draft) -> tuple[str, str]:
    local, _, domain = draft.person.contact.email.partition("@")
    return local, domain


def look_alike(chance: random.Random, _stage: Stage, draft: Draft) -> None:
    """Lead to a domain that looks like the contact's own, or like a big provider's."""
    local, domain = _parts(draft)
    name, _, end = domain.rpartition(".")
    near = chance.choice((f"{name}s.{end}", f"{name[:-1]}.{end}", f"{name[0]}{name}.{end}", f"{name[1]}{name[0]}{name[2:]}.{end}"))
    twin = name.replace("m", "rn", 1) if "m" in name else name.replace("l", "1", 1) if "l" in name else f"{name}x"
    _leads_to(draft, f"{local}@{chance.choice((near, f'{twin}.{end}', 'outlo0k.com', 'gmai1.com', 'protonmai1.com'))}")


def homograph(chance: random.Random, _stage: Stage, draft: Draft) -> None:
    """Lead to letters of another script, as they are or in IDNA form."""
    local, _ = _parts(draft)
    _leads_to(
        draft,
        chance.choice((f"{local}@аcme.example", f"{local}а@newhall.example", f"{local}@xn--cme-8cd.example", f"{local}@newhаll.example")),
    )


def free_mail(chance: random.Random, _stage: Stage, draft: Draft) -> None:
    """Lead to an address that anybody can open."""
    local, _ = _parts(draft)
    _leads_to(
        draft, f"{local}{chance.randrange(999)}@{chance.choice(('gmail.com', 'gmx.de', 'outlook.com', 'yahoo.com', 'proton.me', 'web.de'))}"
    )


def other_contacts(chance: random.Random, stage: Stage, draft: Draft) -> None:
    """Lead to an address of somebody else in the book."""
    other = chance.choice(others(stage, draft.person)).contact
    _leads_to(draft, chance.choice((other.email, other.also[0], other.email.upper())))


def owners(chance: random.Random, _stage: Stage, draft: Draft) -> None:
    """Lead to the owner's own address."""
    _leads_to(draft, chance.choice((OURS, "olga+x@home.example", OURS.upper())))


def role_address(chance: random.Random, _stage: Stage, draft: Draft) -> None:
    """Lead to nobody's mailbox."""
    local = chance.choice(("info", "sales", "noreply", "owner-talk", "talk-request", "postmaster", "mailer-daemon"))
    _leads_to(draft, f"{local}@{chance.choice(('newhall.example', 'lists.newhall.example'))}")


def own_form(chance: random.Random, _stage: Stage, draft: Draft) -> None:
    """Lead to the present mailbox, written otherwise, or to the second one."""
    local, domain = _parts(draft)
    _leads_to(draft, chance.choice((f"{local}+new@{domain}", draft.person.contact.also[0], f"prvs=0123456789={local}@{domain}")))


def two_addresses(chance: random.Random, _stage: Stage, draft: Draft) -> None:
    """Lead to two places at once."""
    local, _ = _parts(draft)
    one, two = f"{local}.{chance.getrandbits(24):x}@newhall.example", f"{local}.{chance.getrandbits(24):x}@quarry.example"
    _leads_to(draft, one, f"My new address is {{new}}.\n\nMy new email address is {two}.")


def reply_to(chance: random.Random, _stage: Stage, draft: Draft) -> None:
    """Have answers go elsewhere."""
    draft.add(
        "Reply-To", chance.choice((f"x{chance.randrange(99)}@{EVIL}", f'"{draft.person.contact.email}" <x@{EVIL}>', f"{OURS}, x@{EVIL}"))
    )


def second_person(chance: random.Random, stage: Stage, draft: Draft) -> None:
    """Lead to a colleague, a successor, a helpdesk: somebody else to write to."""
    other = chance.choice(others(stage, draft.person)).contact.name
    new = f"{chance.getrandbits(24):x}@newhall.example"
    draft.set("Subject", "Automatic reply: Hello")  # and not "Out of Office", which says something of its own
    _leads_to(draft, new, chance.choice((
        f"In urgent cases please contact {other} at {{new}}.", f"My colleague {other} will help you: {{new}}.",
        f"My successor is {other}, whom you can reach at {{new}}.", "In my absence please write to {new}.",
        f"My assistant {other} ({{new}}) reads my mail.",
    )))  # fmt: skip


def storm(chance: random.Random, _stage: Stage, draft: Draft) -> None:
    """Be one of very many alike."""
    draft.set("Subject", "Automatic reply: Hello")
    draft.set("X-Number", str(chance.getrandbits(60)))


# -- notices


def never_sent(chance: random.Random, stage: Stage, draft: Draft) -> None:
    """Be about a letter that somebody else sent in the owner's name, to a contact or to nobody known."""
    no_token(chance, stage, draft)
    if chance.random() < 0.5:
        draft.swap(draft.person.contact.email, f"x{chance.randrange(10**6)}@{EVIL}")


def refuses_us(chance: random.Random, _stage: Stage, draft: Draft) -> None:
    """Say that the letter was refused because of us."""
    said = chance.choice(
        (
            "550 5.7.1 Message rejected due to policy",
            "550 5.7.26 unauthenticated mail",
            "550 5.7.606 banned sending IP",
            "550 5.1.8 Bad sender",
        )
    )
    draft.swap("Status: 5.1.1", f"Status: {said.split()[1]}")
    draft.swap(draft.claim, said)


def still_trying(_chance: random.Random, _stage: Stage, draft: Draft) -> None:
    """Say that the letter is late; with a good token."""
    draft.swap("Action: failed", "Action: delayed")
    draft.swap("Status: 5", "Status: 4")
    draft.set("Subject", "Delayed Mail (still being retried)")


def delivered(chance: random.Random, _stage: Stage, draft: Draft) -> None:
    """Say that the letter was delivered; with a good token."""
    draft.swap("Action: failed", f"Action: {chance.choice(('delivered', 'relayed', 'expanded'))}")
    for status in ("5.1.10", "5.1.1", "5.1.2"):
        draft.swap(f"Status: {status}", "Status: 2.0.0")
    draft.set("Subject", "Successful Mail Delivery Report")
    draft.swap(draft.claim, "250 2.0.0 Ok: queued")


def nested(chance: random.Random, stage: Stage, draft: Draft) -> None:
    """Be a genuine report inside a stranger's, or a contact's unauthenticated, message."""
    edge = f"nest{chance.getrandbits(40):x}"
    fields = draft.fields
    inner = "".join(f"{name}: {value}\n" for name, value in fields) + "\n" + draft.body
    outer = chance.choice((draft.person.contact.email, f"mallory@{EVIL}"))
    draft.fields = [
        ("From", outer),
        ("To", OURS),
        ("Subject", chance.choice(("Fwd: Undelivered Mail Returned to Sender", "FW: see below", "your mail came back"))),
        ("Date", format_datetime(draft.at)),
        ("Message-ID", f"<{chance.getrandbits(64):x}@{EVIL}>"),
        ("MIME-Version", "1.0"),
        ("Content-Type", f'multipart/mixed; boundary="{edge}"'),
    ]
    draft.body = f"--{edge}\nContent-Type: text/plain\n\nSee below.\n\n--{edge}\nContent-Type: message/rfc822\n\n{inner}\n--{edge}--\n"
    from_elsewhere(chance, stage, draft)


def read_receipt(chance: random.Random, _stage: Stage, draft: Draft) -> None:
    """Be a read receipt (RFC 8098), with a good token."""
    draft.set("Subject", chance.choice(("Read: Hello", "Return Receipt (displayed) - Hello", "Gelesen: Hello")))
    edge, _, rest = draft.body.partition("\n")
    copy = rest.rpartition("Content-Type: text/rfc822-headers")[2]
    way = chance.choice(("manual-action/MDN-sent-manually; displayed", "automatic-action/MDN-sent-automatically; deleted"))
    draft.set("From", f"{draft.person.contact.name} <{draft.person.contact.email}>")
    draft.set("Content-Type", f'multipart/report; report-type=disposition-notification; boundary="{edge[2:]}"')
    draft.body = (
        f"{edge}\nContent-Type: text/plain\n\nYour message of Monday was displayed. This is no guarantee that it was read.\n\n"
        f"{edge}\nContent-Type: message/disposition-notification\n\nFinal-Recipient: rfc822; {draft.person.contact.email}\n"
        f"Original-Message-ID: {draft.person.got.message_id}\nDisposition: {way}\n\n{edge}\nContent-Type: text/rfc822-headers{copy}"
    )


def asks_for_confirmation(chance: random.Random, stage: Stage, draft: Draft) -> None:
    """Want a human to prove himself before the mailbox takes anything, and say more besides."""
    draft.set("Subject", "Please confirm your message: Hello")
    words = chance.choice(("click the link below to confirm that you are a human", "reply to this message to confirm your e-mail address"))
    draft.body = f"I am protected from spam. Please {words}:\n\nhttps://confirm.{EVIL}/{chance.getrandbits(40):x}\n\n{draft.claim}\n"
    draft.set("Auto-Submitted", "auto-replied")
    no_token(chance, stage, draft)
    from_elsewhere(chance, stage, draft)


def from_the_past(chance: random.Random, stage: Stage, draft: Draft) -> None:
    """Be about a letter of long ago, found in an old mailbox."""
    expired_token(chance, stage, draft)
    draft.at -= timedelta(days=400)
    draft.set("Date", format_datetime(draft.at))
    draft.trace = [arrival(EVIL, draft.at)]


# -- replays


def verbatim(chance: random.Random, stage: Stage, draft: Draft) -> None:
    """Be a message that was believed once, byte for byte."""
    draft.whole = chance.choice(stage.replays)


def retouched(chance: random.Random, stage: Stage, draft: Draft) -> None:
    """Be a message that was believed once, come by another way: with fields that no signature covers, above, below or between."""
    head, _, body = chance.choice(stage.replays).partition(b"\n\n")
    extra, (first, rest) = f"X-Copy: {chance.getrandbits(60)}".encode(), head.split(b"\nFrom: ", 1)
    draft.whole = chance.choice((
        b"\n".join((extra, head, b"", body)), b"\n".join((head, extra, b"", body)),
        first + b"\n" + extra + b"\nFrom: " + rest + b"\n\n" + body,
        head + b"\n\n" + body + b"\n" * chance.randint(1, 40),
    ))  # fmt: skip
