"""What somebody answers to "are you still in touch with …?": whatever they say of the lost one is a proposal that names them."""

from collections.abc import Iterator

from bouncer.core.addresses import well_formed
from bouncer.core.asking import Asked
from bouncer.core.decide.scene import Scene
from bouncer.core.decide.texts import fit, words_of
from bouncer.core.decide.wish import Wish, changes
from bouncer.core.mailboxes import not_a_person
from bouncer.core.plain import one_line
from bouncer.model import Ask, Because, Decision, Finding, Ignore, Joined, Kind, Left, NewAddress, Previous, Retired, Review, Status, Value

_LONGEST = 1000  # characters of a sentence
_LONGEST_WHY = 160
_CURED = frozenset({Status.SUSPECT, Status.UNREACHABLE, Status.LEFT})


def doubtful(scene: Scene, asked: Asked | None, finding: Finding) -> str | None:
    """Say why *finding*, which seems to be of the one who answers, may be of the one we asked after; None where it cannot be.

    "The new address is …" in an answer to a question after Jane is Jane's; only an address that bears the answerer's own name is theirs.
    """
    if asked is None or scene.kind is not Kind.HUMAN or not isinstance(finding, NewAddress | Joined | Left | Retired):
        return None
    if isinstance(finding, NewAddress) and _bears(finding.address, scene.contact.name) and not _bears(finding.address, asked.contact.name):
        return None
    return f"our letter asked after {asked.contact.name}, so it may be of them"


def hearsay(scene: Scene, asked: Asked | None) -> tuple[Decision, ...]:
    """Give what a person's answer says of *asked*: one question an address and one a new employer, never a deed."""
    if asked is None or scene.kind is not Kind.HUMAN:
        return ()
    if scene.match.refuted:
        why = f"what this says of {asked.contact.name} is not looked at: {scene.match.why}"
        return (Ignore(one_line(why, _LONGEST), scene.level),)
    return (*_addresses(scene, asked), *_employers(scene, asked))


def _addresses(scene: Scene, asked: Asked) -> Iterator[Decision]:
    seen: set[str] = set()
    for address, because in _candidates(scene, asked):
        lower = address.lower()
        if lower in seen or not _may_be_theirs(scene, asked, address):
            continue
        seen.add(lower)
        lost, says = asked.contact, f"{_who(scene)}, whom we asked after {asked.contact.name}, names {one_line(address)}"
        owner = scene.known.person_of.get(lower)
        if owner is not None:
            yield Review((), _why(scene, f"{says}, which is another contact's address"), scene.level, because, person=asked.person)
            continue
        kept = Previous(lost.email, lost.company, scene.today.isoformat(), one_line(f"{_who(scene)}: {because.quote}", _LONGEST_WHY))
        fields: dict[str, Value] = {"email": address, "previous": (*lost.previous, kept), "status": Status.PROBATION.value}
        made = changes(lost, Wish(what="", because=because, fields=fields))
        yield Review(made, _why(scene, f"{says} as their new address"), scene.level, because, person=asked.person)


def _employers(scene: Scene, asked: Asked) -> Iterator[Decision]:
    """Give the employer that a finding names of them by name, or of nobody else."""
    for finding in scene.reading.findings:
        company = fit(finding.company) if isinstance(finding, Joined) else None
        if company is None or not _of_the_lost(scene, asked, finding) or finding.because.where == "signature":
            continue
        wish = Wish(what="", because=finding.because, fields={"company": company})
        if made := changes(asked.contact, wish):
            says = f"{_who(scene)} says that {asked.contact.name} works for {company}"
            yield Review(made, _why(scene, says), scene.level, finding.because, person=asked.person)


def _candidates(scene: Scene, asked: Asked) -> Iterator[tuple[str, Because]]:
    """Give each address that may be theirs, in the order of certainty: their own answer, what a rule read, what was merely named."""
    sender = scene.reading.from_[0] if len(scene.reading.from_) == 1 else None
    if sender and scene.proved and words_of(asked.contact.name) <= words_of(sender.name):
        yield sender.address, Because("answered-for", one_line(f"{sender.name} <{sender.address}>"), "header")
    for finding in scene.reading.findings:
        if isinstance(finding, NewAddress) and _of_the_lost(scene, asked, finding):
            yield finding.address.strip(), finding.because
    for address, line in scene.reading.named:
        yield address, Because("answer-names", line, "body")


def _of_the_lost(scene: Scene, asked: Asked, finding: Finding) -> bool:
    if finding.about is None:
        return doubtful(scene, asked, finding) is not None
    about = words_of(finding.about)
    return not about or bool(about & words_of(asked.contact.name)) or finding.about.strip().lower() in asked.contact.addresses


def _may_be_theirs(scene: Scene, asked: Asked, address: str) -> bool:
    """Tell whether *address* is worth a question: not the answerer's, the owner's, a function's, or known to be theirs."""
    lower = address.lower()
    if lower in {*scene.contact.addresses, *asked.contact.addresses} or scene.ours(address):
        return False
    if not well_formed(address) or not_a_person(address):
        return False
    others = {
        (f.address or "").strip().lower()
        for f in scene.reading.findings
        if isinstance(f, Ask) or (isinstance(f, NewAddress) and not _of_the_lost(scene, asked, f))
    }
    return lower not in others and not (_bears(address, scene.contact.name) and not _bears(address, asked.contact.name))


def _bears(address: str, name: str) -> bool:
    """Tell whether the local part of *address* holds a word of *name*."""
    local = address.rpartition("@")[0].lower()
    return any(len(word) > 2 and word in local for word in words_of(name))  # noqa: PLR2004 - shorter words are anywhere


def _who(scene: Scene) -> str:
    return one_line(scene.contact.name, 80)


def _why(scene: Scene, says: str) -> str:
    return one_line(f"{says}, but what is said of somebody else is only a hint: {scene.match.why}", _LONGEST)
