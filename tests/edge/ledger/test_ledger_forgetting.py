"""Forgetting a person in the ledger: what goes, what others keep, and that nobody ever writes to them again."""

from dataclasses import replace
from pathlib import Path

import pytest
from support.build import AT, JANE
from support.ledger import DAY, MOVE, TITLE, applied, book, delivery, mail, match, planned, reading, send

from bouncer.edge.ledger import SqliteLedger
from bouncer.errors import OwnerFault, UsageError
from bouncer.model import FORGOTTEN, Apply, Because, Contact, EventKind, Kind, Level, OutboxState, Recipient, Review, Traces

BOB = Contact(name="Bob Ray", email="bob@corp.example")
NAMESAKE = Contact(name="Jane Doe", email="jane@other.example", company="Other")


def known(ledger: SqliteLedger, *others: Contact) -> Traces:
    """Make Jane and *others* known, let a title of hers be changed, and give what she is known by."""
    ledger.sync(book(JANE, *others), AT)
    raw, who = mail("title", 1), ledger.person(JANE.email)
    made = ledger.record(raw, reading(raw), match(who), (Apply((TITLE,), "title", Level.E4, alive=True),), JANE, AT)
    ledger.settle(made, applied(TITLE), AT)
    found = ledger.traces(who or "")
    assert found is not None
    return found


def forget(ledger: SqliteLedger, traces: Traces) -> None:
    """Forget a person to the end."""
    number, _ = ledger.forget(traces, AT)
    ledger.wipe(number)


class TestWhatGoes:
    """Rows that are theirs."""

    def test_they_are_nobody_any_more_and_what_happened_stands_without_them(self, ledger: SqliteLedger) -> None:
        """The events keep day and kind, so that past weeks still add up."""
        hers = known(ledger)
        before = [(event.at, event.kind) for event in ledger.events()]
        forget(ledger, hers)
        assert (ledger.person(JANE.email), ledger.traces(hers.person or ""), ledger.held(hers)) == (None, None, {})
        assert [(event.at, event.kind) for event in ledger.events()] == before
        assert {(e.person, e.name, e.change, e.because, e.detail, e.message_id) for e in ledger.events()} == {
            (FORGOTTEN, "", None, None, "", None)
        }

    def test_what_waits_for_the_file_or_the_owner_goes(self, ledger: SqliteLedger) -> None:
        """No change of theirs is made any more, and no question asked."""
        hers, raw = known(ledger), mail("moved", 2)
        decided = (Apply((MOVE,), "moved", Level.E4), Review((TITLE,), "title?", Level.E1, TITLE.because, hold=True))
        ledger.record(raw, reading(raw), match(hers.person), decided, JANE, AT)
        forget(ledger, hers)
        assert (ledger.pending(), ledger.questions()) == ((), ())

    def test_a_change_of_theirs_cannot_be_undone(self, ledger: SqliteLedger) -> None:
        """It is said, and nothing is written into the file."""
        hers = known(ledger)
        changed = next(event.id for event in ledger.events() if event.kind is EventKind.CHANGED)
        forget(ledger, hers)
        with pytest.raises(UsageError, match="not a change of the contact file"):
            ledger.undo(changed, AT)

    def test_those_who_turned_out_to_be_them_go_too(self, ledger: SqliteLedger) -> None:
        """With the letters that were written to them under the other id."""
        twice = replace(JANE, email="jane@old.example")
        ledger.sync(book(JANE, twice), AT)
        send(ledger, ledger.person(twice.email) or "")
        ledger.sync(book(replace(JANE, also=(twice.email,))), AT)
        hers = ledger.traces(ledger.person(JANE.email) or "")
        assert hers is not None
        forget(ledger, hers)
        assert ledger.known(reading(mail("x"), sender=twice.email)).sent == ()

    def test_a_letter_on_its_way_ends_without_their_name(self, ledger: SqliteLedger) -> None:
        """The server's words name the address; they are not kept, and nothing breaks."""
        hers = known(ledger)
        number = send(ledger, hers.person or "")
        forget(ledger, hers)
        refused = replace(delivery(OutboxState.REFUSED, 550), text="550 <jane@acme.example> unknown", server_ids=("<jane@acme.example>",))
        ledger.delivered(number, refused, AT)
        assert ledger.events()[0].kind is EventKind.REFUSED
        assert "jane" not in repr((ledger.events(), ledger.week(2026, 10, "UTC"), ledger.activity(AT, "UTC")))

    def test_the_day_counts_their_letter_all_the_same(self, ledger: SqliteLedger) -> None:
        """Else forgetting somebody would let one more letter go out."""
        hers = known(ledger)
        ledger.delivered(send(ledger, hers.person or ""), delivery(OutboxState.SENT), AT)
        before = ledger.activity(AT, "UTC").sent_today
        forget(ledger, hers)
        assert ledger.activity(AT, "UTC").sent_today == before == 1

    def test_forgetting_twice_is_once(self, ledger: SqliteLedger) -> None:
        """The end of it may come twice as well."""
        hers = known(ledger, BOB)
        first, _ = ledger.forget(hers, AT)
        second, rows = ledger.forget(hers, AT)
        for number in (first, second, second):
            ledger.wipe(number)
        assert (rows, ledger.forgetting()) == ({}, ())
        assert ledger.person(BOB.email) is not None

    def test_events_are_still_never_rewritten_or_deleted(self, ledger: SqliteLedger) -> None:
        """Neither after it nor, as to when and what, while it is going on."""
        hers = known(ledger)
        number, _ = ledger.forget(hers, AT)
        for sql in ("UPDATE event SET at = '2000'", "UPDATE event SET kind = 'sent'", "DELETE FROM event"):
            with pytest.raises(Exception, match="never"), ledger._database.writing() as tx:
                tx.run(sql)
        ledger.wipe(number)
        with pytest.raises(Exception, match="never"), ledger._database.writing() as tx:
            tx.run("UPDATE event SET detail = 'else'")


