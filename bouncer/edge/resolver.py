"""Records from the system's DNS; dnspython is spoken here alone, and read only where somebody asks."""

import importlib
from typing import Any

_SECONDS = 5.0  # for one name, all servers together
_KEPT = 1_000  # names whose answers are kept as long as they say


class Resolver:
    """A stub resolver with a cache; may be used from several threads."""

    def __init__(self) -> None:
        """Ask nobody yet."""
        self._stub: Any = None

    def txt(self, name: str) -> bytes | None:
        """Give the one TXT record at *name*, its strings joined (RFC 6376 section 3.6.2.2); blocks up to five seconds.

        None where there is none, where there are several, or where the DNS does not answer.
        """
        records = self._ask(name, "TXT")
        return b"".join(records[0].strings) if len(records) == 1 else None

    def mx(self, domain: str) -> tuple[str, ...]:
        """Give the hosts that take in the mail of *domain*, the preferred one first; () where the DNS says none or does not answer."""
        records = sorted(self._ask(domain, "MX"), key=lambda record: int(record.preference))
        return tuple(host for record in records if (host := str(record.exchange).rstrip(".")))

    def srv(self, name: str) -> tuple[tuple[str, int], ...]:
        """Give host and port of each server of a service (RFC 2782), the preferred one first; () as `mx`, and where it is not offered."""
        records = sorted(self._ask(name, "SRV"), key=lambda record: (int(record.priority), -int(record.weight)))
        return tuple((host, int(record.port)) for record in records if (host := str(record.target).rstrip(".")))

    def _ask(self, name: str, kind: str) -> list[Any]:
        library, fault = importlib.import_module("dns.resolver"), importlib.import_module("dns.exception")
        try:
            if self._stub is None:
                stub = library.Resolver()  # NoResolverConfiguration, a DNSException, where the system names no server
                stub.cache = library.LRUCache(_KEPT)
                self._stub = stub
            return list(self._stub.resolve(f"{name}.", kind, lifetime=_SECONDS, search=False))
        except (fault.DNSException, OSError):
            return []
