"""The words of a letter: which template, which values, and the subject and body that come of them."""

import re
import textwrap
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from zlib import crc32

from jinja2 import StrictUndefined, Template, TemplateError
from jinja2.sandbox import SandboxedEnvironment

from bouncer.core.names import given_name
from bouncer.core.plain import one_line
from bouncer.errors import OwnerFault, Problem
from bouncer.model import Contact, Owner, Planned, Previous

LONGEST = 10_000  # characters of a letter; a longer one is a mistake in its template
_WIDTH, _LONGEST_LINE = 72, 78  # RFC 5322 section 2.1.1


class _Sandbox(SandboxedEnvironment):
    """Templates are the owner's own, yet one of them must not be able to fill the memory."""

    intercepted_binops = frozenset({"*", "**", "%"})

    def call_binop(self, context: object, operator: str, left: object, right: object) -> object:
        """Allow `*` and `%` for numbers alone, and `**` not at all."""
        if operator == "**" or not (isinstance(left, int | float) and isinstance(right, int | float)):
            raise TemplateError(f"`{operator}` is not to be had here")
        return super().call_binop(context, operator, left, right)  # type: ignore[arg-type]


_ENGINE = _Sandbox(undefined=StrictUndefined, autoescape=False, trim_blocks=True, lstrip_blocks=True)
_ENGINE.globals.clear()  # without `range` a loop is as long as what it goes through


_TRIED = (
    Contact(
        name="Ada Example",
        email="ada@new.example",
        company="Example",
        title="Engineer",
        phones=("+44 20 7946 0018",),
        tags=("du", "tu"),
        previous=(Previous("ada@old.example"),),
    ),
    Contact(name="Ada Example", email="ada@new.example"),
)
_TRIAL = Planned("0" * 12, "ada@new.example", "checkin", datetime.min.replace(tzinfo=UTC), "a trial", "trial")


def values(planned: Planned, contact: Contact, owner: Owner, language: str, about: Contact | None = None) -> Mapping[str, object]:
    """Give what a template may use, each on one line and at most 200 characters; a thing not known is empty.

    `first_name`, `name`, `company`, `title`, `email` (where this goes), `old_email`, `phones` and `tags` (lists), `why` (the plan's),
    `about_name` and `about_company` (of the person asked about), `owner_name`, `owner_first_name` and `signature` (of several lines).
    """
    before = (contact.email, *(p.email for p in reversed(contact.previous)))  # the first fails where a letter goes to another
    old = next((email for email in before if email.lower() != planned.address.lower()), "")
    return {
        "first_name": one_line(given_name(contact.name, language)),
        "name": one_line(contact.name),
        "company": one_line(contact.company or ""),
        "title": one_line(contact.title or ""),
        "email": one_line(planned.address),
        "old_email": one_line(old),
        "phones": [one_line(phone) for phone in contact.phones],
        "tags": [one_line(tag) for tag in contact.tags],
        "why": one_line(planned.why),
        "about_name": one_line(about.name if about else ""),
        "about_company": one_line((about.company if about else None) or ""),
        "owner_name": one_line(owner.name),
        "owner_first_name": one_line(given_name(owner.name, owner.language)),
        "signature": "\n".join(one_line(line) for line in (owner.signature or owner.name).splitlines()[:12]),
    }


