"""Which servers belong to a mail address: those of a known provider, those that its domain names in the DNS, or a guess said as one."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

from bouncer.config.providers import Endpoint, Provider, by_address, by_exchangers
from bouncer.edge import dkim
from bouncer.edge.resolver import Resolver

# RFC 6186, and RFC 8314 section 5.1 for submissions: the name of the service and its kind of TLS, the better one first.
_IMAP: tuple[tuple[str, Literal["implicit", "starttls"]], ...] = (("_imaps._tcp", "implicit"), ("_imap._tcp", "starttls"))
_SMTP: tuple[tuple[str, Literal["implicit", "starttls"]], ...] = (("_submissions._tcp", "implicit"), ("_submission._tcp", "starttls"))


class Dns(Protocol):
    """What is asked of the DNS."""

    def mx(self, domain: str) -> tuple[str, ...]:
        """Give the hosts that take in the mail of *domain*."""
        ...

    def srv(self, name: str) -> tuple[tuple[str, int], ...]:
        """Give the servers of a service."""
        ...


@dataclass(frozen=True, slots=True)
class Servers:
    """Where mail is read and handed in, whose servers these are where that is known, and how it was found out, in sentences."""

    provider: Provider | None
    imap: Endpoint
    smtp: Endpoint
    told: tuple[str, ...]


def servers(address: str, *, dns: bool = True, resolver: Callable[[], Dns] = Resolver) -> Servers:
    """Find the servers of *address*; with *dns* and dnspython a domain of one's own is looked up, and that takes its time."""
    domain = address.rpartition("@")[2].lower()
    provider, how = by_address(address), f"{domain} belongs to"
    ask = resolver() if provider is None and dns and dkim.present("dns") else None
    if ask is not None:
        exchangers = ask.mx(domain)
        provider, how = by_exchangers(exchangers), f"The mail of {domain} is taken in ({', '.join(exchangers[:2])}) by"
    if provider is not None:
        return Servers(provider, provider.imap, provider.smtp, (f"{how} {provider.name}.", *_told(provider.imap, provider.smtp)))
    imap, smtp = (_named(ask, domain, _IMAP), _named(ask, domain, _SMTP)) if ask is not None else (None, None)
    told = f"The DNS names the servers of {domain} (RFC 6186)."
    if imap is None or smtp is None:
        unseen = "Nothing is known of" if ask is not None else "Without a look into the DNS nothing is known of"
        told = f"{unseen} the servers of {domain}, so what follows is guessed: ask your provider, and mend it in the configuration."
    imap, smtp = imap or (f"imap.{domain}", 993, "implicit"), smtp or (f"smtp.{domain}", 465, "implicit")
    return Servers(None, imap, smtp, (told, *_told(imap, smtp)))


def _named(ask: Dns, domain: str, services: tuple[tuple[str, Literal["implicit", "starttls"]], ...]) -> Endpoint | None:
    for service, tls in services:
        for host, port in ask.srv(f"{service}.{domain}"):
            return host, port, tls
    return None


def _told(imap: Endpoint, smtp: Endpoint) -> tuple[str, str]:
    said = {"implicit": "TLS", "starttls": "STARTTLS"}
    return (
        f"  mail is read at       {imap[0]}:{imap[1]}, {said[imap[2]]}",
        f"  mail is handed in at  {smtp[0]}:{smtp[1]}, {said[smtp[2]]}",
    )
