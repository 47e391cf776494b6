"""TLS is always verified, and every fault is a sentence that says where, what and what to do."""

import socket
import ssl

import pytest
from support.build import ACCOUNT

from bouncer.edge import tls
from bouncer.edge.mends import Place, words
from bouncer.errors import LoginRefused, ServerFault
from bouncer.model import Server

IMAP = Place("IMAP", ACCOUNT)


def test_a_context_verifies_and_wants_tls_of_today() -> None:
    """Certificate, name, and version 1.2 at the least."""
    context = tls.context(ACCOUNT.imap)
    assert context is not None
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "127.5.5.5"])
def test_the_loopback_may_go_without(host: str) -> None:
    """No context is no TLS."""
    assert tls.context(Server(host=host, port=143, tls="loopback-none")) is None


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (socket.gaierror(-2, "Name or service not known"), "no such host (Name or service not known); check the host name and the network"),
        (
            socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution"),
            "no name server answers (Temporary failure in name resolution); check this machine's network and its DNS",
        ),
        (TimeoutError(), "no answer in time; check host, port and network"),
        (ConnectionRefusedError(111, "Connection refused"), "nobody listens there; check host and port"),
        (OSError(113, "No route to host"), "the connection failed (No route to host); check host, port and network"),
        (ConnectionResetError(), "the connection failed (ConnectionResetError); check host, port and network"),
    ],
)
def test_a_fault_of_the_network_is_a_sentence(error: OSError, said: str) -> None:
    """It begins with the server and the account."""
    fault = IMAP.lost(error)
    assert type(fault) is ServerFault
    assert str(fault) == f"IMAP imap.home.example:993 (account main): {said}"


def test_a_refusal_without_words_is_about_the_password() -> None:
    """A server need not say anything."""
    fault = IMAP.refused("")
    assert isinstance(fault, LoginRefused)
    assert "check the account's user and secret" in str(fault)


def test_what_a_server_says_is_cut_to_a_line() -> None:
    """Whatever it holds."""
    assert words("a\r\nb\x1b[2J\x00c\u2028d" + "x" * 1000) == "a b [2J c d" + "x" * 289
