"""An answer is read, matched, decided, committed and only then written; and whatever goes wrong on the way, nothing is lost."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from support.build import AT, JANE, SETTINGS, raw
from support.household import Household, Reader

from bouncer.daemon.daemon import contact_of
from bouncer.demo.answers import automatic, human, notice, stranger
from bouncer.edge.ledger import SqliteLedger
from bouncer.errors import BouncerError, Busy, MessageFault, OwnerFault, Problem, StorageFault, Withheld
from bouncer.model import Book, Contact, Known, Level, Match, Previous, Status, Trust

Make = Callable[..., Household]
MOVED = "Hello,\n\nmy new address is jane.doe@newco.example.\n\nJane"
BROKEN = OwnerFault((Problem("contacts.yaml", 7, "", "this is no YAML"),))
FULL = StorageFault("contacts.yaml: No space left on device; the contact file is as it was")


class TestHandling:
    """The one paragraph."""

    async def test_a_new_address_reaches_the_file_and_the_old_one_is_kept(self, household: Make) -> None:
        """From the letter that went out to the corrected entry, with the change, its why and a way back."""
        house = household()
        answer = automatic(await house.write_to(), "Jane Doe", "Automatic reply: Hello", "I have left Acme. " + MOVED)
        await house.daemon.handle(house.arrived(answer))
        jane = house.contact()
        assert jane.email == "jane.doe@newco.example"
        assert [previous.email for previous in jane.previous] == ["jane@acme.example"]
        change = next(event for event in house.ledger.events() if event.change and event.change.field == "email")
        assert change.because is not None
        assert "jane.doe@newco.example" in change.because.quote
        assert house.ledger.pending() == ()

    async def test_the_effects_are_committed_before_the_file_is_written(self, household: Make) -> None:
        """At the moment of writing, the changes are pending and the message is seen."""
        house = household()
        raw_mail = house.arrived(automatic(await house.write_to(), "Jane Doe", "Automatic reply", MOVED))
        before: list[tuple[int, bool]] = []
        make = house.contacts.apply

        def spy(changes: list) -> object:
            before.append((len(house.ledger.pending()), house.ledger.has(raw_mail)))
            return make(changes)

        house.contacts.apply = spy  # type: ignore[method-assign,assignment]
        await house.daemon.handle(raw_mail)
        assert before
        assert before[0][0] > 0
        assert before[0][1]

    async def test_a_message_seen_before_is_not_even_read(self, household: Make) -> None:
        """Neither under its key nor, moved to another folder, under another."""
        house = household()
        first = house.arrived(raw("Thanks, all well here!").data)
        for again in (first, first, house.arrived(first.data)):
            await house.daemon.handle(again)
        assert house.reader.read_so_far == 1
        assert house.kinds().count("received") == 1

    async def test_a_stranger_in_a_contacts_name_changes_nothing(self, household: Make) -> None:
        """At worst it is a line to review."""
        house = household()
        await house.write_to()
        await house.daemon.handle(house.arrived(stranger(AT, "Jane Doe", JANE.email, MOVED)))
        assert house.contact() == JANE
        assert house.ledger.pending() == ()

    async def test_an_answer_to_another_person_is_no_news_of_this_one(self, household: Make) -> None:
        """Bob's mailbox says that Bob moved; Jane's entry stays as it is."""
        bob = Contact(name="Bob Best", email="bob@bolt.example")
        house = household(JANE, bob, settings=replace(SETTINGS, pace=replace(SETTINGS.pace, per_day=1)))
        got = await house.write_to()
        name, other = (JANE.name, bob) if got.recipient == JANE.email else (bob.name, JANE)
        await house.daemon.handle(house.arrived(automatic(got, name, "Automatic reply", "My new address is new@else.example.")))
        assert house.contact(name).email == "new@else.example"
        assert house.contact(other.name) == other

    async def test_bytes_that_are_no_mail_at_all_are_taken_in(self, household: Make) -> None:
        """Never an exception: they are counted and left alone."""
        house = household()
        for data in (b"", b"\x00\xff" * 500, b"\r\n\r\n", b"From:" + b"(" * 2000, b"Content-Type: multipart/mixed; boundary=x\n\n--x"):
            message = house.arrived(data)
            await house.daemon.handle(message)
            assert house.ledger.has(message)
        assert house.contact() == JANE
        assert house.ledger.questions() == ()

    async def test_in_a_dry_run_every_change_becomes_a_question(self, household: Make) -> None:
        """The file is left alone, and accepting would do what the daemon would have done by itself."""
        house = household()
        got = await house.write_to()
        dry = Household(settings=replace(SETTINGS, live=False), ledger=house.ledger)
        await dry.daemon.handle(house.arrived(automatic(got, "Jane Doe", "Automatic reply", MOVED)))
        assert dry.contact() == JANE
        assert dry.ledger.pending() == ()
        (question,) = [q for q in dry.ledger.questions() if any(change.field == "email" for change in q.changes)]
        assert question.why.startswith("dry run: ")

    async def test_the_onlooker_sees_what_was_made_of_it(self, household: Make) -> None:
        """The message, the person, the decisions, and the file."""
        house = household()
        await house.daemon.handle(house.arrived(automatic(await house.write_to(), "Jane Doe", "Automatic reply", MOVED)))
        (handled,) = house.onlooker.seen
        assert handled.contact == JANE
        assert handled.match.trust.level is Level.E4
        assert house.onlooker.receipts[0].applied


class TestPoison:
    """A message that cannot be read."""

    async def test_it_is_tried_three_times_and_then_set_aside(self, household: Make) -> None:
        """It counts as seen, is shown with its reason, and the next one is taken as ever."""
        house = household(reader=Reader(MessageFault("reading it takes more than 1 s")))
        await house.daemon.take(house.arrived(b"poison"))
        assert house.reader.read_so_far == 3
        assert house.ledger.quarantined() == (("INBOX:1", "reading it takes more than 1 s"),)
        await house.daemon.take(house.arrived(raw("Thanks!").data))
        assert house.kinds() == ["quarantined", "received"]
        assert house.ledger.seen("main") == {"INBOX": (1, 2)}

    async def test_a_fault_of_our_own_sets_it_aside_as_well(self, household: Make) -> None:
        """The daemon goes on, and the reason names what happened."""
        house = household(reader=Reader(ZeroDivisionError("division by zero")))
        await house.daemon.take(house.arrived(b"poison"))
        assert house.ledger.quarantined()[0][1] == "ZeroDivisionError: division by zero"

    async def test_it_is_not_read_again_when_it_comes_back(self, household: Make) -> None:
        """Set aside once is set aside."""
        house = household(reader=Reader(MessageFault("too dear")))
        first = house.arrived(b"poison")
        for _ in range(2):
            await house.daemon.take(first)
        assert house.reader.read_so_far == 3

    @pytest.mark.parametrize("fault", [BROKEN, FULL, Busy("Another program has kept the ledger locked.")])
    async def test_what_is_not_its_fault_does_not_count_against_it(self, household: Make, fault: BouncerError) -> None:
        """The owner's file, the disk, another program: the message must be taken again."""
        house = household()
        house.contacts.fault = fault
        message = house.arrived(raw("Thanks!").data)
        for _ in range(4):
            with pytest.raises(type(fault)):
                await house.daemon.take(message)
        house.contacts.fault = None
        await house.daemon.take(message)
        assert house.ledger.quarantined() == ()
        assert house.kinds() == ["received"]

    async def test_a_reader_that_is_gone_ends_the_daemon_and_blames_no_message(self, household: Make) -> None:
        """The service manager starts it again."""
        house = household(reader=Reader(BouncerError("The reading process is gone; start bouncer again.")))
        with pytest.raises(BouncerError, match="is gone"):
            await house.daemon.take(house.arrived(b"poison"))
        assert house.ledger.quarantined() == ()


