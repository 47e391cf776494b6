"""The records of a DNS server on this machine: of TXT one record is one answer, and anything else is none."""

import socket
import threading
from collections.abc import Iterator

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset
import pytest
from dns.resolver import Resolver as Stub

from bouncer.edge.resolver import Resolver

ZONE = {
    "one._domainkey.acme.example.": ['"v=DKIM1; p=" "AAAA"'],
    "two._domainkey.acme.example.": ['"v=DKIM1; p=AAAA"', '"v=DKIM1; p=BBBB"'],
    "none._domainkey.acme.example.": [],
}
OTHERS = {
    ("acme.example.", "MX"): ["20 mx2.acme.example.", "10 mx1.acme.example."],
    ("null.example.", "MX"): ["0 ."],
    ("_imaps._tcp.acme.example.", "SRV"): ["10 1 993 slow.acme.example.", "0 1 993 small.acme.example.", "0 9 1993 big.acme.example."],
    ("_imap._tcp.acme.example.", "SRV"): ["0 0 0 ."],
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
            kind = dns.rdatatype.to_text(query.question[0].rdtype)
            if (name, kind) in OTHERS:
                reply.answer.append(dns.rrset.from_text(name, 300, "IN", kind, *OTHERS[name, kind]))
            elif name not in ZONE:
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


def test_exchangers_and_servers_come_the_preferred_one_first(server: Server) -> None:
    """By preference (RFC 5321 section 5.1), and by priority and then weight (RFC 2782)."""
    made = resolver(server.port)
    assert made.mx("acme.example") == ("mx1.acme.example", "mx2.acme.example")
    assert made.srv("_imaps._tcp.acme.example") == (("big.acme.example", 1993), ("small.acme.example", 993), ("slow.acme.example", 993))


def test_a_dot_says_that_there_is_none_and_silence_does_too(server: Server) -> None:
    """RFC 7505, and RFC 6186 section 3.4."""
    made = resolver(server.port)
    assert (made.mx("null.example"), made.mx("absent.example"), made.mx("a..b")) == ((), (), ())
    assert (made.srv("_imap._tcp.acme.example"), made.srv("_absent._tcp.acme.example")) == ((), ())
