"""The demo on the terminal: who wrote what to whom, what bouncer made of it, and why."""

from collections.abc import Callable
from datetime import datetime

from rich.console import Console
from rich.text import Text

from bouncer.model import Apply, Change, Contact, Delivery, Handled, Ignore, Letter, OutboxState, Planned, Previous, Receipt, Review, Value


class Screen:
    """An onlooker that prints one line for each thing that happens; implements `ports.Onlooker`."""

    def __init__(self, out: Console, now: Callable[[], datetime], name_of: Callable[[str], str]) -> None:
        """Print to *out*; *now* gives the demo's time, *name_of* whose an address is."""
        self._out, self._now, self._name_of = out, now, name_of
        self.refused: list[str] = []  # what was not done, and why

    def sent(self, planned: Planned, letter: Letter, delivery: Delivery) -> None:
        """Show a letter leaving, or being refused."""
        if planned.purpose == "summary":
            self.line("→", "Olga Owner", "the weekly summary", "blue")
            return
        what = {"checkin": "a check-in", "recheck": "a second try", "probation": "a hello at the new address"}.get(
            planned.purpose, planned.purpose
        )
        if delivery.state is OutboxState.SENT:
            self.line("→", self._name_of(letter.to.address), what, "blue")
        else:
            self.line("✗", self._name_of(letter.to.address), f"{what}: {delivery.text}", "red")

    def handled(self, handled: Handled) -> None:
        """Show a message coming in, and what was decided."""
        reading = handled.reading
        who = (
            handled.contact.name
            if handled.contact
            else (reading.from_[0].name or reading.from_[0].address if reading.from_ else "a mail system")
        )
        kind = reading.verdict.kind.value
        if not reading.source.startswith("smtp:"):
            self.line("←", who, f"{kind}, {handled.match.trust.level.name}: “{_short(reading.subject)}”", "cyan")
        for decision in handled.decisions:
            match decision:
                case Apply(changes=changes) if changes:
                    self.line(" ", "", f"{'; '.join(map(words, changes))}. {decision.why}", "green")
                case Apply():
                    self.line(" ", "", f"noted. {decision.why}", "green")
                case Review():
                    self.line("?", "", decision.why, "yellow")
                    self.refused.append(f"{who}: {decision.why}")
                case Ignore():
                    self.line(" ", "", decision.why, "dim")
                    self.refused.append(f"{who}: {decision.why}")

    def wrote(self, receipt: Receipt) -> None:
        """Show what the contact file would not take."""
        for change, why in receipt.refused:
            self.line("!", change.contact, f"{change.field} not written: {why}", "red")

    def trouble(self, where: str, sentence: str | None) -> None:
        """Show what is wrong."""
        self.line("!", where, sentence or "well again", "red")

    def line(self, sign: str, who: str, what: str, style: str) -> None:
        """Print one line: when, the sign, whom it concerns, and what."""
        moment = f"{self._now():%a %d %b %H:%M}"
        self._out.print(Text.assemble((f"{moment}  ", "dim"), (f"{sign} ", style), (f"{who:<13} ", "bold"), (what, style)), soft_wrap=True)


def words(change: Change) -> str:
    """Give a change in words."""
    if change.field == "previous":
        return "the old address is kept"
    return f"{change.field} {_value(change.before)} → {_value(change.after)}"


def _value(value: Value) -> str:
    if isinstance(value, tuple):
        return ", ".join(one.email if isinstance(one, Previous) else one for one in value)
    if isinstance(value, Contact):
        return f"{value.name} <{value.email}>"
    return value if value is not None else "(none)"


def _short(subject: str, width: int = 50) -> str:
    return subject if len(subject) <= width else subject[: width - 1] + "…"
