"""What every contact store must do, whatever it keeps its contacts in; a format's test is a subclass that says how to open one."""

from abc import ABC, abstractmethod
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bouncer.model import ENTRY, Because, Change, Contact, Previous, Receipt, Status, Value
from bouncer.ports import Contacts

WHY = Because("test", "because the test says so", "body")
JANE = Contact(
    name="Jane Doe",
    email="jane@acme.example",
    also=("jane.doe@home.example",),
    company="Acme",
    title="CTO",
    phones=("+44 20 7946 0018",),
    language="en",
    tags=("it", "london"),
)
BOB = Contact(name="Bob Müller", email="Bob@müller.example", country="NO", previous=(Previous("bob@old.example", why="bounced: 5.1.1"),))
ANN = Contact(
    name="Ann Lee: the 2nd #1",
    email="Ann@new.example",
    also=("ann@home.example",),
    company='New "Co" & Sons',
    phones=("+44 1", "no"),
    tags=("a, b", "🎩"),
    language="NO",
    previous=(Previous("ann@old.example", why="bounced: 5.1.1"),),
)
EVE = Contact(name="Eve", email="eve@acme.example", status=Status.AWAY, away_until=date(2026, 12, 1))


def adding(*contacts: Contact) -> list[Change]:
    """Give the changes that add *contacts*."""
    return [Change.adding(contact, WHY) for contact in contacts]


def taking_out(*contacts: Contact) -> list[Change]:
    """Give the inverse of `adding`."""
    return [Change(contact.email, ENTRY, contact, None, WHY) for contact in contacts]


def change(contact: str, field: str, before: Value, after: Value) -> Change:
    """Give a change with a reason that says nothing."""
    return Change(contact, field, before, after, WHY)


