"""What the types cannot say: addresses, zones, languages, hosts, and options that only make sense together."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields
from ipaddress import ip_address
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from babel import Locale
from babel.core import UnknownLocaleError
from email_validator import EmailNotValidError, validate_email
from pydantic import TypeAdapter, ValidationError

from bouncer.config.document import Loc, Tree
from bouncer.config.words import nearest
from bouncer.model import Pace, Secret

Said = Iterator[tuple[Loc, str]]
T = TypeVar("T")

_HOST = re.compile(r"(?=.{1,253}\.?$)(?!-)[A-Za-z0-9-]{1,63}(?<!-)(?:\.(?!-)[A-Za-z0-9-]{1,63}(?<!-))*\.?")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_SPECIAL_USE = ("\\All", "\\Archive", "\\Drafts", "\\Flagged", "\\Junk", "\\Sent", "\\Trash", "\\Important")  # RFC 6154, RFC 8457


def address_problem(value: str) -> str | None:
    """Say what is wrong with a mail address, None where nothing is: RFC 5321 section 4.1.2 without quoted local parts, and in ASCII."""
    try:
        ascii_form = validate_email(value, check_deliverability=False, test_environment=True, allow_smtputf8=False).ascii_email
    except EmailNotValidError as error:
        return f"is no mail address: {error}"
    return None if value.isascii() else f"must be written in ASCII: {ascii_form}"


def _zone(value: str) -> str | None:
    zones = available_timezones()
    return None if value in zones else f"`{value}` is no time zone, such as Europe/London{nearest(value, sorted(zones))}"


def _language(value: str) -> str | None:
    try:
        Locale.parse(value, sep="-")
    except (UnknownLocaleError, ValueError):
        names = {name.lower(): code for code, name in Locale("en").languages.items()}
        hint = f"; did you mean `{names[value.lower()]}`?" if value.lower() in names else ""
        return f"`{value}` is no language, such as en or de{hint}"
    return None


def _host(value: str) -> str | None:
    try:
        ip_address(value)
    except ValueError:
        return None if _HOST.fullmatch(value) else f"`{value}` is no host name; write it bare, like mail.home.example, the port beside it"
    return None


def _folder(value: str) -> str | None:
    if not value.startswith("\\") or value in _SPECIAL_USE:
        return None
    return f"`{value}` is no SPECIAL-USE attribute (RFC 6154){nearest(value, _SPECIAL_USE)}"


def _header_text(value: str) -> str | None:
    return "must not hold `=?`, which mail programs take for encoded text" if "=?" in value else None


def _authserv_id(value: str) -> str | None:
    return "must be one word, as the header's value begins before its first `;`" if re.search(r"[\s;]", value) else None


def _variable(value: str) -> str | None:
    # The value is not shown: it may be the password itself, put in the wrong place.
    return None if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", value) else "is no name of an environment variable"


def _credential(value: str) -> str | None:
    return "must be a plain file name (systemd.exec, CREDENTIALS)" if "/" in value or value in {".", ".."} else None


def _authority(value: str) -> str | None:
    """Want an https URL without a query: the tokens go there."""
    fit = re.fullmatch(r"https://[A-Za-z0-9.-]+(:\d{1,5})?(/[A-Za-z0-9._~/-]*)?", value)
    return None if fit else "must be an address such as https://login.microsoftonline.us"


def _tenant(value: str) -> str | None:
    return None if re.fullmatch(r"[A-Za-z0-9.-]{1,253}", value) else "must be common, consumers, organizations, an id or a domain"


def _ping_url(value: str) -> str | None:
    """Want a bare URL to which a word can be added. It is not shown: whoever knows it can speak to the monitor in our name."""
    if not re.fullmatch(r"https?://[A-Za-z0-9.:\[\]-]+(/[A-Za-z0-9._~/%-]*)?", value):
        return "must be an address such as https://hc-ping.com/your-uuid, without user, `@` and `?`"
    try:
        parts, _ = (split := urlsplit(value)), split.port
    except ValueError:
        return "holds a host or a port that cannot be"
    if parts.scheme != "https" and not is_loopback(parts.hostname or ""):
        return "must begin with https://; http is for 127.0.0.1 and ::1 alone"
    return None


def _home(value: str) -> str | None:
    try:
        Path(value).expanduser()
    except RuntimeError:
        return "begins with a home directory that does not exist"
    return None


_VALUES: tuple[tuple[str, Callable[[str], str | None]], ...] = (
    ("owner.name", _header_text),
    ("owner.address", address_problem),
    ("owner.timezone", _zone),
    ("owner.language", _language),
    ("accounts.*.address", address_problem),
    ("accounts.*.display_name", _header_text),
    ("accounts.*.imap.host", _host),
    ("accounts.*.smtp.host", _host),
    ("accounts.*.imap.ca_file", _home),
    ("accounts.*.smtp.ca_file", _home),
    ("accounts.*.secret.file", _home),
    ("accounts.*.secret.env", _variable),
    ("accounts.*.secret.credential", _credential),
    ("accounts.*.oauth.ca_file", _home),
    ("accounts.*.oauth.authority", _authority),
    ("accounts.*.oauth.tenant", _tenant),
    ("accounts.*.oauth.client_secret.file", _home),
    ("accounts.*.oauth.client_secret.env", _variable),
    ("accounts.*.oauth.client_secret.credential", _credential),
    ("accounts.*.folders.*", _folder),
    ("accounts.*.sent_folder", _folder),
    ("accounts.*.authserv_id", _authserv_id),
    ("contacts", _home),
    ("state", _home),
    ("templates", _home),
    ("rules", _home),
    ("metrics_file", _home),
    ("ping_url", _ping_url),
)


def value_problems(tree: Tree, loc: Loc = ()) -> Said:
    """Give what is wrong with single values of *tree*, whatever else in it is wrong."""
    for name, below in _below(tree):
        yield from value_problems(below, (*loc, name))
    if isinstance(tree, str):
        said = _text(tree, loc) or next(filter(None, (check(tree) for pattern, check in _VALUES if _matches(pattern, loc))), None)
        if said:
            yield loc, said


def _text(value: str, loc: Loc) -> str | None:
    if not value.strip():
        return "is empty; leave it out, or write nothing after the colon, for the default"
    if _CONTROL.search(value.replace("\n", "") if loc == ("owner", "signature") else value):
        return "must be one line without control characters"
    return None


def _matches(pattern: str, loc: Loc) -> bool:
    steps = pattern.split(".")
    return len(steps) == len(loc) and all(want in ("*", have) for want, have in zip(steps, loc, strict=True))


def _one_source(tree: Tree) -> Said:
    if len(given := _sources(tree)) > 1:
        yield (), f"must say one source only, not {', '.join(f'`{name}`' for name in given)}"


def _sources(tree: Tree) -> list[str]:
    return [field.name for field in fields(Secret) if isinstance(tree, dict) and field.name in tree]


def _login(tree: Tree) -> Said:
    """Want a password, or a way to access tokens, as `auth` says."""
    account = tree if isinstance(tree, dict) else {}
    if account.get("auth", "password") == "password":
        if "secret" not in account and isinstance(tree, dict):
            yield ("secret",), "is missing: The password of both servers."
        elif isinstance(secret := account.get("secret"), dict) and not _sources(secret):
            yield ("secret",), f"must say where the password comes from: one of {', '.join(f'`{field.name}`' for field in fields(Secret))}"
    elif account.get("auth") == "xoauth2":
        yield from _oauth(account.get("oauth"))


def _oauth(tree: Tree) -> Said:
    oauth = tree if isinstance(tree, dict) else {}
    if "token_command" in oauth:
        if "provider" in oauth or "client_id" in oauth:
            yield ("oauth",), "must say either `token_command`, or `provider` and `client_id`"
        return
    for name, meaning in (
        ("provider", "google or microsoft; or name a `token_command`"),
        ("client_id", "`bouncer help` says where to get one"),
    ):
        if name not in oauth:
            yield ("oauth", name), f"is missing: {meaning}"
    if oauth.get("provider") == "google" and "client_id" in oauth and not oauth.get("client_secret"):
        yield ("oauth", "client_secret"), "is missing: Google shows it beside the client id, and wants both"


def _server(tree: Tree) -> Said:
    server = tree if isinstance(tree, dict) else {}
    host = server.get("host")
    if server.get("tls") == "loopback-none" and isinstance(host, str) and not is_loopback(host):
        yield ("tls",), f"`loopback-none` sends the password in clear, so the host must be 127.0.0.1 or ::1, not `{host}`"


def is_loopback(host: str) -> bool:
    """Tell whether *host* is an address of this machine alone; a name, even localhost, may be resolved to anything."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _pace(tree: Tree) -> Said:
    pace = part(Pace, tree)
    if pace is not None and pace.per_week < pace.per_day:
        yield ("per_week",), f"{pace.per_week} a week is less than `per_day`, {pace.per_day}"


