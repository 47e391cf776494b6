"""Who should be written to now, when, and why: pure, and the same for the same book, ledger, moment and chance."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from zlib import crc32

from bouncer.core.breakers import stale
from bouncer.core.due import Wish, forbidden, iso_week, wishes
from bouncer.core.hours import coming_window, country_of, jittered, zone, zone_of
from bouncer.core.mailboxes import domain_of, shared_provider
from bouncer.core.news import News
from bouncer.core.plain import one_line
from bouncer.model import Activity, Book, Contact, PersonId, Planned, Settings, Status

_CHECKIN, _CARD, _ASKED = "checkin:", "card:", "now:"  # beginnings of periods; `card:now:` is both
_ELSEWHERE = "now:bounced:"  # to another address on file than the first; one a day and person
HORIZON = timedelta(hours=24)  # what leaves later is better planned later
_RANKS = {"probation": 0, "recheck": 1}  # an answer to an open question comes before the usual


def plan(
    book: Book, activity: Activity, settings: Settings, at: datetime, random: Callable[[], float], known: News | None = None
) -> tuple[Planned, ...]:
    """Give what should go into the outbox now, most pressing first, within every cap; *at* is aware, *random* gives 0 to 1.

    Each has its moment inside the coming working hours of the contact, and its why. *known* is the news of employers, where *book* is only
    a part of the whole.
    """
    budget = _Budget(activity, settings, at)
    if not (budget.open(at) or budget.open(at + HORIZON)):
        return ()
    windows: dict[tuple[str, str], tuple[datetime, datetime]] = {}
    planned: list[Planned] = []
    for wish in in_order(_spread(wishes(book, activity, settings, at, known), settings, at), random):
        where, country = zone_of(wish.contact, settings.owner), country_of(wish.contact, settings.owner)
        key = (where.key, country)
        window = windows.get(key) or windows.setdefault(key, coming_window(at, where, settings.pace, country))
        soon = window[0] - at <= HORIZON and budget.room(window[0], wish.contact.email)
        if not soon or forbidden(wish.contact, wish.person, activity, settings, at) is not None:
            continue
        letter = in_turn(wish.planned(jittered(window, random()), activity.last_contact.get(wish.person), where), activity, settings)
        if letter:
            budget.take(window[0], wish.contact.email)
            planned.append(letter)
            if budget.spent():
                break
    return tuple(planned)


def asked(person: PersonId, address: str, moment: datetime, *, card: bool = False) -> Planned:
    """Give the letter that the owner asks for out of turn, to go out next from *moment* (aware) on; one a day and person."""
    period = f"{'card:' if card else ''}{_ASKED}{moment:%Y-%m-%d}"
    return Planned(person, address, "checkin", moment, "you asked for it", period)


def elsewhere(person: PersonId, contact: Contact, address: str, moment: datetime) -> Planned:
    """Give the letter to another *address* on file, because the first one fails; to be sent from *moment* (aware) on, one a day and person.

    It goes out at the owner's word alone, one address at a time: a letter to each at once would reach whoever has them now.
    """
    why = f"you asked for it: {one_line(contact.email)} no longer reaches them, and this address is on file as well"
    return Planned(person, address, "checkin", moment, why, f"{_ELSEWHERE}{moment:%Y-%m-%d}")


def as_reached(contact: Contact, address: str) -> Contact:
    """Give *contact* as one to be written to at *address*: that the first address fails forbids no letter to another."""
    failing = contact.status in {Status.LEFT, Status.UNREACHABLE, Status.SUSPECT}
    return replace(contact, email=address, also=(contact.email, *contact.also), status=None if failing else contact.status)


def next_first(due: Iterable[tuple[int, Planned]]) -> list[tuple[int, Planned]]:
    """Give what is due with the letters first that the owner asked for, otherwise in the order given."""
    return sorted(due, key=lambda one: _ASKED not in one[1].period)


def occasion(planned: Planned) -> str | None:
    """Give the kind of template that *planned* wants where its purpose does not say it; None where it does."""
    if planned.period.startswith(_ELSEWHERE):
        return "bounced"
    return "card" if planned.period.startswith(_CARD) else None


def in_turn(letter: Planned, activity: Activity, settings: Settings) -> Planned | None:
    """Give *letter*, as a card where it is the turn of one; None where this period has had its letter."""
    name, _, week = letter.period.partition(":")
    had = [period for person, period in activity.periods if person == letter.person]
    if letter.period in had or f"{_CARD}{week}" in had:
        return None
    before = sum(period.startswith((_CHECKIN, _CARD)) for period in had)
    is_card = f"{name}:" == _CHECKIN and settings.pace.card and (before + 1) % settings.pace.card == 0
    return replace(letter, period=f"{_CARD}{week}") if is_card else letter


def obstacle(contact: Contact | None, planned: Planned, activity: Activity, settings: Settings, at: datetime) -> str | None:
    """Say why *planned* must not go out any more, in words for the outbox; None where nothing speaks against it."""
    if contact is not None and planned.period.startswith(_ELSEWHERE):
        theirs = activity.person_of.get(contact.email.lower()) == planned.person
        if not theirs or contact.email.lower() == planned.address.lower():
            return "the address is no longer another one of theirs"
        return forbidden(as_reached(contact, planned.address), planned.person, activity, settings, at)
    if contact is None or contact.email.lower() != planned.address.lower():
        return "the address is no longer the one in the contact file"
    return forbidden(contact, planned.person, activity, settings, at)


def allowance(activity: Activity, settings: Settings) -> int:
    """Give how many letters may leave now: what the caps of the day and the week leave, and one where nothing has ever gone out."""
    per_day, per_week = _pace(activity, settings)
    left = max(0, min(per_day - activity.sent_today, per_week - activity.sent_this_week))
    return min(left, 1) if settings.live and activity.sent_ever == 0 else left


def _spread(due: list[Wish], settings: Settings, at: datetime) -> list[Wish]:
    """Keep of many newcomers those whose turn is this week, so that an import is spread over one round instead of a burst.

    A week's worth needs no spreading, and where there are enough to fill the pace for the whole round the caps spread them.
    """
    weeks = max(1, settings.pace.per_person_days // 7)
    new = sum(wish.silence is None for wish in due)
    if not settings.pace.per_week < new < settings.pace.per_week * weeks:
        return due
    turn = at.date().toordinal() // 7 % weeks
    return [wish for wish in due if wish.silence is not None or wish.pressing or crc32(wish.person.encode()) % weeks == turn]


def in_order(due: list[Wish], random: Callable[[], float]) -> Iterator[Wish]:
    """Give *due*, most pressing first.

    Order: an address to confirm or to test, another reason beside time, the longest silence; a newcomer after every second of those.
    """
    known = sorted(
        (wish for wish in due if wish.silence is not None or wish.pressing),
        key=lambda wish: (not wish.pressing, _RANKS.get(wish.purpose, 2), -(wish.silence or 0), wish.person),
    )
    new = sorted((wish for wish in due if wish.silence is None and not wish.pressing), key=lambda _: random())
    newcomers = iter(new)
    for number, wish in enumerate(known):
        yield wish
        if number % 2:
            yield from islice(newcomers, 1)
    yield from newcomers


class _Budget:
    """The caps, counted down: the owner's day and week, a company's share of a day, and one letter where nothing has ever gone out."""

    def __init__(self, activity: Activity, settings: Settings, at: datetime) -> None:
        self._zone = zone(settings.owner.timezone) or UTC
        today = at.astimezone(self._zone).date()
        queued = len(activity.open_checkins) if activity.queued is None else activity.queued
        per_day, per_week = _pace(activity, settings)
        first = settings.live and activity.sent_ever == 0
        self._left = 1 - queued if first else per_day
        self._per_day, self._per_week = per_day - queued, per_week - queued
        self._per_domain = max(1, settings.pace.per_day // 3)
        self._days, self._weeks = Counter({today: activity.sent_today}), Counter({iso_week(today): activity.sent_this_week})
        self._domains: Counter[str] = Counter()

    def spent(self) -> bool:
        """Nothing more can go out on any day."""
        return self._left <= 0 or self._per_day <= 0 or self._per_week <= 0

    def room(self, moment: datetime, address: str) -> bool:
        """Tell whether a letter to *address* fits the day of *moment*; a mail provider's domain has no share of its own."""
        return self.open(moment) and (self._domains[domain_of(address)] < self._per_domain or shared_provider(address))

    def open(self, moment: datetime) -> bool:
        """Tell whether the day and the week of *moment* have room for one more."""
        day = moment.astimezone(self._zone).date()
        return not self.spent() and self._days[day] < self._per_day and self._weeks[iso_week(day)] < self._per_week

    def take(self, moment: datetime, address: str) -> None:
        """Take one letter out of the budget of its day."""
        day = moment.astimezone(self._zone).date()
        self._left -= 1
        self._days[day] += 1
        self._weeks[iso_week(day)] += 1
        self._domains[domain_of(address)] += 1


def _pace(activity: Activity, settings: Settings) -> tuple[int, int]:
    """Give the caps of a day and a week: every two answers the owner owes take one from the day, down to one; a stale book halves both."""
    per_day, per_week = settings.pace.per_day, settings.pace.per_week
    if per_day and activity.unanswered_by_owner:
        fewer = max(1, per_day - activity.unanswered_by_owner // 2)
        per_day, per_week = fewer, max(min(1, per_week), per_week * fewer // per_day)
    return (_half(per_day), _half(per_week)) if stale(activity.outcomes) else (per_day, per_week)


def _half(cap: int) -> int:
    """Halve *cap*, but leave one of what is there: without a letter nothing would show that the book is better now."""
    return max(min(1, cap), cap // 2)
