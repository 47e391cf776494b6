"""Laws of reading answers: nothing is found that is not written, and what others wrote below changes nothing."""

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from support.build import raw
from support.replies import wording

from bouncer.core.read import read
from bouncer.model import Ask, Joined, Left, NewAddress, Phone, RawMail, Reading, Role

SENDER = "Jane Doe <jane.doe@acme.example>"
SENTENCES = (
    "I am out of the office until 12 March.",
    "My new address is jane@new.example.",
    "I have left Acme as of 1 March 2026.",
    "Please contact Bo Kim (bo.kim@acme.example, +44 20 7946 0018) or Ann Lee.",
    "I have joined Newco as Chief Architect.",
    "You can reach me at jane@home.example or 020 7946 0011.",
    "Bob Ray has retired.",
    "This mailbox is no longer monitored.",
    "Ich bin vom 2. bis 13. März nicht im Büro.",
    "Bitte wenden Sie sich an Frau Anna Muster (anna.muster@acme.example).",
    "Sie erreichen mich künftig unter jane@neu.example.",
    "All is well here, thank you.",
    "Let us meet on 14 March at noon.",
)
SIGNATURES = ("", "\n\nBest regards,\nJane Doe", "\n\n-- \nJane Doe\nHead of Sales\nAcme Ltd\nTel. +44 20 7946 0011\nFax +44 20 7946 0012")
LETTER = "Dear Jane,\n\nI have left Acme. My new address is olga.new@home.example, please contact Cy Ray.\n\nOlga\n"
OUTLOOK = "From: Olga Owner <olga@home.example>\nSent: Wednesday, March 4, 2026 9:00 AM\nTo: Jane Doe\n"
STYLES = (
    "On Wed, Mar 4, 2026 at 9:00 AM Olga Owner <olga@home.example> wrote:\n\n{quoted}",
    "On 4 Mar 2026, at 09:00, Olga Owner <olga@home.example> wrote:\n\n{plain}",
    "-----Original Message-----\n{outlook}Subject: Hello\n\n{plain}",
    "________________________________\n{outlook}\n{plain}",
    "Am 04.03.2026 um 09:00 schrieb Olga Owner:\n{quoted}",
    "Von: Olga Owner <olga@home.example>\nGesendet: Mittwoch, 4. März 2026 09:00\nAn: Jane Doe\nBetreff: Hello\n\n{plain}",
    "Le mer. 4 mars 2026 à 09:00, Olga Owner <olga@home.example> a écrit :\n\n{quoted}",
    "{quoted}",
)
DISCLAIMERS = (
    "This e-mail is confidential and intended solely for the addressee. If you received it in error, write to legal@acme.example.",
    "Diese E-Mail enthält vertrauliche Informationen. Bitte wenden Sie sich an recht@acme.example.",
    "Confidentiality notice: our new address is legal@acme.example, contact Dee Ray.",
)

texts = st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=4, unique=True).map(" ".join)
bodies = st.tuples(texts, st.sampled_from(SIGNATURES)).map("".join)
robots = st.booleans()
law = settings(deadline=None, max_examples=60)  # phrases compile when they are first met, which takes its time once


def _read(text: str, robot: bool) -> Reading:
    fields = {"Auto_Submitted": "auto-replied"} if robot else {}
    return read(raw(text, sender=SENDER, subject="Re: Hello", **fields), wording())


def _facts(reading: Reading) -> list[object]:
    return [(finding.type, finding.about, finding.because.rule, repr(finding)) for finding in reading.findings]


@law
@given(bodies, robots)
def test_what_is_found_stands_in_the_mail_as_it_was_written(text: str, robot: bool) -> None:
    """Addresses, names, companies, titles and numbers are copied, never made."""
    flat = " ".join(text.split())
    for finding in _read(text, robot).findings:
        match finding:
            case NewAddress(address=address):
                words = [address]
            case Ask(name=name, address=address, phone=phone):
                words = [word for word in (name, address, phone) if word]
            case Left(company=company):
                words = [company] if company else []
            case Joined(company=company, title=title) | Role(company=company, title=title):
                words = [word for word in (company, title) if word]
            case Phone(number=number):
                words = [number]
            case _:
                words = []
        assert all(word in flat for word in words)
        assert " ".join(finding.because.quote.split())


