"""From the words of a reply to findings."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from bouncer.core.extract.away import absences
from bouncer.core.extract.card import card
from bouncer.core.extract.completed import completed
from bouncer.core.extract.corrected import corrected
from bouncer.core.extract.language import foreign_to_none, language_of
from bouncer.core.extract.moves import moves
from bouncer.core.extract.own import Own, own_words
from bouncer.core.extract.patch import patched
from bouncer.core.extract.phones import phones
from bouncer.core.extract.reach import reaches
from bouncer.core.extract.renewed import renewed
from bouncer.core.extract.scene import Scene
from bouncer.core.extract.subject import bare_subject, reply_prefix
from bouncer.core.wording import Wording
from bouncer.model import Ask, Because, Finding, Joined, Kind, NewAddress, ParsedMail, Renamed, Role, Verdict

_NONE = Because("", "", "body")
_READ = frozenset({Kind.AUTO_REPLY, Kind.HUMAN, Kind.OPT_OUT})  # only there somebody speaks of themselves
_FINDERS: tuple[Callable[[Scene], Iterable[Finding]], ...] = (absences, moves, reaches, phones, patched, corrected, card)  # the text first


@dataclass(frozen=True, slots=True)
class Extract:
    """What a message says: its findings, its language, what was cut away, and what was odd about it."""

    findings: tuple[Finding, ...]
    language: str | None
    cut: tuple[tuple[str, str], ...]
    defects: tuple[str, ...] = ()


def extract(mail: ParsedMail, verdict: Verdict, wording: Wording, own: Own | None = None) -> Extract:
    """Give what *mail*, being what *verdict* says, states about people; *own* spares cutting it twice.

    Every address and name in a finding stands in the mail as it was written. Never raises.
    """
    words = own or own_words(mail, wording)
    hits = wording.hits("replies", "body", words.body)
    subject = wording.hits("replies", "subject", bare_subject(mail.subject))
    spoken = f"{words.body}\n{words.signature}" if words.body else mail.subject
    language = language_of(spoken, (*hits, *subject), wording, mail.text)
    if verdict.kind not in _READ:
        return Extract((), language, words.cut)
    hits = foreign_to_none(words.body, hits, language, wording)
    scene = Scene(mail, words, verdict.kind, wording, hits, () if reply_prefix(mail.subject, wording) else subject)
    findings: list[Finding] = [
        *absences(scene),
        *moves(scene),
        *reaches(scene),
        *phones(scene),
        *patched(scene),
        *corrected(scene),
        *card(scene),
    ]
    kept = _without_doubles(completed(scene, _with_renewed(scene, _without_oneself(findings))))
    return Extract(_doubted(kept) if mail.raw.truncated else kept, language, words.cut, tuple(dict.fromkeys(scene.notes)))


def _with_renewed(scene: Scene, findings: list[Finding]) -> list[Finding]:
    """Add the new address that no phrase has read, where there is one; a lead without a name to the same address was the sender's own."""
    known = None if any(isinstance(one, NewAddress) and one.about is None for one in findings) else renewed(scene)
    if known is None:
        return findings
    told = [one for one in findings if isinstance(one, Ask) and (one.address or "").lower() == known.address.lower()]
    return findings if any(one.name for one in told) else [*(one for one in findings if one not in told), known]


def _without_oneself(findings: list[Finding]) -> list[Finding]:
    """Leave out a lead to the sender under their new name: "so it's Ann Lee now"."""
    mine = {one.name for one in findings if isinstance(one, Renamed)}
    return [one for one in findings if not (isinstance(one, Ask) and one.name in mine)]


def _doubted(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Doubt a new address where the rest of the message was not read: what follows may say that it is for these two weeks, or another's."""
    return tuple(replace(finding, ambiguous=True) if isinstance(finding, NewAddress) else finding for finding in findings)


def _without_doubles(findings: list[Finding]) -> tuple[Finding, ...]:
    """Keep the first of those that say the same: a number in the text and in the signature, a text in two languages."""
    kept: dict[object, Finding] = {}
    for finding in findings:
        number = getattr(finding, "number", None)
        key = ("phone", "".join(ch for ch in number if ch.isdigit())[-7:]) if number else replace(finding, because=_NONE, confidence=1.0)
        kept.setdefault(key, finding)
    return _one_title(_with_titles(list(kept.values())))


def _with_titles(findings: list[Finding]) -> list[Finding]:
    """Give the title that the text says beside a new employer to the employment: "I moved to NewCo, I am Head of Sales there"."""
    made: list[Finding] = []
    said = {one.about: one for one in findings if isinstance(one, Role) and one.title and not one.company and one.because.where == "body"}
    bare = {one.about for one in findings if isinstance(one, Joined) and not one.title}
    for finding in findings:
        if isinstance(finding, Joined) and not finding.title and finding.about in said:
            made.append(replace(finding, title=said[finding.about].title))
        elif finding is not said.get(finding.about) or finding.about not in bare:
            made.append(finding)
    return made


def _one_title(findings: list[Finding]) -> tuple[Finding, ...]:
    """Keep of those with the same title the one that says most: the text says it, and the signature with the employer beside it."""
    best: dict[tuple[str | None, str], Role | Joined] = {}
    for finding in findings:
        if isinstance(finding, Role | Joined) and finding.title:
            key = finding.about, finding.title.lower()
            best[key] = max(best.get(key, finding), finding, key=lambda one: (isinstance(one, Joined), one.company is not None))
    return tuple(one for one in findings if not isinstance(one, Role) or not one.title or best[one.about, one.title.lower()] is one)
