"""Is this a delivery notice at all? Nobody's sentence about a bounce may pass for one."""

from dataclasses import dataclass
from functools import cached_property

from bouncer.core.bounces.copy import Parted
from bouncer.core.senders import is_mail_system
from bouncer.core.wording import Hit, Wording
from bouncer.model import Because, Kind, ParsedMail, Where

_NEAR_THE_TOP = 700  # characters; a mail system says at once what it is about
_AT_THE_TOP = 150
_SPECIAL = {"challenge": Kind.CHALLENGE, "complaint": Kind.COMPLAINT}
_OF_A_LIST = ("list-id", "list-post", "list-unsubscribe", "x-mailer")
_OF_PEOPLE = ("in-reply-to", "references", "user-agent")


@dataclass(frozen=True)
class Signs:
    """What speaks for a notice: who seems to have written it, and the wordings found in the subject and in the text, when asked for."""

    mail: ParsedMail
    parted: Parted
    wording: Wording

    @cached_property
    def machine(self) -> bool:
        """A mail system seems to have written it."""
        return is_mail_system(self.mail.header("from") or "")

    @cached_property
    def returned(self) -> bool:
        """A message of the addressee's own comes back."""
        return bool({one.address.lower() for one in self.mail.to} & set(self.parted.of_original("from", "return-path")))

    @cached_property
    def subject(self) -> tuple[Hit, ...]:
        """The wordings in the subject."""
        return self.wording.hits("bounces", "subject", self.mail.subject)

    @cached_property
    def body(self) -> tuple[Hit, ...]:
        """The wordings in the text."""
        return self.wording.hits("bounces", "body", self.parted.text)


def because(mail: ParsedMail, found: Signs) -> tuple[Kind, Because] | None:
    """Decide whether a message without a report is a notice, of which kind and why; None where it is none."""
    quoted = [hit for hit in found.body if _quoted(mail.text, hit)]
    body = [hit for hit in found.body if hit not in quoted]
    top = [hit for hit in body if hit.start < _NEAR_THE_TOP]
    special = next((hit for hit in (*top, *found.subject) if hit.rule.means in _SPECIAL), None)
    if special and not any(mail.header(name) is not None for name in _OF_A_LIST):
        return _SPECIAL[special.rule.means], _quote(special, "body" if special in top else "subject")
    failed = mail.header("x-failed-recipients")
    if not (failed and (found.subject or body)) and not _sure(mail, found, body, top):
        return None
    hits: list[tuple[Hit, Where]] = [*((hit, "body") for hit in body), *((hit, "subject") for hit in found.subject)]
    final = next(((hit, where) for hit, where in hits if "final" in hit.rule.options), None)
    for kind in (Kind.RECEIPT, Kind.DELAY):
        said = next(((hit, where) for hit, where in hits if hit.rule.means == kind), None)
        if said and not final:
            return kind, _quote(*said)
    best = final or next(((hit, where) for hit, where in hits if hit.rule.means == Kind.BOUNCE), None)
    return Kind.BOUNCE, _quote(*best) if best else Because("x-failed-recipients", str(failed), "header")


def _sure(mail: ParsedMail, found: Signs, body: list[Hit], top: list[Hit]) -> bool:
    """Tell whether the signs suffice: a mail system needs one; anybody else the very words of a system, and none of the marks of people."""
    if found.machine:
        return bool(found.subject or body)
    if any(mail.header(name) is not None for name in _OF_PEOPLE):
        return False
    alone = [hit for hit in top if "alone" in hit.rule.options]
    if any(mail.header(name) is not None for name in _OF_A_LIST):
        return bool(found.subject and any(hit.start < _AT_THE_TOP for hit in alone))
    if found.returned and mail.header("return-path") == "<>":  # RFC 5321 section 4.5.5
        return bool(top)
    return bool(alone or (found.subject and top))


def _quote(hit: Hit, where: Where) -> Because:
    return Because(hit.rule.name, " ".join(hit.quote.split())[:200], where)


def _quoted(text: str, hit: Hit) -> bool:
    """Tell whether the words stand in a line that somebody quotes."""
    return text[text.rfind("\n", 0, hit.start + 1) + 1 : hit.start + 1].lstrip().startswith((">", "|"))
