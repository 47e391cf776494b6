"""Only what the sender wrote now is read: quoted mail, footers, disclaimers and devices' lines are cut, the signature stands apart."""

import pytest
from support.build import raw
from support.replies import wording

from bouncer.core.extract.own import Own, own_words
from bouncer.core.parse import parse

LETTER = "Dear Jane,\n\nI have left Acme. My new address is olga.new@home.example.\n\nOlga"
OUTLOOK = "From: Olga Owner <olga@home.example>\nSent: Wednesday, March 4, 2026 9:00 AM\nTo: Jane Doe\n"
QUOTED = "\n".join(f"> {line}" for line in LETTER.split("\n"))


def _own(text: str, sender: str = "Jane Doe <jane@acme.example>") -> Own:
    return own_words(parse(raw(text, sender=sender)), wording())


@pytest.mark.parametrize(
    "below",
    [
        f"On Wed, Mar 4, 2026 at 9:00 AM Olga Owner <olga@home.example> wrote:\n{QUOTED}",
        f"On Wed, Mar 4, 2026 at 9:00 AM Olga Owner <\nolga@home.example> wrote:\n\n{QUOTED}",
        f"On 4 Mar 2026, at 09:00, Olga Owner <olga@home.example> wrote:\n\n{LETTER}",
        f"-----Original Message-----\n{OUTLOOK}Subject: Hello\n\n{LETTER}",
        f"________________________________\n{OUTLOOK}\n{LETTER}",
        f"From: Olga Owner\nDate: Wednesday, 4 March 2026 at 09:00\nTo: Jane Doe\nSubject: Hello\n{LETTER}",
        f"---------- Forwarded message ---------\nFrom: Olga Owner <olga@home.example>\n\n{LETTER}",
        f"Am 04.03.2026 um 09:00 schrieb Olga Owner:\n{QUOTED}",
        f"-----Ursprüngliche Nachricht-----\nVon: Olga Owner\nGesendet: Mittwoch, 4. März 2026 09:00\n\n{LETTER}",
        f"Le mer. 4 mars 2026 à 09:00, Olga Owner <olga@home.example> a écrit :\n{QUOTED}",
        f"De : Olga Owner <olga@home.example>\nEnvoyé : mercredi 4 mars 2026 09:00\nÀ : Jane Doe\n\n{LETTER}",
        f"El mié, 4 mar 2026 a las 9:00, Olga Owner (<olga@home.example>) escribió:\n\n{LETTER}",
        f"Il giorno mer 4 mar 2026 alle ore 09:00 Olga Owner <olga@home.example> ha scritto:\n{QUOTED}",
        f"Op wo 4 mrt 2026 om 09:00 schreef Olga Owner <olga@home.example>:\n{QUOTED}",
        f"ср, 4 мар. 2026 г. в 09:00, Olga Owner <olga@home.example>:\n\n{LETTER}",
        f"2026年3月4日(水) 9:00 Olga Owner <olga@home.example>:\n\n{QUOTED}",
        f"发件人: Olga Owner <olga@home.example>\n发送时间: 2026年3月4日 9:00\n收件人: Jane\n\n{LETTER}",
        f"Von: Olga Owner [mailto:olga@home.example]\nGesendet: Mittwoch, 4. März 2026 09:00\nAn: Jane Doe\nBetreff: Hallo\n\n{LETTER}",
        f"Olga Owner <olga@home.example> schrieb am 04.03.2026 09:00:\n\n{QUOTED}",
        f"Olga Owner\n04/03/2026 09:00 AM\nTo: Jane Doe <jane@acme.example>\ncc:\nSubject: Hello\n\n{LETTER}",
    ],
)
def test_the_mail_that_is_answered_is_cut_in_every_clients_style(below: str) -> None:
    """What stands above it is all that remains."""
    own = _own(f"All is well here.\n\n{below}\n")
    assert "Acme" not in own.body + own.signature
    assert own.body.strip() == "All is well here."
    assert own.cut


