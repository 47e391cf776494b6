"""Options of the configuration are set in its text, and not a byte else."""

from pathlib import Path

import pytest
from support.bouncer_home import Home

from bouncer.config import load
from bouncer.edge.contacts.tree import Refused
from bouncer.edge.settings_file import set_options, with_option
from bouncer.edge.shipped import directory
from bouncer.errors import StorageFault, UsageError

SAMPLE = (directory("config") / "bouncer.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("option", "before", "after"),
    [("plus_address", " false", " true"), ("authserv_id", "", " mx.home.example"), ("sent_copy", " append", " server")],
)
def test_one_line_of_the_sample_changes(option: str, before: str, after: str) -> None:
    """Whether the option has a value there or is empty."""
    changed = with_option(SAMPLE, ("accounts", 0, option), after.strip())
    old, new = SAMPLE.splitlines(), changed.splitlines()
    assert [(a, b) for a, b in zip(old, new, strict=True) if a != b] == [(f"    {option}:{before}", f"    {option}:{after}")]


def test_an_option_that_is_not_there_comes_behind_the_others(tmp_path: Path) -> None:
    """And the configuration still loads, with it set."""
    home = Home(tmp_path)
    set_options(home.config, [(("accounts", 0, "plus_address"), "true"), (("accounts", 0, "authserv_id"), "mx.new.example")])
    account = load(home.config).accounts[0]
    assert (account.plus_address, account.authserv_id) == (True, "mx.new.example")
    assert home.config.read_text().replace("    plus_address: true\n", "").replace("mx.new.example", "mx.home.example") == home.text


def test_what_stands_in_braces_stays_there() -> None:
    """Comments too."""
    text = "accounts: [{name: main, sent_copy: append}] # mine\nlive: false\n"
    assert with_option(text, ("accounts", 0, "sent_copy"), "server") == text.replace("append", "server")


def test_an_option_without_a_place_is_refused(tmp_path: Path) -> None:
    """And the file is left alone, as is one that is not there."""
    home = Home(tmp_path)
    with pytest.raises(Refused):
        with_option(home.text, ("accounts", 3, "sent_copy"), "server")
    with pytest.raises(UsageError, match="set it by hand"):
        set_options(home.config, [(("accounts", 0, "sent_copy"), "server"), (("accounts", 3, "sent_copy"), "server")])
    assert home.config.read_text() == home.text
    with pytest.raises(StorageFault):
        set_options(tmp_path / "none.yaml", [(("live",), "true")])
