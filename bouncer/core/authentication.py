"""Whether the owner's own provider vouches for the From of a message (Authentication-Results, RFC 8601).

Anybody may write such a field, so only those count that carry the one configured authserv-id and stand above the Received field by which
the message came into the provider's system (RFC 8601 sections 5 and 7.1).
"""

import ipaddress
import re
from collections.abc import Iterator, Sequence

from authres import AuthenticationResultsHeader, AuthResError

from bouncer.core.alignment import aligned
from bouncer.model import Account, Address

_LONGEST = 2048  # characters of a field that is read; a provider's own are far shorter, and the library's time grows with the square
_MOST = 8  # fields in one provider's name; it writes one per checker at the most
_ID = re.compile(r'\s*"?([A-Za-z0-9._-]+?)\.?"?\s*(?:1\s*)?(?:\([^()]*\)\s*)?;')
_BY = re.compile(r"(?:^|\s)by\s", re.IGNORECASE)
_LMTP = re.compile(r"\s*by\s+\S+\s+(?:\([^()]*\)\s*)?with\s+(?:UTF8)?LMTP", re.IGNORECASE)
_COMMENT = re.compile(r"\([^()]*\)")
_FORGED = frozenset({"fail", "quarantine", "reject"})  # the last two are what some write of the policy that followed
_REFUTED = _FORGED | {"permerror"}
_LITERAL = re.compile(r"\[(?:IPv6:)?([0-9A-Fa-f:.]{2,45})\]|\((?:[^()\s]*\s)?((?:[0-9]{1,3}\.){3}[0-9]{1,3})\)")

# Providers known to write theirs just below the Received field of the message's arrival, and to remove what others wrote in their name.
_BELOW_ARRIVAL = frozenset({"mx.google.com"})

# Addresses inside a machine or a site; the documentation and benchmark ranges are not among them, unlike in ipaddress's `is_private`.
_SITE = tuple(
    ipaddress.ip_network(net)
    for net in ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "::1/128", "fc00::/7", "fe80::/10")
)

Result = tuple[str, str, tuple[tuple[str, str], ...]]  # method, result, (type.name, value) of its properties


def authenticated(
    trace: Sequence[tuple[str, str]], account: Account, from_: Sequence[Address], signed: Sequence[str] = ()
) -> tuple[str, ...]:
    """Give how the one From address was authenticated: "DMARC", "DKIM", both, or nothing.

    *trace* holds the Received and Authentication-Results fields from the top down, unfolded. DMARC must name the From's own domain, DKIM
    one aligned with it. Fields in the provider's name that contradict each other void all. *signed* are the domains whose signatures
    were verified on this machine; they count where the provider says nothing at all.
    """
    if len(from_) != 1 or not from_[0].domain:
        return ()
    domain, ours = from_[0].domain, (account.authserv_id or "").strip().lower().rstrip(".")
    named = [place for place, (name, value) in enumerate(trace) if ours and _carries(name, value, ours)]
    if not named:
        return ("DKIM",) if account.verify_dkim and any(aligned(signer, domain) for signer in signed) else ()
    read = {place: _results(trace[place][1], ours) for place in named[: _MOST + 1]}
    if len(named) > _MOST or _contradicted(tuple(read.values())):
        return ()
    genuine = [result for place in _trusted(trace, ours) if place in read for result in read[place]]
    checks = (("DMARC", _dmarc), ("DKIM", _dkim))
    return tuple(name for name, passes in checks if any(passes(result, domain) for result in genuine))


def refuted(trace: Sequence[tuple[str, str]], account: Account, from_: Sequence[Address]) -> bool:
    """Tell whether the provider says that the one From's domain did not send this: DMARC failed (RFC 7489 section 11.2).

    Wherever the field stands: one that a sender puts in himself says so of his own mail alone. No verdict, and one on another domain or
    under another authserv-id, refute nothing.
    """
    ours = (account.authserv_id or "").strip().lower().rstrip(".")
    if not ours or len(from_) != 1 or not from_[0].domain:
        return False
    named = [value for name, value in trace if _carries(name, value, ours)]
    return any(
        method == "dmarc" and outcome in _FORGED and all(aligned(said, from_[0].domain) for said in _values(props, "header.from"))
        for value in named[: _MOST + 1]
        for method, outcome, props in _results(value, ours)
    )


def _contradicted(fields: Sequence[tuple[Result, ...]]) -> bool:
    """Tell whether the provider's name stands under two verdicts on one thing, or under one that the From is not genuine.

    Of one field two results for one signer are two signatures of it; of two fields one is forged.
    """
    verdicts = {(outcome, *_values(props, "header.from")) for results in fields for method, outcome, props in results if method == "dmarc"}
    if len(verdicts) > 1 or any(outcome in _REFUTED for outcome, *_ in verdicts):
        return True
    passed, failed = (
        [{s for m, outcome, props in results if m == "dkim" and (outcome == "pass") is good for s in _signers(props)} for results in fields]
        for good in (True, False)
    )
    return any(yes & no for i, yes in enumerate(passed) for j, no in enumerate(failed) if i != j)


def _dmarc(result: Result, domain: str) -> bool:
    """Tell whether this is a DMARC pass for *domain* as the From of the header (RFC 7489 section 11.2, RFC 8601 section 2.7.1)."""
    method, outcome, properties = result
    return method == "dmarc" and outcome == "pass" and _values(properties, "header.from") == [domain]


def _dkim(result: Result, domain: str) -> bool:
    """Tell whether this is a DKIM pass of a domain aligned with *domain*."""
    method, outcome, properties = result
    found = _signers(properties)
    return method == "dkim" and outcome == "pass" and len(found) > 0 and all(aligned(signer, domain) for signer in found)


def _signers(properties: Sequence[tuple[str, str]]) -> set[str]:
    """Give the domains that a DKIM result names as the signer."""
    return {value.rpartition("@")[2] for value in (*_values(properties, "header.d"), *_values(properties, "header.i"))}


def _values(properties: Sequence[tuple[str, str]], wanted: str) -> list[str]:
    return [value.lower() for key, value in properties if key == wanted]


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
    by = list(_BY.finditer(_COMMENT.sub(lambda comment: " " * len(comment[0]), received)))
    if len(by) != 1 or '"' in received:  # an envelope sender may be `"x by y with LMTP"@evil.test`, and some servers note it
        return False
    origin, rest = received[: by[0].start()], received[by[0].start() :]
    if not origin.strip() or _LMTP.match(rest):
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
