"""The grammar of what a server answers: reply codes (RFC 5321 section 4.2), status codes (RFC 3463) and the command they answer."""

import re
from dataclasses import dataclass

# A status stands alone or behind a reply code, `#`, `(`, `-` or a quote; four numbers with dots are an IP address, more a version.
_STATUS = re.compile(r"(?<![\d.])(?:(?<=[^\w/])|^|(?<=[45]\d\d-))([245]\.\d{1,2}\.\d{1,3})(?![\d.]*\.?\d)", re.MULTILINE)
_CODE = re.compile(
    r"(?<![\d.:/#-])([45][0-5]\d)(?=[ \t:\"'-]|$)(?![ -]?(?:days?|hours?|minutes?|seconds?|bytes|kb|mb|attempts)\b)",
    re.IGNORECASE | re.MULTILINE,
)
_GENERIC = re.compile(r"[245]\.0\.0")
_IN_REPLY = re.compile(r"in reply to (?:end of )?(HELO|EHLO|MAIL|RCPT|DATA|STARTTLS|BDAT)\b", re.IGNORECASE)
_AFTER = re.compile(
    r"(?:after|error from remote mail(?:er| server) after|error following|\[|\(|in response to|sent:|during) ?(?:end of )?(?:pipelined )?"
    r"(HELO|EHLO|MAIL|RCPT|DATA|STARTTLS|BDAT)(?:[ _](?:FROM|TO|command)|\b)",
    re.IGNORECASE,
)
_TALK = re.compile(
    r"^[ \t]*(?:>>>|->>) ?(HELO|EHLO|MAIL|RCPT|DATA|STARTTLS)\b[^\n]*\n(?:[ \t]*(?:<<<|<<-) ?[45]\d\d)", re.IGNORECASE | re.MULTILINE
)
_GREETING = re.compile(r"(?:after|during|receiving|on|at) (?:the )?initial (?:connection|(?:server )?greeting)", re.IGNORECASE)
_INNER = re.compile(r"<([45]\d\d[ -][45]\.\d{1,2}\.\d{1,3} [^<>\n]+)>")
_LINES = re.compile(r"(?<!\d)([45]\d\d)-")
_QUOTED = re.compile(r"[45]\d\d[ -]'([45]\.\d{1,2}\.\d{1,3} [^'\n]+)'")


@dataclass(frozen=True, slots=True)
class Reply:
    """The codes in some words: *code* of three digits, *statuses* in their order, those that say something first."""

    code: str | None
    statuses: tuple[str, ...]

    @property
    def status(self) -> str | None:
        """The first status that says something, else the first of all."""
        return self.statuses[0] if self.statuses else None


def read_reply(text: str) -> Reply:
    """Read the codes in *text*, the words of a server or of a mail system about it."""
    inner = " ".join(_INNER.findall(text))  # what the next server said stands in brackets behind the words of the one that reports
    found = list(dict.fromkeys((*_STATUS.findall(inner), *_STATUS.findall(text))))
    found = [status for status in found if status[0] != "2"]
    code = _CODE.search(text)
    telling = [status for status in found if not generic(status)]
    return Reply(code[1] if code else None, (*telling, *(status for status in found if generic(status))))


def generic(status: str | None) -> bool:
    """Tell whether *status* says no more than its class (x.0.0), or is not there."""
    return status is None or bool(_GENERIC.fullmatch(status))


def command_in(text: str) -> str:
    """Give the SMTP command that was refused (HELO, MAIL, RCPT, DATA, STARTTLS) as *text* tells, or an empty string."""
    found = _IN_REPLY.search(text) or _TALK.search(text) or _AFTER.search(text)
    if not found:
        return "HELO" if _GREETING.search(text) else ""
    return {"EHLO": "HELO", "BDAT": "DATA"}.get(found[1].upper(), found[1].upper())


def joined(text: str) -> str:
    """Give a reply of several lines as one, without the code that each of its lines repeats."""
    line = " ".join(text.split())
    inner = _QUOTED.search(line)  # IronPort puts words of its own before the server's
    if inner:
        return f"{inner[0][:3]} {inner[1]}"
    several = _LINES.search(line)
    if not several:
        return line
    start = several.end()
    return line[:start] + re.sub(rf"(?<=\S)\s{several[1]}[ -](?:[245]\.\d{{1,2}}\.\d{{1,3}}\s)?", " ", line[start:])
