"""`bouncer check`: every file of the owner's looked at in one go, with all that is wrong, odd and fine."""

import json
import os
import ssl
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from bouncer.cli.common import Config, config_path
from bouncer.cli.show import clean, counted
from bouncer.config import Survey, schema, survey, warnings
from bouncer.config.document import dotted
from bouncer.core.intervals import interval_days
from bouncer.core.letters import faults
from bouncer.core.outlook import pace_note
from bouncer.core.wording import prove
from bouncer.daemon.compiling import compiled
from bouncer.edge import dkim
from bouncer.edge.contacts import obstacles, open_contacts
from bouncer.edge.oauth import Keeping, Tokens, ending
from bouncer.edge.packs import load_packs
from bouncer.edge.secrets import client_secret, secret
from bouncer.edge.shipped import directory
from bouncer.edge.templates import load_templates
from bouncer.errors import BouncerError, OwnerFault, Problem
from bouncer.model import Account, Book, Pack, Settings

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Found:
    """What was seen: *problems* stop bouncer, *odd* works but is probably not meant, *fine* is well."""

    problems: tuple[Problem, ...] = ()
    odd: tuple[str, ...] = ()
    fine: tuple[str, ...] = ()

    def __add__(self, other: "Found") -> "Found":
        """Give both together."""
        return Found(self.problems + other.problems, self.odd + other.odd, self.fine + other.fine)


def check(
    config: Config = None,
    print_schema: Annotated[bool, typer.Option("--schema", help="Print the JSON Schema of a configuration instead.")] = False,
) -> None:
    """Look at the configuration, the contact file, templates, rule packs and passwords; exit code 78 where anything is wrong."""
    if print_schema:
        typer.echo(json.dumps(schema(), indent=2, ensure_ascii=False))
        return
    found = look(config_path(config))
    for problem in found.problems:
        typer.echo(clean(str(problem)))
    for said in found.odd:
        typer.echo(f"warning: {clean(said)}")
    for said in found.fine:
        typer.echo(f"fine: {clean(said)}")
    if found.problems:
        raise typer.Exit(OwnerFault.exit_code)


def problems(path: Path, environ: Mapping[str, str] = os.environ, *, passwords: bool = True) -> tuple[Problem, ...]:
    """Give every problem that `bouncer check` would find."""
    return look(path, environ, passwords=passwords).problems


def look(path: Path, environ: Mapping[str, str] = os.environ, *, passwords: bool = True) -> Found:
    """Look at the configuration at *path* and at all it names: state directory, contact file, templates, rule packs, *passwords*.

    Nothing is written and no mail server is asked; a wrong configuration does not keep the other files from being looked at. Blocks while
    a password's command runs.
    """
    seen = survey(path, environ)
    book, contacts = _book(seen)
    templates, letters = _letters(seen)
    found = _configuration(seen) + _state(seen) + _metrics(seen) + contacts + letters + _packs(seen)
    for index, account in seen.accounts():
        found += _certificates(seen, index, account) + _verifying(seen, index, account)
        found += _password(seen, index, account, environ) if passwords else Found()
    return found + _together(seen.settings, book, templates) if seen.settings and book and templates else found


def _tried(file: str, step: Callable[[], T]) -> tuple[T | None, Found]:
    try:
        return step(), Found()
    except OwnerFault as fault:
        return None, Found(fault.problems)
    except (BouncerError, OSError) as fault:
        return None, Found((Problem(file, 0, "", str(fault)),))


def _configuration(seen: Survey) -> Found:
    if seen.settings is None:
        return Found(seen.problems)
    mode = "live" if seen.settings.live else "a dry run"
    fine = f"{seen.file}: {counted(len(seen.settings.accounts), 'account')}, {mode}"
    odd = tuple(f"{seen.file}: {said}" for said in warnings(seen.settings))
    return Found(tuple(_intervals(seen, seen.settings)), odd, (fine,))


def _intervals(seen: Survey, settings: Settings) -> Iterator[Problem]:
    """Give the tags whose `every` is no interval."""
    for tag, wanted in settings.every.items():
        try:
            interval_days(wanted)
        except ValueError as fault:
            yield _blame(seen, str(fault), "every", tag)


def _state(seen: Survey) -> Found:
    path = seen.path("state")
    if path is None:
        return Found()
    fit, found = _tried(str(path), lambda: path.is_dir() or not path.exists())
    return found if fit or fit is None else Found((_blame(seen, f"{path} is no directory", "state"),))


def _metrics(seen: Survey) -> Found:
    """Look whether the metrics file can be written; where it cannot, bouncer works all the same."""
    path = seen.settings.metrics_file if seen.settings else None
    if path is None or (path.parent.is_dir() and os.access(path.parent, os.W_OK | os.X_OK)):
        return Found()
    said = "is not writable for you" if path.parent.is_dir() else "is no directory"
    return Found(odd=(f"{seen.file}: metrics_file: {path.parent} {said}, so no metrics file can be written there",))


def _book(seen: Survey) -> tuple[Book | None, Found]:
    path, state = seen.path("contacts"), seen.path("state")
    if path is None or state is None:
        return None, Found()
    book, found = _tried(str(path), lambda: open_contacts(path, state).load())  # only read, so nothing comes into the directory
    if book is None:
        return None, found
    strays = tuple(_strays(str(path), book, seen.settings)) if seen.settings else ()
    hindered, unseen = _tried(str(path), lambda: obstacles(path))
    odd = tuple(f"{path}: {said}" for said in hindered or ())
    return book, unseen + Found(strays, odd, (f"{path}: {counted(len(book.contacts), 'contact')}",))


