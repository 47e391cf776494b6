"""`bouncer init`: from a mail address to a configuration that works but for the password."""

import json
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from bouncer.cli.common import NAME
from bouncer.cli.servers import servers
from bouncer.cli.show import clean
from bouncer.cli.unit import drop_in, user_of
from bouncer.config import Survey, schema, survey
from bouncer.config.beginning import CONTACTS, TEMPLATES, Beginner, configuration
from bouncer.config.checks import address_problem
from bouncer.config.document import value_at
from bouncer.config.providers import by_server
from bouncer.config.warn import SAMPLE_NAME
from bouncer.edge import dkim
from bouncer.edge.machine import create, full_name, language, time_zone
from bouncer.edge.shipped import directory
from bouncer.errors import OwnerFault, Problem, StorageFault, UsageError

_SHARED, _OWN = 0o644, 0o600


def init(
    home: Annotated[Path, typer.Argument(metavar="DIR", help="Where the files shall lie; made where it is missing.")] = Path(),
    address: Annotated[str | None, typer.Option(help="Your mail address.")] = None,
    name: Annotated[str | None, typer.Option(help="Your name, as it signs a check-in.")] = None,
    oauth: Annotated[bool, typer.Option(help="Gmail: sign in with OAuth instead of an app password.")] = False,
    client_id: Annotated[str, typer.Option("--client-id", help="The id of your OAuth application, where you have one already.")] = "",
    dns: Annotated[bool, typer.Option(help="Ask the DNS for the servers of a domain of your own.")] = True,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing; take what is known or guessed.")] = False,
    systemd: Annotated[bool, typer.Option("--systemd", help="Print the drop-in for the service instead, and how to enable it.")] = False,
) -> None:
    """Make configuration, contact file, and places for your own words; what is there already is left alone."""
    home = Path(os.path.abspath(home))  # noqa: PTH100 - no link is followed: the owner's words stay as they are
    if systemd:
        _tell_unit(home)
        return
    if not (home / NAME).exists():
        _configure(home, _asked(address, name, client_id, oauth=oauth, dns=dns, yes=yes))
    else:
        typer.echo(f"kept     {home / NAME}")
    for path, text, mode in _others(home):
        typer.echo(f"{'wrote' if create(path, text, mode) else 'kept':8} {path}")
    _next(home)


def _tell_unit(home: Path) -> None:
    """Print the drop-in; that there is nothing to run yet goes to standard error, for the rest goes into a file."""
    there = (home / NAME).exists()
    typer.echo(drop_in(home, user_of(home), survey(home / NAME).settings if there else None))
    if not there:
        typer.echo(f"There is no {home / NAME} yet; begin with: bouncer init {home}", err=True)


def _asked(address: str | None, name: str | None, client_id: str, *, oauth: bool, dns: bool, yes: bool) -> Beginner:
    """Give what there is to know, asked for where nobody said it."""
    if not yes and not sys.stdin.isatty():
        raise UsageError("There is no terminal to ask at; say `bouncer init --yes --address you@your-provider`.")
    if address is None and yes:
        raise UsageError("Without questions it takes your mail address: bouncer init --yes --address you@your-provider")
    address = (address or str(typer.prompt("Your mail address"))).strip()
    if wrong := address_problem(address):
        raise UsageError(f"`{clean(address)}` {wrong}")
    known = full_name()
    name = name or (known or SAMPLE_NAME if yes else str(typer.prompt("Your name, as it signs a check-in", default=known or None)))
    found = servers(address, dns=dns)
    for line in found.told:
        typer.echo(line)
    if not yes and not typer.confirm("Write that down?", default=True):
        raise UsageError(f"Nothing was written. The sample to begin with by hand: {directory('config') / NAME}")
    by_oauth = found.provider is not None and (found.provider.login == "oauth" or (oauth and found.provider.oauth is not None))
    if oauth and not by_oauth:
        raise UsageError("--oauth is for Gmail and Microsoft; for another provider set `oauth.token_command` in the configuration.")
    zone, spoken = time_zone() or "UTC", language() or "en"
    return Beginner(address, name, zone, spoken, found.imap, found.smtp, found.provider, by_oauth, client_id, dkim.present())