@law
@given(bodies, robots, st.sampled_from(STYLES))
def test_quoting_our_letter_below_changes_nothing(text: str, robot: bool, style: str) -> None:
    """In any client's style."""
    quoted = "\n".join(f"> {line}".rstrip() for line in LETTER.split("\n"))
    below = style.format(quoted=quoted, plain=LETTER, outlook=OUTLOOK)
    assert _facts(_read(f"{text}\n\n{below}\n", robot)) == _facts(_read(f"{text}\n", robot))


@law
@given(bodies, robots, st.sampled_from(DISCLAIMERS))
def test_a_disclaimer_changes_no_finding(text: str, robot: bool, disclaimer: str) -> None:
    """It is the lawyers', not the sender's."""
    assert _facts(_read(f"{text}\n\n{disclaimer}\n", robot)) == _facts(_read(f"{text}\n", robot))


@law
@given(bodies, robots, st.floats(min_value=0, max_value=1))
@example(text="My new address is jane@new.example.", robot=True, share=0.97)
@example(text="I have left Acme. Please contact bo.kim@acme.example", robot=True, share=0.98)
@example(text="You can reach me at jane@home.example. I am out of the office until 12 March.", robot=False, share=0.5)
def test_a_text_that_was_cut_off_gives_no_half_address_and_no_new_one_without_doubt(text: str, robot: bool, share: float) -> None:
    """Half an address is nobody's; a whole one may have been meant for the absence that was cut off."""
    kept = int(len(text.encode()) * share)
    message = _message(text, robot)
    cut = read(RawMail(message[: len(message) - len(text.encode()) + kept], truncated=True), wording())
    found = [finding for finding in cut.findings if isinstance(finding, NewAddress | Ask) and finding.address]
    assert {finding.address for finding in found} <= set(re.findall(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", text))
    assert all(finding.ambiguous for finding in found if isinstance(finding, NewAddress))


def _message(text: str, robot: bool) -> bytes:
    auto = "Auto-Submitted: auto-replied\n" if robot else ""
    head = f"From: {SENDER}\nTo: olga@home.example\nSubject: Re: Hello\nDate: Wed, 04 Mar 2026 10:00:00 +0000\n{auto}"
    return f"{head}Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{text}".encode()


@law
@given(st.binary(max_size=400))
def test_any_bytes_have_a_reading(data: bytes) -> None:
    """A strange message is `other` or whatever it seems, and never an exception."""
    assert read(RawMail(b"From: a@b.example\nSubject: x\n\n" + data), wording()).digest


@law
@given(st.text(max_size=300), robots)
def test_any_text_has_a_reading(text: str, robot: bool) -> None:
    """Letters of any script, controls, combining marks."""
    reading = _read(text.encode("utf-8", "replace").decode().replace("\r", ""), robot)
    assert all(re.search(r"\S", finding.because.rule) for finding in reading.findings)


@law
@given(
    st.sampled_from(
        ["I am out until ", "please contact ", "On Monday ", "my new address is ", "> ", "x@", "From: a\n", ", ", "1.", "Jane "]
    )
)
def test_no_repetition_makes_reading_slow(piece: str) -> None:
    """Whatever is repeated ten thousand times is read to its end; the pytest run would not end otherwise."""
    assert _read(piece * 10_000, robot=True).digest


@pytest.mark.parametrize("charset", ["utf-8", "latin-1", "us-ascii", "x-unknown", "utf-16"])
def test_a_charset_that_lies_is_no_exception(charset: str) -> None:
    """The bytes are UTF-8 whatever the header says."""
    text = "Ich bin bis zum 12. März nicht im Büro."
    data = f"From: {SENDER}\nSubject: Re: x\nContent-Type: text/plain; charset={charset}\n\n{text}".encode()
    assert read(RawMail(data), wording()).digest
