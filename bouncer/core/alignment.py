"""Whether the domain that signed a message may speak for the domain of its From: relaxed alignment (RFC 7489 section 3.1.1)."""

from functools import lru_cache

from publicsuffixlist import PublicSuffixList

# Domains whose every subdomain is another customer, and which are not on the public suffix list.
_SHARED = frozenset({"onmicrosoft.com"})


def aligned(signer: str, domain: str) -> bool:
    """Tell whether *signer* and *domain* (lower case) are the same, or belong to one organisation by the public suffix list."""
    if not signer or "." not in signer:
        return False
    if signer == domain:
        return True
    if signer.split(".")[-2:] != domain.split(".")[-2:]:  # no organisation spans that, and the list need not be read
        return False
    organisation = _list().privatesuffix(signer)
    return organisation is not None and organisation not in _SHARED and organisation == _list().privatesuffix(domain)


@lru_cache(maxsize=1)
def _list() -> PublicSuffixList:
    """Read the list, ICANN's part and the private one; a suffix that is not on it is a label long."""
    return PublicSuffixList()
