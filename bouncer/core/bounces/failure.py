"""One failed recipient as a format found it, before anybody has decided what it means."""

import re
from dataclasses import dataclass

from bouncer.model import Action, Where

_WIDE = "\u3000-\u303f\uff01-\uff0f\uff1a-\uff20"  # punctuation of full width
_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
# The local part may be anything but space and the delimiters of mail systems; the domain may be one label or in any script. Lengths are
# bounded, for the pattern is looked for everywhere (RFC 5321 section 4.5.3.1 has 64, real return addresses are longer).
ADDRESS = re.compile(
    rf"[^\s<>()\[\]{{}}:;,\"'`|@\\*=&/!?{_WIDE}][^\s<>()\[\]{{}}:;,\"`|@\\{_WIDE}]{{0,127}}@(?:{_LABEL}\.){{0,10}}{_LABEL}|\"[^\"\n]{{1,64}}\"@[\w.-]{{1,200}}"
)
_WHOLE = re.compile(rf"\s*<?([^\s<>@\"{_WIDE}]{{1,200}}@[^\s<>@\"';,()]{{0,200}}[^\s<>@\"';,().])>?\s*$")
_KIND = re.compile(r"\s*[A-Za-z][A-Za-z0-9-]{0,20}\s*;\s*")
_XTEXT = re.compile(r"\+(2B|3D|20|40)", re.IGNORECASE)
_UTF8 = re.compile(r"\\x\{([0-9A-Fa-f]{2,6})\}")
_BATV = re.compile(r"^(?:prvs|msprvs1|btv1)=[^=]{4,12}=+", re.IGNORECASE)
_LAST_CODE_POINT = 0x10FFFF


@dataclass(frozen=True, slots=True)
class Failure:
    """A recipient, the words that explain it, and where they stood; the *status* and *action* are those of a field, not of the words."""

    address: str
    where: Where
    rule: str  # the format that found it
    diagnostic: str = ""
    kind: str = ""  # the type of the diagnostic: smtp, x-unix, x-postfix... in lower case
    status: str | None = None
    action: Action | None = None
    original: str | None = None
    host: str = ""  # who refused, in lower case
    command: str = ""  # what was refused (HELO, MAIL, RCPT, DATA), where that is known and not only told in the words
    context: str = ""  # what else the notice says, for want of a better diagnostic


def mailbox(value: str) -> str | None:
    """Give the address in *value*, its type, brackets, xtext (RFC 3461 section 4) and BATV tag undone; None where there is none."""
    value = _UTF8.sub(lambda code: chr(min(int(code[1], 16), _LAST_CODE_POINT)), value[:2000])
    value = _XTEXT.sub(lambda code: chr(int(code[1], 16)), value)
    typed = _KIND.match(value)
    value = value[typed.end() :] if typed else value
    found = _WHOLE.match(value) or ADDRESS.search(value)
    if not found:
        return None
    return _BATV.sub("", (found[1] if found.re is _WHOLE else found[0]).strip(".")).rstrip(".-")


def same(one: str | None, other: str | None) -> bool:
    """Tell whether two addresses are the same mailbox for our purposes: case does not count."""
    return one is not None and other is not None and one.lower() == other.lower()