@pytest.mark.parametrize(
    "text",
    [
        "On Monday I wrote to Bob about it.\nHe said yes.",
        "From: our house\nTo: yours, with love.",
        "Am Montag schrieb ich ihm einen langen Brief.\nEr kam an.",
        "I said 5 > 3 and they agreed.",
        "The original message was lost.\nPlease send it again.",
        "Date: 3 May\nPlace: Rome\nBring shoes.",
    ],
)
def test_words_that_only_look_like_a_quotation_stay(text: str) -> None:
    """A sentence is no attribution."""
    assert _own(text + "\n").body.split() == text.split()


def test_answers_between_quoted_lines_stay() -> None:
    """Whoever answers below each question is read all the same."""
    own = _own(
        "On Wed, Mar 4, 2026 at 9:00 AM Olga Owner <olga@home.example> wrote:\n> Are you well?\nYes, I am.\n> And Bob?\nHe has left.\n"
    )
    assert own.body.split("\n") == ["Yes, I am.", "He has left."] or own.body.split() == ["Yes,", "I", "am.", "He", "has", "left."]


@pytest.mark.parametrize(
    "tail",
    [
        "This e-mail is confidential and intended solely for the addressee. Write to legal@acme.example.",
        "Diese E-Mail enthält vertrauliche Informationen. Schreiben Sie an recht@acme.example.",
        "Ce message est confidentiel et destiné exclusivement à son destinataire.",
        "Sent from my iPhone",
        "Von meinem iPhone gesendet",
        "_______________________________________________\nusers mailing list\nusers@lists.example\nhttps://lists.example/users",
    ],
)
def test_boiler_plate_is_cut(tail: str) -> None:
    """Disclaimers, devices and list footers say nothing about the sender."""
    own = _own(f"All is well here.\n\n{tail}\n")
    assert (own.body.strip(), own.signature) == ("All is well here.", "")


@pytest.mark.parametrize(
    "line", ["I got a confidential letter.", "Sent from the office, this parcel weighs a ton.", "I run a mailing list at home."]
)
def test_sentences_that_look_like_boiler_plate_stay(line: str) -> None:
    """A disclaimer has its own wording."""
    assert line in _own(f"{line}\n").body


@pytest.mark.parametrize(
    ("text", "signature"),
    [
        ("Hello.\n\n-- \nJane Doe\nAcme\n", "-- \nJane Doe\nAcme"),
        ("Hello.\n\nBest regards,\nJane\n", "Best regards,\nJane"),
        ("Hallo.\n\nMit freundlichen Grüßen\n\nJane Doe\n", "Mit freundlichen Grüßen\n\nJane Doe"),
        ("Hello.\n\nJane Doe\nHead of Sales\n", "Jane Doe\nHead of Sales"),
        ("Hello Jane Doe.\n", ""),
        ("Thanks for the book.\n\nIt was a long read, and I liked it.\n", ""),
    ],
)
def test_the_signature_is_found(text: str, signature: str) -> None:
    """By its delimiter, a closing, or the sender's name on a line."""
    assert [line.rstrip() for line in _own(text).signature.split("\n")] == [line.rstrip() for line in signature.split("\n")]


def test_the_target_of_a_link_does_not_double_an_address() -> None:
    """Outlook writes `a@b<mailto:a@b>`."""
    own = _own("Write to jane@new.example<mailto:jane@new.example> or Bob [mailto:bob@new.example].\n")
    assert own.body == "Write to jane@new.example or Bob <bob@new.example>."


def test_a_blank_line_before_an_announced_address_goes() -> None:
    """The colon says that they belong together."""
    assert _own("My new address is:\n\n   jane@new.example\n").body == "My new address is:\n   jane@new.example"


def test_hidden_letters_are_noted() -> None:
    """An address with an invisible character in it is remembered as disguised."""
    assert _own("Write to ja\u200bne@new.example.\n").disguised == ("jane@new.example.",)


def test_a_patch_is_cut_and_kept() -> None:
    """Its lines are no sentences, but they may change an address."""
    own = _own("Update my address.\n\ndiff --git a/MAINTAINERS b/MAINTAINERS\n-M: Jane Doe <a@b.example>\n+M: Jane Doe <c@d.example>\n")
    assert own.body.strip() == "Update my address."
    assert own.cut[-1][0] == "patch"