class ContactStoreSuite(ABC):
    """The suite. `store` opens a store that holds *contacts*, in a directory of the test's own."""

    @abstractmethod
    def store(self, directory: Path, *contacts: Contact) -> Contacts:
        """Open a store with *contacts*."""

    @pytest.fixture
    def three(self, tmp_path: Path) -> Contacts:
        """Give a store with Jane, Bob and Eve."""
        return self.store(tmp_path, JANE, BOB, EVE)

    @staticmethod
    def field(store: Contacts, email: str, name: str) -> object:
        """Give one field of the contact that has *email* now."""
        return getattr(store.load().by_address[email], name)

    def test_what_was_put_in_comes_out(self, three: Contacts) -> None:
        """Every field of every contact is read as it was written, in order."""
        assert [strip(contact) for contact in three.load().contacts] == [JANE, BOB, EVE]

    def test_an_empty_store_is_an_empty_book(self, tmp_path: Path) -> None:
        """No contact is no fault."""
        assert self.store(tmp_path).load().contacts == ()

    def test_the_book_stays_the_same_until_something_changes(self, three: Contacts) -> None:
        """The digest tells one state of the store from another."""
        before = three.load()
        assert three.load() == before
        three.apply([change("eve@acme.example", "status", "away", None)])
        assert three.load().digest != before.digest

    @pytest.mark.parametrize(
        ("email", "name", "before", "after"),
        [
            ("jane@acme.example", "email", "jane@acme.example", "jane@newco.example"),
            ("jane@acme.example", "name", "Jane Doe", "Jane O'Doe: the 2nd #1"),
            ("jane@acme.example", "company", "Acme", 'New "Co" & Sons'),
            ("jane@acme.example", "title", "CTO", None),
            ("jane@acme.example", "also", ("jane.doe@home.example",), None),
            ("jane@acme.example", "also", ("jane.doe@home.example",), ("jane.doe@home.example", "j@x.example")),
            ("jane@acme.example", "also", ("jane.doe@home.example",), ("j@x.example", "jane.doe@home.example")),
            ("jane@acme.example", "phones", ("+44 20 7946 0018",), ("+44 20 7946 0099",)),
            ("jane@acme.example", "tags", ("it", "london"), ("london",)),
            ("jane@acme.example", "previous", None, (Previous("j@old.example", "Old", "2026-03-01", "auto-reply: gone"),)),
            ("bob@müller.example", "also", None, ("bob@home.example",)),
            ("bob@müller.example", "title", None, "Größter Chef 🎩"),
            ("bob@müller.example", "status", None, "unreachable"),
            ("bob@müller.example", "away_until", None, "2026-02-28"),
            ("bob@müller.example", "previous", (Previous("bob@old.example", why="bounced: 5.1.1"),), None),
            (
                "bob@müller.example",
                "previous",
                (Previous("bob@old.example", why="bounced: 5.1.1"),),
                (Previous("bob@old.example", until="2026-01-01"), Previous("b@b.example")),
            ),
            ("eve@acme.example", "status", "away", None),
            ("eve@acme.example", "language", None, "NO"),
        ],
    )
    def test_a_change_changes_its_field_and_nothing_else(self, three: Contacts, email: str, name: str, before: Value, after: Value) -> None:
        """Afterwards the field is *after*, and every other field of every contact is what it was."""
        book = three.load()
        receipt = three.apply([change(email, name, before, after)])
        assert (receipt.refused, receipt.before) == ((), book.digest)
        assert receipt.after == three.load().digest != receipt.before
        old, new = book.by_address[email], three.load().by_address[email if name != "email" else str(after)]
        assert plain(getattr(new, name)) == plain(after)
        rest = {f for f in Contact.__dataclass_fields__ if f not in (name, "line")}
        assert {f: getattr(new, f) for f in rest} == {f: getattr(old, f) for f in rest}
        others = [strip(c) for c in book.contacts if c is not old]
        assert [strip(c) for c in three.load().contacts if c is not new] == others

    def test_a_change_and_its_inverse_leave_what_was_there(self, three: Contacts) -> None:
        """An undo is the inverse change by the same way."""
        before = [strip(c) for c in three.load().contacts]
        three.apply([change("jane@acme.example", "also", JANE.also, ("a@x.example", "b@x.example"))])
        three.apply([change("jane@acme.example", "also", ("a@x.example", "b@x.example"), JANE.also)])
        assert [strip(c) for c in three.load().contacts] == before

    def test_a_batch_names_a_contact_by_the_address_before_it(self, three: Contacts) -> None:
        """All changes of a move go under the old address."""
        moved = [
            change("JANE@acme.example", "previous", None, (Previous("jane@acme.example", "Acme", "2026-03-04", "she said so"),)),
            change("jane@acme.example", "email", "jane@acme.example", "jane@newco.example"),
            change("jane@acme.example", "status", None, "probation"),
        ]
        receipt = three.apply(moved)
        assert receipt.applied == tuple(moved)
        assert self.field(three, "jane@newco.example", "status") is Status.PROBATION

    def test_a_batch_made_twice_is_made_once(self, three: Contacts) -> None:
        """What a crash left to be redone is harmless, even where the address moved: it counts as made, and nothing is written."""
        moved = [
            change("jane@acme.example", "email", "jane@acme.example", "jane@newco.example"),
            change("jane@acme.example", "title", "CTO", "CEO"),
        ]
        three.apply(moved)
        again = three.apply(moved)
        assert (again.applied, again.refused, again.before) == (tuple(moved), (), again.after)

    def test_a_contact_is_found_by_a_former_address_too(self, three: Contacts) -> None:
        """A question answered late still finds its contact."""
        assert three.apply([change("bob@old.example", "title", None, "Chef")]).refused == ()
        assert self.field(three, "bob@müller.example", "title") == "Chef"

    def test_the_owners_edit_wins(self, three: Contacts) -> None:
        """Where the field is not what the change took it for, the change is refused, says so, and writes nothing; the rest goes ahead."""
        stale, good = change("jane@acme.example", "title", "Intern", "CEO"), change("jane@acme.example", "company", "Acme", "NewCo")
        receipt = three.apply([stale, good])
        assert receipt.applied == (good,)
        assert why(receipt, stale) == "`title` is `CTO` by now, not `Intern`"
        assert self.field(three, "jane@acme.example", "title") == "CTO"

    def test_what_became_of_the_former_addresses_meanwhile_stays(self, three: Contacts) -> None:
        """A question answered late, and an undo of it, add and take away what is their own; the owner's items stay as they are."""
        old, asked, owners = BOB.previous[0], Previous("bob@müller.example", why="he moved"), Previous("bob@first.example")
        three.apply([change("bob@müller.example", "previous", (old,), (owners,))])
        assert three.apply([change("bob@müller.example", "previous", (old,), (old, asked))]).refused == ()
        assert self.field(three, "bob@müller.example", "previous") == (owners, asked)
        assert three.apply([change("bob@müller.example", "previous", (old, asked), (old,))]).refused == ()
        assert self.field(three, "bob@müller.example", "previous") == (owners,)

    def test_a_former_address_is_kept_once(self, three: Contacts) -> None:
        """What the owner wrote of it stays."""
        three.apply([change("jane@acme.example", "previous", None, (Previous("j@old.example", "Old", why="by hand"),))])
        late = change("jane@acme.example", "previous", (Previous("x@x.example"),), (Previous("x@x.example"), Previous("J@old.example")))
        assert three.apply([late]).refused == ()
        assert self.field(three, "jane@acme.example", "previous") == (Previous("j@old.example", "Old", why="by hand"),)

    def test_no_address_is_given_up_that_cannot_be_kept(self, three: Contacts) -> None:
        """Where `previous` cannot be written, the new address is not either, and nor is what goes with it; the address stays free."""
        move = change("jane@acme.example", "email", "jane@acme.example", "jane@newco.example")
        keep = change("jane@acme.example", "previous", None, (Previous("jane@acme.example", why="a\x1bb"),))
        eve = Change("eve@acme.example", "email", "eve@acme.example", "jane@newco.example", Because("other", "", "body"))
        receipt = three.apply([change("jane@acme.example", "company", "Acme", "NewCo"), move, keep, eve])
        assert why(receipt, move).startswith("the address before could not be kept: ")
        assert why(receipt, keep) == "it goes with the new address, which was refused"
        assert [applied.contact for applied in receipt.applied] == ["jane@acme.example", "eve@acme.example"]
        assert (self.field(three, "jane@acme.example", "company"), self.field(three, "jane@newco.example", "name")) == ("NewCo", "Eve")

    def test_a_refusal_gives_what_the_field_says_by_now(self, three: Contacts) -> None:
        """Whoever asks the owner then asks about the file as it is; what is refused for another reason is not among it."""
        stale, taken = (
            change("jane@acme.example", "title", None, "CEO"),
            change("jane@acme.example", "also", JANE.also, ("eve@acme.example",)),
        )
        assert three.apply([stale, taken]).stale == ((stale, "CTO"),)

    @pytest.mark.parametrize(
        ("refused", "reason"),
        [
            (change("nobody@acme.example", "title", None, "CEO"), "no contact has nobody@acme.example any more"),
            (change("jane@acme.example", "note", None, "x"), "`note` is a field that bouncer does not write"),
            (change("jane@acme.example", "line", None, "x"), "`line` is a field that bouncer does not write"),
            (change("jane@acme.example", "status", None, "gone"), "`gone` is no status"),
            (change("jane@acme.example", "away_until", None, "next week"), "`next week` is no date"),
            (change("jane@acme.example", "away_until", None, "2026-02-30"), "`2026-02-30` is no date"),
            (change("jane@acme.example", "email", "jane@acme.example", "jane@@x.example"), "is no e-mail address"),
            (change("jane@acme.example", "email", "jane@acme.example", None), "`email` is missing"),
            (change("jane@acme.example", "name", "Jane Doe", " "), "`name` is missing"),
            (change("jane@acme.example", "email", "jane@acme.example", "Eve@Acme.example"), "belongs to Eve"),
            (change("jane@acme.example", "also", JANE.also, ("bob@müller.example",)), "belongs to Bob Müller"),
            (change("jane@acme.example", "title", "CTO", "CEO\nemail: mallory@evil.example"), "holds U+000A"),
            (change("jane@acme.example", "title", "CTO", "CEO\x1b[31m"), "holds U+001B"),
            (change("jane@acme.example", "title", "CTO", ("CEO",)), "`title` takes one text"),
            (change("jane@acme.example", "also", JANE.also, "x@x.example"), "`also` takes a list of texts"),
            (change("jane@acme.example", "previous", None, ("x@x.example",)), "`previous` takes a list of former addresses"),
        ],
    )
    def test_what_cannot_be_is_refused_with_its_reason(self, three: Contacts, refused: Change, reason: str) -> None:
        """Nothing is written, and the reason names what is wrong."""
        receipt = three.apply([refused])
        assert receipt.applied == ()
        assert reason in why(receipt, refused)
        assert receipt.before == receipt.after == three.load().digest

    def test_two_contacts_cannot_take_one_address_in_one_batch(self, three: Contacts) -> None:
        """The first has it."""
        first = change("jane@acme.example", "email", "jane@acme.example", "new@x.example")
        second = change("eve@acme.example", "email", "eve@acme.example", "new@x.example")
        assert "belongs to Jane Doe" in why(three.apply([first, second]), second)

    def test_an_address_that_one_contact_gives_up_may_go_to_another(self, three: Contacts) -> None:
        """Within one batch, too."""
        batch = [
            change("jane@acme.example", "email", "jane@acme.example", "jane@newco.example"),
            change("eve@acme.example", "email", "eve@acme.example", "jane@acme.example"),
        ]
        assert three.apply(batch).refused == ()
        assert self.field(three, "jane@acme.example", "name") == "Eve"

    def test_what_goes_with_a_refused_address_is_refused_with_it(self, three: Contacts) -> None:
        """No entry is on probation at its old address; what has another reason goes ahead."""
        moved = [
            change("jane@acme.example", "email", "jane@other.example", "jane@newco.example"),
            change("jane@acme.example", "status", None, "probation"),
        ]
        title = Change("jane@acme.example", "title", "CTO", "CEO", Because("signature", "CEO", "signature"))
        receipt = three.apply([*moved, title])
        assert receipt.applied == (title,)
        assert why(receipt, moved[1]) == "it goes with the new address, which was refused"
        assert self.field(three, "jane@acme.example", "status") is None

    def test_who_is_added_comes_last_with_every_field(self, three: Contacts) -> None:
        """In the order of the batch; everybody else is as before."""
        cy = Contact(name="Cy", email="cy@x.example")
        receipt = three.apply(adding(ANN, cy))
        assert (receipt.applied, receipt.refused) == (tuple(adding(ANN, cy)), ())
        assert [strip(contact) for contact in three.load().contacts] == [JANE, BOB, EVE, ANN, cy]
        assert receipt.before != receipt.after == three.load().digest

    def test_the_first_one_is_added_to_an_empty_store(self, tmp_path: Path) -> None:
        """And can be changed like any other."""
        store = self.store(tmp_path)
        assert store.apply(adding(ANN)).refused == ()
        store.apply([change("ann@new.example", "language", "NO", "nb")])
        assert [strip(contact) for contact in store.load().contacts] == [replace(ANN, language="nb")]

    def test_additions_and_changes_are_one_write(self, three: Contacts) -> None:
        """Both are in the file, or refused, each by itself."""
        good, stale = change("jane@acme.example", "title", "CTO", "CEO"), change("eve@acme.example", "title", "CTO", "CEO")
        receipt = three.apply([good, *adding(ANN), stale])
        assert (receipt.applied, why(receipt, stale)) == ((good, *adding(ANN)), "`title` is absent by now, not `CTO`")
        assert self.field(three, "jane@acme.example", "title") == "CEO"
        assert self.field(three, "ann@new.example", "company") == 'New "Co" & Sons'

    def test_an_addition_made_twice_is_made_once(self, three: Contacts) -> None:
        """What a crash left to be redone is harmless, and so it is when somebody is taken out."""
        for batch in (adding(ANN), taking_out(ANN)):
            three.apply(batch)
            again = three.apply(batch)
            assert (again.applied, again.refused, again.before) == (tuple(batch), (), again.after)

    @pytest.mark.parametrize(
        ("wanted", "reason"),
        [
            (replace(ANN, email="EVE@acme.example"), "eve@acme.example belongs to Eve on line "),
            (replace(ANN, email="jane.doe@home.example"), "jane.doe@home.example belongs to Jane Doe on line "),
            (replace(ANN, also=("x@x.example", "bob@müller.example")), "bob@müller.example belongs to Bob Müller on line "),
            (replace(ANN, email="ann"), "`ann` is no e-mail address"),
            (replace(ANN, name=" "), "`name` is missing"),
            (replace(ANN, company="Acme\n- name: Mallory"), "holds U+000A"),
            (replace(ANN, tags=("it", "a\x1b[31m")), "holds U+001B"),
            (replace(ANN, title="\ud800"), "holds U+D800"),
            (replace(ANN, timezone="Mars/Olympus"), "`Mars/Olympus` is no time zone"),
        ],
    )
    def test_who_cannot_be_added_is_refused_with_the_reason(self, three: Contacts, wanted: Contact, reason: str) -> None:
        """Nothing is written of them; who is added along with them is."""
        cy = Contact(name="Cy", email="cy@x.example")
        receipt = three.apply(adding(wanted, cy))
        assert receipt.applied == tuple(adding(cy))
        assert reason in why(receipt, adding(wanted)[0])
        assert [strip(contact) for contact in three.load().contacts] == [JANE, BOB, EVE, cy]

    def test_two_who_are_added_cannot_have_one_address(self, three: Contacts) -> None:
        """The first has it, be it under `also`; a change of the batch cannot take it either."""
        other, moved = (
            Contact(name="Cy", email="ANN@home.example"),
            change("eve@acme.example", "email", "eve@acme.example", "ann@new.example"),
        )
        receipt = three.apply([*adding(ANN, other), moved])
        assert receipt.applied == tuple(adding(ANN))
        assert why(receipt, adding(other)[0]) == "ann@home.example belongs to Ann Lee: the 2nd #1, who is added as well"
        assert why(receipt, moved) == "ann@new.example belongs to Ann Lee: the 2nd #1, who is added as well"

    def test_an_address_that_somebody_had_before_is_free(self, three: Contacts) -> None:
        """It may have a new owner; so is one that is given up in the same batch."""
        heir, moved = replace(ANN, email="bob@old.example"), change("eve@acme.example", "email", "eve@acme.example", "eve@new.example")
        assert three.apply([moved, *adding(heir, Contact(name="Cy", email="eve@acme.example"))]).refused == ()
        assert [contact.name for contact in three.load().contacts[-3:]] == ["Eve", ANN.name, "Cy"]

    def test_taking_out_is_the_inverse(self, three: Contacts) -> None:
        """Whatever was added between them or behind them stays."""
        before, cy = three.load(), Contact(name="Cy", email="cy@x.example")
        three.apply(adding(ANN, cy))
        assert three.apply(taking_out(ANN)).refused == ()
        assert [strip(contact) for contact in three.load().contacts] == [JANE, BOB, EVE, cy]
        assert three.apply(taking_out(cy)).refused == ()
        assert three.load() == before

    @pytest.mark.parametrize(
        ("edit", "reason"),
        [
            (change("ann@new.example", "title", None, "CEO"), "the entry was edited since (`title`)"),
            (change("ann@new.example", "tags", ANN.tags, None), "the entry was edited since (`tags`)"),
            (change("ann@new.example", "status", None, "left"), "the entry was edited since (`status`)"),
            (change("ann@new.example", "email", "Ann@new.example", "ann@third.example"), "has another address by now"),
        ],
    )
    def test_who_was_edited_since_is_not_taken_out(self, three: Contacts, edit: Change, reason: str) -> None:
        """The reason says what is different; nothing is written."""
        three.apply(adding(ANN))
        assert three.apply([edit]).refused == ()
        before = three.load()
        (inverse,) = taking_out(ANN)
        assert reason in why(three.apply([inverse]), inverse)
        assert three.load() == before

    def test_an_entry_is_never_replaced_by_another(self, three: Contacts) -> None:
        """It comes or goes, and nothing of it is guessed from something else."""
        for wrong in (
            Change(EVE.email, ENTRY, EVE, ANN, WHY),
            Change(EVE.email, ENTRY, None, "Eve", WHY),
            Change("", ENTRY, None, None, WHY),
        ):
            assert why(three.apply([wrong]), wrong) == "an entry is added or taken out as a whole"
        assert [strip(contact) for contact in three.load().contacts] == [JANE, BOB, EVE]

    def test_nothing_to_do_is_no_write(self, three: Contacts) -> None:
        """An empty batch gives an empty receipt."""
        receipt = three.apply([])
        assert (receipt.applied, receipt.refused) == ((), ())
        assert receipt.before == receipt.after


def strip(contact: Contact) -> Contact:
    """Give *contact* without its line."""
    return Contact(**{name: getattr(contact, name) for name in Contact.__dataclass_fields__ if name != "line"})


def plain(value: object) -> object:
    """Give a field's value as a Change holds it."""
    if isinstance(value, date):
        return value.isoformat()
    return value or None


def why(receipt: Receipt, refused: Change) -> str:
    """Give the reason for which *refused* was refused; fails where it was not."""
    return dict(receipt.refused)[refused]