def _configure(home: Path, who: Beginner) -> None:
    """Write the configuration once it reads well; a zone or a language that nobody knows falls back to the default."""
    sample = (directory("config") / NAME).read_text(encoding="utf-8")
    trial = home / f".{NAME}.trial-{os.getpid()}"
    try:
        for candidate in (who, replace(who, timezone="UTC", language="en")):
            text = configuration(sample, candidate)
            create(trial, text, _OWN)
            problems = _wrong(survey(trial))
            trial.unlink()
            if not problems:
                break
    except StorageFault as fault:  # whose owner knows of no trial
        raise StorageFault(f"{str(fault).replace(trial.name, NAME)}; name another directory: bouncer init DIR") from None
    except ValueError as fault:
        raise UsageError(f"`{clean(who.name)}` cannot stand in the configuration: {fault}") from None
    if problems:
        raise OwnerFault(tuple(replace(problem, file=str(home / NAME)) for problem in problems))
    typer.echo(f"{'wrote' if create(home / NAME, text, _OWN) else 'kept':8} {home / NAME}")


def _wrong(seen: Survey) -> list[Problem]:
    """Give what is wrong, but for what only the owner can fill in."""
    return [problem for problem in seen.problems if not problem.path.endswith((".client_id", ".client_secret"))]


def _others(home: Path) -> tuple[tuple[Path, str, int], ...]:
    """Give what stands beside the configuration: path, text, mode."""
    shipped, contacts = directory("config"), survey(home / NAME).path("contacts")
    book = ((contacts, CONTACTS, _OWN),) if contacts is not None and contacts.suffix in (".yaml", ".yml") else ()
    return (
        (home / "bouncer.schema.json", json.dumps(schema(), indent=2, ensure_ascii=False) + "\n", _SHARED),
        *book,
        (home / "bouncer-contacts.example.yaml", (shipped / "contacts.example.yaml").read_text(encoding="utf-8"), _SHARED),
        (home / "templates" / "README.md", TEMPLATES.format(shipped=shipped / "templates"), _SHARED),
        *((home / "rules.d" / path.name, path.read_text(encoding="utf-8"), _SHARED) for path in sorted((shipped / "rules.d").iterdir())),
        *((path, "", _OWN) for path in _secrets(home)),
    )


def _secrets(home: Path) -> tuple[Path, ...]:
    """Give the files in *home* that shall hold a password or a client's secret, for the right mode from the start."""
    tree = survey(home / NAME).tree
    accounts = value_at(tree, ("accounts",))
    found = []
    for number in range(len(accounts) if isinstance(accounts, list) else 0):
        by_token = value_at(tree, ("accounts", number, "auth")) == "xoauth2"
        where = ("oauth", "client_secret") if by_token else ("secret",)
        found.append(value_at(tree, ("accounts", number, *where, "file")))
    return tuple(path for path in (Path(file) for file in found if isinstance(file, str)) if path.is_relative_to(home))


def _next(home: Path) -> None:
    """Say what is still to be filled in, and the three commands that come next."""
    seen = survey(home / NAME)
    todo = [
        f"right what is wrong in the configuration, or move it away and say `bouncer init` again: {wrong}" for wrong in _wrong(seen)[:1]
    ]
    by_token = value_at(seen.tree, ("accounts", 0, "auth")) == "xoauth2"
    known = by_server(str(value_at(seen.tree, ("accounts", 0, "imap", "host"))))
    if by_token and not value_at(seen.tree, ("accounts", 0, "oauth", "client_id")):
        topic = "gmail" if value_at(seen.tree, ("accounts", 0, "oauth", "provider")) == "google" else "microsoft"
        todo.append(f"the id of your application into {home / NAME} as oauth.client_id; `bouncer help {topic}` says where to get one")
    what = "its secret" if by_token else "the app password" if known and known.login == "app-password" else "the password of the mailbox"
    page = f" ({known.password_page})" if known and known.password_page and not by_token else ""
    todo += [f"{what}{page} into {path}" for path in _secrets(home) if path.exists() and path.stat().st_size == 0]
    todo.append(f"your people into {seen.path('contacts') or home / 'contacts.yaml'}")
    typer.echo("\nNow put")
    for line in todo:
        typer.echo(f"  - {clean(line)}")
    if known and known.note:
        typer.echo(known.note)
    first = ("bouncer login", "sign in, once") if by_token else ("bouncer check", "say whether every file is right")
    second = ("bouncer check", "say whether every file is right") if by_token else ("bouncer doctor", "try the servers and the login")
    typer.echo(f"and then, in {home}:")
    for command, does in (first, second, ("bouncer once", "read the mailbox and show what it would do; nothing is sent or changed yet")):
        typer.echo(f"  {command:15} {does}")
