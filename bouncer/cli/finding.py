"""`bouncer lost` and `bouncer ask`: whom you have lost, how to find them, and a question to somebody who may know."""

import sys
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime
from email import message_from_bytes, policy
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from bouncer.cli.common import EVER, Config, settings_of
from bouncer.cli.progress import at_work, read_book
from bouncer.cli.show import clean, json_line
from bouncer.cli.whom import contact_meant, person_meant
from bouncer.core.asking import LOST, question
from bouncer.core.bonds import Turns
from bouncer.core.due import forbidden
from bouncer.core.finding_again import Finder, Kit
from bouncer.core.hours import coming_window, country_of, zone_of
from bouncer.daemon.mailing import as_it_would_leave
from bouncer.daemon.wiring import HISTORY, LEDGER, introduce, look_into
from bouncer.edge.contacts import open_contacts
from bouncer.edge.shipped import directory
from bouncer.edge.templates import load_templates
from bouncer.errors import UsageError
from bouncer.model import ENTRY, Activity, Book, Contact, EventKind, PersonId, Planned, Question, Settings
from bouncer.ports import Ledger

_UNKNOWN = "unknown: your contact file is too small to tell how rare the name is"


def lost(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a person, a line each.")] = False, config: Config = None
) -> None:
    """List whom you have lost, the rarest name first, each with what helps to find them: a search works best for a rare name."""
    settings, now = settings_of(config), datetime.now(UTC)
    with at_work(3) as step, closing(look_into(settings)) as ledger:
        step("reading your contact file")
        book = open_contacts(settings.contacts, settings.state / HISTORY).load()
        step("looking into the ledger")
        introduce(ledger, settings, book, now)
        known = _Known(ledger, book, settings, now)
        step("looking for whom to ask")
        finder = Finder(book.contacts, known.turns(now))
        missing = sorted((c for c in book.contacts if c.status in LOST), key=lambda c: (finder.namesakes(c) or sys.maxsize, c.name))
        told = [_told(contact, finder.kit(contact), known) for contact in missing]
    if as_json:
        for one in told:
            typer.echo(json_line(one))
    elif not told:
        typer.echo("You have lost nobody.")
    else:
        typer.echo("\n\n".join(_shown(one) for one in told))


class _Known:
    """What the ledger knows of leads and of questions that were asked."""

    def __init__(self, ledger: Ledger, book: Book, settings: Settings, at: datetime) -> None:
        self._ledger, self._book = ledger, book
        activity = ledger.activity(at, settings.owner.timezone)
        self._queued = {(letter.person, letter.period) for _, letter in ledger.due(at + EVER)}
        self._people = {person: address for address, person in activity.person_of.items()}
        self._asks = [(person, period) for person, period in activity.periods if period.startswith("ask:")]
        self._leads = [question for question in ledger.questions() if question.person]

    def turns(self, at: datetime) -> dict[str, Turns]:
        """Give what changed about people until *at*, by their address in lower case."""
        lives = self._ledger.lives(at, at.date())
        return {address: life.turns for person, address in self._people.items() if (life := lives.get(person)) and life.turns}

    def leads(self, person: PersonId | None) -> list[str]:
        """Give what waits for the owner about *person*: a successor named, an address that somebody gave."""
        return [f"{lead.why.partition(', but ')[0]} ({_yes(lead)})" for lead in self._leads if lead.person == person]

    def asked(self, person: PersonId | None) -> list[dict[str, str]]:
        """Give who was asked after *person*, and how that stands."""
        return [self._ask(helper, period) for helper, period in self._asks if person and period == f"ask:{person}"]

    def _ask(self, helper: PersonId, period: str) -> dict[str, str]:
        contact = self._book.by_address.get(self._people.get(helper, ""))
        events = self._ledger.events(person=helper)
        sent = next((e.at for e in events if e.kind is EventKind.SENT), None)
        heard = next((e.at for e in events if e.kind is EventKind.RECEIVED and e.detail.startswith("human")), None)
        if (helper, period) in self._queued:
            state = "waits to be sent"
        elif sent is None:
            state = "was not sent"
        else:
            state = f"answered on {heard:%Y-%m-%d}" if heard and heard > sent else f"asked on {sent:%Y-%m-%d}, no answer yet"
        return {"name": contact.name if contact else "somebody no longer on file", "state": state}

    def person(self, contact: Contact) -> PersonId | None:
        """Give the person of *contact*."""
        return self._ledger.person(contact.email)


def _yes(lead: Question) -> str:
    """Say what a yes to *lead* does."""
    if not lead.changes:
        return f"bouncer review, number {lead.id}"
    return f"bouncer review accept {lead.id} {'adds them' if lead.changes[0].field == ENTRY else 'takes it in'}"


