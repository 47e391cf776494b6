"""The TXT records of a DNS server on this machine: one record is one answer, and anything else is none."""

import socket
import threading
from collections.abc import Iterator

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest
from dns.resolver import Resolver as Stub

from bouncer.edge.resolver import Resolver

ZONE = {
    "one._domainkey.acme.example.": ['"v=DKIM1; p=" "AAAA"'],
    "two._domainkey.acme.example.": ['"v=DKIM1; p=AAAA"', '"v=DKIM1; p=BBBB"'],
    "none._domainkey.acme.example.": [],
}


class Server:
    """Answers from ZONE over UDP; what is not in it does not exist."""

    def __init__(self) -> None:
        """Listen on a free port."""
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.port: int = self.socket.getsockname()[1]
        self.asked: list[str] = []
        self.thread = threading.Thread(target=self.serve)
        self.thread.start()

    def serve(self) -> None:
        """Answer until an empty datagram comes."""
        while True:
            data, client = self.socket.recvfrom(4096)
            if not data:
                return
            query = dns.message.from_wire(data)
            name = str(query.question[0].name)
            self.asked.append(name)
            reply = dns.message.make_response(query)
            reply.flags |= dns.flags.RA
            if name not in ZONE:
                reply.set_rcode(dns.rcode.NXDOMAIN)
            elif ZONE[name]:
                reply.answer.append(dns.rrset.from_text(name, 300, "IN", "TXT", *ZONE[name]))
            self.socket.sendto(reply.to_wire(), client)

    def close(self) -> None:
        """End it."""
        self.socket.sendto(b"", ("127.0.0.1", self.port))
        self.thread.join()
        self.socket.close()


@pytest.fixture
def server() -> Iterator[Server]:
    """Give a server."""
    made = Server()
    yield made
    made.close()


def resolver(port: int) -> Resolver:
    """Give a resolver that asks the server at *port* of the loopback."""
    made = Resolver()
    made._stub = Stub(configure=False)
    made._stub.nameservers, made._stub.port = ["127.0.0.1"], port
    return made


def test_the_strings_of_one_record_are_joined(server: Server) -> None:
    """A long key is split into strings of 255 bytes."""
    assert resolver(server.port).txt("one._domainkey.acme.example") == b"v=DKIM1; p=AAAA"


@pytest.mark.parametrize("selector", ["two", "none", "absent"])
def test_several_records_or_none_are_no_answer(server: Server, selector: str) -> None:
    """Of two, nobody knows which one is meant."""
    assert resolver(server.port).txt(f"{selector}._domainkey.acme.example") is None
    assert server.asked[0] == f"{selector}._domainkey.acme.example."


def test_what_is_no_name_is_asked_of_nobody(server: Server) -> None:
    """Too long a label, an empty one: no exception, no query."""
    made = resolver(server.port)
    assert [made.txt(name) for name in ("x" * 64, "a..b", "")] == [None, None, None]
    assert "x" * 64 not in server.asked
