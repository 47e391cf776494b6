"""What works but deserves a second look."""

from collections.abc import Iterator

from bouncer.config.checks import is_loopback
from bouncer.model import Account, Server, Settings

SAMPLE_NAME = "Your Name"
_SAMPLE_ENDINGS = (".example", ".invalid", "example.com", "example.net", "example.org")  # RFC 2606
_STARTTLS_PORTS = frozenset((143, 587))
_IMPLICIT_PORTS = frozenset((993, 465))


def warnings(settings: Settings) -> tuple[str, ...]:
    """Give what is allowed in *settings* but probably not meant, one sentence each, the path of the option first."""
    return tuple(_warnings(settings))


def _warnings(settings: Settings) -> Iterator[str]:
    if settings.owner.name == SAMPLE_NAME:
        yield f"owner.name: is still the sample's; every check-in would be signed `{SAMPLE_NAME}`"
    if settings.owner.signature and SAMPLE_NAME in settings.owner.signature:
        yield "owner.signature: is still the sample's"
    if settings.owner.address.endswith(_SAMPLE_ENDINGS):
        yield f"owner.address: `{settings.owner.address}` is a sample's address; no summary would arrive"
    if settings.summary.answers_by_mail and not settings.accounts[0].vouches:
        yield (
            "summary.answers_by_mail: stays off, for nothing would tell your mail from a forged one; set accounts[0].authserv_id, or "
            "verify_dkim: true"
        )
    for index, account in enumerate(settings.accounts):
        yield from (f"accounts[{index}].{said}" for said in _account(account))
    if not settings.live:
        yield "live: is false, so nothing is sent and the contact file is left alone; what would happen is shown"


def _account(account: Account) -> Iterator[str]:
    if account.address.endswith(_SAMPLE_ENDINGS):
        yield f"address: `{account.address}` is a sample's address"
    if account.secret.inline is not None:
        yield "secret.inline: whoever reads the configuration has the password; `file`, `credential` or `keyring` keep it apart"
    if not account.vouches:
        yield "authserv_id: is not set, so no message counts as authenticated; only our own tokens are believed (see also verify_dkim)"
    yield from (f"imap.{said}" for said in _server(account.imap))
    yield from (f"smtp.{said}" for said in _server(account.smtp))


def _server(server: Server) -> Iterator[str]:
    if server.host.endswith(_SAMPLE_ENDINGS):
        yield f"host: `{server.host}` is a sample's host"
    if is_loopback(server.host):
        return
    if server.tls == "implicit" and server.port in _STARTTLS_PORTS:
        yield f"tls: port {server.port} speaks STARTTLS nearly everywhere; `tls: starttls`?"
    if server.tls == "starttls" and server.port in _IMPLICIT_PORTS:
        yield f"tls: port {server.port} speaks TLS from the first byte nearly everywhere; `tls: implicit`?"
