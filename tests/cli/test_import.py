"""`bouncer import`: the diff as people read it, one write, and one command that takes it back."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from support.bouncer_home import Home
from support.exports import VCARDS, linkedin
from typer.testing import CliRunner

from bouncer.cli.app import app
from bouncer.edge.contacts import open_contacts
from bouncer.errors import BouncerError
from bouncer.model import EventKind

FIRST = (
    "Jane,Doe,https://www.linkedin.com/in/janedoe,,Acme,CTO,26 Jul 2025",
    "Bob,Best,https://www.linkedin.com/in/bob,bob@bolt.example,Bolt,,01 Mar 2019",
    "Zoe,Zimt,https://www.linkedin.com/in/zoe,zoe@zimt.example,Zimt,Boss,1 Mar 2020",
    "No,Body,,,Nil,,3 Mar 2021",
    "torn",
)
LATER = (FIRST[0].replace("Acme,CTO", "NewCo,CEO"), *FIRST[1:])
FILLED = """\
# mine
contacts:
  - name: Jane Doe
    email: jane@acme.example   # at work
    company: Acme
    title: CTO
    linkedin: "https://www.linkedin.com/in/janedoe"
    tags: [li]
  - name: Bob Best
    email: bob@bolt.example
    company: Bolt
    linkedin: "https://www.linkedin.com/in/bob"
    tags: [li]
  - name: Zoe Zimt
    email: zoe@zimt.example
    company: Zimt
    title: Boss
    linkedin: "https://www.linkedin.com/in/zoe"
    tags: [li]
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Give a home before its first run, which is when people import."""
    return Home(tmp_path)


def run(home: Home, *arguments: str) -> str:
    """Run the command and give what it printed."""
    result = CliRunner().invoke(app, [*arguments, "--config", str(home.config)])
    assert result.exit_code == 0, result.output
    return result.output


def take_in(home: Home, *rows: str, more: tuple[str, ...] = ()) -> str:
    """Import LinkedIn's *rows* and give what was printed."""
    file = home.path / "Connections.csv"
    file.write_bytes(linkedin(*rows))
    return run(home, "import", str(file), *more)


def test_a_dry_run_shows_all_of_it_and_touches_nothing(home: Home) -> None:
    """Not even a ledger is made."""
    before = home.contacts.read_bytes()
    said = take_in(home, *FIRST, more=("--dry-run", "--tag", "li"))
    assert "Connections.csv is from LinkedIn: 4 people, 2 of them in your contact file." in said
    assert "  jane@acme.example\n      title: nothing -> CTO\n      linkedin: nothing -> https://www.linkedin.com/in/janedoe\n" in said
    assert "  + Zoe Zimt <zoe@zimt.example>, Boss, Zimt, https://www.linkedin.com/in/zoe, #li\n" in said
    assert "nobody in your contact file is known to be them (1)\n  line 9: No Body, Nil, since 2021-03-03\n" in said
    assert "Could not be read (1)\n  line 10: it has one field, and the header has 7\n" in said
    assert said.endswith("Nothing was written. Without --dry-run it would be, in one write: 2 changed, 1 added.\n")
    assert (home.contacts.read_bytes(), (home.path / "state").exists()) == (before, False)


def test_it_is_one_write_and_one_command_takes_it_back(home: Home) -> None:
    """To the byte; and taken in a second time, nothing is new."""
    before = home.contacts.read_bytes()
    said = take_in(home, *FIRST, more=("--tag", "li"))
    assert home.contacts.read_text(encoding="utf-8") == FILLED
    assert [path for path in (home.path / "state" / "history").iterdir() if path.suffix != ".lock"] != []
    assert "Nothing is new" in take_in(home, *FIRST, more=("--tag", "li"))
    run(home, *said.partition("`bouncer ")[2].partition("`")[0].split())
    assert home.contacts.read_bytes() == before


def test_a_job_change_between_two_exports_is_told_written_and_a_reason_to_write(home: Home) -> None:
    """The plan says why; the export of a person shows what LinkedIn said, and forgetting takes it out."""
    take_in(home, *FIRST)
    said = take_in(home, *LATER)
    assert "New jobs, as LinkedIn says (1)\n  Jane Doe <jane@acme.example>: CTO, Acme -> CEO, NewCo\n" in said
    assert "jane@acme.example is likely to die: a letter goes there before others" in said
    (jane, *_) = open_contacts(home.contacts, home.path / "history").load().contacts
    assert (jane.company, jane.title) == ("NewCo", "CEO")
    assert "LinkedIn says that they have gone from Acme to NewCo; jane@acme.example is likely to die" in run(home, "plan")
    assert '"job": [' in run(home, "export", "Jane Doe")
    run(home, "forget", "Jane Doe", "--yes")
    ledger = home.ledger()
    try:
        assert [ledger.jobs().get(address) for address in ("jane@acme.example", "bob@bolt.example")].count(None) == 1
        assert "NewCo" not in repr(ledger.events())
    finally:
        ledger.close()
    assert "you had bouncer forget them" in take_in(home, LATER[0])