class TestTheContactFile:
    """It breaks, is full, is locked: what was decided waits."""

    async def test_changes_that_could_not_be_written_are_made_later(self, household: Make) -> None:
        """They stay pending, the trouble is said once, and `redo` makes them."""
        house = household()
        answer = automatic(await house.write_to(), "Jane Doe", "Automatic reply", MOVED)
        house.contacts.jam = FULL
        await house.daemon.take(house.arrived(answer))
        assert house.contact() == JANE
        assert house.ledger.pending()
        house.daemon.redo()
        assert house.onlooker.told == [("contacts", str(FULL))]
        house.contacts.jam = None
        house.daemon.redo()
        assert house.contact().email == "jane.doe@newco.example"
        assert house.onlooker.told[-1] == ("contacts", None)
        assert house.ledger.pending() == ()

    async def test_what_a_crash_left_is_redone_at_the_next_start(self, household: Make, tmp_path: Path) -> None:
        """Killed between the commit and the write, and killed again after the write: the file is right, and changed once."""
        house = household(state=tmp_path)
        answer = automatic(await house.write_to(), "Jane Doe", "Automatic reply", MOVED)
        house.contacts.jam = FULL
        await house.daemon.take(house.arrived(answer))
        house.close()
        written = Household(state=tmp_path)
        made = written.ledger.pending()
        written.contacts.apply([change for _, change in made])  # and killed before it was settled
        written.close()
        again = household(written.contact(), state=tmp_path)
        again.daemon.begin()
        assert again.contact() == written.contact()
        assert again.ledger.pending() == ()
        assert again.kinds().count("changed") == len(made)
        assert "conflict" not in again.kinds()

    async def test_an_edit_of_the_owners_in_between_wins(self, household: Make) -> None:
        """The change is refused and becomes a question."""
        house = household()
        answer = automatic(await house.write_to(), "Jane Doe", "Automatic reply", MOVED)
        house.contacts.jam = FULL
        await house.daemon.take(house.arrived(answer))
        house.contacts.jam = None
        house.contacts.save(replace(JANE, email="jane@own.example", also=(JANE.email,)))
        house.daemon.redo()
        assert house.contact().email == "jane@own.example"
        assert any(change.field == "email" for question in house.ledger.questions() for change in question.changes)
        assert house.ledger.pending() == ()

    def test_people_whom_only_the_owner_can_tell_apart_are_named(self, household: Make) -> None:
        """One name, another address and another company: it is said until the owner has answered, though the file stays the same."""
        house = household()
        house.daemon.book(AT)
        house.contacts.save(replace(JANE, email="jane@new.example", company="NewCo"))
        house.daemon.book(AT)
        (told,) = house.onlooker.told
        assert told[0] == "people"
        assert "Jane Doe" in (told[1] or "")
        house.ledger.answer(house.ledger.questions()[0].id, accept=True, at=AT)
        house.daemon.book(AT)
        assert house.onlooker.told[1:] == [("people", None)]

    def test_an_unchanged_file_is_not_gone_through_again(self, household: Make) -> None:
        """The ledger's people are brought in line once per content."""
        house = household()
        calls: list[str] = []
        sync = house.ledger.sync
        house.ledger.sync = lambda book, at: (calls.append(book.digest), sync(book, at))[1]  # type: ignore[method-assign]
        for _ in range(3):
            house.daemon.book(AT)
        assert len(calls) == 1


