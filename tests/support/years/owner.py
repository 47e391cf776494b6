"""The owner of the virtual years: she edits her file, answers people and questions, undoes a change, and looks at what has stopped."""

from datetime import timedelta
from random import Random

from bouncer.demo.answers import from_the_owner
from bouncer.errors import UsageError
from bouncer.model import Breaker, Event, EventKind
from support.years.broken import BrokenPromise
from support.years.file import Fields, blocks, with_line
from support.years.play import Play
from support.years.souls import Soul

_SLIP = 40  # people lost at once: more than 2 % of the book
_KEPT_BACK = 10  # people who come into the file later


def edit(play: Play, random: Random) -> None:
    """Make one edit."""
    do = random.choice((note, note, title, pause, interval, take_out, put_back, by_hand))
    do(play, random)
    play.promises.tally[f"edit: {do.__name__}"] += 1


def note(play: Play, random: Random) -> None:
    """Write a comment into an entry."""
    play.file.edit(_somebody(play, random), lambda block: block.rstrip("\n") + f"\n    # seen {random.randrange(10**6)}\n")


def title(play: Play, random: Random) -> None:
    """Correct a title."""
    play.file.edit(_somebody(play, random), lambda block: with_line(block, "title", f"Head of {random.randrange(99)}"))


def interval(play: Play, random: Random) -> None:
    """Wish to hear from somebody more or less often."""
    name = _somebody(play, random)
    days = random.choice((30, 90, 200))
    play.file.edit(name, lambda block: with_line(block, "every", f"{days} days"))
    _soul(play, name).days = days


def pause(play: Play, random: Random) -> None:
    """Have no letters to somebody for some weeks."""
    name = _somebody(play, random)
    if "status" in play.file.known[name]:
        return
    play.file.edit(name, lambda block: with_line(block, "status", "paused"))

    def go_on() -> None:
        if play.file.known.get(name, {}).get("status") == "paused":
            play.file.edit(name, lambda block: with_line(block, "status", None))

    play.at(play.clock.now() + timedelta(days=random.uniform(5, 60)), go_on)


def take_out(play: Play, random: Random) -> None:
    """Take an entry out, and import it again from an old list some weeks later: without its state, and with the address it had."""
    name = _one_who_stopped(play, random) or _of_old(play, random)
    play.file.edit(name, lambda _: "")

    def back() -> None:
        if name not in play.file.known:
            play.file.add(play.entries[name])
            play.promises.tally["imported again"] += 1

    play.at(play.clock.now() + timedelta(days=random.uniform(1, 40)), back)


def put_back(play: Play, random: Random) -> None:
    """Put an old version of an entry in the place of the present one, as a sync with another list does."""
    name = _one_who_stopped(play, random) or _of_old(play, random)
    play.file.edit(name, lambda _: play.entries[name])
    play.promises.tally["imported again"] += 1


def by_hand(play: Play, random: Random) -> None:
    """Write the new address of somebody who has moved, and take out what says that the old one fails."""
    now = play.clock.now()
    souls = [soul for soul in play.crowd.souls if soul.left and soul.left < now and soul.next and soul.name in play.file.known]
    if souls:
        soul = random.choice(souls)
        play.file.edit(soul.name, lambda block: with_line(with_line(block, "email", soul.next), "status", None))


