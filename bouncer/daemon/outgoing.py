"""What goes out: check-ins within the pace, and the owner's weekly summary. Each step is committed before the next begins."""

import asyncio
import logging
from dataclasses import dataclass, field, replace
from datetime import datetime

from bouncer.core.compose import compose
from bouncer.core.hours import coming_window, country_of, zone_of
from bouncer.core.plan import allowance, next_first, obstacle, occasion, plan
from bouncer.core.refused import as_mail
from bouncer.daemon.breakers import STOPPING
from bouncer.daemon.daemon import Daemon
from bouncer.daemon.mailing import TRIAL, account_of, whom_it_asks_after
from bouncer.daemon.week import keep_week, kept, summary_due, summary_letter, summary_period
from bouncer.daemon.world import told
from bouncer.errors import BouncerError, LoginRefused, MessageFault, OwnerFault, Problem, ServerFault, UsageError
from bouncer.model import THE_OWNER, Account, Activity, Book, Delivery, Health, Letter, OutboxState, Planned

log = logging.getLogger("bouncer")

_PERMANENT = 500  # RFC 5321 section 4.2.1
_BLOCKING = ("contacts", "disk")  # troubles under which nothing is sent: what came of it could not be kept


@dataclass(slots=True)
class Outgoing:
    """The sending half of one daemon; `round` is never run twice at once."""

    daemon: Daemon
    started: datetime | None = None
    last_watch: dict[str, datetime] = field(default_factory=dict)
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    untold: list[tuple[Letter, Delivery]] = field(default_factory=list)  # refusals not yet taken as evidence
    begun: bool = False  # what a crash left of those has been asked for
    enough: bool = False  # no letter after the one in hand
    confirmed: bool = True  # False: after the very first letter nothing more goes out until the owner has looked
    unwritten: set[int] = field(default_factory=set)  # letters of the last round that could not be written
    most: int | None = None  # check-ins that may still go out, where the owner has set a limit

    async def round(self, limit: int | None = None) -> int:
        """Plan and send what is due now, *limit* check-ins at most; gives how many letters were handed over. Nothing in a dry run."""
        daemon = self.daemon
        if any(where in daemon.troubles.now for where in _BLOCKING):
            return 0
        if not daemon.settings.live:
            self.keep(daemon.world.clock.now())
            return 0
        async with self.turn:
            at = daemon.world.clock.now()
            book = daemon.book(at)
            await self.learn()
            if not self.confirmed:
                self.daemon.breakers.first(at)
            count = await self.send_due(book, at, limit, self.queue(book, at))
            if not self.confirmed:  # and at once after it, for the owner may look at once
                self.daemon.breakers.first(at)
                self.daemon.breakers.look(at)
            return count

    def queue(self, book: Book, at: datetime) -> Activity:
        """Put into the outbox whoever is due, and the summary of the last full week once its hour has come; gives the activity then."""
        ledger, settings = self.daemon.world.ledger, self.daemon.settings
        activity, new = ledger.activity(at, settings.owner.timezone), 0
        self.daemon.breakers.slow(activity.outcomes)
        if not self.daemon.breakers.stopped(at):
            waiting = replace(activity, queued=max(0, (activity.queued or 0) - len(self.unwritten)))  # those take nobody's place
            new += ledger.enqueue(plan(book, waiting, settings, at, self.daemon.world.random), at)
        queued = (THE_OWNER, summary_period(settings, at)) in activity.periods
        if not queued and (summary := summary_due(settings, ledger, at, self.health())):
            new += ledger.enqueue((summary,), at)
        return ledger.activity(at, settings.owner.timezone) if new else activity

    def keep(self, at: datetime) -> None:
        """Keep what the summary of the last full week would say: a dry run mails none, but shows it as it was."""
        ledger, settings = self.daemon.world.ledger, self.daemon.settings
        due = summary_due(settings, ledger, at, self.health())
        if due is not None and not kept(ledger, due):
            keep_week(settings, self.daemon.world, self.daemon.book(at), self.health(), due, at)

    async def send_due(self, book: Book, at: datetime, limit: int | None, activity: Activity) -> int:
        """Send what is due, check-ins within what the pace leaves; gives how many were handed over.

        A letter that cannot be written keeps nobody else's back, and an account whose server takes nothing is left alone for this round.
        """
        left = allowance(activity, self.daemon.settings)
        left = min(left, *(most for most in (limit, self.most) if most is not None), left)
        count, stuck, unwritten = 0, set[str](), list[Problem]()
        self.unwritten.clear()
        for outbox, planned in next_first(self.daemon.world.ledger.due(at)):
            if self.enough:
                break
            counted = planned.purpose != "summary"
            left = 0 if counted and self.daemon.breakers.stopped(at) else left
            try:
                letter = self.letter(outbox, planned, book, activity, at) if left > 0 or not counted else None
            except OwnerFault as fault:
                unwritten += fault.problems
                self.unwritten.add(outbox)
                continue
            except UsageError as gone:  # taken out of the outbox at this very moment, as with somebody who is being forgotten
                log.info("event=not-sent why=%r", told(str(gone)))
                continue
            if letter is None or letter.account in stuck:
                continue
            left -= counted
            delivery = await self.post(outbox, planned, letter)
            if self.most is not None and counted and delivery is not None and delivery.state is not OutboxState.READY:
                self.most -= 1
            count += delivery is not None and delivery.state is OutboxState.SENT
            if delivery is not None and delivery.trouble:
                stuck.add(letter.account)
        if unwritten:
            self.daemon.troubles.note("letters", OwnerFault(tuple(dict.fromkeys(unwritten))))
        else:
            self.daemon.troubles.clear("letters")
        return count

    def letter(self, outbox: int, planned: Planned, book: Book, activity: Activity, at: datetime) -> Letter | None:
        """Write what is *planned*; None where it must wait for working hours, or must not go out any more and was dropped.

        Raises OwnerFault where it cannot be written.
        """
        world, settings = self.daemon.world, self.daemon.settings
        if planned.period.startswith(TRIAL):
            world.ledger.drop(outbox, "the trial that it was for was broken off", at)
            return None
        if planned.purpose == "summary":
            return summary_letter(settings, world, book, self.health(), planned, at)
        contact = book.by_address.get(planned.address.lower())
        about, idle = whom_it_asks_after(planned, world.ledger, book)
        why = obstacle(contact, planned, activity, settings, at) or idle
        if why or contact is None:
            world.ledger.drop(outbox, why or "no longer in the contact file", at)
            return None
        where, country = zone_of(contact, settings.owner), country_of(contact, settings.owner)
        if coming_window(at, where, settings.pace, country)[0] > at:  # it was held up, and now it is night
            return None
        return compose(
            planned, contact, self.account(contact.account), settings.owner, world.templates, world.keys, at, world.entropy,
            about=about, occasion=occasion(planned), last=world.ledger.last_mail(planned.person),
        )  # fmt: skip

    async def post(self, outbox: int, planned: Planned, letter: Letter) -> Delivery | None:
        """Hand one letter over: ready, armed just before DATA, then what became of it; None where it was held back at the last moment."""
        world, where = self.daemon.world, f"smtp/{letter.account}"
        try:
            world.ledger.ready(outbox, letter, world.clock.now())
            delivery = await world.senders[letter.account].send(letter, lambda: self.arm(outbox, planned))
        except UsageError as held:  # taken back or held by the owner, or stopped by a breaker, or to somebody forgotten, until DATA
            log.info("event=not-sent why=%r", told(str(held)))
            return None
        world.ledger.delivered(outbox, delivery, world.clock.now())
        world.onlooker.sent(planned, letter, delivery)
        if delivery.trouble:
            refused = delivery.phase == "login" and (delivery.code or 0) >= _PERMANENT
            self.daemon.troubles.note(where, (LoginRefused if refused else ServerFault)(delivery.trouble))
        else:
            self.daemon.troubles.clear(where)
        if delivery.state is OutboxState.REFUSED and planned.purpose != "summary":
            self.untold.append((letter, delivery))
            await self.learn()
        if delivery.state is OutboxState.SENT:
            await self.file_copy(letter)
        return delivery

    def arm(self, outbox: int, planned: Planned) -> None:
        """Commit that DATA comes next; raises UsageError where the letter must not go out now."""
        at = self.daemon.world.clock.now()
        if planned.purpose != "summary" and self.daemon.breakers.stopped(at):
            raise UsageError(f"Letter {outbox} waits until you have looked at what has stopped the check-ins.")
        self.daemon.world.ledger.arm(outbox, at)

    async def learn(self) -> None:
        """Take refusals in our own sessions as the evidence that they are; one that could not be kept yet is come back to."""
        if not self.begun:
            self.untold, self.begun = list(self.daemon.world.ledger.untold()), True
        while self.untold:
            letter, delivery = self.untold[0]
            raw = as_mail(letter, delivery)
            if not self.daemon.world.ledger.has(raw):
                try:
                    reading = await self.daemon.world.reader.refused(letter, delivery, self.daemon.world.clock.now())
                except MessageFault as fault:  # the ledger knows that it was refused; only why stays unknown
                    log.warning("event=unreadable source=%s why=%r", raw.source, told(str(fault)))
                else:
                    self.daemon.settle(raw, reading)
            del self.untold[0]

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
        return account_of(self.daemon.settings, name)

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
            sending_stopped=next((troubles[where] for where in (*_BLOCKING, *STOPPING) if where in troubles), None),
        )
