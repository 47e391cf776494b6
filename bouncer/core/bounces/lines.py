"""How mail systems set an address that failed into plain text: the shapes of the line, strongest first, whatever the language."""

import re
from collections.abc import Iterator

from bouncer.core.bounces.copy import Parted
from bouncer.core.bounces.failure import ADDRESS, mailbox

_A = rf"(?:{ADDRESS.pattern})"
_LABELS = (
    r"failed[ -]recipient|(?:final |original |invalid |bad |unknown |undeliverable |failed |rejected )?"
    r"recipient(?:s|\(s\)|/es|'s address)?|"
    r"undeliverable(?: address)?(?: to)?|error-for|unknown user|user unknown|invalid final delivery userid|"
    r"(?:failed |bad |invalid |e-?mail |destination )?address(?:es|\(es\))?|mailbox|user|addressee"
)
_DATE_OR_END = r"(?:[ \t]+on[ \t]+\w|[ \t]*$|[ \t]*[,;:(]|[ \t]+-)"

# In the order of how surely the line names what failed; the first shape that any line has is the one this system uses.
SHAPES: tuple[re.Pattern[str], ...] = tuple(
    re.compile(shape, re.MULTILINE)
    for shape in (
        rf"^[ \t]*(?:\d{{3}}[ -](?:[45]\.\d\.\d+ )?)?<({_A})>(?=:|[ \t]*$|\.\.\.|[ \t]*\()",  # qmail, Postfix, Sendmail
        rf"^[ \t]*(?:dda:|c=[^\n]*dda:)SMTP=({_A})",  # X.400 names of Exchange 5.5
        rf"^[ \t]*(?i:{_LABELS})[ \t]*:[ \t]*(?:\[?(?i:SMTP:|rfc822;))?[ \t]*[<\"'\[]*({_A})",  # a label, a colon, the address
        rf"^[ \t>*•\-\"'\[]*({_A})[\"'\]]?(?:{_DATE_OR_END})",  # alone on its line: Exim, Gmail, Exchange
        rf"^[ \t]*\d{{3}}[ -](?:[45]\.\d\.\d+ )?<?({_A})>?\.\.\.",  # the transcripts of old Sendmail
        rf"RCPT T[Oo]:[ \t]*<?({_A})",  # a dialogue
        rf"^[ \t]*\(generated from ({_A})\)",  # an address that Exim does not disclose
    )
)
_BARE = re.compile(r":[ \t]*\n{1,2}[ \t]+([A-Za-z0-9][A-Za-z0-9._-]{1,40})[ \t]*(?:\n|$)")
_SENDER = re.compile(
    r"^[ \t]*(?:(?:message |original )?sender(?:'s)?(?: (?:e-?mail )?address)?|from|absender(?:adresse)?|adresse de l.exp(?:é|e)diteur|"
    r"direcci(?:ó|o)n del remitente|indirizzo (?:del )?mittente|adres van afzender|endere(?:ç|c)o do remetente)[ \t]*:[ \t\n]{0,4}"
    rf"[<\[(]?(?:mailto:)?({_A})",
    re.IGNORECASE | re.MULTILINE,
)
_FROM_ALIAS = re.compile(
    rf"^[ \t(]*(?:generated from|expanded from:?|originally addressed to|forwarded from|ursprünglich an)[ \t:<]*({_A})",
    re.IGNORECASE | re.MULTILINE,
)


def by_shape(parted: Parted, ours: frozenset[str]) -> tuple[str, ...]:
    """Give the addresses that the strongest shape in the text names, those that are *ours* (in lower case) left out."""
    for shape in SHAPES:
        found = [one for one in _all(shape, parted.text) if one.lower() not in ours]
        if found:
            return tuple({one.lower(): one for one in reversed(found)}.values())[::-1]
    return ()


def senders(parted: Parted) -> frozenset[str]:
    """Give the addresses that the text calls the sender's, in lower case."""
    return frozenset(one.lower() for one in _all(_SENDER, parted.text))


def anywhere(parted: Parted) -> tuple[str, ...]:
    """Give every address in the text, in order."""
    return tuple({one.lower(): one for one in _all(re.compile(f"({_A})"), parted.text)}.values())


def mailed(parted: Parted, address: str) -> str | None:
    """Give the address that was mailed, where the system says that *address* came out of an alias."""
    place = parted.text.lower().find(address.lower())
    found = _FROM_ALIAS.search(parted.text, max(place, 0), max(place, 0) + len(address) + 300)
    return mailbox(found[1]) if found else None


def unqualified(parted: Parted, domain: str) -> tuple[str, ...]:
    """Give a name without a domain that stands alone below a colon, as a mailbox of *domain*, the system's own."""
    found = _BARE.search(parted.text)
    return (f"{found[1]}@{domain}",) if found and domain else ()


def _all(shape: re.Pattern[str], text: str) -> Iterator[str]:
    for found in shape.finditer(text):
        one = mailbox(found[1])
        if one:
            yield one