class TestLooking:
    """One pass over the mailbox."""

    async def test_every_new_message_is_taken_once(self, household: Make) -> None:
        """A second look finds nothing."""
        house = household()
        for words in ("one", "two"):
            house.mailbox.put(raw(words).data, at=AT)
        assert await house.daemon.look(SETTINGS.accounts[0]) == 2
        assert await house.daemon.look(SETTINGS.accounts[0]) == 0
        assert house.kinds() == ["received", "received"]

    async def test_a_broken_file_leaves_the_rest_on_the_server(self, household: Make) -> None:
        """Nothing is passed over: mended, the look goes on where it stood."""
        house = household()
        for words in ("one", "two", "three"):
            house.mailbox.put(raw(words).data, at=AT)
        house.contacts.fault = BROKEN
        with pytest.raises(OwnerFault):
            await house.daemon.look(SETTINGS.accounts[0])
        house.contacts.fault = None
        assert await house.daemon.look(SETTINGS.accounts[0]) == 3

    async def test_what_came_before_a_fault_of_the_server_is_taken_in(self, household: Make) -> None:
        """The next look goes on from there."""
        house = household()
        house.mailbox.withheld = 2
        for words in ("one", "two", "three"):
            house.mailbox.put(raw(words).data, at=AT)
        with pytest.raises(Withheld):
            await house.daemon.look(SETTINGS.accounts[0])
        assert house.ledger.seen("main")["INBOX"] == (1, 1)

    async def test_a_message_that_is_withheld_for_good_is_set_aside_and_said(self, household: Make) -> None:
        """Three looks, and only then those that came later; the owner sees in `status` and summary that one was never read."""
        house = household()
        house.mailbox.withheld = 2
        for words in ("one", "two", "three"):
            house.mailbox.put(raw(words).data, at=AT)
        for _ in range(3):
            assert house.ledger.quarantined() == ()
            with pytest.raises(Withheld):
                await house.daemon.look(SETTINGS.accounts[0])
        assert [source for source, _ in house.ledger.quarantined()] == ["INBOX:2"]
        assert await house.daemon.look(SETTINGS.accounts[0]) == 1
        assert house.kinds().count("received") == 2

    async def test_mail_from_before_the_first_look_is_left_alone(self, household: Make) -> None:
        """As far back as `catch_up_days` says."""
        house = household(settings=replace(SETTINGS, catch_up_days=1))
        house.mailbox.put(raw("old").data, at=house.daemon.since().replace(hour=9))
        house.mailbox.put(raw("new").data, at=AT)
        assert await house.daemon.look(SETTINGS.accounts[0]) == 1

    async def test_what_the_owner_wrote_counts_as_contact(self, household: Make) -> None:
        """A letter in Sent to Jane: no check-in is due to her."""
        house = household()
        house.daemon.book(AT)
        date = b"Date: Tue, 03 Mar 2026 10:00:00 +0000"
        letter = b"From: olga@home.example\r\nTo: jane@acme.example\r\nMessage-ID: <own@home.example>\r\n" + date + b"\r\n\r\nHi"
        house.mailbox.put(letter, "\\Sent", AT)
        await house.daemon.look_at_sent(SETTINGS.accounts[0])
        assert await house.outgoing.round() == 0


