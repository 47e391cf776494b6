"""All that one decision looks at, and the questions every finding asks of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from bouncer.core.addresses import one_of
from bouncer.core.asking import Asked
from bouncer.core.decide.texts import words_of
from bouncer.model import Contact, Finding, Kind, Known, Level, Match, Needs, Policy, Reading, Settings

_TAKES: Mapping[Needs, str] = {
    "E2": "it takes an authenticated answer (E2)",
    "E3": "it takes our token (E3)",
    "E4": "it takes our token in an authenticated answer (E4)",
    "ask": "you want to be asked",
}


@dataclass(frozen=True, slots=True)
class Scene:
    """One message about one contact; *policy* is the one that holds for this contact."""

    reading: Reading
    match: Match
    contact: Contact
    policy: Policy
    settings: Settings
    known: Known
    at: datetime
    asked: Asked | None = None  # whom the letter that this answers asked after

    @property
    def level(self) -> Level:
        """How far the message is believed."""
        return self.match.trust.level

    @property
    def kind(self) -> Kind:
        """What sort of message it is."""
        return self.reading.verdict.kind

    @property
    def today(self) -> date:
        """The UTC date."""
        return self.at.astimezone(UTC).date()

    @property
    def sender(self) -> str:
        """The one From address in lower case; empty where there is none or more than one."""
        return self.reading.from_[0].address.lower() if len(self.reading.from_) == 1 else ""

    @property
    def mailed(self) -> str:
        """The address our letter went to, in lower case; empty where nothing of ours proves one."""
        return (self.match.mailed or "").lower()

    @property
    def email(self) -> str:
        """The contact's present address in lower case."""
        return self.contact.email.lower()

    @property
    def authenticated(self) -> bool:
        """Whether the owner's provider vouches for the From."""
        return self.level in {Level.E2, Level.E4}

    @property
    def proved(self) -> bool:
        """Whether it carries our unexpired token."""
        return self.level in {Level.E3, Level.E4} and self.mailed != ""

    @property
    def speaks(self) -> bool:
        """Whether it comes from the present address, or answers what we wrote there: a former mailbox says nothing of today."""
        return self.email in (self.mailed or self.sender, self.sender)

    @property
    def present(self) -> bool:
        """Whether it comes from, or answers a letter to, the present or a second address."""
        theirs = {self.email, *(address.lower() for address in self.contact.also)}
        return not theirs.isdisjoint((self.mailed or self.sender, self.sender))

    def ours(self, address: str) -> bool:
        """Tell whether *address* is one of the owner's own, with whatever plus-tag."""
        own = {self.settings.owner.address.lower(), *(account.address.lower() for account in self.settings.accounts)}
        return one_of(address, own)

    def short_of(self, needs: Needs, *, token_suffices: bool = False) -> str | None:
        """Say why the message does not reach *needs*; None where it does.

        E2 asks for authentication, which a token alone (E3) does not replace but where *token_suffices*: a stop and an absence.
        """
        if self.match.refuted:
            return "your provider says that this was not sent by their domain"
        reached = needs != "ask" and self.level >= Level[needs]
        return None if reached and (needs != "E2" or token_suffices or self.level is not Level.E3) else _TAKES[needs]

    def about_this(self, finding: Finding) -> bool:
        """Tell whether *finding* concerns this contact: the mailbox that answered, or this person by name or address."""
        return finding.about is None or finding.about.strip().lower() in self.contact.addresses or self.same_name(finding.about)

    def first_hand(self, finding: Finding) -> bool:
        """Tell whether this contact's own mailbox says it: whoever writes from elsewhere is a third person, unless by their name."""
        from_them = self.sender in self.contact.addresses
        by_name = self.proved and len(self.reading.from_) == 1 and self.same_name(self.reading.from_[0].name)
        return from_them or (by_name and finding.about is None)

    def same_name(self, name: str) -> bool:
        """Tell whether *name* holds every word of the contact's name, in any order and case, accents aside."""
        theirs = words_of(self.contact.name)
        return len(theirs) > 0 and theirs <= words_of(name)
