"""What a mail address gives away: whether it may be written to, whether it imitates another, what it was before it was rewritten."""

import re
from collections.abc import Iterable

from bouncer.core.mailboxes import domain_of

# Words of Chinese, Japanese and Korean touch an address: it is of their letters alone, or of none of them.
_FAR = "\u1100-\u11ff\u3005-\u3007\u3031-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
_NEAR = rf"[^\W_{_FAR}]"
_LABELS = rf"(?:(?:{_NEAR}(?:{_NEAR}++|[_-]++)*+|[{_FAR}]++)\.)+(?:[^\W\d_{_FAR}]{{2,}}|[{_FAR}]{{2,}})"
_MOST = 250  # letters of a local part that are looked at: RFC 5321 has 64, some senders rewrite into more
WRITTEN = re.compile(  # an address among the words of a text, its letters any; tried once in a run of letters, however long
    rf"(?:(?<!{_NEAR})(?<!{_NEAR}[_.%+&'=-])(?<!{_NEAR}[_.%+&'=-]{{2}}){_NEAR}(?:[^\W{_FAR}]|[.%+&'=-]){{0,{_MOST}}}+|(?<![{_FAR}])[{_FAR}]++)@{_LABELS}"
)

_LONGEST, _LONGEST_LOCAL = 254, 64  # octets; RFC 5321 section 4.5.3.1, and its path limit less the brackets
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_STRICT = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+(?:[A-Za-z]{{2,63}}|xn--[A-Za-z0-9-]{{2,59}})")

_BATV = re.compile(r"prvs=[0-9a-z]{4,20}=(.+)")  # draft-levine-smtp-batv
_BATV_AFTER = re.compile(r"prvs=(.+)=[0-9a-f]{8,12}")
_SRS = re.compile(r"srs[01][=+-][^=]*=[^=]*=([^=]+)=(.+)")  # the Sender Rewriting Scheme's own order: hash, day, domain, local part
_VERP = re.compile(r"[^=@]*[+-]([^=@]+)=([a-z0-9.-]+\.[a-z0-9-]+)")  # Mailman: list-bounces+local=domain@list

# Letters that pass for others at a glance. Both sides are folded, so only the pairs matter.
_TWINS = (("rn", "m"), ("vv", "w"), ("cl", "d"), ("0", "o"), ("1", "l"), ("i", "l"), ("5", "s"), ("8", "b"), ("-", ""))
_SHORT = 3  # in shorter names one letter makes another name


def well_formed(address: str) -> bool:
    """Tell whether *address* is an ASCII dot-atom at a domain name (RFC 5321 section 4.1.2): all that is ever written to.

    Quoted local parts, address literals and non-ASCII letters (RFC 6531) are lawful and left to the owner.
    """
    local = address.rpartition("@")[0]
    return len(address) <= _LONGEST and len(local) <= _LONGEST_LOCAL and _STRICT.fullmatch(address) is not None


def foreign_letters(address: str) -> bool:
    """Tell whether *address* holds letters beyond ASCII, be it in their IDNA form: the eye cannot tell some from Latin ones."""
    return not address.isascii() or any(label.startswith("xn--") for label in domain_of(address).split("."))


def looks_like(domain: str, known: str, shortest: int = _SHORT) -> bool:
    """Tell whether *domain* is another one than *known* that could be taken for it: twin letters, or one letter off.

    One letter counts where the longer of both names, without its last label, has *shortest* characters.
    """
    mine, theirs = domain.lower(), known.lower()
    if mine == theirs or not mine or not theirs:
        return False
    if _folded(mine) == _folded(theirs):
        return True
    return max(len(mine.rpartition(".")[0]), len(theirs.rpartition(".")[0])) >= shortest and _one_apart(mine, theirs)


def forms(address: str) -> tuple[str, ...]:
    """Give *address* in lower case and what it was before BATV, SRS, VERP or a plus-tag (RFC 5233) were put into it, as written first."""
    lower = address.strip().lower()
    found = [lower]
    for form in found:  # grows while it is read: a plus-tag may be left inside what another scheme wrapped
        local, _, domain = form.rpartition("@")
        found.extend(plain for plain in _unwrapped(local, domain) if plain not in found)
    return tuple(found)


def one_of(address: str, known: Iterable[str]) -> bool:
    """Tell whether any of the `forms` of *address* is one of *known* (lower case)."""
    return not set(forms(address)).isdisjoint(known)


def _unwrapped(local: str, domain: str) -> list[str]:
    """Give the address that each scheme wrapped into *local*; every one is shorter than what it came in."""
    plain = [f"{match[1]}@{domain}" for scheme in (_BATV, _BATV_AFTER) if (match := scheme.fullmatch(local))]
    if match := _SRS.fullmatch(local):
        plain.append(f"{match[2]}@{match[1]}")
    elif match := _VERP.fullmatch(local):
        plain.append(f"{match[1]}@{match[2]}")
    name, plus, _ = local.partition("+")
    if plus and name and domain:
        plain.append(f"{name}@{domain}")
    return plain


def _folded(domain: str) -> str:
    for twin, letter in _TWINS:
        domain = domain.replace(twin, letter)
    return domain


def _one_apart(one: str, other: str) -> bool:
    """Tell whether one insertion, deletion, exchange or swap of neighbours turns one text into the other."""
    short, long = sorted((one, other), key=len)
    if len(long) - len(short) > 1:
        return False
    start = next((i for i, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    if len(long) > len(short):
        return short[start:] == long[start + 1 :]
    swapped = short[:start] + short[start + 1 : start + 2] + short[start : start + 1] + short[start + 2 :]
    return short[start + 1 :] == long[start + 1 :] or swapped == long