class TestWhom:
    """Which entry a match leads to."""

    def test_a_former_address_that_is_somebody_elses_now_does_not_lead_to_them(self) -> None:
        """Jane once had the address that Bob has today."""
        bob = Contact(name="Bob", email="shared@acme.example")
        known = Known(addresses_of={"a" * 12: ("shared@acme.example",)})
        match = Match("a" * 12, Trust(Level.E3, ()))
        assert contact_of(match, known, Book((bob,), "")) == bob
        jane = replace(JANE, previous=(Previous("shared@acme.example"),))
        known = Known(addresses_of={"a" * 12: ("shared@acme.example", "jane@acme.example")})
        assert contact_of(match, known, Book((jane,), "")) == jane
        known = Known(addresses_of={"a" * 12: ("old@acme.example",)})
        assert contact_of(match, known, Book((replace(bob, previous=(Previous("old@acme.example"),)),), "")) is None

    def test_nobody_is_nobody(self) -> None:
        """A match without a person has no entry."""
        assert contact_of(Match(None, Trust(Level.E0, ())), Known(), Book((JANE,), "")) is None


async def test_a_bounce_marks_the_address_it_names(household: Make) -> None:
    """Tokened and permanent: suspect at once, unreachable only later."""
    house = household()
    got = await house.write_to()
    await house.daemon.handle(house.arrived(notice(got, "failed", "5.1.1", "550 5.1.1 User unknown")))
    assert house.contact().status is Status.SUSPECT


async def test_stop_is_kept_even_in_a_dry_run(household: Make) -> None:
    """What is not seen outside the state directory needs no question."""
    house = household()
    got = await house.write_to()
    dry = Household(settings=replace(SETTINGS, live=False), ledger=house.ledger)
    await dry.daemon.handle(house.arrived(human(got, "Jane Doe", "Please do not write to me again.")))
    assert JANE.email in house.ledger.activity(AT, "UTC").suppressed


async def test_a_ledger_that_cannot_be_written_takes_nothing_in(household: Make, tmp_path: Path) -> None:
    """The file is untouched, and the message is still new."""

    class Full(SqliteLedger):
        full = False

        def record(self, *given: object) -> object:  # type: ignore[override]
            if self.full:
                raise StorageFault("The disk that holds the ledger is full: free some space; nothing was recorded.")
            return super().record(*given)  # type: ignore[arg-type]

    ledger = Full(tmp_path / "ledger.sqlite3")
    house = household(ledger=ledger)
    message = house.arrived(automatic(await house.write_to(), "Jane Doe", "Automatic reply", MOVED))
    ledger.full = True
    with pytest.raises(StorageFault):
        await house.daemon.take(message)
    assert house.contact() == JANE
    assert not ledger.has(message)
    ledger.full = False
    await house.daemon.take(message)
    assert house.contact().email == "jane.doe@newco.example"
