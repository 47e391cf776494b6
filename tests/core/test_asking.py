"""The answers to "are you still in touch with …?": read with the question in mind, and never more than proposed."""

from dataclasses import replace

import pytest
from support.build import ACCOUNT, AT, JANE, SETTINGS
from support.replies import reading
from support.trust import KEYS, OTHER, PERSON, sent, token, vouched, whys

from bouncer.core.asking import Asked, asked_after, question, sought
from bouncer.core.correlate import correlate
from bouncer.core.decide import decide
from bouncer.model import Apply, Book, Change, Contact, Decision, Known, OutboxState, Reading, Review, Status

BOB = Contact(name="Bob Best", email="bob@acme.example", company="Acme")
LOST = replace(JANE, status=Status.LEFT)
TOKEN = token(BOB.email, OTHER, "ask")
ASK = replace(sent(TOKEN, BOB.email, OTHER, purpose="ask"), period=f"ask:{PERSON}")
BOOK = Book((LOST, BOB), "")
KNOWN = Known(
    sent=(ASK,),
    person_of=dict.fromkeys(LOST.addresses, PERSON) | {BOB.email: OTHER},
    addresses_of={PERSON: LOST.addresses, OTHER: BOB.addresses},
)


def reply(
    text: str, *, sender: str = "Bob Best <bob@acme.example>", subject: str = "Re: Are you still in touch?", **headers: str
) -> Reading:
    """Give the reading of an answer to the question that Bob was asked."""
    return reading(text, sender=sender, subject=subject, References=f"<b.{TOKEN}@home.example>", **headers)


def decided(found: Reading, known: Known = KNOWN) -> tuple[Decision, ...]:
    """Decide as the daemon does; the provider vouches for nobody unless the reading says so."""
    match = correlate(found, known, ACCOUNT, KEYS, AT)
    contact = next((c for c in BOOK.contacts if match.person and c.email in known.addresses_of[match.person]), None)
    return decide(found, match, contact, SETTINGS, known, AT, asked_after(match, known, BOOK))


def proposed(found: tuple[Decision, ...]) -> list[str | None]:
    """Give the addresses that are proposed for the lost one."""
    reviews = [d for d in found if isinstance(d, Review) and d.person == PERSON]
    return [next((str(c.after) for c in review.changes if c.field == "email"), None) for review in reviews]


def done(found: tuple[Decision, ...]) -> list[Change]:
    """Give every change that is made without asking."""
    return [change for decision in found if isinstance(decision, Apply) for change in decision.changes]


@pytest.mark.parametrize(
    "text",
    [
        "Hi Olga,\n\ntry jane@newco.example\n\nBob\n",
        "jane@newco.example",
        "Sure, she is at NewCo now; her address is jane@newco.example.\n\nBest,\nBob\n",
        "Her new address is jane@newco.example.\n",
        "Sie ist jetzt bei der NewCo GmbH, jane@newco.example.\n",
        "Elle est chez NewCo : jane@newco.example\n",
    ],
)
def test_an_address_given_in_answer_is_proposed_for_the_lost_one_whatever_the_words(text: str) -> None:
    """The question gives the context; the sentence names who says so, and nothing is done."""
    found = decided(reply(text))
    assert proposed(found) == ["jane@newco.example"]
    assert done(found) == []
    assert "Bob Best, whom we asked after Jane Doe, names jane@newco.example as their new address" in whys(found)


def test_the_proposal_keeps_the_old_address_and_who_gave_the_new_one() -> None:
    """On acceptance the new one is on probation, and `previous` says who told it in which words."""
    (review,) = (d for d in decided(reply("try jane@newco.example\n")) if isinstance(d, Review))
    made = {change.field: change for change in review.changes}
    assert set(made) == {"email", "previous", "status"}
    assert {change.contact for change in review.changes} == {LOST.email}
    (kept,) = made["previous"].after or ()
    assert (kept.email, kept.why) == (LOST.email, "Bob Best: try jane@newco.example")  # type: ignore[union-attr]
    assert made["status"].after == Status.PROBATION


def test_words_that_a_rule_reads_as_the_answerers_own_are_the_lost_ones_here() -> None:
    """Words such as "the new address is" concern whom we asked after: for Bob himself it is at most a question, even at E4."""
    found = replace(reply("The new address is jd@newco.example.\n"), trace=vouched())
    assert done(decided(found)) == []
    assert proposed(decided(found)) == ["jd@newco.example"]
    assert "our letter asked after Jane Doe, so it may be of them" in whys(decided(found))


def test_two_addresses_are_two_proposals() -> None:
    """The owner picks."""
    found = decided(reply("It is either jane@newco.example or jane.doe@club.example\n"))
    assert proposed(found) == ["jane@newco.example", "jane.doe@club.example"]
    assert done(found) == []