class TestWhatOthersKeep:
    """Rows that are somebody else's."""

    def test_a_namesake_keeps_all(self, ledger: SqliteLedger) -> None:
        """Her name is hers, also in what was said of her."""
        hers, raw = known(ledger, NAMESAKE), mail("other", 2)
        ledger.record(raw, reading(raw, sender=NAMESAKE.email), match(ledger.person(NAMESAKE.email)), (), NAMESAKE, AT)
        assert ledger.namesakes(hers) == {"Jane Doe"}
        forget(ledger, replace(hers, names=()))
        assert ledger.person(NAMESAKE.email) is not None
        assert [event.name for event in ledger.events() if event.person != FORGOTTEN] == ["Jane Doe"]

    def test_somebody_at_the_same_domains_keeps_all(self, ledger: SqliteLedger) -> None:
        """An address that ends or begins like hers is not hers."""
        near = Contact(name="Mary Jane Doeson", email="mary.jane@acme.example", also=("jane@acme.example.org",))
        hers, raw = known(ledger, near), mail("near", 2)
        review = Review((), "mary.jane@acme.example or jane@acme.example.org, said Mary Jane Doeson", Level.E1, TITLE.because, hold=False)
        ledger.record(raw, reading(raw, sender=near.email), match(ledger.person(near.email)), (review,), near, AT)
        before = ledger.questions(), ledger.person(near.also[0])
        forget(ledger, hers)
        assert (ledger.questions(), ledger.person(near.also[0])) == before
        assert not ledger.is_forgotten(near.email)

    def test_what_others_said_of_them_stays_without_name_and_address(self, ledger: SqliteLedger) -> None:
        """Bob's words are Bob's; in a proposal to write her address down nothing would be left to propose."""
        hers, raw = known(ledger, BOB), mail("bob", 2)
        because = Because("left", "ask JANE\n doe <jane@acme.example>. Jane will know", "body")
        lead = Review(
            (replace(TITLE, contact=BOB.email, field="also", after=("jane@acme.example",)),), "a lead", Level.E1, because, hold=False
        )
        talk = Review((), "Jane Doe may know", Level.E1, because, hold=True)
        ledger.record(raw, reading(raw, sender=BOB.email), match(ledger.person(BOB.email)), (lead, talk), BOB, AT)
        forget(ledger, hers)
        (left,) = ledger.questions()
        assert (left.name, left.why, left.hold) == ("Bob Ray", "(forgotten) may know", True)
        assert left.because.quote == "ask (forgotten) <(forgotten)>. Jane will know"

    def test_a_proposal_about_others_that_only_quotes_them_still_waits(self, ledger: SqliteLedger) -> None:
        """Bob's new title is Bob's, whoever had it before him."""
        hers, raw = known(ledger, BOB), mail("bob", 2)
        title = replace(TITLE, contact=BOB.email, because=Because("signature", "CTO, after Jane Doe", "signature"))
        ledger.record(
            raw, reading(raw), match(ledger.person(BOB.email)), (Review((title,), "title?", Level.E1, title.because, hold=True),), BOB, AT
        )
        (asked,) = ledger.questions()
        forget(ledger, hers)
        ((_, change),) = ledger.answer(asked.id, accept=True, at=AT)
        assert (change.contact, change.after, change.because.quote) == (BOB.email, "CTO", "CTO, after (forgotten)")

    def test_a_name_of_one_word_is_looked_for_in_no_other_row(self, ledger: SqliteLedger) -> None:
        """It may be anybody's, or a word."""
        mark = Contact(name="Mark", email="mark@acme.example")
        ledger.sync(book(mark, BOB), AT)
        ledger.note(EventKind.HEALTH, "mark my words", AT, ledger.person(BOB.email))
        hers = ledger.traces(ledger.person(mark.email) or "")
        assert hers is not None
        forget(ledger, hers)
        assert ledger.events()[0].detail == "mark my words"


