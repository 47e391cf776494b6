"""Is this a delivery notice at all? Nobody's sentence about a bounce may pass for one."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from bouncer.core.bounces.copy import Parted
from bouncer.core.bounces.lines import by_shape
from bouncer.core.bounces.reply import read_reply
from bouncer.core.fields import addresses_in
from bouncer.core.senders import is_mail_system
from bouncer.core.wording import Hit, Wording
from bouncer.model import Address, Because, Kind, ParsedMail, Where

_NEAR_THE_TOP = 700  # characters; a mail system says at once what it is about
_AT_THE_TOP = 10
_SOON = 100
_MARKS = "\"'\u201c\u201e\u00ab"  # what a person puts before words that are somebody else's
_SPECIAL = {"challenge": Kind.CHALLENGE, "complaint": Kind.COMPLAINT}
_OF_NOBODY = frozenset({"userunknown", "hostunknown", "hasmoved"})
_OF_THE_ADDRESS = _OF_NOBODY | {"suspend", "mailboxfull"}
_OF_A_LIST = ("list-id", "list-post", "list-unsubscribe", "x-mailer")
_OF_PROGRAMS = ("user-agent", "x-mailer", "references")
_ANSWER = re.compile(r"\s*(?:re|aw|sv|vs|antw|odp|r|res|rif) ?:", re.IGNORECASE)
_OF_PEOPLE = ("in-reply-to", "references", "user-agent", "x-jira-fingerprint", "x-github-reason", "x-gitlab-project", "x-bugzilla-reason")
_NAMED = re.compile(
    r"\W*(?:internet |local )?(?:e-?mail|mail(?:er)?|message|system|post)?[-_. ]?"
    r"(?:delivery|daemon|administrator|gateway|system|subsystem|master)"
    r"(?:[-_. ](?:system|subsystem|service|daemon|agent|notification))*\W*(?:(?:at|@) \S+)?",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Signs:
    """What speaks for a notice: who seems to have written it, and the wordings found in the subject and in the text, when asked for."""

    mail: ParsedMail
    parted: Parted
    wording: Wording

    @cached_property
    def machine(self) -> bool:
        """A mail system seems to have written it; a postmaster who answers with a mail program is a person."""
        written = self.mail.header("from") or ""
        by = next(iter(addresses_in(written)), None)
        if not is_mail_system(written) or (by and not is_mail_system(by.address) and not _NAMED.fullmatch(by.name)):
            return False
        answer = bool(_ANSWER.match(self.mail.subject)) and not self.nobody
        return not (answer and (self.has(_OF_PROGRAMS) or (self.has(("in-reply-to",)) and not self.reported)))

    @cached_property
    def sure(self) -> bool:
        """The subject or the very words of a system say that it is a notice, and not only a sentence in the text."""
        return bool(self.subject) or any("alone" in hit.rule.options for hit in self.body)

    @property
    def system(self) -> bool:
        """Something beside the text says that a mail system wrote it."""
        return self.machine or self.nobody or (bool(self.subject) and not self.has(_OF_PEOPLE))

    @property
    def nobody(self) -> bool:
        """It was sent so that nobody can answer it (RFC 5321 section 4.5.5)."""
        return self.mail.header("return-path") == "<>"

    @property
    def formal(self) -> bool:
        """It has the form of a notice, whatever it says: nobody can answer it, our message comes back, or a refusal is reported."""
        return self.nobody or self.returned or bool(self.parted.original) or self.reported

    @property
    def reported(self) -> bool:
        """A server's refusal is given, and an address stands where mail systems put it."""
        return read_reply(self.parted.text).code is not None and bool(by_shape(self.parted, frozenset()))

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
        """The wordings of mail systems in the text, but for what somebody quotes."""
        return self._unquoted("body")

    @cached_property
    def kinds(self) -> tuple[Hit, ...]:
        """The wordings in the text that tell which kind of notice it is, if it is one."""
        return self._unquoted("kind")

    @cached_property
    def top(self) -> tuple[Hit, ...]:
        """Those of `body` near the top: a mail system says at once what it is about."""
        return tuple(hit for hit in self.body if hit.start < _NEAR_THE_TOP)

    def has(self, names: tuple[str, ...]) -> bool:
        """Tell whether the message has a field of one of these *names*."""
        return any(name in names for name, _ in self.mail.headers)

    def _unquoted(self, within: str) -> tuple[Hit, ...]:
        text = self.parted.text
        return tuple(hit for hit in self.wording.hits("bounces", within, text) if not _quoted(text, hit))