def test_the_answerers_own_new_address_is_the_answerers() -> None:
    """It bears his name: it moves Bob, as in any answer of his, and proposes nothing for Jane."""
    found = decided(replace(reply("No idea. My new address is bob.best@bolt.example, by the way.\n"), trace=vouched()))
    assert proposed(found) == []
    assert [(c.contact, c.after) for c in done(found) if c.field == "email"] == [(BOB.email, "bob.best@bolt.example")]


@pytest.mark.parametrize(
    "text",
    [
        "No idea, sorry.\n\nBob\n",
        "No idea, sorry.\n\nBob Best\nCTO, Acme Ltd\nbob@acme.example\n",
        "I have not heard from jane@acme.example either.\n",
        "Better write to info@newco.example or to olga@home.example.\n",
        "No.\n\nOn 3 March 2026 Olga wrote:\n> try jane@newco.example\n",
    ],
)
def test_an_answer_that_gives_no_new_address_of_a_person_proposes_none(text: str) -> None:
    """His own, the known one, an office's, ours, and what is only quoted."""
    assert proposed(decided(reply(text))) == []


def test_an_automatic_reply_to_the_question_speaks_of_its_own_mailbox() -> None:
    """It cannot have understood the question."""
    text = "I am out of office. In urgent cases write to carl@acme.example. My new address is jane@newco.example.\n"
    assert proposed(decided(reply(text, subject="Automatic reply: Are you still in touch?", Auto_Submitted="auto-replied"))) == []


def test_an_answer_without_our_token_is_no_answer_to_the_question() -> None:
    """Whoever forges Bob's address without having seen the question proposes nothing."""
    assert proposed(decided(reading("try jane@newco.example\n", sender="Bob Best <bob@acme.example>"))) == []


def test_a_stolen_token_in_a_message_that_the_provider_calls_forged_proposes_nothing() -> None:
    """It is counted, and says why."""
    failed = (("authentication-results", "mx.home.example; dmarc=fail header.from=acme.example"), vouched()[1])
    found = decided(replace(reply("try jane@newco.example\n"), trace=failed))
    assert proposed(found) == []
    assert done(found) == []
    assert "what this says of Jane Doe is not looked at" in whys(found)


def test_a_third_person_with_the_token_proposes_nothing_of_the_lost_one() -> None:
    """A stranger's name is not Jane's, and his words are not Bob's."""
    assert proposed(decided(reply("hello\n", sender="Mallory <mallory@evil.example>"))) == []


def test_the_lost_one_answers_in_person_where_the_question_was_passed_on() -> None:
    """Her name and our token: her address is proposed, not taken."""
    found = decided(reply("Bob passed this on. Here I am!\n", sender="Jane Doe <jd@newco.example>"))
    assert proposed(found) == ["jd@newco.example"]
    assert done(found) == []


def test_an_address_of_another_contact_is_shown_without_a_change() -> None:
    """It cannot be both."""
    known = replace(KNOWN, person_of=dict(KNOWN.person_of) | {"jane@newco.example": "c" * 12})
    assert proposed(decided(reply("try jane@newco.example\n"), known)) == [None]


def test_an_answer_to_an_ordinary_letter_is_read_as_ever() -> None:
    """What a check-in's answer merely names is not even looked for."""
    checkin = token(BOB.email, OTHER)
    found = reading("try jane@newco.example\n", sender="Bob Best <bob@acme.example>", References=f"<b.{checkin}@home.example>")
    assert found.named == ()
    assert asked_after(correlate(found, replace(KNOWN, sent=()), ACCOUNT, KEYS, AT), KNOWN, BOOK) is None


def test_a_question_names_whom_it_is_about_in_its_period() -> None:
    """So the outbox, which takes a period once a person, never holds it twice."""
    letter = question(OTHER, BOB.email, PERSON, LOST.name, AT)
    assert (letter.purpose, letter.person, letter.asks_after) == ("ask", OTHER, PERSON)
    assert replace(letter, purpose="checkin").asks_after is None
    assert replace(ASK, state=OutboxState.UNKNOWN).asks_after == PERSON


def test_a_question_has_no_point_once_they_are_found_or_gone() -> None:
    """The reason is for the outbox."""
    assert sought(LOST, BOOK) == LOST
    with pytest.raises(LookupError, match="Jane Doe is found"):
        sought(LOST, Book((JANE,), ""))
    for remembered, book in ((None, BOOK), (LOST, Book((BOB,), ""))):
        with pytest.raises(LookupError, match="no longer in the contact file"):
            sought(remembered, book)


def test_who_took_over_a_former_address_is_not_the_lost_one() -> None:
    """The address is Bob's by now."""
    heir = replace(BOB, email=LOST.email, also=(BOB.email,))
    found = asked_after(correlate(reply("hello\n"), KNOWN, ACCOUNT, KEYS, AT), KNOWN, Book((LOST, BOB), ""))
    assert found == Asked(PERSON, LOST)
    with pytest.raises(LookupError, match="no longer in the contact file"):
        sought(replace(LOST, email="jane@gone.example", also=(BOB.email,)), Book((heir,), ""))
