"""How alive the network is: who was heard from, and how long ago."""

from collections import Counter

from bouncer.core.summary.material import Material
from bouncer.core.summary.words import count
from bouncer.model import Bar, Contact, Status

_APART = frozenset({Status.STOPPED, Status.DECEASED, Status.PAUSED, Status.RETIRED})
_STATES = {
    Status.LEFT: "lost",
    Status.UNREACHABLE: "lost",
    Status.SUSPECT: "unsure",
    Status.PROBATION: "unsure",
    Status.AWAY: "away",
}
# Order: the liveliest first. Key, label, tone.
_BARS: tuple[tuple[str, str, str], ...] = (
    ("6", "Heard from within 6 months", "good"),
    ("12", "within 12 months", "good"),
    ("24", "within 24 months", "fading"),
    ("older", "longer ago", "quiet"),
    ("never", "not heard from yet", "quiet"),
    ("away", "Away just now", "addresses"),
    ("unsure", "Address not certain", "health"),
    ("lost", "Lost", "lost"),
)
_DAYS = ((183, "6"), (365, "12"), (730, "24"))


def bars(material: Material) -> tuple[Bar, ...]:
    """Give each part of the network that has somebody in it; nothing where nobody was ever heard from."""
    if not material.given.last_alive:
        return ()
    found = Counter(_where(material, contact) for contact in material.given.contacts if contact.status not in _APART)
    everybody = found.total()
    return tuple(Bar(label, found[key], found[key] / everybody, tone) for key, label, tone in _BARS if found[key])


def note(material: Material) -> str:
    """Say who is counted."""
    apart = sum(contact.status in _APART for contact in material.given.contacts)
    rest = f", besides {count(apart, 'person', 'people')} to whom nobody writes any more" if apart else ""
    return f"Of {count(len(material.given.contacts) - apart, 'person', 'people')} in your file{rest}."


def _where(material: Material, contact: Contact) -> str:
    if contact.status is not None:
        return _STATES[contact.status]
    last = material.given.last_alive.get(material.given.person_of.get(contact.email.lower(), ""))
    if last is None:
        return "never"
    days = (material.given.week.end - last).days
    return next((key for most, key in _DAYS if days <= most), "older")