def _told(contact: Contact, kit: Kit, known: _Known) -> dict[str, object]:
    person = known.person(contact)
    return {
        "name": contact.name,
        "email": contact.email,
        "status": contact.status,
        "company": contact.company,
        "findable": kit.findable or None,
        "addresses": list(kit.addresses),
        "links": [{"label": label, "url": url} for label, url in kit.links],
        "ask": [{"name": h.contact.name, "address": h.contact.email, "why": h.why} for h in kit.helpers],
        "leads": known.leads(person),
        "asked": known.asked(person),
    }


def _shown(one: Mapping[str, object]) -> str:
    """Give one person's kit as lines, in the order worth trying."""
    company = f", {one['company']}" if one["company"] else ""
    rows: list[tuple[str, str]] = [("findable", str(one["findable"] or _UNKNOWN))]
    rows += [("try", f"{address}  bouncer now {one['email']} --to {address}") for address in _list(one, "addresses")]
    rows += [(link["label"].lower(), link["url"]) for link in _dicts(one, "links")]
    rows += [("lead", lead) for lead in _list(one, "leads")]
    rows += [("ask", f"{h['name']} ({h['why']})  bouncer ask {one['email']} --via {h['address']}") for h in _dicts(one, "ask")]
    rows += [("asked", f"{ask['name']}: {ask['state']}") for ask in _dicts(one, "asked")]
    lines = [f"  {label:<16} {clean(said)}" for label, said in rows]
    return "\n".join([clean(f"{one['name']} <{one['email']}>{company}: {one['status']}"), *lines])


def _list(one: Mapping[str, object], key: str) -> list[str]:
    found = one[key]
    return found if isinstance(found, list) else []


def _dicts(one: Mapping[str, object], key: str) -> list[dict[str, str]]:
    found = one[key]
    return found if isinstance(found, list) else []


def ask(
    contact: Annotated[str, typer.Argument(help="Whom you have lost: a mail address or a name.")],
    via: Annotated[str, typer.Option("--via", metavar="OTHER", help="Who may know: a mail address or a name.")],
    yes: Annotated[bool, typer.Option("--yes", help="Send it, without asking back.")] = False,
    config: Config = None,
) -> None:
    """Ask somebody after a person you have lost: shows the letter, and sends it on your yes, within hours and pace like any other."""
    settings, now = settings_of(config), datetime.now(UTC)
    book = read_book(settings)
    missing, helper = contact_meant(contact, book), contact_meant(via, book)
    if not (settings.state / LEDGER).exists():
        raise UsageError("bouncer has never run, so it knows nobody yet. Start with `bouncer once`.")
    templates = load_templates(directory("config") / "templates", settings.templates)
    with closing(look_into(settings)) as ledger:
        activity = ledger.activity(now, settings.owner.timezone)
        letter = _question(missing, helper, ledger, activity, settings, now)
        message = message_from_bytes(as_it_would_leave(letter, helper, settings, templates, None, missing), policy=policy.SMTP)
        body = message.get_body(("plain",))
        typer.echo(f"From: {message['From']}\nTo: {message['To']}\nSubject: {message['Subject']}\n\n{body.get_content() if body else ''}")
        if not (yes or (sys.stdin.isatty() and typer.confirm("Send this?"))):
            typer.echo("Nothing is sent. With --yes it goes out.")
            return
        if not ledger.enqueue((letter,), now):
            raise UsageError(f"{helper.email} has been asked after {missing.name} already; once is enough.")
    shown = letter.not_before.astimezone(ZoneInfo(settings.owner.timezone))
    typer.echo(f"It goes out from {shown:%a %Y-%m-%d %H:%M %Z} on, within the pace.")
    if not settings.live:
        typer.echo("This is a dry run, though: nothing is sent before `live: true`.")


def _question(missing: Contact, helper: Contact, ledger: Ledger, activity: Activity, settings: Settings, now: datetime) -> Planned:
    """Give the letter; raises UsageError, which says why, where it must not or need not be written."""
    if missing.status not in LOST:
        raise UsageError(f"{missing.name} is not lost: only after somebody `left` or `unreachable` there is something to ask.")
    lost_one, person = person_meant(missing, ledger), person_meant(helper, ledger)
    if lost_one == person:
        raise UsageError(f"{missing.name} cannot be asked after themselves; name another contact with --via.")
    begin = coming_window(now, zone_of(helper, settings.owner), settings.pace, country_of(helper, settings.owner))[0]
    letter = question(person, helper.email, lost_one, missing.name, begin)
    if (person, letter.period) in activity.periods:
        raise UsageError(f"{helper.email} has been asked after {missing.name} already; once is enough.")
    if why := forbidden(helper, person, activity, settings, now):
        raise UsageError(f"Nobody writes to {helper.email}: {why}.")
    if person in activity.open_checkins:
        raise UsageError(f"A letter to {helper.email} is under way already; ask when that is done.")
    return letter
