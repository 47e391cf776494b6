"""One message to one reading: parse, classify, extract, and look for our ids. Pure, so that any process may do it."""

import hashlib
import re

from bouncer.core.classify import classify
from bouncer.core.extract import extract
from bouncer.core.extract.named import named
from bouncer.core.extract.own import own_words
from bouncer.core.handles import handles, references, tokens
from bouncer.core.parse import parse
from bouncer.core.wording import Wording
from bouncer.model import Notice, ParsedMail, RawMail, Reading

_TRACE = frozenset({"received", "authentication-results"})
_MOST_TRACE = 100
_LONGEST_TRACE = 10_000  # characters of one field
_FOLD = re.compile(r"[\r\n]+[ \t]*")


def read(raw: RawMail, wording: Wording) -> Reading:
    """Give all that the message *raw* says, in a form that crosses a process border. Never raises for what is in the message."""
    mail = parse(raw)
    own = own_words(mail, wording)
    answer = classify(mail, wording, own)
    verdict = answer.verdict if isinstance(answer, Notice) else answer
    found = extract(mail, verdict, wording, own)
    handled = handles(mail)
    ours = tokens(handled)
    return Reading(
        source=raw.source,
        digest=hashlib.sha256(raw.data).hexdigest(),
        message_id=mail.message_id,
        date=mail.date,
        from_=mail.from_,
        reply_to=mail.reply_to,
        subject=mail.subject,
        verdict=verdict,
        language=found.language,
        recipients=answer.recipients if isinstance(answer, Notice) else (),
        findings=found.findings,
        handles=handled,
        trace=_trace(mail),
        defects=(*mail.defects, *found.defects),
        cut=found.cut,
        tokens=ours,
        named=named(own, ours),
        references=references(handled),
    )


def _trace(mail: ParsedMail) -> tuple[tuple[str, str], ...]:
    """Give the fields of the way as they stand: an encoded word (RFC 2047) in a name that a client gave itself must not become syntax."""
    items = ((name.lower(), str(value)) for name, value in mail.tree.raw_items())
    return tuple((name, _FOLD.sub(" ", value[:_LONGEST_TRACE]).strip()) for name, value in items if name in _TRACE)[:_MOST_TRACE]
