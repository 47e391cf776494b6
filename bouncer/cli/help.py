"""`bouncer help`: the six things that people ask first, each on one screen; the words lie in `topics/`."""

from pathlib import Path
from typing import Annotated

import typer

from bouncer.errors import UsageError

_TOPICS = Path(__file__).parent / "topics"
TOPICS = ("gmail", "microsoft", "server", "not-sent", "changed", "undo")  # in the order in which they are asked
_ALSO = {  # what people type instead
    "google": "gmail", "workspace": "gmail", "googlemail": "gmail", "outlook": "microsoft", "hotmail": "microsoft", "office": "microsoft",
    "365": "microsoft", "m365": "microsoft", "oauth": "microsoft", "own-server": "server", "own": "server", "imap": "server",
    "smtp": "server", "dovecot": "server", "send": "not-sent", "sent": "not-sent", "not-send": "not-sent", "why-not": "not-sent",
    "change": "changed", "why": "changed", "history": "changed", "revert": "undo", "back": "undo",
}  # fmt: skip


def explained(topic: str) -> str:
    """Give the page on *topic*, by its name, by what people type instead, or by the one topic whose name begins so.

    Raises UsageError that lists the topics where there is none.
    """
    name = "-".join(topic.lower().split())
    begun = [known for known in TOPICS if known.startswith(name)]
    found = name if name in TOPICS else _ALSO.get(name) or (begun[0] if name and len(begun) == 1 else None)
    if found is None:
        raise UsageError(f"There is no help on {topic!r}. There is:\n{listed()}")
    return (_TOPICS / f"{found}.txt").read_text(encoding="utf-8")


def listed() -> str:
    """Give every topic with its title, one a line."""
    titles = {name: (_TOPICS / f"{name}.txt").read_text(encoding="utf-8").partition("\n")[0] for name in TOPICS}
    return "\n".join(f"  bouncer help {name:10} {title}" for name, title in titles.items())


def help_(topic: Annotated[list[str] | None, typer.Argument(help="What it is about; the topics are listed without one.")] = None) -> None:
    """Say how it goes with Gmail, Microsoft or a server of your own, why nothing was sent, why something was changed, how to undo it."""
    typer.echo(explained(" ".join(topic)).rstrip() if topic else listed())
