"""Laws of the contact file: whatever it looks like, an edit changes its own field and nothing else, or nothing at all."""

import re
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml
from email_validator import EmailNotValidError, validate_email
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from support.contact_files import WORDS, files

from bouncer.edge.contacts import open_contacts
from bouncer.edge.contacts.addresses import plainly_valid, why_invalid
from bouncer.edge.contacts.values import value_of
from bouncer.model import ENTRY, Because, Change, Contact, Previous, Receipt

WHY = Because("law", "", "body")
COMMENT = re.compile(r"# ~[^\r\n]*")
_WORDS = re.compile(rb"[^\s,{}\[\]]+")
MAILS = st.integers(0, 999).map("p{}@old.example".format)


TEXTS = st.one_of(
    WORDS, st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), max_size=20).map(lambda text: text.strip() or "x")
)


@st.composite
def changes(draw: st.DrawFn, entry: dict[str, Any]) -> Change:
    """Draw a change of any field of *entry* that fits what it has now."""
    field = draw(st.sampled_from(["name", "email", "company", "title", "phones", "also", "tags", "status", "away_until", "previous"]))
    before = value_of(entry, field)
    after: Any
    match field:
        case "email":
            after = draw(MAILS)
        case "name":
            after = draw(TEXTS)
        case "status":
            after = draw(st.sampled_from(["left", "away", None]))
        case "away_until":
            after = draw(st.dates().map(str))
        case "previous":
            kept = tuple(draw(st.permutations(before or ()))[: draw(st.integers(0, 2))])
            new = draw(st.builds(Previous, MAILS, st.none() | TEXTS, st.none() | st.just("2026-02-02"), TEXTS))
            after = draw(st.sampled_from([kept, (*kept, new), (new, *kept), ()]))
        case "also" | "phones" | "tags":
            words = MAILS if field == "also" else TEXTS
            kept = [item for item in before or () if draw(st.booleans())]
            after = tuple(draw(st.permutations(kept + draw(st.lists(words, max_size=2)))))
        case _:
            after = draw(st.none() | TEXTS)
    return Change(entry["email"], field, before, after, WHY)


def read(data: bytes) -> dict[str, Any]:
    """Read the whole file with a reader of its own: PyYAML's loader that keeps text as text."""
    found = yaml.load(data.decode().removeprefix("\ufeff"), Loader=yaml.CBaseLoader)  # noqa: S506 - makes nothing but text, lists and mappings
    found["contacts"] = found["contacts"] if isinstance(found["contacts"], list) else []
    for entry in found["contacts"]:
        entry.update({key: "" for key, value in entry.items() if value == "~"})
    return found  # type: ignore[no-any-return]


def edited(text: str, *changes: Change) -> tuple[bytes, Receipt, Path]:
    """Apply *changes* to a file that says *text*."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "contacts.yaml"
        path.write_bytes(text.encode())
        store = open_contacts(path, Path(name) / "history")
        before = store.load()
        receipt = store.apply(changes)
        assert receipt.before == before.digest
        fresh = open_contacts(path, Path(name) / "history").load()
        assert fresh == store.load()
        assert fresh.digest == receipt.after
        return path.read_bytes(), receipt, path


@given(st.data(), files())
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
def test_an_edit_changes_its_own_field_and_nothing_else(data: st.DataObject, text: str) -> None:
    """The whole file, read again by another reader, differs in that field alone; the bytes before and after the entry are the same."""
    was = read(text.encode())
    place = data.draw(st.integers(0, len(was["contacts"]) - 1))
    entry = was["contacts"][place]
    made = data.draw(changes(entry))
    new, receipt, _ = edited(text, made)
    event(f"refused: {receipt.refused[0][1]}" if receipt.refused else "written" if new != text.encode() else "there already")
    if receipt.refused:
        assert new == text.encode()
        assert "comment of yours" in receipt.refused[0][1], receipt.refused
        return
    now = read(new)
    assert value_of(now["contacts"][place], made.field) == (made.after or None)
    for side in (was, now):
        side["contacts"][place].pop(made.field, None)
    assert now == was
    assert list(now["contacts"][place]) == list(was["contacts"][place])
    assert COMMENT.findall(new.decode()) == COMMENT.findall(text)
    assert new.decode().count("\r\n") == new.decode().count("\n") or "\r\n" not in text


@given(st.data(), files())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
def test_several_fields_of_an_entry_are_written_at_once_as_they_would_be_one_by_one(data: st.DataObject, text: str) -> None:
    """The same of them are made and refused, and the file says the same in the same words, in a flow mapping perhaps in another order."""
    entry = data.draw(st.sampled_from(read(text.encode())["contacts"]))
    others = changes(entry).filter(lambda change: change.field not in {"email", "previous"})
    batch = data.draw(st.lists(others, min_size=2, max_size=4, unique_by=lambda change: change.field))
    together, receipt, _ = edited(text, *batch)
    alone = text.encode()
    refused = []
    for change in batch:
        alone, one, _ = edited(alone.decode(), change)
        refused += one.refused
    event(f"{len(batch)} fields, {len(refused)} refused, {'the same' if together == alone else 'other'} bytes")
    assert receipt.refused == tuple(refused)
    assert read(together) == read(alone)
    assert sorted(_WORDS.findall(together)) == sorted(_WORDS.findall(alone))


@given(st.data(), files())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
def test_a_store_that_has_edited_for_long_knows_the_file_as_a_new_one_does(data: st.DataObject, text: str) -> None:
    """Batch after batch, with a save of the owner's in between, and each change either in the file or refused."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "contacts.yaml"
        path.write_bytes(text.encode())
        store = open_contacts(path, Path(name) / "history")
        for _ in range(3):
            entries = read(path.read_bytes())["contacts"]
            batch = [data.draw(changes(data.draw(st.sampled_from(entries)))) for _ in range(data.draw(st.integers(1, 3)))]
            receipt = store.apply(batch)
            assert sorted(map(repr, (*receipt.applied, *(change for change, _ in receipt.refused)))) == sorted(map(repr, batch))
            assert open_contacts(path, Path(name) / "history").load() == store.load()
            if data.draw(st.booleans()):
                path.write_bytes(path.read_bytes().replace(b"NewCo: Ltd", b"Third: Ltd", 1))
        assert COMMENT.findall(path.read_bytes().decode()) == COMMENT.findall(text)


