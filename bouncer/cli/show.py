"""How readings, changes and questions look in the terminal: words of mail are shown as text, whatever they contain."""

from rich.console import Console
from rich.text import Text

from bouncer.core.present import as_json, as_value, as_would
from bouncer.model import Change, Decision, Reading

_OWN = {"type", "about", "rule", "quote", "where", "confidence", "ambiguous"}


def console() -> Console:
    """Give the terminal; colours where it has them and NO_COLOR is not set."""
    return Console(highlight=False, soft_wrap=True)


def clean(words: str) -> str:
    """Give *words* from outside without control and direction characters, on one line."""
    return " ".join("".join(c if c.isprintable() else " " for c in words).split())


def show_reading(reading: Reading, would: tuple[Decision, ...] | None) -> None:
    """Print one reading for a person: the verdict, recipients, findings with their words, what was cut away, what follows."""
    out, because = console(), reading.verdict.because
    out.print(Text.assemble((clean(reading.source), "bold"), "  ", (reading.verdict.kind.value, "cyan"), f"  [{reading.language or '-'}]"))
    out.print(Text(f"  why       {because.rule}, {because.where}: “{clean(because.quote)}”"))
    for one in reading.recipients:
        forwarded = f" (mailed as {clean(one.original)})" if one.original else ""
        end = "permanent" if one.permanent else "not permanent"
        out.print(Text(f"  recipient {clean(one.address)}{forwarded}: {one.action} {one.status or '-'} {one.reason}, {end}"))
        out.print(Text(f"            {one.because.rule}: “{clean(one.because.quote)}”", "dim"))
    for row in as_json(reading)["findings"] or []:  # type: ignore[union-attr]
        said = ", ".join(f"{k} {clean(str(v))}" for k, v in row.items() if k not in _OWN and v is not None)  # type: ignore[union-attr]
        about = f" about {clean(str(row['about']))}" if row["about"] else ""  # type: ignore[index,call-overload]
        out.print(Text(f"  finding   {row['type']}{about}: {said or 'yes'}"))  # type: ignore[index,call-overload]
        out.print(Text(f"            {row['rule']}, {row['where']}: “{clean(str(row['quote']))}”", "dim"))  # type: ignore[index,call-overload]
    for why, text in reading.cut:
        out.print(Text(f"  cut away  {why}: {len(text.splitlines())} lines, from “{clean(text)[:60]}”", "dim"))
    for defect in reading.defects:
        out.print(Text(f"  defect    {clean(defect)}", "yellow"))
    for decision in would or ():
        show_decision(out, decision)


def show_decision(out: Console, decision: Decision) -> None:
    """Print what would follow, in a line and one for every change."""
    made = as_would(decision)
    verb = next(k for k in ("change", "review", "ignore") if k in made)
    out.print(Text(f"  would     {verb}: {clean(decision.why)}", "green" if verb == "change" else ""))
    for change in getattr(decision, "changes", ()):
        out.print(Text(f"            {describe(change)}"))


def describe(change: Change) -> str:
    """Give one change as `field: before -> after`."""
    return f"{change.field}: {_value(change.before)} -> {_value(change.after)}"


def _value(value: object) -> str:
    shown = as_value(value)  # type: ignore[arg-type]
    if isinstance(shown, list):
        return "[" + ", ".join(clean(str(one.get("email") if isinstance(one, dict) else one)) for one in shown) + "]"
    return clean(str(shown)) if shown is not None else "nothing"
