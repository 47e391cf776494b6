"""Who is who: the ledger and the owner's edits of the contact file."""

from base64 import b32encode
from dataclasses import replace

import pytest
from support.build import AT, JANE
from support.ledger import BECAUSE, DAY, NEW_ID, applied, book, jane, letter, mail, match, planned, reading, send

from bouncer.edge.ledger import SqliteLedger
from bouncer.errors import UsageError
from bouncer.model import Apply, Change, Contact, Level, Previous

BOB = Contact(name="Bob Ray", email="bob@corp.example", company="Corp", title="CFO")


def test_a_person_is_known_by_every_address_of_the_entry(ledger: SqliteLedger) -> None:
    """`email`, `also` and `previous` lead to one person, in any case of letters."""
    entry = replace(JANE, also=("Jane@Home.example",), previous=(Previous("jane@old.example"),))
    assert ledger.sync(book(entry), AT) == ()
    people = {ledger.person(a) for a in ("JANE@acme.example", "jane@home.example", "jane@old.example")}
    assert len(people) == 1
    assert None not in people


def test_an_unknown_address_is_nobody(ledger: SqliteLedger) -> None:
    """The ledger does not guess."""
    jane(ledger)
    assert ledger.person("jane@elsewhere.example") is None
    assert ledger.person("") is None


def test_people_have_random_ids_of_twelve_hex_digits(ledger: SqliteLedger) -> None:
    """An id says nothing about the person, and no two are the same."""
    ledger.sync(book(JANE, BOB), AT)
    ids = [ledger.person(JANE.email), ledger.person(BOB.email)]
    assert len(set(ids)) == 2
    assert all(i and len(i) == 12 and int(i, 16) >= 0 for i in ids)


@pytest.mark.parametrize(
    "edited",
    [
        replace(JANE, company="Other", title="CEO", tags=("vip",)),
        replace(JANE, name="Jane Roe", company=None),
        replace(JANE, email="jane@new.example", also=(JANE.email,)),
        replace(JANE, email="jane@new.example", previous=(Previous("JANE@acme.example"),), name="J. Doe"),
        replace(JANE, email="jane@new.example"),
        replace(JANE, name="jane  DOE", email="jane@new.example", status=None),
    ],
)
def test_an_edit_that_keeps_an_address_or_all_but_one_field_is_the_same_person(ledger: SqliteLedger, edited: Contact) -> None:
    """The owner may rewrite an entry freely as long as a thread leads back."""
    who = jane(ledger)
    assert ledger.sync(book(BOB, edited), AT) == ()
    assert ledger.person(edited.email) == who
    assert ledger.questions() == ()


@pytest.mark.parametrize(
    "edited", [replace(JANE, email="jane@new.example", company="NewCo"), replace(JANE, email="j@new.example", title="CTO", tags=("a",))]
)
def test_the_same_name_with_more_changed_is_asked_and_held(ledger: SqliteLedger, edited: Contact) -> None:
    """Two people may bear one name: the owner decides, and until then nobody is written to twice."""
    who = jane(ledger)
    (sentence,) = ledger.sync(book(edited), AT)
    assert "Jane Doe" in sentence
    newcomer = ledger.person(edited.email)
    assert newcomer not in (who, None)
    assert ledger.activity(AT, "UTC").held == {newcomer}
    (question,) = ledger.questions()
    assert ledger.answer(question.id, accept=True, at=AT) == ()
    assert ledger.person(edited.email) == ledger.person(JANE.email) == who
    assert ledger.sync(book(edited), AT) == ()
    assert ledger.person(edited.email) == who


def test_a_no_keeps_two_people_of_one_name_apart_for_good(ledger: SqliteLedger) -> None:
    """What the owner has answered is not asked again."""
    who = jane(ledger)
    edited = replace(JANE, email="jane@new.example", company="NewCo")
    ledger.sync(book(edited), AT)
    ledger.answer(ledger.questions()[0].id, accept=False, at=AT)
    assert ledger.sync(book(edited), AT) == ()
    assert ledger.person(edited.email) != who
    assert ledger.activity(AT, "UTC").held == frozenset()


def test_a_stranger_beside_a_deleted_entry_is_somebody_new(ledger: SqliteLedger) -> None:
    """Another name and another address share nothing that matters, even at the same company."""
    who = jane(ledger)
    assert ledger.sync(book(replace(JANE, name="Ann Poe", email="ann@acme.example")), AT) == ()
    assert ledger.person("ann@acme.example") != who


