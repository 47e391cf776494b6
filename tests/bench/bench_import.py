"""How long an import takes: `python tests/bench/bench_import.py [PEOPLE]` (default 30,000 rows of LinkedIn into 30,000 contacts).

Three exports one after the other: the first, which fills page and title of everybody it knows; the same again; and one half a year later,
in which one in twenty works elsewhere. One in ten is new each time, one in ten has no address and is nobody's. The bar is 10 seconds at
work each.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

sys.path.insert(0, str(Path(__file__).parents[1]))

from support.bouncer_home import Home
from typer.testing import CliRunner

from bouncer.cli.app import app

BAR = 10.0  # seconds
_HEADER = 'Notes:\n"When exporting your connection data, you may notice\nthat some are missing"\n\n'
_COLUMNS = "First Name,Last Name,URL,Email Address,Company,Position,Connected On\n"


def word(number: int) -> str:
    """Give a name of letters alone, another one for every *number*."""
    return "".join(chr(ord("a") + int(digit)) for digit in str(number)).capitalize()


def contacts(number: int) -> Iterator[str]:
    """Give the contact file: people with an employer, and half of them with a title."""
    yield "contacts:\n"
    for n in range(number):
        yield f"  - name: {word(n)} Family{word(n)}\n    email: given{n}@company{n // 20}.example\n    company: Company {word(n // 20)}\n"
        if n % 2:
            yield "    title: Clerk\n"


def export(number: int, later: int = 0) -> Iterator[str]:
    """Give LinkedIn's file: one in twenty of those on file with the address; *later*, others work elsewhere and others are new."""
    yield _HEADER + _COLUMNS
    for n in range(number):
        known = n % 10 < 8
        who = n if known else n + number * (1 + later)
        address = f"given{who}@company{who // 20}.example" if n % 20 == 0 or n % 10 == 8 else ""
        company = f"Elsewhere {word(who)}" if later and n % 20 == 1 else f"Company {word(who // 20)}"
        yield f"{word(who)},Family{word(who)},https://www.linkedin.com/in/given{who},{address},{company},Clerk,26 Jul 2025\n"


def main(number: int) -> None:
    """Print the table."""
    with TemporaryDirectory() as name:
        home = Home(Path(name))
        home.contacts.write_text("".join(contacts(number)), encoding="utf-8")
        for label, later in (("the first export", 0), ("the same again", 0), ("half a year later", 1)):
            file = Path(name) / "Connections.csv"
            file.write_text("".join(export(number, later)), encoding="utf-8")
            began, busy = perf_counter(), process_time()
            ran = CliRunner().invoke(app, ["import", str(file), "--config", str(home.config)])
            seconds, busy = perf_counter() - began, process_time() - busy
            assert ran.exit_code == 0, ran.output
            said = ran.output.strip().splitlines()[-1].partition("in one go: ")[2].partition(".")[0] or "nothing new"
            over = "" if busy <= BAR else "(over the bar)"
            print(
                f"{label:<20} {number:,} rows {seconds:7.2f} s, {busy:6.2f} of them at work {over:<15} {said}",
                flush=True,
            )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 30_000)
