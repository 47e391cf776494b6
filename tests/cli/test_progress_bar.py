"""One bar at a time, and none of a command that has been done within a second or is piped."""

import io
import sys
from pathlib import Path

from support.bouncer_home import Home

from bouncer.cli.progress import at_work, read_book
from bouncer.config import load


class Terminal(io.StringIO):
    """What passes for a terminal, and keeps what it was shown."""

    def isatty(self) -> bool:
        """Say so."""
        return True


def shown(inner: float, outer: float) -> str:
    """Give what a terminal shows of a piece of work inside another; each becomes visible after so many seconds."""
    was, there = (sys.stdout, sys.stderr), Terminal()
    sys.stdout = sys.stderr = there
    try:
        with at_work(1, patience=outer) as step:
            step("the whole")
            with at_work(1, patience=inner) as part:
                part("a part")
    finally:
        sys.stdout, sys.stderr = was
    return there.getvalue()


def test_a_piece_of_work_inside_another_shows_no_bar_of_its_own() -> None:
    """Two would write over each other."""
    assert shown(inner=0, outer=60) == ""


def test_the_contact_file_is_read_below_a_bar(tmp_path: Path) -> None:
    """It is the file of the settings."""
    home = Home(tmp_path)
    home.contacts.write_text("contacts:\n- name: Jane Doe\n  email: jane@x.example\n", encoding="utf-8")
    assert [contact.name for contact in read_book(load(home.config)).contacts] == ["Jane Doe"]