def test_addresses_split_over_two_entries_are_asked(ledger: SqliteLedger) -> None:
    """The entry with the address in `email` stays who it was; the other waits for the owner, and a yes makes both one."""
    ledger.sync(book(replace(JANE, also=("jane@home.example",))), AT)
    who = ledger.person(JANE.email)
    split = book(JANE, Contact(name="J. D.", email="jane@home.example"))
    (sentence,) = ledger.sync(split, AT)
    assert "jane@home.example" in sentence
    assert ledger.person(JANE.email) == who != ledger.person("jane@home.example")
    assert len(ledger.sync(split, AT)) == 1
    ledger.answer(ledger.questions()[0].id, accept=True, at=AT)
    assert ledger.sync(split, AT) == ()
    assert ledger.person(JANE.email) == ledger.person("jane@home.example") == who
    assert ledger.activity(AT, "UTC").person_of == {"jane@acme.example": who, "jane@home.example": who}


def test_one_address_in_two_entries_is_said_until_it_is_mended(ledger: SqliteLedger) -> None:
    """Both count as one person meanwhile, so that nobody is written to twice; a file already read says the same again."""
    doubled = book(replace(JANE, line=3), replace(BOB, email="Jane@Acme.example", line=9), digest="d1")
    for _ in range(2):
        (sentence,) = ledger.sync(doubled, AT)
        assert "line 3" in sentence
        assert "line 9" in sentence
    assert len(ledger.activity(AT, "UTC").person_of) == 1
    assert ledger.sync(book(JANE, BOB, digest="d2"), AT) == ()


def test_a_further_address_in_two_entries_is_said_too(ledger: SqliteLedger) -> None:
    """A couple may share a mailbox: it leads to the one whose present address it is, else to the first."""
    sentences = ledger.sync(
        book(replace(JANE, also=("both@home.example",)), replace(BOB, also=("Both@home.example", "jane@acme.example"))), AT
    )
    assert [sentence.partition(" is in two entries")[0] for sentence in sentences] == ["both@home.example", "jane@acme.example"]
    assert ledger.person("both@home.example") == ledger.person(JANE.email) != ledger.person(BOB.email)
    assert ledger.questions() == ()


def test_a_former_address_that_is_somebody_elses_now_is_theirs(ledger: SqliteLedger) -> None:
    """A desk's address passes on with the desk; nothing needs to be asked."""
    ann = Contact(name="Ann Poe", email="ann@new.example", previous=(Previous("desk@acme.example"),))
    desk = Contact(name="Bo Roe", email="desk@acme.example")
    for _ in range(2):
        assert ledger.sync(book(ann, desk), AT) == ()
        assert ledger.person("desk@acme.example") not in (None, ledger.person("ann@new.example"))


def test_an_entry_that_comes_back_is_the_person_it_was(ledger: SqliteLedger) -> None:
    """A re-import does not make strangers of old contacts, and gone meanwhile they have no present address."""
    who = jane(ledger)
    ledger.sync(book(BOB), AT)
    assert ledger.activity(AT, "UTC").person_of == {"bob@corp.example": ledger.person(BOB.email)}
    ledger.sync(book(BOB, JANE), AT)
    assert ledger.person(JANE.email) == who


def test_an_address_taken_out_of_an_entry_no_longer_names_the_person(ledger: SqliteLedger) -> None:
    """An address that somebody foisted on a contact is forgotten once the owner has undone it."""
    who = jane(ledger)
    ledger.sync(book(replace(JANE, also=("mallory@evil.example",))), AT)
    ledger.sync(book(JANE), AT)
    assert ledger.person("mallory@evil.example") is None
    assert ledger.person(JANE.email) == who


def test_a_new_address_in_the_file_is_known_at_once(ledger: SqliteLedger) -> None:
    """Between the write and the next look at the file an answer from the new address is theirs already."""
    who = jane(ledger)
    raw = mail("moved")
    change = Change(JANE.email, "email", JANE.email, "Jane@NewCo.example", BECAUSE)
    made = ledger.record(raw, reading(raw), match(who), [Apply((change,), "moved", Level.E4)], JANE, AT)
    assert ledger.person("jane@newco.example") is None
    ledger.settle(made, applied(change), AT)
    assert ledger.person("jane@newco.example") == ledger.person(JANE.email) == who
    assert ledger.activity(AT, "UTC").person_of == {"jane@newco.example": who}


def test_two_people_found_to_be_one_keep_both_their_pasts(ledger: SqliteLedger) -> None:
    """Letters, events and the tokens of either lead to the one person."""
    who = jane(ledger)
    edited = replace(JANE, email="jane@new.example", company="NewCo")
    ledger.sync(book(edited), AT)
    newcomer = ledger.person(edited.email)
    assert newcomer is not None
    ledger.answer(ledger.questions()[0].id, accept=False, at=AT)
    sent = send(ledger, newcomer, message_id=NEW_ID)
    ledger.sync(book(replace(edited, also=(JANE.email,))), AT)
    assert ledger.person(edited.email) == ledger.person(JANE.email) != None  # noqa: E711 - one chain says it
    survivor = ledger.person(JANE.email)
    assert survivor in (who, newcomer)
    raw = mail("answer")
    known = ledger.known(reading(raw, references=(NEW_ID,)))
    assert [s.id for s in known.sent] == [sent]
    assert known.sent[0].person == survivor
    ledger.record(raw, reading(raw), match(newcomer), [], None, AT)
    assert {e.person for e in ledger.events(person=newcomer)} == {survivor}


