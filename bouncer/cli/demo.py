"""`bouncer demo`: watch the main job happen on a real SMTP and a real IMAP connection, on loopback, and nothing leaves the machine."""

import difflib
import logging
import tempfile
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.rule import Rule
from rich.text import Text

from bouncer.cli.show import clean, proposed
from bouncer.errors import OutcomeWrong, UsageError


def demo(
    directory: Annotated[Path | None, typer.Option("--keep", help="Keep the demo's files in this new directory.")] = None,
    fast: Annotated[bool, typer.Option("--fast", help="Do not pause for the reader.")] = False,
) -> None:
    """Play two weeks of check-ins and answers with fifteen invented people, then show the contact file's changes and the summary."""
    try:
        from bouncer.demo.play import Play  # noqa: PLC0415 - its servers come with an extra
    except ModuleNotFoundError as error:
        raise UsageError(f"The demo needs the package {error.name}: install it with `pip install 'bouncer-daemon[demo]'`.") from error
    logging.getLogger("bouncer").setLevel(logging.CRITICAL)  # everything is shown on the screen
    place = directory or Path(tempfile.mkdtemp(prefix="bouncer-demo-"))
    place.mkdir(parents=True, exist_ok=True)
    if (place / "bouncer.yaml").exists():
        raise UsageError(f"{place} holds a demo already; name another directory.")
    out = Console(highlight=False)
    _opening(out)
    ended = Play(place, out, 0.0 if fast else 0.25).perform()
    _diff(out, ended.before, ended.after)
    _waiting(out, ended.questions)
    _refused(out, ended.refused)
    pages = _summaries(out, ended.summaries, place)
    _closing(out, place, pages, ended.wrong)


def _opening(out: Console) -> None:
    out.print(Rule("bouncer demo"))
    out.print(
        "Olga keeps fifteen people in a YAML file. bouncer writes to them over SMTP, reads what comes back over IMAP,\n"
        "and corrects the file. "
        "Both servers run on this machine for the length of the demo; the people are invented.\n"
        "→ goes out, ← comes in, ✗ was refused, ? is left to Olga.\n"
    )


def _diff(out: Console, before: str, after: str) -> None:
    out.print()
    out.print(Rule("the contact file: every byte that changed"))
    for line in difflib.unified_diff(
        before.splitlines(), after.splitlines(), "contacts.yaml before", "contacts.yaml after", lineterm="", n=2
    ):
        style = {"+": "green", "-": "red", "@": "dim"}.get(line[:1], "")
        out.print(Text(line, style), soft_wrap=True)


def _waiting(out: Console, questions: tuple) -> None:  # type: ignore[type-arg]
    out.print()
    out.print(Rule("left to Olga (`bouncer review`)"))
    for question in questions:
        out.print(Text(f"{question.id:>3}  {clean(question.name)}: {clean(question.why)}"), soft_wrap=True)
        for change in question.changes:
            out.print(Text(f"     yes would {proposed(change)}", "dim"), soft_wrap=True)


def _refused(out: Console, refused: tuple[str, ...]) -> None:
    out.print()
    out.print(Rule("not done, and why"))
    for sentence in dict.fromkeys(refused):
        out.print(Text(f"  {clean(sentence)}"), soft_wrap=True)


def _summaries(out: Console, summaries: tuple[bytes, ...], place: Path) -> list[Path]:
    pages = []
    for number, data in enumerate(summaries, 1):
        mail = message_from_bytes(data)
        out.print()
        out.print(Rule(f"the weekly summary, mailed to Olga ({number} of {len(summaries)})"))
        out.print(Text(_part(mail, "text/plain")), soft_wrap=True)
        page = place / f"summary-{number}.html"
        page.write_text(_part(mail, "text/html"), encoding="utf-8")
        pages.append(page)
    return pages


def _part(mail: Message, kind: str) -> str:
    part = next(p for p in mail.walk() if p.get_content_type() == kind)
    payload = part.get_payload(decode=True)
    return payload.decode("utf-8") if isinstance(payload, bytes) else ""


def _closing(out: Console, place: Path, pages: list[Path], wrong: tuple[str, ...]) -> None:
    out.print(Rule())
    for page in pages:
        out.print(f"The summary as a page: {page}", soft_wrap=True)
    out.print(f"Everything the demo wrote: {place}", soft_wrap=True)
    if wrong:
        raise OutcomeWrong("The demo went wrong:\n" + "\n".join(wrong))
    out.print(Text("All fifteen contacts ended as they must.", "bold green"))
