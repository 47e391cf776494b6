"""What a provider does with a letter, judged from how the trial letter came back."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from support.build import ACCOUNT

from bouncer.core.checkup import judge_trial
from bouncer.core.checkup.vouching import vouchers
from bouncer.model.checkup import Diagnosis, Proposal, TrialSeen

AT = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)
FIELDS = {
    "Return-Path": "<olga@home.example>",
    "Delivered-To": "olga+trial1@home.example",
    "Authentication-Results": "mx.home.example; dkim=pass",
    "To": "Olga <olga+trial1@home.example>",
    "Message-ID": "<b.token@home.example>",
    "References": "<b.token@home.example>",
}
BACK = TrialSeen(
    ACCOUNT, "<b.token@home.example>", "b.token", "olga+trial1@home.example", "back", folder="INBOX", received=AT, found=AT, filed=False
)


def back(seen: TrialSeen = BACK, **changed: str | None) -> dict[str, Diagnosis]:
    """Give what is said of a letter that came back with header fields *changed*, or without one that is None; by id."""
    fields = {**FIELDS, **{name.replace("_", "-"): value for name, value in changed.items()}}
    data = "".join(f"{name}: {value}\r\n" for name, value in fields.items() if value is not None) + "\r\nHello\r\n"
    found = judge_trial(replace(seen, data=data.encode()), 0)
    return {one.id: one for one in found if one.gravity != "fine"}


def test_a_letter_that_survives_whole_leaves_nothing_but_an_offer() -> None:
    """The plus-address works and is not used yet."""
    found = back()
    assert list(found) == ["mail.plus-address"]
    assert found["mail.plus-address"].proposal == Proposal(("accounts", 0, "plus_address"), "true")
    assert back(replace(BACK, account=replace(ACCOUNT, plus_address=True))) == {}


def test_a_rewritten_message_id_matters_only_where_references_are_lost_too() -> None:
    """One of the two is enough to know an answer by."""
    assert back(Message_ID="<other@mx.example>")["mail.message-id-rewritten"].gravity == "note"
    found = back(Message_ID="<other@mx.example>", References=None)["mail.message-id-rewritten"]
    assert (found.gravity, found.code) == ("error", 69)
    assert "plus_address: true" in found.mend
    assert back(References=None)["mail.references-stripped"].gravity == "note"


@pytest.mark.parametrize(
    ("uses", "gravity", "proposal"), [(False, "note", None), (True, "error", Proposal(("accounts", 0, "plus_address"), "false"))]
)
def test_a_stripped_plus_address_matters_only_where_it_is_used(uses: bool, gravity: str, proposal: Proposal | None) -> None:
    """Whether what follows the + is taken off, or no such address takes mail."""
    seen = replace(BACK, account=replace(ACCOUNT, plus_address=uses))
    plain = {"Delivered_To": "olga@home.example", "To": "olga@home.example"}
    for one in (seen, replace(seen, to="olga@home.example", plain_after='"550 5.1.1 unknown"')):
        found = back(one, **plain)["mail.plus-stripped"]
        assert (found.gravity, found.proposal) == (gravity, proposal)


def test_the_authserv_id_to_pin_is_shown() -> None:
    """Another than is configured is a warning, and one where none is configured an offer; the configured one is well."""
    seen = replace(BACK, account=replace(ACCOUNT, authserv_id=None))
    assert back(seen)["mail.authserv-id-other"].proposal == Proposal(("accounts", 0, "authserv_id"), "mx.home.example")
    assert back(Authentication_Results="mx.other.example; spf=pass")["mail.authserv-id-other"].gravity == "warning"
    assert "mail.no-authentication-results" in back(seen, Authentication_Results=None)
    assert "mail.no-authentication-results" in back(seen, Authentication_Results="spf=pass (sender IP is 192.0.2.1); dkim=pass")


def test_who_files_sent_mail_is_seen() -> None:
    """The configuration should say the same."""
    assert back(replace(BACK, filed=True))["mail.sent-copy-wrong"].proposal == Proposal(("accounts", 0, "sent_copy"), "server")
    server = replace(ACCOUNT, sent_copy="server")
    assert back(replace(BACK, account=server))["mail.sent-copy-wrong"].proposal == Proposal(("accounts", 0, "sent_copy"), "append")
    assert "mail.sent-copy-wrong" not in back(replace(BACK, account=server, filed=True))


def test_where_bounces_go_is_seen() -> None:
    """A rewritten envelope sender takes them elsewhere."""
    assert back(Return_Path="<bounces@relay.example>")["mail.return-path-rewritten"].gravity == "warning"
    assert back(Return_Path=None)["mail.return-path-hidden"].gravity == "note"


def test_the_junk_folder_and_a_wrong_clock_show_in_the_letter() -> None:
    """Both are worth knowing before anybody is written to."""
    assert "mail.junk" in back(replace(BACK, folder="Spam"))
    assert "clock.wrong" in back(replace(BACK, received=AT + timedelta(hours=1)))
    assert "clock.wrong" not in back(replace(BACK, received=AT + timedelta(minutes=2)))


@pytest.mark.parametrize(
    ("changed", "name"),
    [
        ({"outcome": "refused", "said": "552 5.2.2 Mailbox full"}, "mail.quota-full"),
        ({"outcome": "refused", "said": "550 5.7.1 Not you"}, "mail.refused"),
        ({"outcome": "bounced"}, "mail.bounced"),
        ({"outcome": "not-sent", "said": "nobody listens there"}, "mail.not-sent"),
        ({"outcome": "not-back"}, "mail.not-back"),
    ],
)
def test_a_letter_that_does_not_come_back_is_said_to(changed: dict[str, str], name: str) -> None:
    """With the server's own words where it has any."""
    (found,) = judge_trial(replace(BACK, **changed), 0)  # type: ignore[arg-type]
    assert found.id == name
    assert found.mend
    assert changed.get("said", "") in found.said


def test_a_field_without_a_name_vouches_for_nobody() -> None:
    """The commonest name comes first."""
    assert vouchers(["a.example; none", "B.example 1; dkim=pass", "b.example; dkim=fail", "spf=pass; dkim=pass"]) == (
        "b.example",
        "a.example",
    )
