"""What is printed as JSON holds nothing that a terminal obeys or hides, and says the same all the same."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.bouncer_home import Home, today
from typer.testing import CliRunner

from bouncer.cli.app import app
from bouncer.cli.show import json_line
from bouncer.edge.contacts import open_contacts
from bouncer.model import Breaker, EventKind

ODD = "\x1b[2J\x9b1m\u202e\u2028\x7f"


@given(st.dictionaries(st.text(), st.text()), st.sampled_from([None, 2]))
def test_any_text_comes_back_from_what_can_be_shown(value: dict[str, str], indent: int | None) -> None:
    """Laid out or not; only a layout has line ends."""
    text = json_line(value, indent)
    assert json.loads(text) == value
    assert text.replace("\n", "").isprintable()
    assert indent or "\n" not in text


@pytest.mark.parametrize(
    "command",
    [("plan", "--json"), ("resume", "--look", "--json"), ("resume", "--json"), ("export", "jane@acme.example"), ("status", "--json")],
)
def test_words_from_outside_are_escaped(tmp_path: Path, command: tuple[str, ...]) -> None:
    """Whatever a server or a message had said."""
    home = Home(tmp_path)
    ledger = home.ledger()
    ledger.sync(open_contacts(home.settings.contacts, home.settings.state / "history").load(), today())
    ledger.trip(Breaker.REFUSALS, f"odd {ODD}", today())
    ledger.note(EventKind.HINT, f"odd {ODD}", today(), ledger.person("jane@acme.example"))
    ledger.close()
    result = CliRunner().invoke(app, [*command, "--config", str(home.config)])
    assert result.exit_code == 0, result.output
    assert result.stdout.replace("\n", "").isprintable()
    assert "\\u001b[2J\\u009b1m\\u202e\\u2028\\u007f" in result.stdout
    assert f"odd {ODD}" in str_of(json.loads(result.stdout))


def str_of(value: object) -> str:
    """Give every text in *value*, one after the other."""
    if isinstance(value, dict):
        return " ".join(map(str_of, value.values()))
    return " ".join(map(str_of, value)) if isinstance(value, list) else str(value)
