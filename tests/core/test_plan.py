"""Who is written to, when, and why; and who is not."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

import pytest
from support.build import AT, SETTINGS

from bouncer.core.hours import coming_window, country_of, zone_of
from bouncer.core.intervals import interval_days
from bouncer.core.mailboxes import not_a_person
from bouncer.core.plan import allowance, obstacle, plan
from bouncer.model import Activity, Book, Contact, Pace, Planned, Previous, Settings, Status

LONG_AGO = AT - timedelta(days=400)
JANE = Contact(name="Jane Doe", email="jane@acme.example")


def people(number: int, **fields: object) -> tuple[Contact, ...]:
    """Give so many people, each at a company of their own."""
    return tuple(replace(JANE, name=f"P {n}", email=f"p{n}@c{n}.example", **fields) for n in range(number))


def known(contacts: tuple[Contact, ...], last: datetime | None = LONG_AGO, **fields: object) -> Activity:
    """Give an activity that knows *contacts*, all last heard of at *last*."""
    persons = {c.email.lower(): f"{n:012x}" for n, c in enumerate(contacts, 1)}
    return replace(Activity(person_of=persons, last_contact=dict.fromkeys(persons.values(), last) if last else {}, sent_ever=9), **fields)


def planned(
    contacts: tuple[Contact, ...], activity: Activity | None = None, settings: Settings = SETTINGS, at: datetime = AT, chance: float = 0.5
) -> tuple[Planned, ...]:
    """Plan for *contacts* with one chance for all."""
    return plan(Book(contacts, ""), activity or known(contacts), settings, at, lambda: chance)


def pace(**fields: object) -> Settings:
    """Give settings with another pace."""
    return replace(SETTINGS, pace=replace(Pace(), **fields))


def test_somebody_silent_for_longer_than_the_interval_is_due_and_the_plan_says_why() -> None:
    """The why names the last contact and the interval; the period is the ISO week."""
    (letter,) = planned((JANE,))
    assert (letter.address, letter.purpose, letter.period) == ("jane@acme.example", "checkin", "checkin:2026-W10")
    assert letter.why == "last contact 400 days ago (2025-01-28), due every 180 days"


@pytest.mark.parametrize(("days", "due"), [(179, False), (180, True)])
def test_the_interval_is_kept_to_the_day(days: int, due: bool) -> None:
    """One day short of it nothing goes out."""
    assert bool(planned((JANE,), known((JANE,), AT - timedelta(days=days)))) is due


@pytest.mark.parametrize(
    ("every", "days"),
    [("6 months", 183), ("90 days", 90), ("1 Year", 365), ("every 2 weeks", 14), ("yearly", 365), ("month", 30), ("3 days", 14)],
)
def test_an_interval_is_read_in_words(every: str, days: int) -> None:
    """And never falls below a fortnight."""
    assert interval_days(every) == days


@pytest.mark.parametrize(
    "every", ["fortnightly-ish", "", "moons", "100001 days", "0 days", "-1 days", "six months", "1 2 days", "9" * 5000 + " days", "² days"]
)
def test_what_is_no_interval_is_refused_in_a_sentence(every: str) -> None:
    """The sentence names what would do."""
    with pytest.raises(ValueError, match="no interval"):
        interval_days(every)


def test_never_means_never() -> None:
    """However long the silence."""
    never = replace(JANE, every="never")
    assert planned((never,)) == ()


def test_of_two_entries_of_one_person_the_one_that_says_no_counts() -> None:
    """An import must not undo a stop, whichever entry comes first."""
    for no in (replace(JANE, every="never"), replace(JANE, status=Status.STOPPED)):
        assert planned((JANE, no)) == planned((no, JANE)) == ()
    assert len(planned((JANE, JANE))) == 1


def test_an_interval_nobody_can_read_counts_as_the_default() -> None:
    """A typing error does not silence a contact for good."""
    odd = replace(JANE, every="now and then")
    assert planned((odd,))
    assert not planned((odd,), known((odd,), AT - timedelta(days=100)))


@pytest.mark.parametrize("status", [Status.LEFT, Status.STOPPED, Status.DECEASED, Status.PAUSED, Status.RETIRED, Status.UNREACHABLE])
def test_nobody_who_is_gone_or_asked_for_peace_is_written_to(status: Status) -> None:
    """Six states of which each ends the letters."""
    assert planned((replace(JANE, status=status),)) == ()


def test_a_stop_given_from_any_of_their_addresses_holds_for_all() -> None:
    """Also after the entry was imported anew under another address."""
    again = replace(JANE, email="jane@new.example", also=("Jane@Acme.example",))
    assert planned((again,), known((again,), suppressed=frozenset({"jane@acme.example"}))) == ()


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"held": frozenset({"000000000001"})}, "something about them waits for your decision"),
        ({"paused_domains": {"acme.example": date(2026, 3, 5)}}, "acme.example refused us; not before 2026-03-05"),
        ({"suppressed": frozenset({"jane@acme.example"})}, "asked not to be written to"),
    ],
)
def test_what_the_ledger_forbids_is_not_planned_and_is_said(fields: Mapping[str, object], why: str) -> None:
    """The same reasons stop a letter that is already in the outbox."""
    (letter,) = planned((JANE,))
    activity = known((JANE,), **fields)
    assert planned((JANE,), activity) == ()
    assert obstacle(JANE, letter, activity, SETTINGS, AT) == why


def test_a_queued_letter_goes_only_to_the_address_of_today() -> None:
    """A moved or vanished contact takes the letter back; an unchanged one does not."""
    (letter,) = planned((JANE,))
    moved = replace(JANE, email="jane@new.example", also=("jane@acme.example",))
    assert obstacle(moved, letter, known((moved,)), SETTINGS, AT) == "the address is no longer the one in the contact file"
    assert obstacle(None, letter, known(()), SETTINGS, AT) is not None
    assert obstacle(JANE, letter, known((JANE,), open_checkins=frozenset({letter.person})), SETTINGS, AT) is None


def test_a_refused_domain_is_tried_again_on_the_day() -> None:
    """The pause ends with its date."""
    assert planned((JANE,), known((JANE,), paused_domains={"acme.example": date(2026, 3, 4)}))


def test_nobody_has_two_open_letters() -> None:
    """A letter due, ready, armed or of unknown fate is enough."""
    assert planned((JANE,), known((JANE,), open_checkins=frozenset({"000000000001"}), queued=0)) == ()


@pytest.mark.parametrize(("until", "due"), [(date(2026, 3, 2), False), (date(2026, 3, 1), True), (None, True)])
def test_after_an_absence_people_get_three_days_of_peace(until: date | None, due: bool) -> None:
    """An absence without an end counts a fortnight from when we last heard."""
    away = replace(JANE, status=Status.AWAY, away_until=until)
    assert bool(planned((away,))) is due


@pytest.mark.parametrize(
    "address",
    [
        "info@acme.example",
        "NoReply@acme.example",
        "no-reply-4@acme.example",
        "team-request@acme.example",
        "x@lists.acme.example",
        "a@googlegroups.com",
    ],
)
def test_roles_and_lists_are_never_written_to(address: str) -> None:
    """They are not one person."""
    assert planned((replace(JANE, email=address),)) == ()


@pytest.mark.parametrize("address", ["inge.info@acme.example", "steam@acme.example", "jo@listening.example", "sales.person@acme.example"])
def test_names_that_only_look_like_roles_are_people(address: str) -> None:
    """A role is the whole local part."""
    assert not_a_person(address) is None


def test_the_owner_is_not_written_to() -> None:
    """Even when they keep themselves in the file."""
    assert planned((replace(JANE, email="Olga@Home.example"),)) == ()


def test_the_caps_of_day_and_week_hold_and_what_waits_counts() -> None:
    """Five a day; less what went out and what is queued."""
    crowd = people(40)
    assert len(planned(crowd)) == 5
    assert len(planned(crowd, known(crowd, sent_today=2, queued=1))) == 2
    assert len(planned(crowd, known(crowd, sent_this_week=13))) == 2
    assert planned(crowd, known(crowd, sent_today=5)) == ()
    assert planned(crowd, settings=pace(per_day=0)) == ()


def test_while_the_owner_owes_answers_fewer_go_out_but_never_none() -> None:
    """Every two of them take one from the day."""
    crowd = people(40)
    assert len(planned(crowd, known(crowd, unanswered_by_owner=4))) == 3
    assert len(planned(crowd, known(crowd, unanswered_by_owner=99))) == 1
    assert allowance(known(crowd, unanswered_by_owner=99, sent_today=1), SETTINGS) == 0


def test_the_first_live_batch_is_one_message() -> None:
    """And while it waits in the outbox there is no second; a dry run shows the whole day."""
    crowd = people(40)
    assert len(planned(crowd, known(crowd, sent_ever=0))) == 1
    assert planned(crowd, known(crowd, sent_ever=0, open_checkins=frozenset({"00000000000a"}))) == ()
    assert len(planned(crowd, known(crowd, sent_ever=0), replace(SETTINGS, live=False))) == 5
    assert (allowance(known(crowd, sent_ever=0), SETTINGS), allowance(known(crowd), SETTINGS)) == (1, 5)


def test_a_company_gets_only_its_share_of_a_day_but_a_mail_provider_is_no_company() -> None:
    """Colleagues compare their mail."""
    colleagues = tuple(replace(JANE, email=f"p{n}@acme.example") for n in range(9))
    friends = tuple(replace(JANE, email=f"p{n}@gmail.com") for n in range(9))
    assert len(planned(colleagues)) == 1
    assert len(planned(friends)) == 5


def test_those_silent_longest_come_first() -> None:
    """Two of three slots; order in the file plays no part."""
    crowd = people(6)
    last = {f"{n:012x}": AT - timedelta(days=200 + 10 * n) for n in range(1, 7)}
    letters = planned(crowd, replace(known(crowd), last_contact=last))
    assert [letter.address for letter in letters] == [f"p{n}@c{n}.example" for n in (5, 4, 3, 2, 1)]


def test_newcomers_get_every_third_place() -> None:
    """So neither old friends nor new names wait for ever."""
    crowd = people(12)
    activity = known(crowd)
    activity = replace(activity, last_contact={f"{n:012x}": LONG_AGO for n in range(1, 7)})
    letters = planned(crowd, activity)
    assert [letter.why == "nobody has written yet" for letter in letters] == [False, False, True, False, False]


def test_a_large_import_is_spread_over_one_round() -> None:
    """A hundred new people at once are no hundred letters in seven weeks, and none is forgotten."""
    crowd = people(100)
    weeks, written = 180 // 7, set()
    for week in range(weeks):
        letters = planned(crowd, known(crowd, last=None), pace(per_day=100, per_week=99), AT + timedelta(weeks=week))
        assert len(letters) < 15
        written |= {letter.address for letter in letters}
    assert len(written) == 100


def test_a_handful_of_new_people_is_not_spread() -> None:
    """A week's worth is no burst."""
    crowd = people(12)
    assert len(planned(crowd, known(crowd, last=None), pace(per_day=12))) == 12