def test_the_token_of_a_person_who_was_joined_to_another_still_leads_to_them(ledger: SqliteLedger) -> None:
    """An answer may come a year after the owner said that two entries are one person."""
    who = jane(ledger)
    edited = replace(JANE, email="jane@new.example", company="NewCo")
    ledger.sync(book(edited), AT)
    newcomer = ledger.person(edited.email)
    assert newcomer is not None
    ledger.answer(ledger.questions()[0].id, accept=True, at=AT)
    token = b32encode(bytes(3) + bytes.fromhex(newcomer) + bytes(16)).decode().lower()
    raw = mail("answer")
    known = ledger.known(replace(reading(raw, sender="x@y.example"), tokens=(token,)))
    assert known.addresses_of == {newcomer: ("jane@new.example", "jane@acme.example")}
    assert known.person_of == {"jane@new.example": who, "jane@acme.example": who}


def test_a_letter_twice_for_one_person_is_dropped_when_two_become_one(ledger: SqliteLedger) -> None:
    """Whoever turned out to be one person gets one check-in."""
    who = jane(ledger)
    edited = replace(JANE, email="jane@new.example", company="NewCo")
    ledger.sync(book(edited), AT)
    newcomer = ledger.person(edited.email)
    assert newcomer is not None
    ledger.enqueue([planned(who), planned(newcomer)], AT)
    ledger.answer(ledger.questions()[0].id, accept=True, at=AT)
    assert [p.person for _, p in ledger.due(AT + DAY)] == [who]


def test_an_accepted_likeness_cannot_be_answered_again(ledger: SqliteLedger) -> None:
    """A question is closed by its answer."""
    jane(ledger)
    ledger.sync(book(replace(JANE, email="jane@new.example", company="NewCo")), AT)
    number = ledger.questions()[0].id
    ledger.answer(number, accept=True, at=AT)
    with pytest.raises(UsageError, match="already"):
        ledger.answer(number, accept=True, at=AT)
    with pytest.raises(UsageError, match="no question"):
        ledger.answer(999, accept=False, at=AT)


def test_people_get_ids_that_nobody_has_or_had() -> None:
    """Chance may give the same one twice; nobody is then taken for somebody else."""
    given = iter(["a" * 12, "a" * 12, "b" * 12, "b" * 12, "a" * 12, "c" * 12, "b" * 12, "d" * 12])
    ledger = SqliteLedger(":memory:", new_id=lambda: next(given))
    ledger.sync(book(JANE, BOB), AT)
    assert (ledger.person(JANE.email), ledger.person(BOB.email)) == ("a" * 12, "b" * 12)
    ledger.sync(book(BOB, replace(JANE, email="jane@new.example", company="NewCo")), AT)
    assert ledger.person("jane@new.example") == "c" * 12
    ledger.answer(ledger.questions()[0].id, accept=True, at=AT)
    ledger.sync(book(BOB, Contact(name="New", email="new@z.example")), AT)
    assert ledger.person("new@z.example") == "d" * 12
    ledger.close()


def test_a_file_put_back_as_it_was_is_looked_at_again(ledger: SqliteLedger) -> None:
    """The address that was written and undone in between names nobody any more."""
    ledger.sync(book(JANE, BOB, digest="d1"), AT)
    who, raw = ledger.person(JANE.email), mail("moved")
    change = Change(JANE.email, "email", JANE.email, "mallory@evil.example", BECAUSE)
    ledger.settle(ledger.record(raw, reading(raw), match(who), [Apply((change,), "moved", Level.E4)], JANE, AT), applied(change), AT)
    made = ledger.undo(ledger.events()[0].id, AT)
    ledger.settle(made, applied(made[0][1]), AT)
    ledger.sync(book(JANE, BOB, digest="d1"), AT)
    assert ledger.person("mallory@evil.example") is None
    assert ledger.activity(AT, "UTC").person_of == {"jane@acme.example": who, "bob@corp.example": ledger.person(BOB.email)}


def test_a_book_already_taken_in_costs_nothing_and_changes_nothing(ledger: SqliteLedger) -> None:
    """The digest tells that it is the same file."""
    ledger.sync(book(JANE, digest="d1"), AT)
    who = ledger.person(JANE.email)
    ledger.sync(book(BOB, digest="d1"), AT)  # cannot be: the digest is that of the bytes
    assert ledger.person(BOB.email) is None
    assert ledger.person(JANE.email) == who
    assert letter(who or "").person == who