class TestNobodyWritesToThem:
    """The hashes."""

    @pytest.mark.parametrize(
        "back",
        [
            JANE,
            replace(JANE, name="J. D.", email="JANE@Acme.Example", company="Else"),
            replace(JANE, name="Else", email="else@else.example", also=("jane+news@acme.example",)),
            replace(JANE, name="Else", email="else@else.example", linkedin="linkedin.com/in/JaneDoe?trk=x"),
        ],
        ids=["the same", "another case", "with a tag", "by the profile"],
    )
    def test_an_entry_that_is_them_again_gets_no_person_and_no_letter(self, ledger: SqliteLedger, back: Contact) -> None:
        """A re-import, or one added by hand: the owner is told by line, and the ledger does not learn the name again."""
        ledger.sync(book(replace(JANE, linkedin="https://www.linkedin.com/in/janedoe/")), AT)
        hers = ledger.traces(ledger.person(JANE.email) or "")
        assert hers is not None
        forget(ledger, hers)
        told = ledger.sync(book(BOB, replace(back, line=7), digest="again"), AT)
        assert told == ("Line 7 of the contact file has somebody whom you had bouncer forget: nobody writes to them; take the entry out.",)
        assert ledger.sync(book(BOB, replace(back, line=7), digest="again"), AT) == told
        assert (ledger.person(back.email), ledger.lost(book(BOB))) == (None, ())
        assert set(ledger.activity(AT, "UTC").person_of) == {BOB.email}
        assert ledger.enqueue([planned("0" * 11 + "1", address=back.email)], AT) == int(back.email == "else@else.example")

    @pytest.mark.parametrize("other", ["jane@acme.example.org", "mary.jane@acme.example", "jane@corp.example"])
    def test_who_is_not_them_is_written_to(self, ledger: SqliteLedger, other: str) -> None:
        """A hash knows one address."""
        forget(ledger, known(ledger))
        assert ledger.sync(book(replace(NAMESAKE, email=other)), AT) == ()
        assert ledger.enqueue([planned(ledger.person(other) or "", address=other)], AT) == 1

    def test_a_tag_that_was_forgotten_speaks_for_no_other_tag(self, ledger: SqliteLedger) -> None:
        """team+jane is one person and team+bob another."""
        forget(ledger, Traces(None, ("team+jane@corp.example",)))
        assert ledger.is_forgotten("team+jane@corp.example")
        assert not ledger.is_forgotten("team+bob@corp.example")
        assert not ledger.is_forgotten("team@corp.example")

    def test_a_domain_is_one_however_it_is_written(self, ledger: SqliteLedger) -> None:
        """In its letters, or as the IDNA form of them (RFC 5890)."""
        forget(ledger, Traces(None, ("jane@bücher.example",)))
        assert ledger.is_forgotten("jane@xn--bcher-kva.example")

    def test_a_letter_that_was_planned_at_that_moment_is_not_armed(self, ledger: SqliteLedger) -> None:
        """However the row came to be there."""
        hers = known(ledger)
        ledger.enqueue([planned(hers.person or "")], AT)
        ((number, _),) = ledger.due(AT)
        forget(ledger, Traces(None, ("jane@acme.example",)))
        with ledger._database.writing() as tx:
            tx.run("UPDATE outbox SET address = 'jane@acme.example', state = 'ready' WHERE id = ?", number)
        with pytest.raises(UsageError, match="whom you had bouncer forget"):
            ledger.arm(number, AT)

    @pytest.mark.parametrize("kind", [Kind.HUMAN, Kind.AUTO_REPLY, Kind.BOUNCE])
    def test_their_later_mail_is_counted_and_nothing_of_it_kept(self, ledger: SqliteLedger, kind: Kind) -> None:
        """Not even where the person is named by a token of before."""
        hers = known(ledger)
        forget(ledger, hers)
        before, raw = ledger.events(), mail("back again", 5)
        ask = Review((TITLE,), "Jane Doe says", Level.E1, TITLE.because, hold=True)
        about = reading(raw, kind, sender="postmaster@acme.example" if kind is Kind.BOUNCE else "jane@acme.example")
        about = replace(about, recipients=(_failed("jane@acme.example"),)) if kind is Kind.BOUNCE else about
        assert ledger.record(raw, about, match(hers.person), (ask,), None, AT) == ()
        assert (ledger.events(), ledger.questions(), ledger.has(raw)) == (before, (), True)

    def test_a_token_of_theirs_from_an_address_nobody_knows_brings_nothing_back(self, ledger: SqliteLedger) -> None:
        """It names who they were; nobody else's mail is taken for theirs."""
        hers = known(ledger, BOB)
        forget(ledger, hers)
        before, theirs, other = ledger.events(), mail("from a new place", 6), mail("from a stranger", 7)
        ledger.record(theirs, reading(theirs, sender="jd@new.example"), match(hers.person), (), None, AT)
        assert ledger.events() == before
        ledger.record(other, reading(other, sender="stranger@new.example"), match(None), (), None, AT)
        assert len(ledger.events()) == len(before) + 1

    def test_a_mail_of_somebody_else_is_taken_in_though_it_names_them(self, ledger: SqliteLedger) -> None:
        """Bob is not to suffer for whom he answers."""
        forget(ledger, known(ledger, BOB))
        raw = mail("bob", 6)
        about = replace(reading(raw, sender=BOB.email), reply_to=reading(raw).from_)
        ledger.record(raw, about, match(ledger.person(BOB.email)), (), BOB, AT)
        assert ledger.events()[0].name == "Bob Ray"

    def test_without_its_key_the_list_is_no_empty_list(self, tmp_path: Path) -> None:
        """A lost or another key is said, and nothing goes on until it is back; the key of one ledger is none of another's."""
        path = tmp_path / "ledger.sqlite3"
        first = SqliteLedger(path)
        forget(first, known(first))
        first.close()
        key = tmp_path / "forgotten.key"
        right = key.read_bytes()
        assert key.stat().st_mode & 0o777 == 0o600
        for wrong in (None, b"", right[::-1], b"0" * 64 + b"\n"):
            key.unlink(missing_ok=True)
            if wrong is not None:
                key.write_bytes(wrong)
            again = SqliteLedger(path)
            with pytest.raises(OwnerFault, match=r"forgotten\.key: this is not the key"):
                again.sync(book(JANE), AT)
            again.close()
        key.write_bytes(right)
        again = SqliteLedger(path)
        assert len(again.sync(book(JANE), AT + DAY)) == 1
        again.close()


def _failed(address: str) -> Recipient:
    return Recipient(
        address=address, original=None, action="failed", status="5.1.1", reply_code="550", reason="userunknown", permanent=True,
        diagnostic=None, because=TITLE.because,
    )  # fmt: skip
