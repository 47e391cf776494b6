"""The owner's yes and no by mail: only the mail that a link makes, from the owner, vouched for, in time, and of that question."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from support.build import ACCOUNT, AT, JANE, OWNER, SETTINGS
from support.trust import BECAUSE, KEYS, PERSON, answer, token, vouched
from support.weeks import crowded, question

from bouncer.core.orders import Order, heeded, links, order
from bouncer.core.summary import as_html, as_text, summarise
from bouncer.core.tokens import mint
from bouncer.model import Address, Ignore, Keys, Kind, Question, Reading, Settings, SummarySettings, Verdict

ON = replace(SETTINGS, summary=SummarySettings(answers_by_mail=True))
SEVEN, EIGHT = question(7, JANE, "my new address"), question(8, JANE, "I have left", "status", "left")
HOME = vouched("home.example")


def subject(verb: str = "yes", about: Question = SEVEN, week: tuple[int, int] = (2026, 9), keys: Keys = KEYS, at: datetime = AT) -> str:
    """Give the subject of the mail that the link for *verb* makes."""
    link = links(about, ON, keys, week, at)[verb == "no"][1]
    return parse_qs(urlsplit(link).query)["subject"][0]


def mail(words: str, **fields: Any) -> Reading:
    """Give a mail of the owner's with the subject *words*, which the provider vouches for."""
    typed = answer(sender=OWNER.address, name=OWNER.name)
    return replace(typed, **({"subject": words, "trace": HOME} | fields))


def said(
    reading: Reading, settings: Settings = ON, waiting: Sequence[Question] = (SEVEN, EIGHT), at: datetime = AT, keys: Keys = KEYS
) -> Order | Ignore | None:
    """Ask what *reading* orders."""
    return order(reading, settings.accounts[0], settings, keys, waiting, at)


@pytest.mark.parametrize(("verb", "accept"), [("yes", True), ("no", False)])
@pytest.mark.parametrize("about", [SEVEN, EIGHT])
def test_the_mail_that_a_link_makes_is_the_owners_word(verb: str, accept: bool, about: Question) -> None:
    """On that question, and only that one."""
    found = said(mail(subject(verb, about)))
    assert found == Order(about.id, accept, f"you said {verb} to question {about.id} by mail (E6)")


def test_a_link_goes_to_the_watched_account_and_opens_nothing_but_a_mail() -> None:
    """RFC 6068: an address, a subject and a body; nothing for a mail program to fetch."""
    for label, link in links(SEVEN, ON, KEYS, (2026, 9), AT):
        assert urlsplit(link)[:3] == ("mailto", "", ACCOUNT.address)
        assert set(parse_qs(urlsplit(link).query)) == {"subject", "body"}
        assert label in {"Yes, by mail", "No, by mail"}


def test_every_line_of_every_summary_has_a_token_of_its_own() -> None:
    """Two verbs, two questions, two weeks."""
    made = {subject(verb, about, week) for verb in ("yes", "no") for about in (SEVEN, EIGHT) for week in ((2026, 9), (2026, 10))}
    assert len({text.rpartition(" ")[2] for text in made}) == 8


def test_an_earlier_summary_still_counts_while_the_question_waits() -> None:
    """It is the question that is used up, by the first answer to it."""
    assert isinstance(said(mail(subject(week=(2026, 8), at=AT - timedelta(days=7)))), Order)
    assert "does not wait" in why(said(mail(subject()), waiting=(EIGHT,)))


def test_a_question_that_was_answered_is_answered_no_second_time() -> None:
    """A replay, the other link, or the link of the next summary: all come too late."""
    for words in (subject(), subject("no"), subject(week=(2026, 10))):
        assert "does not wait" in why(said(mail(words), waiting=()))


@pytest.mark.parametrize("days", [0, 1, 14])
def test_it_counts_for_fourteen_days(days: int) -> None:
    """The summary comes weekly, and holidays last a fortnight."""
    assert isinstance(said(mail(subject()), at=AT + timedelta(days=days)), Order)


@pytest.mark.parametrize("days", [15, 400, -2])
def test_after_that_or_long_before_it_does_not(days: int) -> None:
    """A clock that was set back by a day costs nobody his answer."""
    assert "more than 14 days old" in why(said(mail(subject()), at=AT + timedelta(days=days)))


@pytest.mark.parametrize(
    ("trace", "why_not"),
    [
        ((), "nothing proves"),
        (vouched("evil.test"), "nothing proves"),
        ((("authentication-results", "evil.test; dmarc=pass header.from=home.example"),), "nothing proves"),
        ((*vouched("home.example")[1:], *vouched("home.example")[:1]), "nothing proves"),
        ((*HOME, ("authentication-results", "mx.home.example; dmarc=fail header.from=home.example")), "nothing proves"),
    ],
    ids=["unauthenticated", "of another domain", "by another server", "below the arrival", "contradicted"],
)
def test_a_mail_in_the_owners_name_that_nobody_vouches_for_orders_nothing(trace: tuple[tuple[str, str], ...], why_not: str) -> None:
    """Even with the genuine token: the summary may have been read over a shoulder."""
    assert why_not in why(said(mail(subject(), trace=trace)))


@pytest.mark.parametrize(
    "senders",
    [
        (Address("Jane Doe", "jane@acme.example"),),
        (Address(OWNER.name, "olga@home.example.evil.test"),),
        (Address(OWNER.address, "eve@evil.test"),),
        (Address("", OWNER.address), Address("", "eve@evil.test")),
        (Address("", OWNER.address), Address("", OWNER.address)),
        (),
    ],
    ids=["a third person", "a longer domain", "only by name", "two Froms", "twice the same", "none"],
)
def test_a_mail_of_anybody_else_is_no_order_at_all(senders: tuple[Address, ...]) -> None:
    """Whoever got the summary forwarded may click; it is read as any other mail of theirs."""
    domain = senders[0].domain if senders else "home.example"
    assert said(mail(subject(), from_=senders, trace=vouched(domain))) is None