def test_a_moment_lies_in_the_working_hours_of_the_contact() -> None:
    """Wednesday 10:00 in London is after hours in Tokyo: tomorrow morning there."""
    tokyo = replace(JANE, timezone="Asia/Tokyo")
    for chance in (0.0, 0.5, 1.0):
        (letter,) = planned((tokyo,), chance=chance)
        local = letter.not_before.astimezone(ZoneInfo("Asia/Tokyo"))
        assert local.date() == date(2026, 3, 5)
        assert 9 <= local.hour + local.minute / 60 <= 17


def test_without_a_zone_the_owners_counts_and_an_unknown_zone_is_no_zone() -> None:
    """A typing error in one entry stops nothing."""
    (letter,) = planned((replace(JANE, timezone="Mars/Olympus"),), chance=0.0)
    assert letter.not_before == AT


@pytest.mark.parametrize(
    ("country", "local"), [("JP", "Asia/Tokyo"), ("de", "Europe/Berlin"), ("US", "Europe/London"), ("Atlantis", "Europe/London")]
)
def test_a_country_with_one_clock_gives_the_zone(country: str, local: str) -> None:
    """A country of many zones says nothing, and neither does one that is none."""
    (letter,) = planned((replace(JANE, country=country),), at=AT.replace(hour=5), chance=0.0)
    there = letter.not_before.astimezone(ZoneInfo(local))
    assert (there.hour == 9) is (local != "Asia/Tokyo")  # in Tokyo it is 14:00 already
    assert there.hour in {9, 14}