def because(mail: ParsedMail, found: Signs) -> tuple[Kind, Because] | None:
    """Decide whether a message without a report is a notice, of which kind and why; None where it is none."""
    special = next((hit for hit in (*found.kinds, *found.subject) if hit.rule.means in _SPECIAL and hit.start < _NEAR_THE_TOP), None)
    if special and not found.has(_OF_A_LIST):
        return _SPECIAL[special.rule.means], _quote(special, "body" if special in found.kinds else "subject")
    if not _sure(mail, found):
        return _told(mail, found)
    hits: list[tuple[Hit, Where]] = [*((hit, "body") for hit in found.kinds), *((hit, "subject") for hit in found.subject)]
    final = next(((hit, where) for hit, where in hits if "final" in hit.rule.options), None)
    for kind in (Kind.RECEIPT, Kind.DELAY):
        said = next(((hit, where) for hit, where in hits if hit.rule.means == kind), None)
        if said and not final:
            return kind, _quote(*said)
    best = final or next(((hit, where) for hit, where in hits if hit.rule.means == Kind.BOUNCE), None)
    if best:
        return Kind.BOUNCE, _quote(*best)
    failed = mail.header("x-failed-recipients")
    return Kind.BOUNCE, Because("x-failed-recipients", failed, "header") if failed else _quote(found.body[0], "body")


def _sure(mail: ParsedMail, found: Signs) -> bool:
    """Tell whether the signs suffice: a mail system needs one; anybody else the very words of a system, and none of the marks of people."""
    failed = mail.header("x-failed-recipients")
    if failed:
        return bool(found.subject or found.body or found.machine)
    if found.machine:
        return found.sure or (bool(found.top) and (found.formal or "daemon" in (mail.header("from") or "").lower()))
    return not found.has(_OF_PEOPLE) and _sure_of_anybody(mail, found)


def _sure_of_anybody(mail: ParsedMail, found: Signs) -> bool:
    """Tell whether a message that no mail system seems to have written has the words and the form of a notice."""
    alone = [hit for hit in found.top if "alone" in hit.rule.options and not _cited(found.parted.text, hit)]
    if found.has(_OF_A_LIST):
        return bool(found.subject and not mail.html and any(hit.start < _AT_THE_TOP for hit in alone))
    if found.returned and found.nobody:
        return bool(found.top)
    if any(hit.start < _SOON or found.returned or found.nobody for hit in alone):
        return True
    return bool(found.subject and found.top and found.formal)


def _told(mail: ParsedMail, found: Signs) -> tuple[Kind, Because] | None:
    """Believe a mail system that nobody can answer, in whatever words it begins, where it says what is wrong with an address elsewhere.

    An address of its own may be that of the desk to call, and the full or closed mailbox the reader's.
    """
    if not (found.machine and found.nobody):
        return None
    writers = {one.address.lower() for one in mail.from_}
    named = {one for line in found.parted.named for one in line if one not in writers and not one.endswith(_homes(mail.to))}
    set_apart = {one.lower() for one in by_shape(found.parted, frozenset())}
    away = any(not one.endswith(_homes(mail.from_)) for one in named)
    reasons = _OF_THE_ADDRESS if away else _OF_NOBODY if named & set_apart else frozenset()
    hits = found.wording.hits("bounces", "diagnostic", found.parted.text) if reasons else ()
    wrong = next((hit for hit in hits if hit.rule.means in reasons and hit.start < _NEAR_THE_TOP and not hit.rule.options), None)
    late = any(hit.rule.means == Kind.DELAY for hit in found.kinds)
    return (Kind.DELAY if late else Kind.BOUNCE, _quote(wrong, "body")) if wrong else None


def _homes(people: Iterable[Address]) -> tuple[str, ...]:
    return tuple(f"@{one.domain.lower()}" for one in people)


def _quote(hit: Hit, where: Where) -> Because:
    return Because(hit.rule.name, " ".join(hit.quote.split())[:200], where)


def _cited(text: str, hit: Hit) -> bool:
    """Tell whether the words stand in quotation marks."""
    return text[max(hit.start - 1, 0) : hit.start + 1].strip()[:1] in _MARKS


def _quoted(text: str, hit: Hit) -> bool:
    """Tell whether the words stand in a line that somebody quotes."""
    return text[text.rfind("\n", 0, hit.start) + 1 : hit.start + 1].lstrip().startswith((">", "|"))
