"""A letter answers the person's own last mail, and nothing that mail says can reach further than one subject."""

from dataclasses import replace
from datetime import timedelta

import pytest
from support.build import AT

from bouncer.core.threads import continued
from bouncer.model import Conversation

THEIRS = Conversation("<hello-7@acme.example>", "Lunch in May?", AT - timedelta(days=30))


@pytest.mark.parametrize("subject", ["Lunch in May?", "Re: Lunch in May?", "AW: Re: Lunch in May?", "RE[2]: Lunch in May?"])
def test_the_subject_is_theirs_with_one_re(subject: str) -> None:
    """However many answers it has gone through (RFC 5322 section 3.6.5)."""
    assert continued(replace(THEIRS, subject=subject), AT) == replace(THEIRS, subject="Re: Lunch in May?")


def test_a_subject_that_only_begins_like_an_answer_keeps_its_words() -> None:
    """`Read this` is no `Re: ad this`."""
    answered = continued(replace(THEIRS, subject="Reading list: autumn"), AT)
    assert answered is not None
    assert answered.subject == "Re: Reading list: autumn"


@pytest.mark.parametrize(
    "mail",
    [
        None,
        replace(THEIRS, at=AT - timedelta(days=900)),
        replace(THEIRS, message_id="<a@b>\r\nBcc: <x@y.example>"),
        replace(THEIRS, message_id="<a b@acme.example>"),
        replace(THEIRS, message_id="<" + "a" * 400 + "@acme.example>"),
        replace(THEIRS, message_id=""),
        replace(THEIRS, subject="Re: "),
        replace(THEIRS, subject="=?utf-8?q?x=0D=0ABcc:_x@y.example?="),
    ],
)
def test_what_is_old_or_could_not_stand_in_a_header_of_ours_is_not_answered(mail: Conversation | None) -> None:
    """Then the letter begins a conversation of its own."""
    assert continued(mail, AT) is None
