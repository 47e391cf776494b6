"""`bouncer resume`: what has stopped because too much happened at once, and the owner's word that it may go on."""

from contextlib import closing
from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from bouncer.cli.common import Config, settings_of
from bouncer.cli.progress import read_book
from bouncer.cli.show import clean, json_line
from bouncer.core.breakers import shrunken
from bouncer.daemon.wiring import look_into
from bouncer.model import Book, Breaker, Settings, Trip
from bouncer.ports import Ledger

_SHOWN = 20  # names
_THEN = {
    Breaker.ADDRESSES: "Addresses are changed by themselves again; what waits in `bouncer review` still wants your decision.",
    Breaker.REFUSALS: "Check-ins go out again.",
    Breaker.FIRST: "The others go out from now on, within your pace.",
    Breaker.BOOK: "The contact file is taken as it is now.",
}


def resume(
    look: Annotated[bool, typer.Option("--look", help="Only show it.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="JSON, one object a line.")] = False,
    config: Config = None,
) -> None:
    """Show what has stopped because too much happened at once, and why; and let it go on."""
    settings, now = settings_of(config), datetime.now(UTC)
    book = read_book(settings)
    with closing(look_into(settings)) as ledger:
        lost = ledger.lost(book)
        trips = _tripped(ledger, lost, now)
        if not look:
            _let_go(ledger, trips, book, now)
    if not trips and not as_json:
        typer.echo("Nothing has stopped.")
    for trip in trips:
        names = lost if trip.breaker is Breaker.BOOK else ()
        if as_json:
            typer.echo(json_line(_told(trip, names, resumed=not look)))
        else:
            _show(trip, names, settings, look=look)


def _tripped(ledger: Ledger, lost: tuple[str, ...], now: datetime) -> tuple[Trip, ...]:
    """Give what has tripped; of the contact file as it is at this moment, whether the daemon has seen it so or not."""
    known = {trip.breaker: trip for trip in ledger.tripped()}
    found = known.pop(Breaker.BOOK, None)
    if why := shrunken(len(lost), ledger.recent(now).people):
        known[Breaker.BOOK] = Trip(Breaker.BOOK, found.at if found else now, why)
    return tuple(known.values())


def _let_go(ledger: Ledger, trips: tuple[Trip, ...], book: Book, now: datetime) -> None:
    """Take the owner's word; the contact file that was looked at is the one that counts from now on, not what comes after it."""
    why = next((trip.why for trip in trips if trip.breaker is Breaker.BOOK), None)
    if why is not None:
        ledger.trip(Breaker.BOOK, why, now)
        ledger.sync(book, now)
    for trip in ledger.tripped():
        ledger.resume(trip.breaker, "you let it go on", now)


def _told(trip: Trip, lost: tuple[str, ...], *, resumed: bool) -> dict[str, object]:
    told: dict[str, object] = {"breaker": trip.breaker.value, "since": trip.at.isoformat(), "why": trip.why, "resumed": resumed}
    return told | {"lost": list(lost)} if lost else told


def _show(trip: Trip, lost: tuple[str, ...], settings: Settings, *, look: bool) -> None:
    typer.echo(f"Since {trip.at.astimezone(ZoneInfo(settings.owner.timezone)):%a %Y-%m-%d %H:%M %Z}: {clean(trip.why)}")
    if lost:
        more = f" and {len(lost) - _SHOWN} more" if len(lost) > _SHOWN else ""
        typer.echo(f"  No longer in it: {', '.join(map(clean, lost[:_SHOWN]))}{more}.")
    typer.echo(f"  {'`bouncer resume` lets it go on.' if look else _THEN[trip.breaker]}")