def test_over_the_weekend_nothing_is_planned_until_sunday_morning() -> None:
    """What leaves in more than a day is better planned later."""
    friday, sunday = datetime(2026, 3, 6, 18, tzinfo=UTC), datetime(2026, 3, 8, 10, tzinfo=UTC)
    assert planned((JANE,), at=friday) == ()
    (letter,) = planned((JANE,), at=sunday, chance=0.0)
    assert letter.not_before == datetime(2026, 3, 9, 9, tzinfo=UTC)


def test_tomorrows_letters_count_against_tomorrow() -> None:
    """With the day's number out, the evening may plan the next morning's."""
    crowd = people(9)
    evening = AT.replace(hour=20)
    assert {letter.not_before.date() for letter in planned(crowd, known(crowd, sent_today=5), at=evening)} == {date(2026, 3, 5)}


@pytest.mark.parametrize(("failed", "due"), [(8, True), (6, False)])
def test_a_failing_address_is_tested_once_after_a_week(failed: int, due: bool) -> None:
    """Never earlier, within the pace, and not again for the same failure."""
    suspect = replace(JANE, status=Status.SUSPECT)
    since = AT - timedelta(days=failed)
    activity = known((suspect,), since, suspect_since={"jane@acme.example": since})
    letters = planned((suspect,), activity)
    assert [(x.purpose, x.period) for x in letters] == ([("recheck", f"recheck:jane@acme.example:{since:%Y-%m-%d}")] if due else [])
    done = frozenset((x.person, x.period) for x in letters)
    assert planned((suspect,), replace(activity, periods=done)) == ()
    assert planned((suspect,), replace(activity, last_contact={"000000000001": since + timedelta(hours=1)})) == ()


