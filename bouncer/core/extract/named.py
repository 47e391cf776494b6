"""The addresses that somebody's own words name, whatever they say of them: an answer to a question needs no sentence around it."""

from collections.abc import Iterable

from bouncer.core.addresses import WRITTEN
from bouncer.core.extract.own import Own
from bouncer.core.tokens import decode

_MOST = 5
_LONGEST = 240  # characters of the words around one


def named(own: Own, tokens: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Give each address in the text of an answer to a question of ours (purpose `ask`), with its line; none of any other message.

    The signature is left out, for there people name themselves. *tokens* need not be genuine: they only say that it is worth looking.
    """
    if not any(token.purpose == "ask" for token in map(decode, tokens) if token):
        return ()
    found: dict[str, tuple[str, str]] = {}
    for line in own.body.split("\n"):
        for match in WRITTEN.finditer(line):
            found.setdefault(match[0].lower(), (match[0], " ".join(line.split())[:_LONGEST]))
    return tuple(found.values())[:_MOST]
