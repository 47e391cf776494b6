"""One message to one reading: parse, classify, extract, and look for our ids. Pure, so that any process may do it."""

import hashlib

from bouncer.core.classify import classify
from bouncer.core.extract import extract
from bouncer.core.extract.own import own_words
from bouncer.core.handles import handles, references, tokens
from bouncer.core.parse import parse
from bouncer.core.wording import Wording
from bouncer.model import Notice, RawMail, Reading

_TRACE = frozenset({"received", "authentication-results"})
_MOST_TRACE = 100


def read(raw: RawMail, wording: Wording) -> Reading:
    """Give all that the message *raw* says, in a form that crosses a process border. Never raises for what is in the message."""
    mail = parse(raw)
    own = own_words(mail, wording)
    answer = classify(mail, wording, own)
    verdict = answer.verdict if isinstance(answer, Notice) else answer
    found = extract(mail, verdict, wording, own)
    handled = handles(mail)
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
        trace=tuple(pair for pair in mail.headers if pair[0] in _TRACE)[:_MOST_TRACE],
        defects=(*mail.defects, *found.defects),
        cut=found.cut,
        tokens=tokens(handled),
        references=references(handled),
    )
