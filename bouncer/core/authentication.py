"""Whether the owner's own provider vouches for the From of a message (Authentication-Results, RFC 8601).

Anybody may write such a field, so only those count that carry the one configured authserv-id and stand above the Received field by which
the message came into the provider's system (RFC 8601 sections 5 and 7.1).
"""

import ipaddress
import re
from collections.abc import Iterator, Sequence

from authres import AuthenticationResultsHeader, AuthResError

from bouncer.model import Account, Address

_LONGEST = 2048  # characters of a field that is read; a provider's own are far shorter, and the library's time grows with the square
_MOST = 8  # fields in one provider's name; it writes one per checker at the most
_ID = re.compile(r'\s*"?([A-Za-z0-9._-]+?)\.?"?\s*(?:1\s*)?(?:\([^()]*\)\s*)?;')
_BY = re.compile(r"(?:^|\s)by\s", re.IGNORECASE)
_LMTP = re.compile(r"\swith\s+(?:UTF8)?LMTP", re.IGNORECASE)
_LITERAL = re.compile(r"\[(?:IPv6:)?([0-9A-Fa-f:.]{2,45})\]|\((?:[^()\s]*\s)?((?:[0-9]{1,3}\.){3}[0-9]{1,3})\)")

# Providers known to write theirs just below the Received field of the message's arrival, and to remove what others wrote in their name.
_BELOW_ARRIVAL = frozenset({"mx.google.com"})

# Addresses inside a machine or a site; the documentation and benchmark ranges are not among them, unlike in ipaddress's `is_private`.
_SITE = tuple(
    ipaddress.ip_network(net)
    for net in ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "::1/128", "fc00::/7", "fe80::/10")
)

Result = tuple[str, str, tuple[tuple[str, str], ...]]  # method, result, (type.name, value) of its properties


def authenticated(trace: Sequence[tuple[str, str]], account: Account, from_: Sequence[Address]) -> tuple[str, ...]:
    """Give how the one From address was authenticated: "DMARC", "DKIM", both, or nothing.

    *trace* holds the Received and Authentication-Results fields from the top down, unfolded. DMARC must name the From's own domain; DKIM
    counts where its domain is the From's domain or one above it. Fields in the provider's name that contradict each other void all.
    """
    if account.authserv_id is None or len(from_) != 1 or not from_[0].domain:
        return ()
    ours, domain = account.authserv_id.strip().lower().rstrip("."), from_[0].domain
    named = [place for place, (name, value) in enumerate(trace) if _carries(name, value, ours)]
    if not named or len(named) > _MOST:
        return ()
    read = {place: _results(trace[place][1], ours) for place in named}
    claimed = {outcome for results in read.values() for method, outcome, _ in results if method == "dmarc"}
    if len(claimed) > 1 or claimed & {"fail", "quarantine", "reject", "permerror"}:
        return ()
    genuine = [result for place in _trusted(trace, ours) if place in read for result in read[place]]
    checks = (("DMARC", _dmarc), ("DKIM", _dkim))
    return tuple(name for name, passes in checks if any(passes(result, domain) for result in genuine))


def _dmarc(result: Result, domain: str) -> bool:
    """Tell whether this is a DMARC pass for *domain* as the From of the header (RFC 7489 section 11.2, RFC 8601 section 2.7.1)."""
    method, outcome, properties = result
    return method == "dmarc" and outcome == "pass" and [v.lower() for k, v in properties if k == "header.from"] == [domain]


def _dkim(result: Result, domain: str) -> bool:
    """Tell whether this is a DKIM pass of *domain* itself or of a domain above it.

    A signature from below is relaxed alignment as well (RFC 7489 section 3.1.1), but telling it from two customers of one shared suffix
    takes the public suffix list; DMARC, which the provider checked with that list, covers it.
    """
    method, outcome, properties = result
    if method != "dkim" or outcome != "pass":
        return False
    signers = {value.rpartition("@")[2].lower() for key, value in properties if key in {"header.d", "header.i"}}
    return len(signers) > 0 and all("." in s and f".{domain}".endswith(f".{s}") for s in signers)


def _trusted(trace: Sequence[tuple[str, str]], ours: str) -> Iterator[int]:
    """Give the places in *trace* where no sender can have written: above the arrival, or where *ours* is known to, right below it."""
    for place, (name, value) in enumerate(trace):
        if name.lower() != "received":
            yield place
        elif not _within(value):
            if ours in _BELOW_ARRIVAL:
                yield place + 1
            return


def _carries(name: str, value: str, ours: str) -> bool:
    """Tell whether this is an Authentication-Results field with our provider's authserv-id."""
    if name.lower() != "authentication-results" or len(value) > _LONGEST:
        return False
    match = _ID.match(value)
    return match is not None and match[1].lower() == ours


def _within(received: str) -> bool:
    """Tell whether a Received field (RFC 5321 section 4.4) is a step inside the provider: local delivery, or from no public address.

    The name after `from` is the client's own claim; only an address that the server noted itself says where the message came from.
    """
    by = list(_BY.finditer(received))
    if not by:
        return False
    origin, rest = received[: by[-1].start()], received[by[-1].start() :]
    if not origin.strip() or _LMTP.search(rest):
        return True
    found = [a or b for a, b in _LITERAL.findall(origin)]
    return len(found) > 0 and not any(_public(text) for text in found)


def _public(text: str) -> bool:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return True
    return not any(address in net for net in _SITE)


def _results(value: str, ours: str) -> tuple[Result, ...]:
    """Give the results of one field that `_carries` our id; nothing where it breaks the grammar of RFC 8601 section 2.2.

    authres knows neither a quoted authserv-id nor one with a trailing dot, so it is given the bare one.
    """
    body = value[value.index(";") :]
    try:
        parsed = AuthenticationResultsHeader.parse_value(f"{ours}{body}").results
    except (AuthResError, ValueError, AttributeError, RecursionError):
        return ()
    return tuple(
        (r.method.lower(), r.result.lower(), tuple((f"{p.type}.{p.name}", str(p.value or "")) for p in r.properties)) for r in parsed
    )
