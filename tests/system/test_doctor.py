"""`bouncer doctor` against Dovecot and Postfix: nothing wrong is found in what is well, and the trial letter comes back."""

import json
from pathlib import Path

import pytest
from support.bouncer_home import Home, Ran
from support.mailstack import PASSWORD, MailStack

pytestmark = pytest.mark.servers


def setup(stack: MailStack, path: Path) -> Home:
    """Write a set-up for a mailbox of its own."""
    home = Home(path, account=stack.account(stack.user()))
    home.config.write_text(home.text.replace("sent_folder: Sent", "sent_folder: \\Sent"), encoding="utf-8")
    (path / "password").write_text(PASSWORD, encoding="utf-8")
    return home


def found(ran: Ran) -> dict[str, str]:
    """Give id and gravity of all that was found."""
    return {one["id"]: one["gravity"] for one in map(json.loads, ran.out.splitlines())}


def test_the_trial_letter_shows_what_survives_and_what_to_set(mailstack: MailStack, tmp_path: Path) -> None:
    """One letter to the owner, in the mailbox and in the ledger; and the option is set in the configuration without a byte else."""
    home = setup(mailstack, tmp_path)
    (before, address) = home.config.read_text(), home.settings.accounts[0].address
    ran = home.bouncer("doctor", "--roundtrip", "--set", "--json")
    told = found(ran)
    fine = {"mail.back", "mail.message-id", "mail.return-path", "mail.sent-copy"}
    assert (ran.code, {name for name, gravity in told.items() if gravity == "fine"}) == (0, fine)
    assert told["mail.plus-address"] == "note"
    assert len(mailstack.mails(address)) == 1
    assert home.bouncer("history").out.count("sent") == 1
    assert home.config.read_text().replace("    plus_address: true\n", "") == before
    assert home.settings.accounts[0].plus_address


def test_without_being_asked_it_writes_nothing(mailstack: MailStack, tmp_path: Path) -> None:
    """A wrong password is named all the same, and never shown."""
    home = setup(mailstack, tmp_path)
    (tmp_path / "password").write_text("wr0ng", encoding="utf-8")
    files = sorted(path.name for path in tmp_path.iterdir())
    ran = home.bouncer("doctor", "--json")
    assert ran.code == 77
    assert {"imap.login-password", "smtp.login-password"} <= set(found(ran))
    assert "wr0ng" not in ran.out + ran.err
    assert sorted(path.name for path in tmp_path.iterdir()) == files
