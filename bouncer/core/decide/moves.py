"""New addresses: the most wanted finding and the most dangerous one, so every doubt makes it a question."""

from collections.abc import Callable

from bouncer.core.addresses import foreign_letters, looks_like, one_of, well_formed
from bouncer.core.decide.scene import Scene
from bouncer.core.decide.wish import Wish, judged, nothing
from bouncer.core.mailboxes import PROVIDERS, domain_of, not_a_person, shared_provider
from bouncer.core.plain import one_line
from bouncer.model import Because, Kind, Level, MovedDomain, Needs, NewAddress, Previous, Status

_SURE = 0.7  # below, a finding is a proposal
_LONGEST_WHY = 160
_SHORTEST = 6  # characters of a provider's name; many companies are a letter away from the shorter ones
_OVER = frozenset({Status.STOPPED, Status.DECEASED, Status.PAUSED, Status.RETIRED})
_CURED = frozenset({Status.SUSPECT, Status.UNREACHABLE, Status.LEFT, Status.PROBATION})  # states of the address that is given up

Doubt = Callable[[Scene, str], str | None]


def new_address(scene: Scene, finding: NewAddress) -> Wish:
    """Judge "write to me here from now on": at E3 on probation, at E4 outright, and the old address is always kept."""
    several = {f.address.lower() for f in scene.reading.findings if isinstance(f, NewAddress) and scene.about_this(f)}
    unsure = finding.ambiguous or finding.confidence < _SURE or len(several) > 1
    return _move(
        scene, finding.address.strip(), finding.because, scene.policy.new_address, "the words leave room for doubt" if unsure else None
    )


def moved_domain(scene: Scene, finding: MovedDomain) -> Wish:
    """Judge a new mail domain of the whole organisation, for the answering person's own address alone."""
    local, _, domain = scene.contact.email.rpartition("@")
    new, old = finding.new.strip().lower().lstrip("@"), (finding.old or domain).strip().lower().lstrip("@")
    if old != domain.lower():
        return nothing(f"{old} moved to {new}, which is not this contact's domain", finding.because)
    unsure = "the words leave room for doubt" if finding.ambiguous or finding.confidence < _SURE else None
    return _move(scene, f"{local}@{new}", finding.because, scene.policy.moved_domain, unsure)


def answered_from(scene: Scene) -> tuple[Wish, ...]:
    """Propose the unknown address that somebody of the contact's name answered from, with our token: the commonest sign of a new job."""
    sender = scene.sender
    said = {f.address.lower() for f in scene.reading.findings if isinstance(f, NewAddress)}
    known = {*scene.contact.addresses, *scene.known.person_of, *said, ""}
    if scene.kind is not Kind.HUMAN or not scene.proved or sender in known:
        return ()
    name = scene.reading.from_[0].name
    if not scene.same_name(name):
        return ()
    because = Because("answered-from", one_line(f"{name} <{sender}>"), "header")
    return (_move(scene, scene.reading.from_[0].address, because, "ask", "only you can tell whether that is the same person"),)


def moves(scene: Scene) -> bool:
    """Tell whether this message gives the contact a new address without a question."""
    return any(new_address(scene, f).act for f in scene.reading.findings if isinstance(f, NewAddress) and scene.about_this(f))


def _move(scene: Scene, new: str, because: Because, needs: Needs, unsure: str | None) -> Wish:
    lower = new.lower()
    what = f"the new address of {scene.contact.name} is said to be {one_line(new)}"
    if lower == scene.email:
        return nothing(f"{what}, which it is already", because)
    if scene.ours(new):
        return nothing(f"{what}, which is your own", because)
    if not well_formed(new):
        why = _foreign_letters(scene, new) or "it is not an address that can be written to"
        return judged(scene, Wish(what=what, because=because), why)
    short = scene.short_of(needs)
    grave, doubt = (next((said for doubt in doubts if (said := doubt(scene, new)) is not None), None) for doubts in (_GRAVE, _DOUBTS))
    outright = scene.level >= Level.E4
    kept = Previous(scene.contact.email, scene.contact.company, scene.today.isoformat(), _told(scene, because))
    fields: dict[str, str | tuple[Previous, ...]] = {"email": new, "previous": (*scene.contact.previous, kept)}
    if not (short or unsure or grave or doubt or outright):
        fields["status"] = Status.PROBATION.value
        what += "; it is on probation until an answer comes from there"
    return judged(scene, Wish(what=what, because=because, fields=fields, lifts=_CURED), grave or unsure or doubt or short)


def _told(scene: Scene, because: Because) -> str:
    return one_line(f"{scene.kind.value}: {because.quote}", _LONGEST_WHY)


def _wrong_kind(scene: Scene, _: str) -> str | None:
    return None if scene.kind in {Kind.HUMAN, Kind.AUTO_REPLY} else "a mail system says so, not the person"


def _unproved(scene: Scene, _: str) -> str | None:
    """Without authentication only the mailed mailbox itself may say so; with it, any known as theirs that answers the letter."""
    if scene.level <= Level.E1:
        return None  # what it takes is said anyway
    if scene.authenticated and scene.speaks:
        return None
    if scene.sender == scene.mailed == scene.email:
        return None
    return "it does not come from the address we wrote to"


def _reply_elsewhere(scene: Scene, _: str) -> str | None:
    elsewhere = [a.address for a in scene.reading.reply_to if a.address.lower() != scene.sender]
    return f"its Reply-To ({one_line(elsewhere[0])}) is not its From" if elsewhere else None


def _taken(scene: Scene, new: str) -> str | None:
    if new.lower() in scene.contact.addresses:
        return "it is an address of theirs that you know already"
    owner = scene.known.person_of.get(new.lower())
    return "it is another contact's" if owner is not None and owner != scene.match.person else None


def _nobody(_: Scene, new: str) -> str | None:
    what = not_a_person(new)
    return f"it is {what}" if what else None


def _foreign_letters(_: Scene, new: str) -> str | None:
    return "it holds letters of another script, which may pass for others" if foreign_letters(new) else None


def _look_alike(scene: Scene, new: str) -> str | None:
    """Say whether the domain could be taken for the contact's, the owner's or a big provider's."""
    own = [account.address for account in scene.settings.accounts]
    known = {domain_of(a) for a in (*scene.contact.addresses, *own, scene.settings.owner.address)}
    domain = domain_of(new)
    if domain in known | PROVIDERS:
        return None
    near = [k for k in sorted(known) if looks_like(domain, k)] + [k for k in sorted(PROVIDERS) if looks_like(domain, k, _SHORTEST)]
    return f"its domain looks like {near[0]} and is another" if near else None


def _free_mail(_: Scene, new: str) -> str | None:
    return "it is a free-mail address, which anybody can open in their name" if shared_provider(new) else None


def _closed(scene: Scene, _: str) -> str | None:
    return f"the contact is {scene.contact.status}" if scene.contact.status in _OVER else None


def _same_mailbox(scene: Scene, new: str) -> str | None:
    return "it is the present mailbox in another form" if one_of(new, (scene.email,)) else None


# The first that holds is what the owner reads: first what may be a fraud, then doubtful words, then the rest.
_GRAVE: tuple[Doubt, ...] = (_wrong_kind, _taken, _nobody, _foreign_letters, _look_alike, _free_mail, _reply_elsewhere)
_DOUBTS: tuple[Doubt, ...] = (_unproved, _same_mailbox, _closed)