def _strays(file: str, book: Book, settings: Settings) -> Iterator[Problem]:
    """Give the contacts of an account that the configuration does not have, and those whose `every` is no interval."""
    names = [account.name for account in settings.accounts]
    for contact in book.contacts:
        if contact.account is not None and contact.account not in names:
            said = f"`{contact.account}` is no account of the configuration; there are {', '.join(f'`{name}`' for name in names)}"
            yield Problem(file, contact.line, "account", said)
        try:
            interval_days(contact.every or "never")
        except ValueError as fault:
            yield Problem(file, contact.line, "every", str(fault))


def _letters(seen: Survey) -> tuple[Mapping[str, str] | None, Found]:
    templates, found = _tried("templates", lambda: load_templates(directory("config") / "templates", seen.path("templates")))
    return (None, found) if templates is None else (templates, Found(fine=(f"templates: {', '.join(_spoken(templates))}",)))


def _spoken(templates: Iterable[str]) -> list[str]:
    """Give the languages there is a check-in in."""
    return sorted({name.split(".")[1] for name in templates if name.startswith("checkin.")})


def _together(settings: Settings, book: Book, templates: Mapping[str, str]) -> Found:
    """Look at what only shows once every file is well: letters that cannot be written, languages without one, a pace that falls short."""
    odd = (*_unspoken(settings, book, templates), *filter(None, [pace_note(book, settings)]))
    return Found(faults(templates, settings.owner), odd)


def _unspoken(settings: Settings, book: Book, templates: Mapping[str, str]) -> Iterator[str]:
    """Give the languages without a template; `core.letters` falls back to the owner's language and then to English."""
    spoken = _spoken(templates)
    wanted = Counter(contact.language for contact in book.contacts if contact.language)
    wanted[settings.owner.language] += 0
    for language, number in wanted.items():
        primary = language.replace("_", "-").partition("-")[0].lower()
        if primary not in spoken:
            whose = counted(number, "contact") if number else "owner.language"
            yield f"there is no template checkin.{primary}.txt ({whose}); another language is used, one of {', '.join(spoken)}"


def _packs(seen: Survey) -> Found:
    own = seen.path("rules")
    if own is not None and not _tried(str(own), own.is_dir)[0]:
        return Found((_blame(seen, f"there is no directory {own}", "rules"),))
    packs, found = _tried("rules", lambda: _compiled(own))
    if packs is None:
        return found
    return Found(fine=(f"rules: {counted(sum(len(pack.rules) for pack in packs), 'rule')} in {counted(len(packs), 'pack')}",))


def _compiled(own: Path | None) -> tuple[Pack, ...]:
    """Give all packs; the owner's are compiled and their examples run, as the shipped ones were before they were shipped."""
    packs = load_packs(directory("rules"), own)
    if own is not None and (wrong := prove(compiled(packs), [pack for pack in packs if Path(pack.file).is_relative_to(own)])):
        raise OwnerFault(wrong)
    return packs


def _certificates(seen: Survey, index: int, account: Account) -> Found:
    found = Found()
    for name, server in (("imap", account.imap), ("smtp", account.smtp)):
        try:
            ssl.create_default_context(cafile=server.ca_file)
        except OSError as fault:  # ssl.SSLError is one
            said = fault.strerror or "no certificate" if not isinstance(fault, ssl.SSLError) else "it holds no PEM certificate"
            found += Found((_blame(seen, f"{server.ca_file} cannot be used: {said}", "accounts", index, name, "ca_file"),))
    return found


def _verifying(seen: Survey, index: int, account: Account) -> Found:
    if not account.verify_dkim or dkim.present():
        return Found()
    return Found((_blame(seen, dkim.MISSING, "accounts", index, "verify_dkim"),))


def _password(seen: Survey, index: int, account: Account, environ: Mapping[str, str]) -> Found:
    if account.auth == "xoauth2":
        return _login(seen, index, account, environ)
    if account.secret.credential is not None and not environ.get("CREDENTIALS_DIRECTORY"):
        said = f"{seen.file}: accounts[{index}].secret.credential: is only there under systemd, so it was not looked at"
        return Found(odd=(said,))
    try:
        secret(account, environ)
    except BouncerError as fault:
        return Found((_blame(seen, str(fault), "accounts", index, "secret"),))
    return Found(fine=(f"the password of account {account.name} is there",))


def _login(seen: Survey, index: int, account: Account, environ: Mapping[str, str]) -> Found:
    """Look at the login that is kept, or at the token that the owner's command prints; no sign-in server is asked."""
    state = seen.path("state")
    try:
        if account.oauth.token_command is not None:
            Tokens(account, Path())()
            return Found(fine=(f"the access token of account {account.name} is there",))
        if state is None:
            return Found()
        Keeping(account, state).load()
        client_secret(account, environ)
    except BouncerError as fault:
        return Found((_blame(seen, str(fault), "accounts", index, "oauth"),))
    soon = ending(account, state, datetime.now(UTC))
    return Found(odd=(f"{seen.file}: {soon}",) if soon else (), fine=(f"the login of account {account.name} is there",))


def _blame(seen: Survey, said: str, *loc: str | int) -> Problem:
    return Problem(seen.file, seen.line(*loc), dotted(loc), said)
