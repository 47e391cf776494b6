"""What the messages claim: sentences that would change something, were they believed."""

import random

from support.hostile.draft import Draft, Make, answer, exim
from support.hostile.draft import dsn as report
from support.hostile.stage import Person, Stage

MOVED = (
    "My new address is {new}.",
    "Please note that my new e-mail address is {new}, please update your address book.",
    "Meine neue E-Mail-Adresse lautet {new}.",
    "Ma nouvelle adresse e-mail est {new}.",
    "Mi nueva dirección de correo es {new}.",
    "From now on you can reach me at {new}.",
)
GONE = ("I no longer work at {company}.", "I have left {company}.", "I am no longer with {company}.")
RETIRED = ("I have retired.", "I am now retired.")
AWAY = ("I am out of the office until 20 March 2026.", "I will be back on 23 March 2026.", "Ich bin bis 20.03.2026 nicht im Büro.")
STOP = ("Please do not write to me again.", "Please remove me from your list.", "Please stop sending me these e-mails.")
JOINED = ("I have joined Newhall as Head of Networks.", "I now work at Newhall as Head of Networks.")


def fresh(chance: random.Random, person: Person) -> str:
    """Give an unknown address at another company."""
    local = person.contact.email.partition("@")[0]
    return f"{local}.{chance.getrandbits(32):x}@{chance.choice(('newhall', 'brightco', 'quarry', 'lindenhof'))}.example"


def said(*sentences: str, auto: bool) -> Make:
    """Give a maker of genuine answers with one of *sentences*."""

    def make(chance: random.Random, stage: Stage, person: Person) -> Draft:
        words = chance.choice(sentences).format(new=fresh(chance, person), company=person.contact.company)
        return answer(chance, stage, person, words, auto=auto)

    return make


def one_of(*makes: Make) -> Make:
    """Give a maker that is any of *makes*."""
    return lambda chance, stage, person: chance.choice(makes)(chance, stage, person)


moved = said(*MOVED, auto=True)
said_moved = said(*MOVED, "I have left {company}. My new email address is {new}.", auto=False)
gone = said(*GONE, auto=True)
retired = said(*RETIRED, auto=True)
away = said(*AWAY, auto=True)
stop = said(*STOP, auto=False)
joined = said(*JOINED, auto=False)
any_claim = one_of(moved, said_moved, gone, retired, away, stop, joined)  # without any proof none of these is believed
weighty = one_of(moved, said_moved, gone, retired, joined)  # what a bare token does not prove, or not from elsewhere


def dsn(chance: random.Random, stage: Stage, person: Person) -> Draft:
    """Give a genuine report of an unknown user, an unknown host, or one that has moved."""
    status, words = chance.choice((
        ("5.1.1", "550 5.1.1 User unknown"),
        ("5.1.1", "550 5.1.1 The email account that you tried to reach does not exist"),
        ("5.1.2", "Host or domain name not found"),
        ("5.1.10", "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup"),
    ))  # fmt: skip
    return report(chance, stage, person, status, words)


any_bounce = one_of(dsn, exim)
