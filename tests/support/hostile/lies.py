"""What makes a message worthless: broken tokens, false authentication, other people's names."""

import random
from base64 import b32decode, b32encode
from datetime import timedelta
from email.utils import format_datetime

from bouncer.core.tokens import mint
from bouncer.model import Keys, PersonId, Purpose
from support.hostile.draft import EVIL, HOST, OURS, Draft, Flaw, arrival, failed, passed
from support.hostile.stage import Stage, others
from support.trust import KEYS

STRANGER = Keys(b"x" * 32)
_LETTERS = "abcdefghijklmnopqrstuvwxyz234567"


def both(*flaws: Flaw) -> Flaw:
    """Give all *flaws* one after the other."""

    def flaw(chance: random.Random, stage: Stage, draft: Draft) -> None:
        for one in flaws:
            one(chance, stage, draft)

    return flaw


# -- the token


def token_for(
    chance: random.Random,
    stage: Stage,
    person: PersonId,
    address: str,
    *,
    purpose: Purpose = "checkin",
    days: int = 2,
    keys: Keys = KEYS,
) -> str:
    """Give a token as we (or with other *keys*, somebody else) would have made it so many *days* ago."""
    return mint(keys, purpose, person, address, (stage.clock.now() - timedelta(days=days)).date(), chance.randbytes(4))


def no_token(_chance: random.Random, _stage: Stage, draft: Draft) -> None:
    """Name nothing of ours."""
    draft.drop("In-Reply-To", "References")
    draft.swap(f"b.{draft.person.token}", "20260302.1234")


def foreign_token(chance: random.Random, stage: Stage, draft: Draft) -> None:
    """Sign the right words with another key."""
    draft.swap(draft.person.token, token_for(chance, stage, draft.person.id, draft.person.contact.email, keys=STRANGER))


def token_of_another(chance: random.Random, stage: Stage, draft: Draft) -> None:
    """Carry what somebody else's letter carried: stolen, unexpired, and not for this person."""
    draft.swap(draft.person.token, chance.choice(others(stage, draft.person)).token)


def token_of_another_address(chance: random.Random, stage: Stage, draft: Draft) -> None:
    """Carry a token for an address that nobody of the book has."""
    draft.swap(draft.person.token, token_for(chance, stage, draft.person.id, f"x{chance.randrange(999)}@elsewhere.example"))


def token_of_another_purpose(chance: random.Random, stage: Stage, draft: Draft) -> None:
    """Carry a token of the summary, or of a yes or no in it."""
    purpose: Purpose = chance.choice(("summary", "decision"))
    draft.swap(draft.person.token, token_for(chance, stage, draft.person.id, draft.person.contact.email, purpose=purpose))


def expired_token(chance: random.Random, stage: Stage, draft: Draft) -> None:
    """Carry a token that is too old, or from days to come."""
    days = chance.choice((366, 400, 900, -2, -30))
    draft.swap(draft.person.token, token_for(chance, stage, draft.person.id, draft.person.contact.email, days=days))


