"""Leads: other people to write to, and what third persons say. They are shown to the owner and change no address.

Of somebody new who is named with an address, a yes makes a contact.
"""

from bouncer.core.addresses import well_formed
from bouncer.core.decide.scene import Scene
from bouncer.core.decide.texts import fit
from bouncer.core.decide.wish import Wish, nothing
from bouncer.core.mailboxes import domain_of, not_a_person, shared_provider
from bouncer.core.plain import one_line
from bouncer.model import Ask, Away, Contact, Finding


def ask(scene: Scene, finding: Ask) -> Wish:
    """Show somebody else to write to; whoever only covers an absence is no lead."""
    address = f"<{finding.address}>" if finding.address and finding.name else finding.address
    who = one_line(" ".join(part for part in (finding.name, address, finding.phone) if part)) or "somebody else"
    what = f"{scene.contact.name}'s mailbox names {who} as {finding.scope}"
    if finding.scope == "cover" and any(isinstance(f, Away) for f in scene.reading.findings):
        return nothing(f"{what} during an absence", finding.because)
    but = "only you can tell whether that person is worth knowing"
    return Wish(what=what, because=finding.because, ask=True, but=but, adds=_newcomer(scene, finding))


def about_another(scene: Scene, finding: Finding) -> Wish:
    """Show what is said of a third person."""
    about = one_line(finding.about or "")
    person = scene.known.person_of.get(about.lower())
    known = ", whom you know" if person is not None else ""
    what = f"the message says of {about}{known}: {finding.type} (“{one_line(finding.because.quote)}”)"
    return Wish(what=what, because=finding.because, ask=True, but="what is said of somebody else is only a hint")


def _newcomer(scene: Scene, finding: Ask) -> Contact | None:
    """Give the entry that whoever *finding* names would have; None where name or address are missing or unfit, or they are known.

    Whoever has an address at the contact's own domain, which is no mail provider's, works where the contact does.
    """
    called, email = fit(finding.name), (finding.address or "").strip()
    if called is None or "@" in called or not well_formed(email) or not_a_person(email) or scene.ours(email):
        return None
    if email.lower() in scene.known.person_of or email.lower() in scene.contact.addresses:
        return None
    colleague = domain_of(email) == domain_of(scene.contact.email) and not shared_provider(email)
    company, phone = fit(scene.contact.company) if colleague else None, fit(finding.phone)
    return Contact(name=called, email=email, company=company, title=fit(finding.title), phones=(phone,) if phone else ())