def choose(planned: Planned, contact: Contact, owner: Owner, templates: Mapping[str, str], occasion: str | None = None) -> tuple[str, str]:
    """Give the file name and the language of the template for *planned*; an *occasion* such as `card` goes before its purpose.

    Order: the contact's language before the owner's before English, the purpose's own words before a plain check-in, those for a tag of the
    contact's (`checkin.en.client.txt`, the first tag first) before those for everybody. Among variants (`checkin.en.txt`,
    `checkin.en.2.txt`) chance decides, the same way each time for one person and period. Raises OwnerFault for none.
    """
    first = occasion or planned.purpose
    wanted = (first,) if planned.purpose == "ask" else tuple(dict.fromkeys((first, "checkin")))  # a question is no check-in
    for language in dict.fromkeys(_primary(tag) for tag in (contact.language, owner.language, "en") if tag):
        for purpose in wanted:
            tagged = (_variants(templates, f"{purpose}.{language}.{tag.lower()}") for tag in contact.tags if not tag.isdigit())
            variants = next(filter(None, tagged), None) or _variants(templates, f"{purpose}.{language}")
            if variants:
                return variants[crc32(f"{planned.person} {planned.period}".encode()) % len(variants)], language
    raise OwnerFault((Problem("templates", 0, " or ".join(f"{purpose}.en.txt" for purpose in wanted), "there is no such template"),))


def write(name: str, template: str, given: Mapping[str, object]) -> tuple[str, str]:
    """Render *template*: the subject and the body, wrapped. Raises OwnerFault with file *name* and line for whatever is wrong in it."""
    try:
        text = _capped(_compiled(template).generate, given)
    except (TemplateError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError, RecursionError) as error:
        raise OwnerFault((Problem(name, _line(error), "", f"the template fails: {one_line(str(error))}"),)) from error
    head, _, body = text.lstrip("\n").partition("\n")
    label, _, subject = head.partition(":")
    if label.strip().lower() != "subject" or not subject.strip() or not body.strip():
        raise OwnerFault((Problem(name, 1, "", "a template is a line `Subject: …`, an empty line, and the letter"),))
    if any("\ud800" <= ch <= "\udfff" for ch in text):
        raise OwnerFault((Problem(name, 0, "", "the template makes half a character (a lone surrogate), which no mail can hold"),))
    return one_line(subject), "\n".join(_wrapped(line) for line in body.strip().splitlines()) + "\n"


@lru_cache(maxsize=64)  # compiling one takes longer than writing the letter; an owner has a few dozen
def _compiled(template: str) -> Template:
    return _ENGINE.from_string(template)


def faults(templates: Mapping[str, str], owner: Owner) -> tuple[Problem, ...]:
    """Give what is wrong in *templates*, each tried on a contact of whom everything is known and on one of whom only the name is."""
    found: dict[Problem, None] = {}
    for name, template in templates.items():
        for contact in _TRIED:
            try:
                write(name, template, values(_TRIAL, contact, owner, owner.language, contact))
            except OwnerFault as fault:
                found.update(dict.fromkeys(fault.problems))
    return tuple(found)


def _capped(generate: Callable[[Mapping[str, object]], Iterator[str]], given: Mapping[str, object]) -> str:
    pieces: list[str] = []
    left = LONGEST
    for piece in generate(given):
        pieces.append(piece)
        left -= len(piece)
        if left < 0:
            raise TemplateError(f"the letter is longer than {LONGEST} characters")
    return "".join(pieces)


def _line(error: BaseException) -> int:
    """Give the line of the template in which *error* was raised; 0 where it cannot be told."""
    line, trace = getattr(error, "lineno", None) or 0, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<template>":
            line = trace.tb_lineno
        trace = trace.tb_next
    return int(line)


def _wrapped(line: str) -> str:
    line = line.rstrip()
    return line if len(line) <= _LONGEST_LINE else textwrap.fill(line, _WIDTH, break_long_words=False, break_on_hyphens=False)


def _primary(tag: str) -> str:
    """Give the primary subtag (RFC 5646 section 2.1) in lower case."""
    return tag.replace("_", "-").partition("-")[0].lower()


def _variants(templates: Mapping[str, str], stem: str) -> list[str]:
    """Give the files `STEM.txt` and `STEM.NUMBER.txt`, whatever the case of a tag in their names."""
    return [name for name in sorted(templates) if re.fullmatch(rf"{re.escape(stem)}(?:\.\d+)?\.txt", name, re.IGNORECASE)]
