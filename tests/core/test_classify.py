"""What sort of message it is, with the known mistakes."""

import pytest
from support.replies import reading

from bouncer.model import Kind


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"Auto_Submitted": "auto-replied; owner-email=jane@acme.example"}, "Bye."),
        ({"Auto_Submitted": "auto-replied (vacation)"}, "Bye."),
        ({"X_Autoreply": "yes"}, "Bye."),
        ({"X_Apple_Action": "VACATION"}, "Bye."),
        ({"Precedence": "auto_reply"}, "Bye."),
        ({"X_Auto_Response_Suppress": "All", "X_MS_Exchange_Inbox_Rules_Loop": "jane@acme.example"}, "Bye."),
        ({"subject": "Automatic reply: Hello"}, "Bye."),
        ({"subject": "[users] Out of Office: Hello"}, "Bye."),
        ({"subject": "Automatische Antwort : Hallo"}, "Bye."),
        ({"subject": "Réponse automatique\u00a0: Bonjour"}, "Bye."),
        ({"subject": "自動応答：こんにちは"}, "Bye."),
        ({"subject": "OTOMATİK YANIT: Merhaba"}, "Bye."),
        ({"subject": "Jane Doe is out of the office."}, "Bye."),
        ({"subject": "Re: Hello"}, "This is an automated response to your message."),
        ({"subject": "Re: Hello"}, "Dies ist eine automatisch erstellte Nachricht."),
        ({"Auto_Submitted": "auto-generated"}, "We have received your request."),
    ],
)
def test_an_automatic_answer_is_known(fields: dict[str, str], text: str) -> None:
    """By its headers, by the prefix of its subject in any language, or because it says so."""
    assert reading(text, **fields).verdict.kind is Kind.AUTO_REPLY


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"subject": "Re: Automatic reply: Hello"}, "Did you get my mail?"),
        ({"subject": "AW: Automatische Antwort: Hallo"}, "Bist du wieder da?"),
        ({"subject": "Odp: Out of Office: Hello"}, "Welcome back!"),
        ({"subject": "RE[2]: Automatic reply: Hello"}, "Hi."),
        ({"subject": "Auto insurance"}, "Do you know a good one?"),
        ({"Auto_Submitted": "no"}, "Hello."),
        ({"X_Auto_Response_Suppress": "OOF, AutoReply"}, "Hello."),
        ({"subject": "Out of the Office - Friday, March 6"}, "I will not be in on Friday. Jane"),
        ({"List_Id": "<users.lists.example>", "List_Post": "<mailto:users@lists.example>", "Precedence": "list"}, "I think so too."),
        ({}, "I got an automatic reply from Bob, he is out of the office."),
        ({}, "Please unsubscribe Bob when he asks, and click on the link I sent you."),
    ],
)
def test_a_person_is_no_robot(fields: dict[str, str], text: str) -> None:
    """A reply prefix blocks the subject's rule, and a phrase decides nothing."""
    assert reading(text, **fields).verdict.kind is Kind.HUMAN


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"subject": "News", "Feedback_ID": "1:2:acme"}, "Our office has moved."),
        ({"subject": "News", "List_Unsubscribe": "<mailto:leave@acme.example>"}, "Our office has moved."),
        ({"subject": "News"}, "We have moved!\n\nTo unsubscribe, click here: https://acme.example"),
        ({"sender": "noreply@acme.example", "subject": "Your password"}, "It has changed."),
        ({"subject": "Bug 12 changed", "Auto_Submitted": "auto-generated"}, "Jane Doe has left a comment."),
    ],
)
def test_newsletters_and_notifications_are_other(fields: dict[str, str], text: str) -> None:
    """Machines that do not answer; and nothing they say is found."""
    found = reading(text, **fields)
    assert (found.verdict.kind, found.findings) == (Kind.OTHER, ())


@pytest.mark.parametrize(
    "text",
    [
        "Please remove me from your list.",
        "STOP",
        "Stop writing to me!",
        "I do not want to receive any more of these mails.",
        "Bitte löschen Sie meine Daten aus Ihrem Verteiler.",
        "Ich möchte keine weiteren E-Mails von Ihnen.",
    ],
)
def test_a_person_who_asks_not_to_be_written_to_opts_out(text: str) -> None:
    """In their own words, and only then."""
    found = reading(text)
    assert found.verdict.kind is Kind.OPT_OUT
    assert [finding.type for finding in found.findings] == ["opt-out"]


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"Auto_Submitted": "auto-replied"}, "I am out of the office. Please do not write to me again before 12 March."),
        ({}, "> Please remove me from your list.\n\nBob wrote that. What shall we do?"),
        ({}, "Do not write to me at work, use my home address."),
        ({}, "The bus will not stop here any more."),
        ({"List_Unsubscribe": "<mailto:leave@acme.example>", "subject": "News"}, "If you no longer want these mails, reply STOP."),
    ],
)
def test_what_only_sounds_like_a_stop_is_none(fields: dict[str, str], text: str) -> None:
    """An out-of-office note, a quotation and a newsletter are never an opt-out."""
    found = reading(text, **fields)
    assert found.verdict.kind is not Kind.OPT_OUT
    assert "opt-out" not in {finding.type for finding in found.findings}


@pytest.mark.parametrize(
    "text",
    [
        "Your message is being held until you confirm it by a reply to this challenge.",
        "Please click the link below to verify that you are human, then your message will be delivered.",
    ],
)
def test_a_challenge_is_known(text: str) -> None:
    """It asks the sender to prove something, and says nothing of a person."""
    found = reading(text, subject="Please confirm", Auto_Submitted="auto-replied")
    assert (found.verdict.kind, found.findings) == (Kind.CHALLENGE, ())


def test_every_verdict_says_why() -> None:
    """With the rule and the words or the header it stands on."""
    because = reading("Bye.", subject="Automatic reply: Hello").verdict.because
    assert (because.rule, because.quote, because.where) == ("subject-en-automatic-reply", "Automatic reply:", "subject")