def truncated_token(chance: random.Random, _stage: Stage, draft: Draft) -> None:
    """Lose or add some characters."""
    token = draft.person.token
    cut = chance.randint(1, 20)
    draft.swap(token, chance.choice((token[:-cut], token[cut:], token[: 20 - cut // 2] + token[20 + cut // 2 + 1 :], token + "a" * cut)))


def mutated_token(chance: random.Random, _stage: Stage, draft: Draft) -> None:
    """Change one to three characters, at any place."""
    token = list(draft.person.token)
    for place in chance.sample(range(len(token)), chance.randint(1, 3)):
        token[place] = chance.choice(_LETTERS.replace(token[place], ""))
    draft.swap(draft.person.token, "".join(token))


def retargeted_token(chance: random.Random, stage: Stage, draft: Draft) -> None:
    """Write this person's id, or another day, into a genuine token of somebody else."""
    raw = bytearray(b32decode(chance.choice(others(stage, draft.person)).token.upper()))
    raw[3:9] = bytes.fromhex(draft.person.id)
    if chance.random() < 0.5:
        raw[1:3] = (int.from_bytes(raw[1:3], "big") + chance.choice((-1, 1))).to_bytes(2, "big")
    draft.swap(draft.person.token, b32encode(raw).decode().lower())


def shouted(token_flaw: Flaw) -> Flaw:
    """Give *token_flaw* in upper case, as some gateways write ids."""

    def flaw(chance: random.Random, stage: Stage, draft: Draft) -> None:
        worth = draft.person.token
        before = draft.data().decode("utf-8", "replace").count(worth)
        draft.swap(worth, f"{worth.upper()}")
        assert before
        copy = Draft(draft.person, draft.at, draft.kind, fields=[("X", worth)])
        token_flaw(chance, stage, copy)
        draft.swap(worth.upper(), copy.fields[0][1].upper() if copy.fields else "X")

    return flaw


def wrapped(token_flaw: Flaw) -> Flaw:
    """Give *token_flaw* broken over two lines in the body, as quoted-printable and quotations break it."""

    def flaw(chance: random.Random, stage: Stage, draft: Draft) -> None:
        token_flaw(chance, stage, draft)
        token = next((word for word in draft.body.replace("<", " ").replace("@", " ").split() if word.startswith("b.")), "")
        place = chance.randint(4, 38)
        draft.body = (
            draft.body.replace(token, token[:place] + chance.choice(("\n", "=\n", "\n> ")) + token[place:]) if token else draft.body
        )

    return flaw


# -- authentication


def from_elsewhere(_chance: random.Random, _stage: Stage, draft: Draft) -> None:
    """Come from a stranger's machine, and the provider says nothing about it."""
    draft.trace = [arrival(EVIL, draft.at, "203.0.113.66")]


def refused_by_dmarc(_chance: random.Random, _stage: Stage, draft: Draft) -> None:
    """Come from a stranger's machine, and the provider says so."""
    draft.trace = [failed(draft.domain), arrival(EVIL, draft.at, "203.0.113.66")]


def forged_below(chance: random.Random, _stage: Stage, draft: Draft) -> None:
    """Bring the provider's word along, below the field by which the message arrived; perhaps with an inner hop forged as well."""
    inner = ("Received", f"by {HOST} (Postfix) with LMTP id 9; {format_datetime(draft.at)}")
    local = ("Received", f"from localhost (localhost [127.0.0.1]) by {HOST} (Postfix) with ESMTP id 7; {format_datetime(draft.at)}")
    brought = chance.choice(([passed(draft.domain)], [inner, passed(draft.domain)], [passed(draft.domain), local]))
    draft.trace = [arrival(EVIL, draft.at, "203.0.113.66"), *brought]


def wrong_id(chance: random.Random, _stage: Stage, draft: Draft) -> None:
    """Have another's word, above or below, under a name that looks like the provider's."""
    domain = draft.domain
    name = chance.choice((
        EVIL, f"{HOST}.{EVIL}", f"mx.{EVIL}", "mx.home.examp1e", "mx-home.example", "home.example", "mx.home.example.example",
        "mx.hоme.example",
        f"{EVIL} ({HOST})", f"({HOST}) {EVIL}", f"{EVIL}/{HOST}", f'"{HOST} "', f"x{HOST}", f"{HOST}:1", "example",
    ))  # fmt: skip
    word = ("Authentication-Results", f"{name}; dkim=pass header.d={domain}; dmarc=pass header.from={domain}")
    came = arrival(EVIL, draft.at, "203.0.113.66")
    draft.trace = chance.choice(([word, came], [came, word], [word, came, word]))


def other_header(chance: random.Random, _stage: Stage, draft: Draft) -> None:
    """Have the provider's word in a field that is none of its."""
    name = chance.choice(("ARC-Authentication-Results", "X-Authentication-Results", "Authentication-Results-Original", "DKIM-Signature"))
    value = f"{'i=1; ' if name.startswith('ARC') else ''}{passed(draft.domain)[1]}"
    draft.trace = [(name, value), arrival(EVIL, draft.at, "203.0.113.66")]


def misaligned(chance: random.Random, _stage: Stage, draft: Draft) -> None:
    """Be authenticated, as somebody else or not for the From."""
    domain = draft.domain
    results = chance.choice((
        f"dkim=pass header.d={EVIL}; dmarc=pass header.from={EVIL}", f"dkim=pass header.d={EVIL}; spf=pass smtp.mailfrom=x@{domain}",
        f"spf=pass smtp.mailfrom=x@{domain}; spf=pass smtp.helo={domain}", f"dkim=pass header.d={domain}.{EVIL}",
        f"dkim=pass header.d=x{domain}", "dkim=pass header.d=example", f"dkim=pass header.i=@{EVIL}",
        f"dkim=pass header.d={domain} header.i=@{EVIL}",
        f"dmarc=pass header.from={domain}.{EVIL}", f"dmarc=pass policy.dmarc=none header.from=x.{domain}", "dmarc=pass",
        f"dkim=fail header.d={domain}; dmarc=none header.from={domain}", f"dkim=neutral header.d={domain}", f"arc=pass header.d={domain}",
        f"iprev=pass policy.iprev=203.0.113.66; auth=pass smtp.auth={domain}", f"dmarc=bestguesspass header.from={domain}",
        f"dkim=pass header.b=abc; dmarc=temperror header.from={domain}",
    ))  # fmt: skip
    draft.trace = [("Authentication-Results", f"{HOST}; {results}"), arrival(EVIL, draft.at, "203.0.113.66")]


def contradicting(chance: random.Random, _stage: Stage, draft: Draft) -> None:
    """Have two words of the provider's, one of which says no."""
    domain = draft.domain
    words = [passed(domain), failed(domain)]
    chance.shuffle(words)
    came = arrival(EVIL, draft.at, "203.0.113.66")
    draft.trace = chance.choice(([*words, came], [failed(domain), came, passed(domain)]))


def injected(chance: random.Random, _stage: Stage, draft: Draft) -> None:
    """Hide results inside what the provider repeats of the sender's own words: HELO, envelope sender, comments."""
    domain = draft.domain
    hidden = f"dmarc=pass header.from={domain}"
    results = chance.choice((
        f'spf=pass smtp.mailfrom="x; {hidden}"@{EVIL}', f"spf=none (helo; {hidden}) smtp.helo={EVIL}",
        f'spf=fail reason="{hidden}" smtp.helo={EVIL}',
        f'dkim=fail reason="bad; {hidden}; x" header.d={EVIL}', f"spf=none smtp.mailfrom=x@{EVIL} (a (b; {hidden}) c)",
    ))  # fmt: skip
    draft.trace = [("Authentication-Results", f"{HOST}; {results}"), arrival(EVIL, draft.at, "203.0.113.66")]


def helo_tricks(chance: random.Random, _stage: Stage, draft: Draft) -> None:
    """Say hello in a way that makes the arrival look like a step inside the provider."""
    hello = chance.choice((
        "[127.0.0.1] (unknown [203.0.113.66])", "localhost (evil.test [203.0.113.66])", "[10.0.0.1] (HELO 192.168.0.1) (203.0.113.66)",
        f"{HOST} (evil.test [203.0.113.66])", "x[127.0.0.1] ([203.0.113.66])", "127.0.0.1 (unknown [IPv6:2001:db8::66])",
    ))  # fmt: skip
    came = ("Received", f"from {hello} by {HOST} (Postfix) with ESMTP id 1; {format_datetime(draft.at)}")
    draft.trace = [came, passed(draft.domain)]


# -- who it is from


def two_froms(chance: random.Random, _stage: Stage, draft: Draft) -> None:
    """Have a second From field, or a second address in the one; the provider vouches for either."""
    mine = dict(draft.fields)["From"]
    other = f"Mallory <mallory@{EVIL}>"
    way = chance.randrange(3)
    if way == 0:
        draft.fields.insert(chance.choice((0, len(draft.fields))), ("From", other))
    else:
        draft.set("From", f"{mine}, {other}" if way == 1 else f"{other}, {mine}")
    draft.trace = [passed(chance.choice((EVIL, draft.domain))), arrival(EVIL, draft.at, "203.0.113.66")]


def disguised_from(chance: random.Random, _stage: Stage, draft: Draft) -> None:
    """Show the contact's address where only a name stands, or where parsers differ."""
    email, name = draft.person.contact.email, draft.person.contact.name
    draft.set("From", chance.choice((
        f'"{email}" <mallory@{EVIL}>', f"{email} <mallory@{EVIL}>", f'"{name} <{email}>" <mallory@{EVIL}>', f"<{email}> <mallory@{EVIL}>",
        f"mallory@{EVIL} ({email})", f"=?utf-8?q?{email.replace('@', '=40')}?= <mallory@{EVIL}>", f"{name} <{email}@{EVIL}>",
        f"=?utf-8?q?{name.split()[0].encode().hex()}_=3C{email.replace('@', '=40')}=3E=2C?= <mallory@{EVIL}>",
        f"<@{email.partition('@')[2]}:mallory@{EVIL}>",
        f'"{email}"@{EVIL}', f"undisclosed: {email}; <mallory@{EVIL}>", f"mallory@{EVIL}\n <{email}>x",
    )))  # fmt: skip
    draft.trace = [passed(EVIL), arrival(EVIL, draft.at, "203.0.113.66")]


def by_a_stranger(chance: random.Random, _stage: Stage, draft: Draft) -> None:
    """Come from somebody nobody knows, authenticated as that."""
    draft.set("From", chance.choice((f"Mallory Mole <mallory@{EVIL}>", f"mallory@{EVIL}", f"{draft.person.contact.name} <jd@{EVIL}>")))
    draft.trace = [passed(EVIL), arrival(EVIL, draft.at, "203.0.113.66")]


def disowned_stranger(_chance: random.Random, _stage: Stage, draft: Draft) -> None:
    """Come from an unknown address in the contact's name, and the provider says that its domain did not send it."""
    draft.set("From", f"{draft.person.contact.name} <jd@brightco.example>")
    draft.trace = [failed("brightco.example"), arrival(EVIL, draft.at, "203.0.113.66")]


def by_a_double(chance: random.Random, _stage: Stage, draft: Draft) -> None:
    """Come, authenticated, from an address that looks like the contact's."""
    local, _, domain = draft.person.contact.email.partition("@")
    near = chance.choice(
        (f"{domain[:-1]}", f"{domain}.{EVIL}", domain.replace("m", "rn", 1), domain.replace("l", "1", 1), f"x{domain}", f"{domain}s")
    )
    near = near if near != domain else f"my-{domain}"
    draft.set("From", f"{draft.person.contact.name} <{local}@{near}>")
    draft.trace = [passed(near), arrival(near, draft.at, "203.0.113.66")]


def by_a_homograph(chance: random.Random, _stage: Stage, draft: Draft) -> None:
    """Come from an address with letters of another script."""
    twins = str.maketrans({"a": "а", "e": "е", "o": "о", "c": "с"})
    local, _, domain = draft.person.contact.email.partition("@")
    swapped = chance.choice((f"{local.translate(twins)}@{domain}", f"{local}@{domain.translate(twins)}", f"{local}@xn--{domain}"))
    swapped = swapped if swapped != draft.person.contact.email else f"{local}@xn--{domain}"
    draft.set("From", f"{draft.person.contact.name} <{swapped}>")
    draft.trace = [passed(swapped.partition("@")[2]), arrival(EVIL, draft.at, "203.0.113.66")]


def by_another_contact(chance: random.Random, stage: Stage, draft: Draft) -> None:
    """Be another contact's genuine message, about this one: a third person's claim. It is an auto-reply, and so no sign of life."""
    other = chance.choice(others(stage, draft.person))
    name, new = draft.person.contact.name, f"{chance.getrandbits(32):x}@newhall.example"
    draft.set("From", f"{other.contact.name} <{other.contact.email}>")
    draft.swap(draft.person.got.message_id, other.got.message_id)
    draft.trace = [passed(other.contact.email.partition("@")[2]), arrival("bolt.example", draft.at)]
    words = chance.choice((
        f"{name} has left us; her new address is {new}.", f"{name} no longer works here. Please write to {new} instead.",
        f"{name} has retired.", f"{name} has died.", f"The new address of {name} is {new}.",
    ))  # fmt: skip
    draft.body = f"Hello,\n\n{words}\n\nRegards\n"
    draft.set("Auto-Submitted", "auto-replied")
    draft.set("Subject", "Automatic reply: Hello")  # and not "Out of Office", which says something of its own


def in_a_list(chance: random.Random, _stage: Stage, draft: Draft) -> None:
    """Come back by a mailing list, which signs for itself and names the contact."""
    name, email = draft.person.contact.name, draft.person.contact.email
    draft.set("From", chance.choice((f'"{name} via Talk" <talk@lists.example>', "Talk <talk@lists.example>")))
    draft.add("Reply-To", chance.choice((f"{name} <{email}>", "talk@lists.example")))
    draft.add("List-Id", "Talk <talk.lists.example>")
    draft.add("List-Post", "<mailto:talk@lists.example>")
    draft.add("Precedence", "list")
    draft.trace = [passed("lists.example"), arrival("lists.example", draft.at)]


def our_own_letter(chance: random.Random, _stage: Stage, draft: Draft) -> None:
    """Be our own letter, come back by a list or a forwarder, with what it did not say."""
    draft.set("From", f"Olga Owner <{OURS}>")
    draft.drop("Auto-Submitted", "In-Reply-To")
    draft.set("Message-ID", draft.person.got.message_id)
    draft.add("List-Id", "Talk <talk.lists.example>")
    draft.trace = [passed("home.example"), arrival("lists.example", draft.at)] if chance.random() < 0.5 else [arrival(EVIL, draft.at)]
