"""`bouncer plan` and `preview`: what will go out, when and why, to the letter. Both only look."""

import random
from contextlib import closing
from datetime import UTC, datetime
from email import message_from_bytes, policy
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.text import Text

from bouncer.cli.common import EVER, Config, settings_of
from bouncer.cli.progress import at_work, read_book
from bouncer.cli.show import clean, console, json_line
from bouncer.cli.whom import contact_meant, person_meant
from bouncer.core.due import wishes
from bouncer.core.forecast import Coming, Forecast, Silent, forecast
from bouncer.core.hours import coming_window, country_of, zone_of
from bouncer.core.outlook import pace_note
from bouncer.core.plan import asked, in_turn
from bouncer.daemon.breakers import STOPS
from bouncer.daemon.mailing import as_it_would_leave, whom_it_asks_after
from bouncer.daemon.wiring import HISTORY, introduce, look_into
from bouncer.edge.contacts import open_contacts
from bouncer.edge.shipped import directory
from bouncer.edge.templates import load_templates
from bouncer.model import Activity, Book, Contact, PersonId, Planned, Settings
from bouncer.ports import Ledger

_NAMES = 5  # of a group that is named
_DAYS = 7


def plan(
    weeks: Annotated[int, typer.Option(min=1, max=52, help="How far ahead.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object; everybody in it.")] = False,
    config: Config = None,
) -> None:
    """Show what will go out, when and why, and who will not be written to, and why."""
    settings, now = settings_of(config), datetime.now(UTC)
    with at_work(3) as step, closing(look_into(settings)) as ledger:
        step("reading your contact file")
        book = open_contacts(settings.contacts, settings.state / HISTORY).load()
        step("looking into the ledger")
        introduce(ledger, settings, book, now)
        activity = ledger.activity(now, settings.owner.timezone)
        queued = tuple(letter for _, letter in ledger.due(now + EVER))
        stopped = tuple(trip.why for trip in ledger.tripped() if trip.breaker in STOPS)
        step("planning")
        made = forecast(book, activity, queued, settings, now, random.SystemRandom().random, weeks * _DAYS)
    notes = (*_notes(settings, stopped), *filter(None, [pace_note(book, settings)]))
    if as_json:
        typer.echo(json_line(_told(made, notes)))
    else:
        _show(made, notes, ZoneInfo(settings.owner.timezone), weeks)


def _notes(settings: Settings, stopped: tuple[str, ...]) -> tuple[str, ...]:
    dry = () if settings.live else ("This is a dry run: nothing goes out; this is what would.",)
    return (*dry, *(f"Nothing goes out until `bouncer resume`: {why}" for why in stopped))


def _told(made: Forecast, notes: tuple[str, ...]) -> dict[str, object]:
    return {
        "notes": list(notes),
        "letters": [
            {
                "at": one.planned.not_before.isoformat(),
                "name": one.contact.name,
                "address": one.planned.address,
                "purpose": one.planned.purpose,
                "period": one.planned.period,
                "why": one.planned.why,
                "queued": one.queued,
            }
            for one in made.coming
        ],
        "not": [{"name": one.contact.name, "address": one.contact.email, "group": one.group, "why": one.why} for one in made.silent],
    }


def _show(made: Forecast, notes: tuple[str, ...], zone: ZoneInfo, weeks: int) -> None:
    out = console()
    for note in notes:
        typer.echo(clean(note))
    if not made.coming:
        typer.echo(f"Nothing goes out {'this week' if weeks == 1 else f'in the next {weeks} weeks'}.")
    for one in made.coming:
        out.print(_line(one, zone))
    groups: dict[str, list[Silent]] = {}
    for silent in made.silent:
        groups.setdefault(silent.group, []).append(silent)
    if groups:
        typer.echo("Not written to:")
    for group, members in groups.items():
        shown = "; ".join(f"{clean(one.contact.name)} ({clean(one.why)})" for one in members[:_NAMES])
        more = f"; and {len(members) - _NAMES} more" if len(members) > _NAMES else ""
        typer.echo(f"{len(members):>5} {group}: {shown}{more}")


def _line(one: Coming, zone: ZoneInfo) -> Text:
    who = Text.assemble((clean(one.contact.name), "cyan"), f" <{clean(one.planned.address)}>")
    kind = "card" if one.planned.period.startswith("card:") else one.planned.purpose
    return Text.assemble(f"{one.planned.not_before.astimezone(zone):%a %Y-%m-%d %H:%M}  ", who, f"  {kind}: {clean(one.planned.why)}")


def preview(
    contact: Annotated[str, typer.Argument(help="A mail address or a name.")],
    card: Annotated[bool, typer.Option("--card", help="The letter that shows what is on file.")] = False,
    raw: Annotated[bool, typer.Option("--raw", help="The bytes as they go over the wire.")] = False,
    config: Config = None,
) -> None:
    """Show the next mail to a contact as it would leave, header and body, with a word in brackets where its token stands."""
    settings, now = settings_of(config), datetime.now(UTC)
    book = read_book(settings)
    whom = contact_meant(contact, book)
    templates = load_templates(directory("config") / "templates", settings.templates)
    with closing(look_into(settings)) as ledger:
        introduce(ledger, settings, book, now)
        planned = _next(ledger, book, whom, person_meant(whom, ledger), settings, now, card=card)
        about, _ = whom_it_asks_after(planned, ledger, book)
        data = as_it_would_leave(planned, whom, settings, templates, ledger.last_mail(planned.person), about)
    if raw:
        typer.echo(data.decode("utf-8", "replace").replace("\r\n", "\n"), nl=False)
        return
    head = data.partition(b"\r\n\r\n")[0].decode("utf-8", "replace").replace("\r\n", "\n")
    body = message_from_bytes(data, policy=policy.SMTP).get_body(("plain",))
    typer.echo(f"{head}\n\n{body.get_content() if body else ''}", nl=False)
    earliest = planned.not_before.astimezone(ZoneInfo(settings.owner.timezone))
    typer.echo(f"\n{earliest:%a %Y-%m-%d %H:%M %Z} at the earliest: {clean(planned.why)}", err=True)


def _next(ledger: Ledger, book: Book, whom: Contact, person: PersonId, settings: Settings, now: datetime, *, card: bool) -> Planned:
    """Give the letter that lies in the outbox, else the one that is due, else the one that `bouncer now` would send."""
    activity: Activity = ledger.activity(now, settings.owner.timezone)
    begin = coming_window(now, zone_of(whom, settings.owner), settings.pace, country_of(whom, settings.owner))[0]
    queued = [letter for _, letter in ledger.due(now + EVER) if letter.person == person and letter.purpose != "summary"]
    if queued and not card:
        return queued[0]
    due = [wish for wish in wishes(book, activity, settings, now) if wish.person == person]
    if due and not card:
        letter = due[0].planned(begin, activity.last_contact.get(person), zone_of(whom, settings.owner))
        return in_turn(letter, activity, settings) or letter
    return asked(person, whom.email, begin, card=card)