def test_a_new_address_gets_one_letter_to_confirm_it() -> None:
    """At once, before everybody else, and only once."""
    new = replace(JANE, status=Status.PROBATION, previous=(Previous("jane@old.example", until="2026-03-04"),))
    crowd = (*people(9), new)
    activity = known(crowd)
    activity = replace(activity, last_contact={**activity.last_contact, "00000000000a": AT})
    first = planned(crowd, activity)[0]
    assert (first.purpose, first.address, first.period) == ("probation", new.email, "probation:jane@acme.example")
    assert new.email not in {x.address for x in planned(crowd, replace(activity, periods=frozenset({(first.person, first.period)})))}
    later = replace(activity, last_contact={**activity.last_contact, first.person: AT + timedelta(days=1)})
    assert new.email not in {x.address for x in planned(crowd, later, at=AT + timedelta(days=2))}


def test_where_colleagues_have_gone_the_others_come_first() -> None:
    """The why counts them; gone people at a mail provider mean nothing."""
    gone = tuple(replace(JANE, email=f"g{n}@acme.example", status=Status.LEFT) for n in range(2))
    crowd = (*people(9), *gone, JANE)
    first = planned(crowd)[0]
    assert first.address == JANE.email
    assert first.why.startswith("2 colleagues at acme.example have gone; ")
    private = tuple(replace(c, email=c.email.replace("acme.example", "gmail.com")) for c in (*gone, JANE))
    assert "colleagues" not in planned(private)[0].why


def test_somebody_the_ledger_does_not_know_yet_waits() -> None:
    """A person comes before a letter."""
    assert planned((JANE,), Activity(sent_ever=1)) == ()


def test_the_clock_change_does_not_move_the_working_hours() -> None:
    """On the Monday after summer time began, nine o'clock in Berlin is 7:00 UTC."""
    berlin = replace(JANE, timezone="Europe/Berlin")
    (letter,) = planned((berlin,), at=datetime(2026, 3, 29, 20, tzinfo=UTC), chance=0.0)
    assert letter.not_before == datetime(2026, 3, 30, 7, tzinfo=UTC)


def test_chance_spreads_the_moments_of_one_day() -> None:
    """Five letters do not leave in one minute."""
    numbers = count()
    letters = plan(Book(people(9), ""), known(people(9)), SETTINGS, AT, lambda: next(numbers) % 10 / 10)
    assert len({letter.not_before for letter in letters}) == 5


def test_the_owner_says_by_tag_how_often_to_write() -> None:
    """The first line of the settings that fits counts; the contact's own word comes before it, and no tag means the default."""
    settings = replace(SETTINGS, every={"client": "1 month", "family": "never"})
    client, family = replace(JANE, tags=("family", "client")), replace(JANE, tags=("family",))
    assert planned((client,), known((client,), AT - timedelta(days=40)), settings)
    assert not planned((family,), known((family,)), settings)
    assert planned((replace(family, every="1 year"),), known((family,)), settings)
    assert not planned((JANE,), known((JANE,), AT - timedelta(days=40)), settings)


@pytest.mark.parametrize(
    ("fields", "at", "day"),
    [
        ({"country": "GB"}, datetime(2026, 12, 24, 20, tzinfo=UTC), date(2026, 12, 29)),  # Christmas, a weekend, Boxing Day observed
        ({"country": "DE"}, datetime(2026, 12, 24, 20, tzinfo=UTC), date(2026, 12, 28)),
        ({"timezone": "Asia/Tokyo"}, datetime(2026, 11, 2, 12, tzinfo=UTC), date(2026, 11, 4)),  # the country of the zone
        ({"country": "EG"}, datetime(2026, 3, 5, 20, tzinfo=UTC), date(2026, 3, 9)),  # Friday and Saturday are the weekend there
        ({"country": "ZZ"}, datetime(2026, 12, 24, 20, tzinfo=UTC), date(2026, 12, 25)),  # of which nothing is known
    ],
)
def test_nothing_is_sent_on_a_holiday_or_a_weekend_of_the_contact_s_country(fields: Mapping[str, str], at: datetime, day: date) -> None:
    """The next working day there is taken instead."""
    contact = replace(JANE, **fields)
    where = zone_of(contact, SETTINGS.owner)
    assert coming_window(at, where, Pace(), country_of(contact, SETTINGS.owner))[0].astimezone(where).date() == day


def test_an_owner_who_writes_only_on_days_of_rest_writes_all_the_same() -> None:
    """On a Friday alone to a country that rests on Fridays: the owner's word counts, where else no day would be left."""
    friday = coming_window(AT, ZoneInfo("Africa/Cairo"), Pace(days=("friday",)), "EG")[0]
    assert friday.date() == date(2026, 3, 6)