@pytest.mark.parametrize(
    "words",
    [
        "Your network, week 9: 2 to decide",
        "Re: Your network, week 9: 2 to decide",
        f"Re: {subject()}",
        f"Fwd: {subject()}",
        f"Automatic reply: {subject()}",
        f"{subject()} now",
        subject().upper(),
        subject()[:-1],
        subject().replace("yes", "undo"),
        subject().replace("yes 7", "yes 07"),
        subject().replace("yes 7", "yes all"),
        "bouncer yes 7",
        "bouncer forget jane@acme.example",
        "",
    ],
)
def test_any_other_subject_is_no_order(words: str) -> None:
    """There are two verbs, and what the owner's mail says elsewhere is never read as one; the body may quote every link there is."""
    assert said(mail(words, tokens=(subject().rpartition(" ")[2],))) is None


@pytest.mark.parametrize(
    "kind", [Kind.AUTO_REPLY, Kind.BOUNCE, Kind.DELAY, Kind.CHALLENGE, Kind.RECEIPT, Kind.COMPLAINT, Kind.OPT_OUT, Kind.OTHER]
)
def test_a_machine_of_the_owners_orders_nothing(kind: Kind) -> None:
    """A vacation note under whatever subject is nobody's word."""
    assert "a machine wrote it" in why(said(mail(subject(), verdict=Verdict(kind, BECAUSE))))


def test_a_token_fits_its_own_answer_only() -> None:
    """Neither the other verb, nor another question, nor a question of that number in a ledger begun anew."""
    assert "not of that answer" in why(said(mail(subject().replace("yes", "no"))))
    assert "not of that answer" in why(said(mail(subject("no").replace("no", "yes"))))
    assert "not of that answer" in why(said(mail(subject().replace("yes 7", "yes 8"))))
    anew = replace(SEVEN, at=AT + timedelta(seconds=1))
    assert "not of that question" in why(said(mail(subject()), waiting=(anew,)))


def test_no_token_of_another_purpose_or_key_fits() -> None:
    """Not of a check-in, not of the summary itself, not of a ledger with other keys, not for another owner."""
    number = f"{7:012x}"
    bound = f"{OWNER.address} {SEVEN.at.astimezone(UTC).isoformat()}"
    forged = [
        token(),
        token(purpose="summary"),
        mint(KEYS, "checkin", number, bound, AT.date(), b"\x01\x07\xea\x09"),
        mint(KEYS, "summary", number, OWNER.address, AT.date(), b"\x01\x07\xea\x09"),
        mint(Keys(b"x" * 32), "decision", number, bound, AT.date(), b"\x01\x07\xea\x09"),
        mint(KEYS, "decision", PERSON, bound, AT.date(), b"\x01\x07\xea\x09"),
        mint(KEYS, "decision", number, f"eve@evil.test {SEVEN.at.isoformat()}", AT.date(), b"\x01\x07\xea\x09"),
        "a" * 40,
    ]
    for text in forged:
        assert "its token is not of" in why(said(mail(f"bouncer yes 7 {text}")))
    assert isinstance(said(mail(subject()), keys=Keys(b"n" * 32, (KEYS.current,))), Order)  # a rotated key still counts


def test_a_token_of_a_former_owner_address_is_none_of_the_present_one() -> None:
    """Whoever changes owner.address has the next summary to answer."""
    moved = replace(ON, owner=replace(OWNER, address="olga@newhome.example"))
    here = mail(subject(), from_=(Address("", "olga@newhome.example"),), trace=vouched("newhome.example"))
    assert "not of that question" in why(said(here, settings=moved))


def test_no_change_of_a_single_character_is_obeyed() -> None:
    """Each of the forty, by each of the other thirty-one."""
    alphabet, words = "abcdefghijklmnopqrstuvwxyz234567", subject()
    start = len(words) - 40
    for place in range(start, len(words)):
        for letter in alphabet.replace(words[place], ""):
            assert not isinstance(said(mail(words[:place] + letter + words[place + 1 :])), Order)


@pytest.mark.parametrize(
    "settings",
    [
        SETTINGS,
        replace(ON, accounts=(replace(ACCOUNT, authserv_id=None),)),
        replace(ON, owner=replace(OWNER, address="other@home.example")),
    ],
    ids=["not wanted", "nothing to vouch", "another owner"],
)
def test_where_it_is_off_such_a_mail_is_like_any_other(settings: Settings) -> None:
    """Off is the default, and without anything that vouches it stays off."""
    assert said(mail(subject()), settings=settings) is None


def test_it_takes_the_wish_and_something_that_vouches() -> None:
    """An authserv-id, or the verification of DKIM on this machine."""
    bare = replace(ON, accounts=(replace(ACCOUNT, authserv_id=None),))
    assert [heeded(one) for one in (ON, SETTINGS, bare)] == [True, False, False]
    assert heeded(replace(bare, accounts=(replace(bare.accounts[0], verify_dkim=True),)))


def test_a_crowded_summary_with_links_stays_below_what_gmail_shows() -> None:
    """It cuts a mail off at 102 KB; every decision shown has its two links in it, and each token stands once."""
    week = crowded()
    answers = {one.id: links(one, ON, KEYS, (2026, 9), AT) for one in week.week.questions}
    made = summarise(replace(week, answers=answers))
    assert len(as_html(made).encode()) < 102_000
    assert as_text(made).count("mailto:") == 40


def why(found: Order | Ignore | None) -> str:
    """Give why such a mail is not obeyed."""
    assert isinstance(found, Ignore)
    return found.why
