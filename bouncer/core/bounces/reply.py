"""The grammar of what a server answers: reply codes (RFC 5321 section 4.2), status codes (RFC 3463) and the command they answer."""

import re
from dataclasses import dataclass

# A status stands alone or behind a reply code, `#`, `(`, `-` or a quote; four numbers with dots are an IP address, more a version. What
# stands before it is looked at after its first digit, for the search runs from digit to digit then.
_STATUS = re.compile(r"([245](?<![\w./].)\.\d\.\d{1,3})(?![\d.]*\.?\d)")
_CODE = re.compile(r"([45](?<![\w.:/#-].)[0-5]\d)(?=[ \t\n:\"'-]|$)(?![ -]?(?:days?|hours?|minutes?|seconds?|bytes|kb|mb|attempts)\b)")
_COMMANDS = r"(helo|ehlo|mail|rcpt|data|starttls|bdat)"
_IN_REPLY = re.compile(rf"in reply to (?:end of )?{_COMMANDS}\b")
_AFTER = re.compile(
    rf"(?:after|following|in response to|sent:|during|[\[(]) ?(?:end of |a |the )?(?:pipelined )?{_COMMANDS}(?:[ _](?:from|to|command)|\b)"
)
_TALK = re.compile(rf"^[ \t]*(?:>>>|->>) ?{_COMMANDS}\b[^\n]*\n(?:[ \t]*(?:<<<|<<-) ?[45]\d\d)", re.MULTILINE)
_GREETING = re.compile(r"(?:after|during|receiving|on|at) (?:the )?initial (?:connection|(?:server )?greeting)|refused to talk to me")
_ANY_COMMAND = ("rcpt", "mail from", "data", "helo", "ehlo", "mail ", "starttls", "bdat")
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
    inner = _INNER.search(text)  # what the next server said stands in brackets behind the words of the one that reports
    all_of_them = (*_STATUS.findall(inner[1] if inner else ""), *_STATUS.findall(text))
    found = [status for status in dict.fromkeys(all_of_them) if status[0] != "2"]
    code = _CODE.search(text)
    return Reply(code[1] if code else None, tuple(sorted(found, key=generic)))


def generic(status: str | None) -> bool:
    """Tell whether *status* says no more than its class (x.0.0), or is not there."""
    return status is None or status.endswith(".0.0")


def command_in(text: str) -> str:
    """Give the SMTP command that was refused (HELO, MAIL, RCPT, DATA, STARTTLS) as *text* tells, or an empty string."""
    lower = text.lower()
    if any(word in lower for word in _ANY_COMMAND):
        found = _IN_REPLY.search(lower) or _TALK.search(lower) or _AFTER.search(lower)
        if found:
            return {"ehlo": "HELO", "bdat": "DATA"}.get(found[1], found[1].upper())
    return "HELO" if ("initial" in lower or "refused to talk" in lower) and _GREETING.search(lower) else ""


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