def test_an_undone_job_change_stays_undone(home: Home) -> None:
    """The owner's word is the last one: LinkedIn says nothing new."""
    take_in(home, *FIRST)
    said = take_in(home, *LATER)
    run(home, *said.partition("`bouncer ")[2].partition("`")[0].split())
    assert "Nothing is new" in take_in(home, *LATER)
    assert "company: Acme" in home.contacts.read_text(encoding="utf-8")


def test_every_change_names_its_line_in_the_history(home: Home) -> None:
    """And whom it concerns, though nobody had run bouncer before."""
    take_in(home, *FIRST)
    ledger = home.ledger()
    try:
        changes = [event for event in ledger.events() if event.kind is EventKind.CHANGED]
    finally:
        ledger.close()
    assert {event.name for event in changes} == {"Jane Doe", "Bob Best", "Zoe Zimt"}
    assert {event.because.quote for event in changes if event.because} == {f"line {n} of Connections.csv" for n in (6, 7, 8)}


def test_vcards_are_counted_by_card(home: Home) -> None:
    """Their numbers are those of cards."""
    (home.path / "phone.vcf").write_bytes(VCARDS + b"BEGIN:VCARD\nFN:Lost\n")
    said = run(home, "import", str(home.path / "phone.vcf"))
    assert "phone.vcf is from vCards: 3 people" in said
    assert "  card 4: it begins on line" in said
    assert len(open_contacts(home.contacts, home.path / "history").load().contacts) == 5


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("missing.csv",), "cannot be read: No such file"),
        (("list.csv",), "Its first line has the columns Wer, Wo. Say which column is what, as in --map"),
        (("list.csv", "--from", "linkedin"), "no header of linkedin"),
        (("list.csv", "--from", "google", "--map", "email=Wo"), "One of --map and --from"),
        (("list.csv", "--map", "email=Was"), "names the column 'was', which is not there; there are: Wer, Wo"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(home: Home, arguments: tuple[str, ...], said: str) -> None:
    """And nothing is written."""
    (home.path / "list.csv").write_text("Wer,Wo\nJane Doe,jane@new.example\n", encoding="utf-8")
    before = home.contacts.read_bytes()
    result = CliRunner().invoke(app, ["import", str(home.path / arguments[0]), *arguments[1:], "--config", str(home.config)])
    assert isinstance(result.exception, BouncerError)
    assert said in str(result.exception)
    assert home.contacts.read_bytes() == before


def test_a_map_takes_in_any_csv(home: Home) -> None:
    """Jane's other address is known to be hers by name and company alone, so that she is not added twice."""
    text = "Wer;Wo;Bei\nJane Doe;jane@new.example;ACME Ltd\nAda Amber;ada@amber.example;Amber\n"
    (home.path / "list.csv").write_text(text, encoding="utf-8")
    said = run(home, "import", str(home.path / "list.csv"), "--map", "email=Wo,name=Wer,company=Bei")
    assert "1 changed, 1 added" in said
    assert "also: [jane@new.example]" in home.contacts.read_text(encoding="utf-8")


def test_a_terminal_is_not_told_what_to_do_by_a_name(home: Home) -> None:
    """Nor by a column, nor by a line that could not be read."""
    said = take_in(home, "\x1b[2JEve,\x1b]0;x\x07Evil,,eve@evil.example,\u202eX,,", "\x1b[31mtorn")
    assert "\x1b" not in said
    assert "\u202e" not in said


def test_a_bar_is_shown_on_a_terminal_alone() -> None:
    """Where nothing is piped and it takes long enough; afterwards the line is free again."""
    script = (
        "import sys, threading\nfrom bouncer.cli.progress import at_work\n"
        "with at_work(2, patience=0) as step:\n    step('first')\n"
        "    [thread.join() for thread in threading.enumerate() if isinstance(thread, threading.Timer)]\nprint('done')\n"
    )
    shown = _on_a_terminal(script)
    assert "first" in shown
    assert shown.endswith("done\r\n")
    assert _on_a_terminal("import sys, io\nsys.stdout = io.StringIO()\n" + script) == ""
    assert _on_a_terminal(script.replace("patience=0", "patience=60").replace("    [thread", "    0 and [thread")) == "done\r\n"


def _on_a_terminal(script: str) -> str:
    """Run Python's *script* with a terminal of its own, and give all that it showed."""
    terminal, other = pty.openpty()
    with subprocess.Popen([sys.executable, "-c", script], stdin=other, stdout=other, stderr=other, env={**os.environ, "TERM": "xterm"}):
        os.close(other)
        shown = b""
        try:
            while piece := os.read(terminal, 4096):
                shown += piece
        except OSError:  # the end of a terminal whose program is gone (Linux)
            pass
        os.close(terminal)
    return shown.decode()
