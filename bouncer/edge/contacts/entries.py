"""From an entry's plain data to a Contact: everything that is wrong with it at once, nothing guessed."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from bouncer.edge.contacts.addresses import why_invalid
from bouncer.edge.contacts.tree import Data, is_list
from bouncer.model import Contact, Previous, Status

# The order in which new keys are put in: the format's own.
ORDER = (
    "name", "email", "also", "company", "title", "phones", "linkedin", "language", "country", "timezone", "every", "tags", "account",
    "status", "away_until", "previous",
)  # fmt: skip
LISTS = frozenset({"also", "phones", "tags"})
PREVIOUS = ("email", "company", "until", "why")  # the keys of an item of `previous`
DATES = frozenset({"away_until", "until"})
_REQUIRED = ("name", "email")

Path = tuple[str | int, ...]
Wrong = tuple[Path, str]  # where in the entry, and what

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{1,8})*")  # BCP 47, and the underscore that systems write
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def contact_of(data: Data, line: int = 0) -> tuple[Contact | None, tuple[Wrong, ...]]:
    """Give the Contact that *data* describes, or None and everything wrong with it; keys that bouncer does not know are not looked at."""
    if not isinstance(data, Mapping):
        return None, (((), "an entry must be a mapping with at least `name` and `email`"),)
    wrong = tuple(_problems(data))
    if wrong:
        return None, wrong
    status, away = text_of(data.get("status")), text_of(data.get("away_until"))
    return Contact(
        name=text_of(data["name"]) or "",
        email=text_of(data["email"]) or "",
        also=texts_of(data.get("also")),
        company=text_of(data.get("company")),
        title=text_of(data.get("title")),
        phones=texts_of(data.get("phones")),
        linkedin=text_of(data.get("linkedin")),
        language=text_of(data.get("language")),
        country=text_of(data.get("country")),
        timezone=text_of(data.get("timezone")),
        every=text_of(data.get("every")),
        tags=texts_of(data.get("tags")),
        account=text_of(data.get("account")),
        status=Status(status) if status else None,
        away_until=date.fromisoformat(away) if away else None,
        previous=previous_of(data.get("previous")),
        line=line,
    ), ()


def text_of(data: Data) -> str | None:
    """Give a scalar as a Contact holds it: without outer blanks; nothing at all is None."""
    return (data.strip() or None) if isinstance(data, str) else None


def texts_of(data: Data) -> tuple[str, ...]:
    """Give a list of scalars as a Contact holds it."""
    return tuple(text for item in data if (text := text_of(item))) if is_list(data) else ()


def previous_of(data: Data) -> tuple[Previous, ...]:
    """Give the items of `previous`; an owner's own keys in them are not looked at."""
    items = (item for item in data if isinstance(item, Mapping)) if is_list(data) else ()
    return tuple(
        Previous(text_of(i.get("email")) or "", text_of(i.get("company")), text_of(i.get("until")), text_of(i.get("why"))) for i in items
    )


def _problems(data: Mapping[str, Data]) -> Iterator[Wrong]:
    for key in _REQUIRED:
        value = data.get(key)
        if value is None or (isinstance(value, str) and not value.strip()):
            yield (key,) if key in data else (), f"`{key}` is missing"
    for key in ORDER:
        value = data.get(key)
        if value is None or (isinstance(value, str) and not value.strip()):
            continue
        if key == "previous":
            yield from _previous_problems(value)
        elif key in LISTS:
            yield from _list_problems(key, value)
        else:
            yield from _text_problems((key,), value, _CHECKS.get(key))


def _list_problems(key: str, value: Data) -> Iterator[Wrong]:
    if not is_list(value):
        yield (key,), f"`{key}` must be a list, such as [{_shown(value)}]"
        return
    for place, item in enumerate(value):
        yield from _text_problems((key, place), item, _CHECKS.get(key))


def _previous_problems(value: Data) -> Iterator[Wrong]:
    if not is_list(value):
        yield ("previous",), "`previous` must be a list of mappings with at least `email`"
        return
    for place, item in enumerate(value):
        if not isinstance(item, Mapping) or text_of(item.get("email")) is None:
            yield ("previous", place), "an item of `previous` must be a mapping with at least `email`"
            continue
        for key in PREVIOUS:
            if item.get(key) is not None:
                yield from _text_problems(("previous", place, key), item[key], _CHECKS.get(key))


def _text_problems(path: Path, value: Data, check: Callable[[str], str | None] | None) -> Iterator[Wrong]:
    if not isinstance(value, str):
        kind = "a list" if is_list(value) else "a mapping" if isinstance(value, Mapping) else "nothing" if value is None else "no text"
        yield path, f"this must be text, and is {kind}" + (f": put it in quotes, as in {_shown(value)}" if kind == "no text" else "")
        return
    text = value.strip()
    if bad := _CONTROL.search(text):
        yield path, f"a field must be one line of printable text, and holds U+{ord(bad[0]):04X}"
    elif check and (why := check(text)):
        yield path, why


def _shown(value: Data) -> str:
    return f'"{value}"' if isinstance(value, str | int | float) else "…"


@cache
def _timezone(text: str) -> str | None:
    try:
        ZoneInfo(text)
    except (KeyError, OSError, ValueError):
        known = not available_timezones() or text in available_timezones()  # a system without any cannot say
        return None if known else f"`{text}` is no time zone; write one such as Europe/London"
    return None


@cache
def _language(text: str) -> str | None:
    return None if _LANGUAGE.fullmatch(text) else f"`{text}` is no language code; write one such as en or de-CH"


@cache
def _day(text: str) -> str | None:
    said = f"`{text}` is no date; write it as YYYY-MM-DD"
    if not _DAY.fullmatch(text):
        return said
    try:
        date.fromisoformat(text)
    except ValueError:
        return said
    return None


def _status(text: str) -> str | None:
    return None if text in _STATUSES else f"`{text}` is no status; it is one of {', '.join(Status)}, or absent"


def _email(text: str) -> str | None:
    why = why_invalid(text)
    return None if why is None else f"`{text}` is no e-mail address: {why}"


_STATUSES = frozenset(Status)
_CHECKS: Mapping[str, Callable[[str], str | None]] = {
    "email": _email, "also": _email, "timezone": _timezone, "language": _language, "status": _status, "away_until": _day, "until": _day,
}  # fmt: skip


def shared_addresses(contacts: Sequence[Contact]) -> Iterator[tuple[int, str]]:
    """Give (index, sentence) for every contact whose `email` or `also` is another's already; a former address may have a new owner."""
    owner: dict[str, Contact] = {}
    for place, contact in enumerate(contacts):
        for address in dict.fromkeys(a.lower() for a in (contact.email, *contact.also) if a):
            first = owner.setdefault(address, contact)
            if first is not contact:
                yield place, f"{address} belongs to {first.name} on line {first.line} already"
