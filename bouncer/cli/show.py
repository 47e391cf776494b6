"""How readings, changes and questions look in the terminal: words of mail are shown as text, whatever they contain."""

import json

from rich.console import Console
from rich.text import Text

from bouncer.core.present import own_fields
from bouncer.model import ENTRY, Apply, Because, Change, Contact, Decision, Finding, Ignore, Previous, Reading, Recipient, Review, Value

_COLUMN = 16  # where what is said begins


def console() -> Console:
    """Give the terminal; colours where it has them and NO_COLOR is not set."""
    return Console(highlight=False, soft_wrap=True)


def clean(words: str) -> str:
    """Give *words* from outside without control and direction characters, on one line."""
    return " ".join("".join(c if c.isprintable() else " " for c in words).split())


def counted(number: int, thing: str) -> str:
    """Give *number* and *thing*, in the plural unless it is one."""
    return f"{number} {thing}{'' if number == 1 else 's'}"


def json_line(value: object, indent: int | None = None) -> str:
    """Give *value* as one line of JSON, in which what a terminal would obey or hide is escaped (RFC 8259 section 7).

    With *indent* it is laid out in lines; a line end within a text is escaped all the same.
    """
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    return text if text.isprintable() else "".join(c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in text)


def show_reading(reading: Reading, would: tuple[Decision, ...] | None) -> None:
    """Print one reading for a person: the verdict, recipients, findings with their words, what was cut away, what follows."""
    out = console()
    out.print(
        Text.assemble((clean(reading.source), "bold"), "  ", (reading.verdict.kind.value, "cyan"), f"  {reading.language or ''}".rstrip())
    )
    _line(out, "because", _because(reading.verdict.because), "dim")
    for recipient in reading.recipients:
        _line(out, "recipient", _recipient(recipient))
        _line(out, "", _because(recipient.because), "dim")
    for finding in reading.findings:
        _line(out, finding.type, _finding(finding), "bold")
        _line(out, "", _because(finding.because), "dim")
    for why, text in reading.cut:
        lines = len(text.splitlines())
        _line(out, "cut away", f"{why}, {lines} line{'' if lines == 1 else 's'} from “{clean(text)[:60]}”", "dim")
    for defect in reading.defects:
        _line(out, "defect", clean(defect), "yellow")
    for decision in would or ():
        show_decision(out, decision)


def _line(out: Console, label: str, said: str, style: str = "") -> None:
    out.print(Text.assemble(f"  {label:<{_COLUMN - 2}}", (said, style)))


def _because(because: Because) -> str:
    """Give the words first, then the rule that read them and where."""
    quote = f"“{clean(because.quote)}”  " if because.quote else ""
    return f"{quote}{because.rule}, {because.where}"


def _recipient(recipient: Recipient) -> str:
    mailed = f" (mailed as {clean(recipient.original)})" if recipient.original else ""
    end = "the address itself is what failed" if recipient.permanent else ""
    said = (recipient.action, recipient.status, recipient.reason, end)
    return f"{clean(recipient.address)}{mailed}: {', '.join(part for part in said if part)}"


def _finding(finding: Finding) -> str:
    said = ", ".join(f"{name} {clean(str(value))}" for name, value in own_fields(finding).items() if value is not None)
    about = f"of {clean(finding.about)}: " if finding.about else ""
    return f"{about}{said or 'yes'}{' (ambiguous)' if finding.ambiguous else ''}"


def show_decision(out: Console, decision: Decision) -> None:
    """Print what would follow, in a line and one for every change."""
    level = "" if decision.level.name in decision.why else f" ({decision.level.name})"
    why = clean(decision.why) + level
    match decision:
        case Apply():
            _line(out, "would change" if decision.changes else "would note", why, "green")
            lines = [*map(describe, decision.changes), *_effects(decision)]
        case Review():
            _line(out, "would ask", why + ("; no check-in until you decide" if decision.hold else ""), "yellow")
            lines = [f"yes would {proposed(change)}" for change in decision.changes]
        case Ignore():
            _line(out, "would ignore", why)
            lines = []
    for line in lines:
        _line(out, "", line)


def _effects(decision: Apply) -> list[str]:
    """Say what the ledger would remember."""
    return [
        *(f"nobody writes to {clean(address)} again" for address in decision.suppress),
        *(f"{clean(address)} counts as failing" for address in decision.suspect),
        *(f"nothing goes to {clean(domain)} for some days" for domain in decision.wait),
        *(["a sign of life"] if decision.alive else []),
    ]


def describe(change: Change) -> str:
    """Give one change as `field: before -> after`; a whole entry as `added: …` or `taken out: …`."""
    if change.field == ENTRY:
        return f"taken out: {_value(change.before)}" if change.after is None else f"added: {_value(change.after)}"
    return f"{change.field}: {_value(change.before)} -> {_value(change.after)}"


def proposed(change: Change) -> str:
    """Give what a yes to *change* does, as in `yes would …`."""
    return f"add {_value(change.after)}" if change.field == ENTRY else f"set {describe(change)}"


def _value(value: Value) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, Contact):
        return clean(f"{value.name} <{value.email}>")
    return "[" + ", ".join(clean(one.email if isinstance(one, Previous) else one) for one in value) + "]"