def slip(play: Play, random: Random) -> None:
    """Lose many entries at once; they are put back after a day or two, and until then nothing may go out."""
    if play.promises.stopped:
        return
    text = play.file.text()
    names = random.sample(sorted(play.file.known), min(_SLIP, len(play.file.known) // 2))
    lost = {name: block for name, block in blocks(text).items() if name in names}
    for block in lost.values():
        text = text.replace(block, "")
    play.file.save(text)
    kept: dict[str, Fields] = {name: play.file.known.pop(name) for name in lost}
    play.promises.stopped = "the contact file had lost forty people"
    play.promises.tally["losses"] += 1

    def back() -> None:
        play.file.save(play.file.text() + "".join(lost.values()))
        play.file.known |= kept
        play.promises.stopped = ""

    play.at(play.clock.now() + timedelta(hours=random.uniform(10, 50)), back)


def evening(play: Play, random: Random) -> None:
    """Do what waits."""
    if not play.up:
        return
    answer_people(play, random)
    answer_questions(play, random)
    if random.random() < 0.15:
        undo(play, random)
    if random.random() < 0.4:
        resume(play)


def answer_people(play: Play, random: Random) -> None:
    """Write back to most of those who wrote, from another program: it lies in Sent."""
    with play.ledger._database.reading() as tx:
        waiting = tx.rows("SELECT display, address, message_id FROM waiting WHERE answered IS NULL AND at >= ?", _ago(play, 10))
    for display, address, message_id in waiting:
        if random.random() < 0.7:
            theirs = f"From: {display} <{address}>\r\nSubject: Re: Hello\r\nMessage-ID: {message_id}\r\n\r\n".encode()
            play.mailbox.put(from_the_owner(theirs, play.clock.now()), "\\Sent", play.clock.now())
            play.promises.tally["owner wrote back"] += 1


def answer_questions(play: Play, random: Random) -> None:
    """Say yes or no to some of what waits; two entries are never one person here."""
    for question in play.ledger.questions():
        if random.random() < 0.4:
            accept = question.because.rule != "same-person" and random.random() < 0.5
            play.daemon.write(play.ledger.answer(question.id, accept, play.clock.now()), play.clock.now())
            play.promises.tally["accepted" if accept else "rejected"] += 1


def undo(play: Play, random: Random) -> None:
    """Undo one change; where the file still says what it made, it must then say what it said before."""
    changes = [event for event in play.ledger.events(limit=300) if event.kind is EventKind.CHANGED and event.change]
    if not changes or play.daemon.breakers.held is not None:
        return
    event = random.choice(changes)
    assert event.change
    name, fresh = event.name, _still_so(play, event)
    before = play.file.known.get(name, {}).get("email") if event.change.field == "email" else None
    try:
        made = play.ledger.undo(event.id, play.clock.now())
    except UsageError:
        return
    receipt = play.daemon.write(made, play.clock.now())
    if fresh and (receipt is None or receipt.refused):
        raise BrokenPromise(9, f"the change {event.id} of {name} could not be undone: {receipt}")
    play.promises.tally["undone"] += receipt is not None and bool(receipt.applied)
    if fresh and before is not None and play.file.known[name]["email"] != event.change.before:
        raise BrokenPromise(4, f"undoing event {event.id} did not bring back {event.change.before}")


def resume(play: Play) -> None:
    """Look at what has stopped, and let it go on; a file that lost people is mended instead."""
    for trip in play.ledger.tripped():
        play.promises.tally[f"tripped: {trip.breaker}"] += 1
        if trip.breaker is Breaker.BOOK:
            continue
        play.ledger.resume(trip.breaker, "the owner looked", play.clock.now())
        if trip.breaker is Breaker.REFUSALS:
            play.promises.outcomes.clear()
            if "refused" in play.promises.stopped:
                play.promises.stopped = ""


def _still_so(play: Play, event: Event) -> bool:
    """Tell whether nothing that *event* brought, nor what went with it, has changed since: then an undo must do."""
    later = (e for e in play.ledger.events(person=event.person, limit=50) if e.change and e.id > event.id)
    theirs = [e for e in later if e.message_id != event.message_id]
    own = play.file.known.get(event.name)
    return not theirs and own is not None and event.change is not None and own.get(event.change.field) == event.change.after


def _somebody(play: Play, random: Random) -> str:
    return random.choice(sorted(play.file.known))


def _of_old(play: Play, random: Random) -> str:
    """Give somebody who was in the file at first, as whoever was added since is in no old list."""
    return random.choice(sorted(play.file.known & play.entries.keys()))


def _one_who_stopped(play: Play, random: Random) -> str | None:
    names = [soul.name for soul in play.crowd.souls if soul.stopped and soul.name in play.file.known]
    return random.choice(names) if names and random.random() < 0.5 else None


def _soul(play: Play, name: str) -> Soul:
    return next(soul for soul in play.crowd.souls if soul.name == name)


def _ago(play: Play, days: int) -> str:
    return (play.clock.now() - timedelta(days=days)).isoformat()