LABELS = st.from_regex(r"[a-zA-Z0-9_.+-]{1,70}", fullmatch=True)
ADDRESSES = st.builds("{}@{}.{}".format, LABELS, LABELS, st.sampled_from(["com", "example", "test", "de", "xn", "1a", "museum"]))


@given(ADDRESSES)
@settings(max_examples=1000, deadline=None)
def test_an_address_that_a_look_finds_valid_is_valid(address: str) -> None:
    """The short cut never lets through what email-validator would not."""
    found = plainly_valid(address)
    event("a look is enough" if found else "asked")
    assert not found or rejected(address) is None


def rejected(address: str) -> str | None:
    """Give what email-validator has against *address*, or None."""
    try:
        validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError as fault:
        return str(fault)
    return None


@given(st.text(max_size=12), st.text(max_size=12))
@settings(deadline=None)
def test_no_text_breaks_the_check_of_an_address(local: str, domain: str) -> None:
    """It answers with a sentence or with None."""
    why = why_invalid(f"{local}@{domain}")
    assert why is None or why.endswith(".")


COLLEAGUES = st.lists(
    st.builds(
        Contact,
        name=TEXTS,
        email=st.integers(0, 9).map("new{}@x.example".format),
        also=st.lists(MAILS, max_size=1).map(tuple),
        company=st.none() | TEXTS,
        phones=st.lists(TEXTS, max_size=2).map(tuple),
        tags=st.lists(TEXTS, max_size=2).map(tuple),
        previous=st.lists(st.builds(Previous, MAILS, st.none() | TEXTS), max_size=1).map(tuple),
    ),
    min_size=1,
    max_size=3,
    unique_by=lambda contact: contact.email,
)
BEGINNINGS = st.sampled_from(
    [
        "contacts: []\n",
        "contacts: []",
        "contacts:   [] # ~ nobody yet\n# ~ more\nx: y\n",
        "contacts:\n",
        "contacts:",
        "contacts: ~\r\n",
        "# ~ mine\r\ncontacts: [ ]\r\n",
        "{contacts: [], x: 1}",
        "{x: 1, contacts: }\n",
        "contacts: [ # ~ nobody\n ]\n",
        "contacts: [{name: A, email: a@x.example}, # ~ he\n  {name: B, email: b@x.example} # ~ she\n]\n",
        'contacts: [{"name": "A", "email": "a@x.example"},]',
        "---\ncontacts: null\n...\n",
    ]
)


@given(files() | BEGINNINGS, COLLEAGUES)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
def test_additions_come_at_the_end_and_taking_them_out_leaves_the_bytes_there_were(text: str, colleagues: list[Contact]) -> None:
    """Another reader finds all that was there, and then the new ones; every comment stays; the undo is exact, of all and of the last."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "contacts.yaml"
        path.write_bytes(text.encode())
        store, was = open_contacts(path, Path(name) / "history"), read(text.encode())
        batch = [Change.adding(contact, WHY) for contact in colleagues]
        receipt = store.apply(batch)
        event(f"refused: {receipt.refused[0][1]}" if receipt.refused else "written")
        new = path.read_bytes()
        now = read(new)
        assert now["contacts"][: len(was["contacts"])] == was["contacts"]
        assert {key: value for key, value in now.items() if key != "contacts"} == {k: v for k, v in was.items() if k != "contacts"}
        assert COMMENT.findall(new.decode()) == COMMENT.findall(text)
        fresh = open_contacts(path, Path(name) / "history").load()
        assert fresh == store.load()
        assert [replace(contact, line=0) for contact in fresh.contacts[len(was["contacts"]) :]] == [one.after for one in receipt.applied]
        inverse = [Change(change.contact, ENTRY, change.after, None, WHY) for change in reversed(receipt.applied)]
        steps = [inverse] if len(inverse) % 2 else [[one] for one in inverse]
        assert [store.apply(step).refused for step in steps] == [()] * len(steps)
        assert path.read_bytes() == text.encode()
