"""TXT records from the system's DNS; dnspython is spoken here alone, and read only where somebody asks."""

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
        library, fault = importlib.import_module("dns.resolver"), importlib.import_module("dns.exception")
        try:
            if self._stub is None:
                stub = library.Resolver()  # NoResolverConfiguration, a DNSException, where the system names no server
                stub.cache = library.LRUCache(_KEPT)
                self._stub = stub
            records = list(self._stub.resolve(f"{name}.", "TXT", lifetime=_SECONDS, search=False))
        except (fault.DNSException, OSError):
            return None
        return b"".join(records[0].strings) if len(records) == 1 else None
