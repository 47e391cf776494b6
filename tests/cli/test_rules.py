"""`bouncer rules test` tells an owner what their own words do before they do it."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from bouncer.cli.app import app
from bouncer.errors import OwnerFault

PACK = """\
pack: replies
language: en
rules:
  - name: en-my-boat
    means: away
    within: body
    options: {{dates: until}}
    phrases: ['sailing the boat until {{date}}']
    examples: [{{text: "I am sailing the boat until 9 March.", date: 9 March}}]
    counter-examples: ["{counter}"]
"""
MAIL = """\
From: Jane Doe <jane@acme.example>
To: olga@home.example
Subject: Re: Hello
Date: Wed, 04 Mar 2026 10:00:00 +0000

Hi, I am sailing the boat until 9 March.

Jane
"""


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a directory with a pack and a mail beside it, and no configuration anywhere near."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "mine.yaml").write_text(PACK.format(counter="The boat sails in March."))
    (tmp_path / "mail.eml").write_text(MAIL)
    return tmp_path / "rules"


def test_what_the_owner_s_rules_change_is_shown(own: Path) -> None:
    """The rule that hit, its words, and the finding that is new."""
    done = CliRunner().invoke(app, ["rules", "test", "--rules", str(own), "--mbox", "mail.eml"])
    assert done.exit_code == 0, done.output
    assert "mine.yaml: 1 rule, 2 examples and counter-examples" in done.output
    assert "which yours do not touch" in done.output
    assert "en-my-boat" in done.output
    assert "Your own packs change 1 of 1 readings:" in done.output
    assert "+ away 2026-03-09 (en-my-boat)" in done.output
    assert "0 contradictions." in done.output


def test_without_packs_of_one_s_own_the_shipped_ones_are_run(own: Path) -> None:
    """No configuration is needed, and nothing is said of a difference."""
    done = CliRunner().invoke(app, ["rules", "test", "--mbox", "mail.eml"])
    assert own.exists()
    assert done.exit_code == 0, done.output
    assert "en.yaml" in done.output
    assert "Your own packs" not in done.output


def test_the_shipped_ones_are_run_as_well_where_words_of_one_s_own_could_change_them(own: Path) -> None:
    """A name that is declared to be none is none in every pack of the language."""
    words = "words: {not-names: [jane, doe, contact]}\nrules:"
    (own / "mine.yaml").write_text(PACK.format(counter="The boat sails in March.").replace("rules:", words))
    done = CliRunner().invoke(app, ["rules", "test", "--rules", str(own)])
    assert isinstance(done.exception, OwnerFault)
    assert "en.yaml" in str(done.exception)


def test_an_example_that_does_not_come_out_is_named_with_its_line(own: Path) -> None:
    """A counter-example that the rule matches is the owner's fault, and says where."""
    (own / "mine.yaml").write_text(PACK.format(counter="We were sailing the boat until 3 May."))
    done = CliRunner().invoke(app, ["rules", "test", "--rules", str(own)])
    assert isinstance(done.exception, OwnerFault)
    assert "mine.yaml:10: en-my-boat: counter-example" in str(done.exception)