def _hours(tree: Tree) -> Said:
    hours = part(tuple[int, int], tree)
    if hours is not None and hours[0] >= hours[1]:
        yield (), f"from {hours[0]} to {hours[1]} is no time of the day; the first must be the earlier"


def _twice(tree: Tree) -> Said:
    entries = tree if isinstance(tree, list) else []
    for index, entry in enumerate(entries):
        if isinstance(entry, str) and entry in entries[:index]:
            yield (index,), f"`{entry}` is given twice"


def _names(tree: Tree) -> Said:
    names = [entry.get("name") if isinstance(entry, dict) else None for entry in tree] if isinstance(tree, list) else []
    for index, name in enumerate(names):
        if isinstance(name, str) and name in names[:index]:
            yield (index, "name"), f"`{name}` is the name of another account"


_SECTIONS: tuple[tuple[str, Callable[[Tree], Said]], ...] = (
    ("accounts", _names),
    ("accounts.*", _login),
    ("accounts.*.imap", _server),
    ("accounts.*.smtp", _server),
    ("accounts.*.secret", _one_source),
    ("accounts.*.oauth.client_secret", _one_source),
    ("accounts.*.folders", _twice),
    ("pace", _pace),
    ("pace.hours", _hours),
    ("pace.days", _twice),
)


def joint_problems(tree: Tree, loc: Loc = ()) -> Said:
    """Give what is wrong between options that are right by themselves; *tree* is without its empty options."""
    for pattern, check in _SECTIONS:
        if _matches(pattern, loc):
            yield from (((*loc, *where), said) for where, said in check(tree))
    for name, below in _below(tree):
        yield from joint_problems(below, (*loc, name))


def _below(tree: Tree) -> Iterable[tuple[str | int, Tree]]:
    if isinstance(tree, dict):
        return tuple(tree.items())
    return tuple(enumerate(tree)) if isinstance(tree, list) else ()


def part(kind: type[T], tree: Tree) -> T | None:
    """Give *tree* as a *kind*; None where it is none. So one wrong option does not hide what is wrong elsewhere."""
    try:
        return TypeAdapter(kind).validate_python(tree)
    except ValidationError:
        return None
