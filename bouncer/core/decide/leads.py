"""Leads: other people to write to, and what third persons say. They are shown to the owner and change no address."""

from bouncer.core.decide.scene import Scene
from bouncer.core.decide.wish import Wish, nothing
from bouncer.core.plain import one_line
from bouncer.model import Ask, Away, Finding


def ask(scene: Scene, finding: Ask) -> Wish:
    """Show somebody else to write to; whoever only covers an absence is no lead."""
    address = f"<{finding.address}>" if finding.address and finding.name else finding.address
    who = one_line(" ".join(part for part in (finding.name, address, finding.phone) if part)) or "somebody else"
    what = f"{scene.contact.name}'s mailbox names {who} as {finding.scope}"
    if finding.scope == "cover" and any(isinstance(f, Away) for f in scene.reading.findings):
        return nothing(f"{what} during an absence", finding.because)
    return Wish(what=what, because=finding.because, ask=True, but="only you can tell whether that person is worth knowing")


def about_another(scene: Scene, finding: Finding) -> Wish:
    """Show what is said of a third person."""
    about = one_line(finding.about or "")
    person = scene.known.person_of.get(about.lower())
    known = ", whom you know" if person is not None else ""
    what = f"the message says of {about}{known}: {finding.type} (“{one_line(finding.because.quote)}”)"
    return Wish(what=what, because=finding.because, ask=True, but="what is said of somebody else is only a hint")
