"""What a summary said is kept as data, comes back the same, and loses whoever is forgotten; and how people fared."""

from dataclasses import replace

from support.build import AT, JANE
from support.ledger import DAY, TITLE, applied, book, mail, match, reading
from support.weeks import alive, busy, crowded, hostile

from bouncer.core.summary import as_html, as_text, summarise
from bouncer.edge.ledger import SqliteLedger
from bouncer.model import Apply, Because, Change, Contact, Level, Life, Line, Section, Summary, Traces

ANN = Contact(name="Ann", email="ann@acme.example")
ABOUT_JANE = Line(
    "Jane Doe",
    "CTO at NewCo",
    "I am the CTO now",
    "it says so",
    ("bouncer undo 3",),
    (("Congratulate", "mailto:jane@acme.example"),),
    person="jane",
)
LOST_BOB = Line(
    "Bob Ray",
    "Has left Corp",
    hints=("You could ask Jane (also at Corp) and Janet (tag it).",),
    links=(
        ("Search the web", "https://duckduckgo.com/?q=%22Bob+Ray%22"),
        ("Ask Jane", "mailto:other@x.example?body=Hi%20Jane%2C"),
        ("Ask Janet", "mailto:janet@x.example?body=Hi%20Janet%2C"),
    ),
    person="bob",
    named=(("jane", "Jane"), ("janet", "Janet")),
)
SAID = Summary(
    "Your network in week 10",
    "Your network, week 10: 1 new job",
    "One person has a new job.",
    (
        Section("New jobs", (ABOUT_JANE,), "jobs", "A good moment."),
        Section("Lost", (LOST_BOB,), "lost", "Lost earlier: Jane, Janet.", named=(("jane", "Jane"), ("janet", "Janet"))),
    ),
    "Trouble with jane@acme.example.",
    "2 to 8 March 2026",
)
HERS = Traces("jane", ("jane@acme.example",), ("Jane Doe",))


def kept(ledger: SqliteLedger) -> Summary:
    """Give what is kept of week 10, which has to be there."""
    found = ledger.kept_summary("2026-W10")
    assert found is not None
    return found


def test_whatever_was_said_comes_back_the_same(ledger: SqliteLedger) -> None:
    """Busy, drawn, crowded and hostile weeks, as data and so to the byte as text and as page."""
    for made in map(summarise, (busy(), alive(), crowded(), hostile())):
        ledger.keep_summary("2026-W10", made, AT)
        assert kept(ledger) == made
        assert (as_text(kept(ledger)), as_html(kept(ledger))) == (as_text(made), as_html(made))


def test_a_week_that_was_not_told_is_not_kept(ledger: SqliteLedger) -> None:
    """And what is said again replaces what was never sent."""
    ledger.keep_summary("2026-W10", SAID, AT)
    ledger.keep_summary("2026-W10", replace(SAID, lead="Again."), AT + DAY)
    assert kept(ledger).lead == "Again."
    assert ledger.kept_summary("2026-W11") is None


def test_a_line_about_somebody_forgotten_says_only_that_there_was_one(ledger: SqliteLedger) -> None:
    """Words, employer, links and commands go with the name."""
    ledger.keep_summary("2026-W10", SAID, AT)
    number, rows = ledger.forget(HERS, AT)
    ledger.wipe(number)
    assert rows["summary"] == 1
    assert kept(ledger).sections[0] == Section(
        "New jobs", (Line("(forgotten)", "What was said here is erased with them"),), "jobs", "A good moment."
    )


def test_in_the_line_of_somebody_else_their_name_and_the_links_to_them_go(ledger: SqliteLedger) -> None:
    """A first name alone, too, where the line says that it was theirs; whoever is called alike keeps theirs."""
    ledger.keep_summary("2026-W10", SAID, AT)
    ledger.forget(HERS, AT)
    (line,) = kept(ledger).sections[1].lines
    assert line.hints == ("You could ask (forgotten) (also at Corp) and Janet (tag it).",)
    assert [label for label, _ in line.links] == ["Search the web", "Ask Janet"]
    assert (line.who, line.named) == ("Bob Ray", (("janet", "Janet"),))
    assert kept(ledger).sections[1].note == "Lost earlier: (forgotten), Janet."
    assert kept(ledger).footer == "Trouble with (forgotten)."
    assert "jane@" not in repr(kept(ledger))


def test_forgetting_somebody_else_leaves_every_byte(ledger: SqliteLedger) -> None:
    """A stranger to the week, and one whose name is part of another's."""
    ledger.keep_summary("2026-W10", SAID, AT)
    for traces in (Traces("other", ("ann@acme.example",), ("Ann Other",)), Traces(None, ("jane@acme.example.org",), ("Jane Doering",))):
        ledger.forget(traces, AT)
        assert kept(ledger) == SAID


def test_an_export_shows_what_was_said_of_a_person(ledger: SqliteLedger) -> None:
    """Their own line, and that of somebody else which names them."""
    ledger.keep_summary("2026-W10", SAID, AT)
    told = ledger.held(HERS)["summary"]
    assert [row["week"] for row in told] == ["2026-W10", "2026-W10"]
    assert "I am the CTO now" in str(told[0]["line"])
    assert "summary" not in ledger.held(Traces("other", ("x@y.example",)))


def test_a_life_has_the_changes_that_stand_at_that_moment(ledger: SqliteLedger) -> None:
    """Of employer, address and status; one that was taken back stood until then."""
    ledger.sync(book(JANE), AT)
    who = ledger.person(JANE.email) or ""
    company = Change(JANE.email, "company", "Acme", "NewCo", Because("r", "q", "body"))
    for number, change in enumerate((company, TITLE)):
        raw = mail(f"change {number}", number + 1)
        ledger.settle(ledger.record(raw, reading(raw), match(who), (Apply((change,), "why", Level.E4),), JANE, AT), applied(change), AT)
    assert ledger.lives(AT + DAY) == {who: Life((), ((AT.date(), company),))}
    assert ledger.lives(AT) == {}
    event = next(e.id for e in ledger.events() if e.change == company)
    undo = ledger.undo(event, AT + 2 * DAY)
    assert ledger.lives(AT + 9 * DAY) == {who: Life((), ((AT.date(), company),))}  # not yet in the file
    ledger.settle(undo, applied(*(change for _, change in undo)), AT + 2 * DAY)
    assert ledger.lives(AT + 9 * DAY) == {}
    assert ledger.lives(AT + DAY) == {who: Life((), ((AT.date(), company),))}
