"""`bouncer rules test`: the packs' own examples, and what the rules do to mail of yours."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from bouncer.cli.common import Config, config_path, settings_of
from bouncer.cli.progress import at_work
from bouncer.cli.show import clean, console, counted
from bouncer.core.trial import conflicts, difference, spoke
from bouncer.core.wording import prove
from bouncer.daemon.compiling import compiled
from bouncer.daemon.wiring import open_reader
from bouncer.edge.messages import DEFAULT_LIMIT, messages
from bouncer.edge.packs import load_packs
from bouncer.edge.shipped import directory
from bouncer.errors import MessageFault, OwnerFault, Problem
from bouncer.model import Pack, RawMail, Reading

rules = typer.Typer(help="The wording packs, shipped and your own.", no_args_is_help=True)

_SHOWN = 3  # hits shown of each rule
_BATCH = 50


@rules.command("test")
def try_rules(
    own: Annotated[Path | None, typer.Option("--rules", help="A directory of your own packs; the configuration's where absent.")] = None,
    mbox: Annotated[list[Path] | None, typer.Option("--mbox", help="Mail to try the rules on: a file, a folder or an mbox.")] = None,
    config: Config = None,
) -> None:
    """Run the examples of your rules, or of the shipped ones where you have none of your own.

    With --mbox also say which rules hit, which contradict each other, and what your own packs change.
    """
    own = own or _configured(config)
    packs = load_packs(directory("rules"), own)
    _prove(packs, _in_question(packs, own))
    if mbox:
        _try(packs, own, [raw for path in mbox for raw in messages(path, DEFAULT_LIMIT)])


def _in_question(packs: Sequence[Pack], own: Path | None) -> tuple[Pack, ...]:
    """Give the packs whose examples may come out otherwise than when they were shipped: the owner's, or all where those bring words."""
    mine = tuple(pack for pack in packs if own is not None and Path(pack.file).is_relative_to(own))
    return mine if mine and not any(pack.words for pack in mine) else tuple(packs)


def _prove(packs: Sequence[Pack], asked: Sequence[Pack]) -> None:
    wrong: tuple[Problem, ...] = ()
    with at_work(len(asked) + 1) as step:
        step("compiling")
        wording = compiled(packs)
        for pack in asked:
            step(pack.name)
            wrong += prove(wording, [pack])
    if wrong:
        raise OwnerFault(wrong)
    for pack in asked:
        count = sum(len(rule.examples) + len(rule.counter_examples) for rule in pack.rules)
        typer.echo(f"fine: {clean(pack.file)}: {counted(len(pack.rules), 'rule')}, {count} examples and counter-examples")
    if rest := [pack for pack in packs if pack not in asked]:
        rules = sum(len(pack.rules) for pack in rest)
        typer.echo(f"fine: {counted(len(rest), 'shipped pack')} with {counted(rules, 'rule')}, which yours do not touch")


def _configured(config: Path | None) -> Path | None:
    """Give the rules directory of the configuration; none where there is no configuration and none was named."""
    if config is None:
        try:
            config_path(None)
        except OwnerFault:
            return None
    return settings_of(config).rules


def _read(own: Path | None, raws: Sequence[RawMail]) -> list[Reading | MessageFault]:
    reader = open_reader(own)
    try:
        return [result for start in range(0, len(raws), _BATCH) for result in reader.read_all(raws[start : start + _BATCH])]
    finally:
        reader.close()


def _try(packs: Sequence[Pack], own: Path | None, raws: Sequence[RawMail]) -> None:
    read = _read(own, raws)
    readings = [reading for reading in read if isinstance(reading, Reading)]
    _show_hits(readings, {rule.name for pack in packs for rule in pack.rules})
    _show_conflicts(readings)
    if own is not None:
        _show_difference(_read(None, raws), read)
    if len(readings) < len(raws):
        typer.echo(f"{len(raws) - len(readings)} of {len(raws)} messages could not be read.", err=True)


def _show_hits(readings: Sequence[Reading], names: set[str]) -> None:
    hits: Counter[str] = Counter()
    quotes: dict[str, list[str]] = defaultdict(list)
    for reading in readings:
        for rule, quote in spoke(reading):
            if rule in names:
                hits[rule] += 1
                quotes[rule] += [clean(quote)] if len(quotes[rule]) < _SHOWN else []
    out = console()
    out.print(Text(f"\n{len(readings)} messages; {len(hits)} of {len(names)} rules spoke:"))
    for rule, count in hits.most_common():
        out.print(Text.assemble((f"{count:>6}  {rule}", "bold"), ("  " + "; ".join(f"“{quote[:60]}”" for quote in quotes[rule]), "dim")))


def _show_conflicts(readings: Sequence[Reading]) -> None:
    found = [conflict for reading in readings for conflict in conflicts(reading)]
    typer.echo(f"\n{len(found)} contradictions" + (":" if found else "."))
    for one in found:
        typer.echo(f"  {clean(one.source)}: {one.one} against {one.other}: {clean(one.what)}")


def _show_difference(before: Sequence[Reading | MessageFault], after: Sequence[Reading | MessageFault]) -> None:
    pairs = [(b, a) for b, a in zip(before, after, strict=True) if isinstance(b, Reading) and isinstance(a, Reading)]
    changed = [(a.source, lines) for b, a in pairs if (lines := difference(b, a))]
    typer.echo(f"\nYour own packs change {len(changed)} of {len(pairs)} readings" + (":" if changed else "."))
    for source, lines in changed:
        typer.echo(f"  {clean(source)}")
        for line in lines:
            typer.echo(f"    {clean(line)}")
