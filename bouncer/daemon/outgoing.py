"""What goes out: check-ins within the pace, and the owner's weekly summary. Each step is committed before the next begins."""

import asyncio
import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bouncer.core.compose import compose, compose_summary
from bouncer.core.plan import allowance, obstacle, plan
from bouncer.core.refused import as_mail
from bouncer.core.summary import as_html, as_text, summarise
from bouncer.daemon.daemon import Daemon
from bouncer.errors import BouncerError, UsageError
from bouncer.model import THE_OWNER, Account, Book, Delivery, Health, Letter, OutboxState, Planned, Summary, SummaryInput

log = logging.getLogger("bouncer")

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_BLOCKING = ("contacts", "disk")  # troubles under which nothing is sent: what came of it could not be kept


@dataclass(slots=True)
class Outgoing:
    """The sending half of one daemon; `round` is never run twice at once."""

    daemon: Daemon
    started: datetime | None = None
    last_watch: dict[str, datetime] = field(default_factory=dict)
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def round(self, limit: int | None = None) -> int:
        """Plan and send what is due now, *limit* check-ins at most; gives how many letters were handed over. Nothing in a dry run."""
        daemon = self.daemon
        if not daemon.settings.live or any(where in daemon.troubles.now for where in _BLOCKING):
            return 0
        async with self.turn:
            at = daemon.world.clock.now()
            book = daemon.book(at)
            self.queue(book, at)
            return await self.send_due(book, at, limit)

    def queue(self, book: Book, at: datetime) -> None:
        """Put into the outbox whoever is due, and the summary of the last full week once its hour has come."""
        ledger, settings = self.daemon.world.ledger, self.daemon.settings
        activity = ledger.activity(at, settings.owner.timezone)
        ledger.enqueue(plan(book, activity, settings, at, self.daemon.world.random), at)
        summary = self.summary_due(at)
        if summary:
            ledger.enqueue((summary,), at)

    async def send_due(self, book: Book, at: datetime, limit: int | None) -> int:
        """Send what is due, check-ins within what the pace leaves; gives how many were handed over."""
        ledger, settings = self.daemon.world.ledger, self.daemon.settings
        activity = ledger.activity(at, settings.owner.timezone)
        left = allowance(activity, settings)
        left = left if limit is None else min(left, limit)
        count = 0
        for outbox, planned in ledger.due(at):
            if planned.purpose == "summary":
                count += await self.post(outbox, planned, self.summary_letter(planned, at))
                continue
            contact = book.by_address.get(planned.address.lower())
            why = obstacle(contact, planned, activity, settings, at)
            if why or contact is None:
                ledger.drop(outbox, why or "no longer in the contact file", at)
            elif left > 0:
                left -= 1
                letter = compose(
                    planned, contact, self.account(contact.account), settings.owner, self.daemon.world.templates, self.daemon.world.keys,
                    at, self.daemon.world.entropy,
                )  # fmt: skip
                count += await self.post(outbox, planned, letter)
        return count

    async def post(self, outbox: int, planned: Planned, letter: Letter) -> bool:
        """Hand one letter over: ready, armed just before DATA, then what became of it; gives whether it left."""
        world = self.daemon.world
        world.ledger.ready(outbox, letter, world.clock.now())
        try:
            delivery = await world.senders[letter.account].send(letter, lambda: world.ledger.arm(outbox, world.clock.now()))
        except UsageError as held:  # taken back or held by the owner between `ready` and DATA
            log.info("event=not-sent why=%r", str(held))
            return False
        world.ledger.delivered(outbox, delivery, world.clock.now())
        world.onlooker.sent(planned, letter, delivery)
        if delivery.trouble:
            self.daemon.troubles.note(f"smtp/{letter.account}", delivery.trouble)
        else:
            self.daemon.troubles.clear(f"smtp/{letter.account}")
        if delivery.state is OutboxState.REFUSED and planned.purpose != "summary":
            await self.learn(letter, delivery)
        if delivery.state is OutboxState.SENT:
            await self.file_copy(letter)
        return delivery.state is OutboxState.SENT

    async def learn(self, letter: Letter, delivery: Delivery) -> None:
        """Take a refusal in our own session as the evidence that it is."""
        raw = as_mail(letter, delivery)
        if not self.daemon.world.ledger.has(raw):
            reading = await self.daemon.world.reader.refused(letter, delivery, self.daemon.world.clock.now())
            self.daemon.settle(raw, reading)

    async def file_copy(self, letter: Letter) -> None:
        """File a copy in Sent where the server does not; a failure is said and never a reason to send again."""
        if self.account(letter.account).sent_copy == "server":
            return
        mailbox, at = self.daemon.world.mailboxes[letter.account], self.daemon.world.clock.now()
        try:
            await asyncio.to_thread(mailbox.append_sent, letter, at)
        except BouncerError as fault:
            self.daemon.troubles.note(f"sent/{letter.account}", f"No copy in Sent: {fault}")
        else:
            self.daemon.troubles.clear(f"sent/{letter.account}")

    def account(self, name: str | None) -> Account:
        """Give the account called *name*; the first where a contact names none."""
        accounts = self.daemon.settings.accounts
        return next((account for account in accounts if account.name == name), accounts[0])

    # -- the weekly summary

    def summary_due(self, at: datetime) -> Planned | None:
        """Give the summary of the last full ISO week once its day and hour have come in the owner's zone."""
        settings = self.daemon.settings
        local = at.astimezone(ZoneInfo(settings.owner.timezone))
        monday = local.date() - timedelta(days=local.weekday())
        due = datetime.combine(monday, datetime.min.time(), local.tzinfo) + timedelta(
            days=_WEEKDAYS.index(settings.summary.day), hours=settings.summary.hour
        )
        if local < due:
            return None
        year, week, _ = (monday - timedelta(days=1)).isocalendar()
        if not self.daemon.world.ledger.week(year, week, settings.owner.timezone).events:
            return None
        return Planned(THE_OWNER, settings.owner.address, "summary", at, "the week is over", f"summary:{year}-W{week:02}")

    def summary(self, year: int, week: int, at: datetime) -> Summary:
        """Give the summary of one ISO week as the ledger and the contact file have it now."""
        world, settings = self.daemon.world, self.daemon.settings
        book, activity = self.daemon.book(at), world.ledger.activity(at, settings.owner.timezone)
        coming = () if not settings.live else plan(book, activity, settings, at, world.random)
        return summarise(
            SummaryInput(
                week=world.ledger.week(year, week, settings.owner.timezone),
                contacts=book.contacts,
                planned=coming,
                health=self.health(),
                today=at.astimezone(ZoneInfo(settings.owner.timezone)).date(),
                person_of=activity.person_of,
            )
        )

    def summary_letter(self, planned: Planned, at: datetime) -> Letter:
        """Give the week's summary as the mail to the owner."""
        year, week = planned.period.removeprefix("summary:").split("-W")
        made = self.summary(int(year), int(week), at)
        account = self.daemon.settings.accounts[0]
        return compose_summary(
            made.subject,
            as_text(made),
            as_html(made),
            account,
            self.daemon.settings.owner,
            self.daemon.world.keys,
            at,
            self.daemon.world.entropy,
        )

    def health(self) -> Health:
        """Give how the daemon is."""
        ledger = self.daemon.world.ledger
        troubles = self.daemon.troubles.now
        return Health(
            live=self.daemon.settings.live,
            started=self.started,
            last_watch=dict(self.last_watch),
            troubles=tuple(troubles.values()),
            quarantined=len(ledger.quarantined()),
            unknown_sends=len(ledger.armed()),
            sending_stopped=next((troubles[where] for where in _BLOCKING if where in troubles), None),
        )
