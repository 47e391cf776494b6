"""The owner's week: what stands in it, in which order, and what is left out."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser

import pytest
from support.weeks import (
    ANN,
    AT,
    BEN,
    CAT,
    DAN,
    EVE,
    FAY,
    GUS,
    HEALTH,
    alive,
    busy,
    changed,
    crowded,
    given,
    hostile,
    letter,
    question,
    week,
)

from bouncer.core.summary import as_html, as_text, summarise
from bouncer.core.summary.words import count, describe, listed, sentence, span
from bouncer.model import (
    Address,
    Because,
    Change,
    Contact,
    Event,
    EventKind,
    Level,
    Line,
    OutboxState,
    Planned,
    Previous,
    Section,
    Status,
    Summary,
    SummaryInput,
)


def section(made: Summary, key: str) -> Section:
    """Give one section, which has to be there."""
    return next(s for s in made.sections if s.key == key)


def lines(made: Summary, key: str) -> dict[str, Line]:
    """Give the lines of one section by whom they are about."""
    return {line.who: line for line in section(made, key).lines}


def test_the_sections_stand_in_the_order_of_their_use() -> None:
    """What wants an answer first, the machine last."""
    assert [s.key for s in summarise(busy()).sections] == [
        "decisions",
        "jobs",
        "addresses",
        "lost",
        "waiting",
        "away",
        "stopped",
        "other",
        "sent",
        "coming",
        "health",
    ]


def test_subject_and_lead_count_what_matters() -> None:
    """So that the owner knows from the list of mail whether to open it now."""
    made = summarise(busy())
    assert made.subject == "Your network, week 10: 2 to decide, 1 new job, 1 new address, 1 lost, 1 to answer"
    assert made.lead.startswith("Two decisions wait for you, one person has a new job, one new address was found, ")
    assert (made.title, made.span) == ("Your network in week 10", "2 to 8 March 2026")


def test_nothing_empty_is_shown() -> None:
    """One change is one section."""
    made = summarise(given(week([changed(1, EVE, "phones", None, ("+44 1",), "Tel. +44 1")])))
    assert [s.key for s in made.sections] == ["away", "other"]
    assert made.subject == "Your network, week 10: some changes"


def test_a_quiet_week_is_three_lines() -> None:
    """Though letters went out, some are planned and somebody is away."""
    planned = (Planned("00000000000e", FAY.email, "checkin", AT, "why", "checkin:2026-W11"),)
    made = summarise(given(week(sent=(letter(1, ANN), letter(2, EVE))), planned=planned))
    text = as_text(made)
    assert text.startswith(
        "Your network in week 10, 2 to 8 March 2026\nA quiet week: nothing changed, nothing waits; two check-ins went out.\n"
        "One check-in is planned next and one person is away."
    )
    assert made.sections == ()
    assert made.subject.endswith("a quiet week")


@pytest.mark.parametrize(
    "trouble", [{"quarantined": 1}, {"unknown_sends": 2}, {"troubles": ("The disk is full.",)}, {"sending_stopped": "The disk is full."}]
)
def test_trouble_is_never_a_quiet_week(trouble: dict[str, object]) -> None:
    """And each is said in a sentence."""
    made = summarise(given(week(), health=replace(HEALTH, **trouble)))
    assert [s.key for s in made.sections if s.key != "away"] == ["health"]


def test_a_dry_run_says_so() -> None:
    """On every page, for nothing in it has been done."""
    assert "dry run" in as_text(summarise(given(week(), health=replace(HEALTH, live=False))))
    assert "dry run" not in as_text(summarise(given(week())))


def test_a_decision_has_the_words_the_reason_and_a_yes_and_a_no() -> None:
    """What is held back is said too."""
    asked = lines(summarise(busy()), "decisions")["Fay Fisher"]
    assert asked.what == "New address new@new.example (before: fay@phi.example)"
    assert asked.quote == "you can reach me at new@new.example now"
    assert asked.why == "It takes our token (E3): From is a known address, and nothing proves it"
    assert asked.commands == ("bouncer review accept 7", "bouncer review reject 7")
    assert asked.hints == ("Until you decide, no check-in goes to them.",)


def test_a_question_without_a_change_is_told_in_its_own_words() -> None:
    """A lead is something to look at, not something to do."""
    asked = lines(summarise(busy()), "decisions")["Eve Eder"]
    assert (asked.what, asked.hints) == ("Somebody else to write to: Jane", ())


def test_what_one_message_changed_is_told_once_with_every_undo() -> None:
    """A new job with its new address is a new job; what goes back with the address needs no undo of its own."""
    made = summarise(busy())
    job = lines(made, "jobs")["Ann Able"]
    assert (
        job.what == "Head of Networks at NewCo (before: Network Engineer at Acme); new address ann@newco.example (before: ann@acme.example)"
    )
    assert job.commands == ("bouncer undo 31", "bouncer undo 33", "bouncer undo 34")
    assert job.links[0] == ("Congratulate", "mailto:ann@newco.example?subject=Congratulations%21")
    assert set(lines(made, "addresses")) == {"Ben Baker"}
    assert lines(made, "addresses")["Ben Baker"].commands == ("bouncer undo 35",)


def test_two_messages_about_one_person_are_two_lines() -> None:
    """Each stands on its own words."""
    events = (changed(1, EVE, "title", None, "CTO", "I am CTO"), changed(2, EVE, "title", "CTO", "CEO", "I am CEO now"))
    assert [line.quote for line in section(summarise(given(week(events))), "jobs").lines] == ["I am CTO", "I am CEO now"]


def test_what_was_undone_is_not_news() -> None:
    """The owner knows, for it was they who did it; what was not undone stays."""
    undo = Because("undo", "event 1: I am CTO", "body")
    events = (
        changed(1, EVE, "title", None, "CTO", "I am CTO"),
        changed(12, FAY, "title", None, "CIO", "I am CIO"),
        Event(3, AT, EventKind.UNDONE, None, EVE.name, Change(EVE.email, "title", "CTO", None, undo), undo),
    )
    assert set(lines(summarise(given(week(events))), "jobs")) == {"Fay Fisher"}


def test_the_lost_come_with_a_kit() -> None:
    """Other addresses, where to look, whom to ask and what the mailbox said; the way back last."""
    lead = replace(
        question(9, CAT, "Dora takes over"),
        person=changed(0, CAT, "x", None, None, "").person,
        changes=(),
        why="Cat's mailbox names Dora, but",
    )
    given_ = busy()
    made = summarise(replace(given_, week=replace(given_.week, questions=(lead,))))
    line = lines(made, "lost")["Cat Cooper"]
    assert line.what == "Has left Acme Ltd"
    assert line.hints[0] == "Other addresses on file: cat.cooper@gmail.com"
    assert line.hints[1].startswith("You could ask Eve Eder (also at Acme Ltd, tag it)")
    assert "Cat's mailbox names Dora, but (decision 9)." in line.hints
    assert [label for label, _ in line.links][:3] == ["LinkedIn profile", "Search the web", "Search Google"]
    assert line.commands == ("bouncer undo 37",)


def test_who_was_found_again_is_not_lost_and_the_lost_of_other_weeks_are_counted() -> None:
    """The kits of old are one command away."""
    found = replace(CAT, status=None)
    events = (changed(37, CAT, "status", None, "left", "gone"), changed(38, FAY, "status", None, "unreachable", "no such user"))
    people = (found, replace(FAY, status=Status.UNREACHABLE), replace(GUS, status=Status.LEFT))
    made = section(summarise(given(week(events), people)), "lost")
    assert [line.who for line in made.lines] == ["Fay Fisher"]
    assert made.note == "Lost earlier and still to be found: Gus Grant."


def test_when_several_report_one_new_domain_the_others_are_named() -> None:
    """One move is a move; two are a road, unless it leads to a mail provider or nobody is left behind."""

    def moved(name: str, domain: str = "new.example") -> Contact:
        return Contact(name=name, email=f"{name.lower()}@{domain}", previous=(Previous(f"{name.lower()}@old.example"),))

    stay, gone = Contact(name="Stay", email="stay@old.example"), Contact(name="Gone", email="gone@old.example", status=Status.LEFT)
    news = [changed(1, moved("Ann"), "email", "ann@old.example", "ann@new.example", "moved", old="ann@old.example")]
    both = (moved("Ann"), moved("Ben"))
    made = section(summarise(given(week(news), (*both, stay, gone))), "addresses")
    road = next(s for s in summarise(given(week(news), (*both, stay, gone))).sections if s.title == "Perhaps moved as well").lines[0]
    assert made.title == "New addresses"
    assert road.what == "Ann and Ben moved from old.example to new.example."
    assert road.hints == ("Still there in your file: Stay.",)
    private = (moved("Ann", "gmail.com"), moved("Ben", "gmail.com"))
    for people in ((*both, gone), (both[0], stay), (*private, stay)):
        assert "Perhaps moved as well" not in {s.title for s in summarise(given(week(news), people)).sections}


def test_who_is_away_stands_by_the_day_of_return_and_who_is_back_does_not() -> None:
    """An absence from earlier weeks still counts."""
    later = replace(FAY, status=Status.AWAY, away_until=date(2026, 5, 1))
    unknown = replace(EVE, status=Status.AWAY, away_until=None)
    back = replace(ANN, status=Status.AWAY, away_until=date(2026, 3, 8))
    made = section(summarise(given(week([changed(1, GUS, "title", None, "x", "x")]), (unknown, later, back, DAN))), "away")
    assert [line.who for line in made.lines] == ["Dan Dyer", "Fay Fisher", "Eve Eder"]
    assert made.lines[0].what == "Until Saturday 21 March 2026"


def test_a_stop_that_changed_no_file_is_told_as_well() -> None:
    """In a dry run the file stays, yet the stop is heeded."""
    stop = Event(
        1,
        AT,
        EventKind.STOPPED,
        "00000000000e",
        EVE.name,
        None,
        Because("stop", "please stop", "body"),
        Level.E3,
        "asks not to be written to",
    )
    assert lines(summarise(given(week([stop]))), "stopped")["Eve Eder"].quote == "please stop"


def test_a_failing_address_is_said_with_what_happens_next() -> None:
    """It is not lost yet."""
    made = summarise(given(week([changed(1, EVE, "status", None, "suspect", "550 5.1.1")])))
    assert lines(made, "other")["Eve Eder"].what == "Mail to eve@acme.example came back"
    assert lines(made, "other")["Eve Eder"].hints == ("bouncer writes there once more after a week, to be sure.",)


def test_what_went_out_is_one_line_and_what_went_wrong_is_one_each() -> None:
    """Refused, uncertain and withdrawn letters; the summary itself is no letter."""
    dropped = Event(1, AT, EventKind.DROPPED, None, BEN.name, detail="asked not to be written to")
    own = replace(letter(9, GUS), purpose="summary")
    sent = (letter(1, ANN), letter(2, EVE), letter(3, FAY, OutboxState.UNKNOWN), letter(4, GUS, OutboxState.REFUSED, "550 no"), own)
    made = section(summarise(given(week([dropped, changed(2, EVE, "title", None, "x", "x")], sent=sent))), "sent")
    assert [line.who for line in made.lines] == ["2 check-ins", "Gus Grant", "Fay Fisher", "Ben Baker"]
    assert made.lines[0].why == "Ann Able, Eve Eder"


def test_people_the_ledger_was_told_to_forget_stand_as_forgotten() -> None:
    """Their entry is gone, and so is their name."""
    event = replace(changed(1, EVE, "title", None, "CTO", ""), name="")
    assert lines(summarise(given(week([event]), ())), "jobs")["(forgotten)"].links == ()


def test_many_things_are_cut_and_counted() -> None:
    """Nothing is dropped silently, and the figures count all."""
    made = summarise(crowded())
    asked = section(made, "decisions")
    assert (len(asked.lines), asked.more) == (20, "And 280 more: `bouncer review` lists them.")
    assert made.figures == ((300, "to decide"), (100, "new jobs"), (100, "lost"))
    assert len(as_html(made).encode()) < 95_000  # a mail program cuts longer ones off


def test_the_same_week_gives_the_same_bytes() -> None:
    """A past week can be shown again."""
    assert as_html(summarise(busy())) == as_html(summarise(busy()))
    assert as_text(summarise(busy())) == as_text(summarise(busy()))


class _Page(HTMLParser):
    """Collects tags, attributes and text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.text: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in {"meta", "br"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


@pytest.mark.parametrize("make", [busy, hostile, crowded])
def test_the_page_is_well_formed_and_loads_nothing(make: "type[SummaryInput]") -> None:
    """No script, no image, no style from elsewhere, no event handler, and no link but https and mailto."""
    page = _Page()
    source = as_html(summarise(make()))
    page.feed(source)
    page.close()
    assert page.open == []
    allowed = {
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "div",
        "table",
        "tr",
        "td",
        "h1",
        "h2",
        "p",
        "b",
        "br",
        "span",
        "bdi",
        "code",
        "a",
    }
    assert set(page.tags) <= allowed
    assert page.tags.count("h1") == page.tags.count("style") == 1
    names = {name for name, _ in page.attributes}
    assert not {name for name in names if name.startswith("on")} | names & {"src", "background", "srcset"}
    assert all(value.startswith(("https://", "mailto:")) for name, value in page.attributes if name == "href")
    assert "url(" not in source
    assert "@import" not in source


def test_hostile_words_are_words() -> None:
    """On the page and in the text, with nothing that turns the direction or drives a terminal."""
    page, text = as_html(summarise(hostile())), as_text(summarise(hostile()))
    assert "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;" in page
    assert "javascript:" not in page
    for made in (page, text):
        assert not set(made) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\x00\x1b\r")
        assert "gro.elpmaxe" in made
    assert "\nBcc:" not in text


@pytest.mark.parametrize("make", [busy, hostile, crowded])
def test_the_text_is_at_most_72_columns_wide_but_for_links(make: "type[SummaryInput]") -> None:
    """Japanese characters are two columns wide."""
    for line in as_text(summarise(make())).splitlines():
        wide = sum(2 if "\u3000" <= ch <= "\u9fff" else 1 for ch in line)
        assert wide <= 72 or re.search(r": https://\S+$", line)
        assert line == line.rstrip()


@pytest.mark.parametrize(
    ("field", "before", "after", "said"),
    [
        ("email", "a@x.example", "b@x.example", "new address b@x.example (before: a@x.example)"),
        ("also", ("a@x.example",), ("a@x.example", "b@x.example"), "also reachable at b@x.example"),
        ("company", "Old", "New", "now at New (before: Old)"),
        ("company", "Old", None, "no longer at Old"),
        ("title", None, "CTO", "now CTO"),
        ("name", "A B", "A C", "now called A C (before: A B)"),
        ("phones", None, ("+44 1", "+44 2"), "telephone +44 1, +44 2"),
        ("phones", ("+44 1",), None, "telephone removed: +44 1"),
        ("status", None, "unreachable", "cannot be reached at a@x.example any more"),
        ("status", None, "left", "has left Old"),
        ("status", "away", None, "is back to normal"),
        ("status", None, "frozen", "now frozen"),
        ("status", None, "probation", "back on probation"),
        ("away_until", None, "2026-12-01", "away until 1 December 2026"),
        ("away_until", None, "soon", ""),
        ("previous", None, (), "former addresses brought up to date"),
        ("country", None, "GB", "country: GB"),
    ],
)
def test_a_change_is_said_in_words(field: str, before: object, after: object, said: str) -> None:
    """One sentence for each field that bouncer writes, and something for any other."""
    change = Change("a@x.example", field, before, after, Because("r", "q", "body"))  # type: ignore[arg-type]
    assert describe((change,), "Old") == said


def test_a_sentence_begins_with_a_capital_but_an_address_stays_as_it_is() -> None:
    """An address in another case is another address to whoever copies it."""
    assert [sentence(text) for text in ("it works", "a@x.example fails", "", "Ann")] == ["It works", "a@x.example fails", "", "Ann"]


def test_a_pace_that_falls_short_is_said_in_quiet_weeks_as_well() -> None:
    """Under the coming check-ins, or in the third line."""
    said = "At 15 a week a full round takes 15 months."
    assert said in " ".join(as_text(summarise(replace(given(week()), notes=(said,)))).split())
    assert section(summarise(replace(busy(), notes=(said,))), "coming").note == said


def test_numbers_dates_and_lists_read_as_a_person_writes_them() -> None:
    """Small numbers are words, months are named once."""
    assert [count(n, "person", "people") for n in (0, 1, 2, 13)] == ["no people", "one person", "two people", "13 people"]
    assert span(date(2026, 3, 2), date(2026, 3, 8)) == "2 to 8 March 2026"
    assert span(date(2026, 3, 30), date(2026, 4, 5)) == "30 March to 5 April 2026"
    assert span(date(2025, 12, 29), date(2026, 1, 4)) == "29 December 2025 to 4 January 2026"
    assert [listed(parts) for parts in ((), ("a",), ("a", "b"), ("a", "b", "c"))] == ["", "a", "a and b", "a, b and c"]


def test_those_who_wait_longest_for_an_answer_come_first() -> None:
    """With the address to answer to, which need not be the one on file."""
    late = datetime(2026, 3, 6, 12, tzinfo=UTC)
    waiting = (("Eve Eder", Address("Eve", "eve@home.example"), late), ("Fay Fisher", Address("Fay", FAY.email), late - timedelta(days=3)))
    made = section(summarise(given(week(waiting=waiting))), "waiting")
    assert [line.who for line in made.lines] == ["Fay Fisher", "Eve Eder"]
    assert made.lines[1].links[0][0] == "eve@home.example"


def test_how_alive_the_network_is_counts_everybody_once() -> None:
    """By when they were last heard from; those to whom nobody writes stand apart."""
    made = summarise(alive())
    assert sum(bar.count for bar in made.bars) == 206
    assert [(bar.label, bar.count) for bar in made.bars][:2] == [("Heard from within 6 months", 33), ("within 12 months", 35)]
    assert made.bars_note == "Of 206 people in your file, besides one person to whom nobody writes any more."
    assert "Address not certain                                           1   <1%" in as_text(made)


def test_before_anybody_was_heard_from_there_are_no_bars() -> None:
    """A diagram of nothing says nothing."""
    assert summarise(busy()).bars == ()
    assert "HOW ALIVE" not in as_text(summarise(busy()))


def test_a_contact_planned_but_no_longer_on_file_is_shown_by_address() -> None:
    """Better a bare address than nothing."""
    planned = (Planned("00000000000e", "gone@x.example", "checkin", AT, "why", "checkin:2026-W11"),)
    made = summarise(given(week([changed(1, EVE, "title", None, "x", "x")]), (Contact(name="Eve Eder", email=EVE.email),), planned))
    assert section(made, "coming").lines[0].who == "gone@x.example"
