"""The envelope of a letter, in the words that this server understands (RFC 5321, 3461, 6152, 6531); every argument passes here."""

import re
from dataclasses import dataclass
from typing import Literal

from email_validator import EmailNotValidError, validate_email

from bouncer.model import Letter

_PLAIN = re.compile(r"[!-*,-<>-~]")  # xchar of RFC 3461 section 4: printable ASCII without space, + and =
_MOST_ENVID = 100  # RFC 3461 section 4.4
_MOST_ORCPT = 500  # RFC 3461 section 4.2


@dataclass(frozen=True, slots=True)
class Envelope:
    """What MAIL and RCPT say."""

    sender: str
    recipient: str
    mail_options: tuple[str, ...]
    rcpt_options: tuple[str, ...]


class Unfit(Exception):
    """This letter cannot go to this server; *status* is the RFC 3463 code that a server would have given."""

    def __init__(self, phase: Literal["mail", "rcpt"], status: str, why: str) -> None:
        """Keep where the server would have said so."""
        super().__init__(why)
        self.phase: Literal["mail", "rcpt"] = phase
        self.status = status


def envelope(letter: Letter, offered: frozenset[str]) -> Envelope:
    """Give the envelope of *letter* for a server that *offered* these extensions (lower case: dsn, smtputf8, 8bitmime).

    Raises Unfit where an address is none, or needs what the server does not offer.
    """
    sender, wide_sender = _address(letter.sender.address, "mail", "5.1.7")
    recipient, wide_recipient = _address(letter.to.address, "rcpt", "5.1.3")
    mail_options: list[str] = []
    rcpt_options: list[str] = []
    if wide_sender or wide_recipient:
        if "smtputf8" not in offered:
            raise Unfit("mail", "5.6.7", "the server takes no addresses beyond ASCII (SMTPUTF8, RFC 6531)")
        mail_options.append("SMTPUTF8")
    if not letter.data.isascii():
        if "8bitmime" not in offered:
            raise Unfit("mail", "5.6.3", "the letter has 8-bit text and the server takes none (8BITMIME, RFC 6152)")
        mail_options.append("BODY=8BITMIME")
    if "dsn" in offered:
        mail_options.append("RET=HDRS")
        if 0 < len(envid := xtext(letter.envid)) <= _MOST_ENVID:
            mail_options.append(f"ENVID={envid}")
        rcpt_options.append("NOTIFY=FAILURE,DELAY")
        if not wide_recipient and len(original := f"rfc822;{xtext(recipient)}") <= _MOST_ORCPT:
            rcpt_options.append(f"ORCPT={original}")
    return Envelope(sender, recipient, tuple(mail_options), tuple(rcpt_options))


def xtext(text: str) -> str:
    """Give *text* in the xtext of RFC 3461 section 4; characters beyond ASCII as the bytes of UTF-8."""
    return "".join(chr(byte) if _PLAIN.fullmatch(chr(byte)) else f"+{byte:02X}" for byte in text.encode(errors="replace"))


def _address(written: str, phase: Literal["mail", "rcpt"], status: str) -> tuple[str, bool]:
    """Give *written* as it goes on the wire, with the domain in ASCII, and whether its local part is beyond ASCII."""
    try:
        checked = validate_email(written, check_deliverability=False, globally_deliverable=False, test_environment=True)
    except (EmailNotValidError, UnicodeError) as error:  # the latter for a lone surrogate
        raise Unfit(phase, status, f"not a mail address: {written!a}: {error}") from error
    if checked.ascii_email is not None:
        return checked.ascii_email, False
    return f"{checked.local_part}@{checked.ascii_domain}", True
