"""What is known of the large mail providers: their servers, the kind of login, and what they do with mail that is handed in.

`bouncer init` fills a configuration in from it, `bouncer doctor` compares one with it. None of it binds anybody: the configuration counts.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Endpoint = tuple[str, int, Literal["implicit", "starttls"]]  # host, port, kind of TLS


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """One provider, as the options of an account want it."""

    key: str
    """A short name, as `bouncer init --provider` takes it."""
    name: str
    """As its users call it."""
    domains: tuple[str, ...] = ()
    """Its own mail domains."""
    exchangers: tuple[str, ...] = ()
    """How the names of its MX hosts end: a domain of one's own with such an MX is a guest there."""
    imap: Endpoint
    """Where mail is read."""
    smtp: Endpoint
    """Where mail is handed in."""
    login: Literal["password", "app-password", "oauth"]
    """`app-password`: one made for bouncer at the provider. `oauth`: no password is taken at all."""
    oauth: Literal["google", "microsoft"] | None = None
    """Whose OAuth it takes, as `oauth.provider`."""
    password_page: str | None = None
    """Where an app password is made."""
    sent_copy: Literal["append", "server"] = "append"
    """Who files sent mail."""
    authserv_id: str | None = None
    """How its Authentication-Results begin, where that is one and the same for everybody."""
    plus_address: bool = False
    """Whether you+anything@ reaches you."""
    note: str | None = None
    """What its users must know or do first, in a sentence."""


PROVIDERS: tuple[Provider, ...] = (
    Provider(
        key="gmail",
        name="Gmail or Google Workspace",
        domains=("gmail.com", "googlemail.com"),
        exchangers=("google.com", "googlemail.com"),
        imap=("imap.gmail.com", 993, "implicit"),
        smtp=("smtp.gmail.com", 465, "implicit"),
        login="app-password",
        oauth="google",
        password_page="https://myaccount.google.com/apppasswords",  # noqa: S106 - a page, no password
        sent_copy="server",
        authserv_id="mx.google.com",
        plus_address=True,
        note="App passwords exist once 2-step verification is on; an administrator of Workspace may have forbidden them (then: OAuth).",
    ),
    Provider(
        key="outlook",  # before Microsoft 365, which the same MX hosts serve
        name="Outlook.com, Hotmail or Live",
        domains=(
            "outlook.com",
            "hotmail.com",
            "live.com",
            "msn.com",
            "outlook.de",
            "outlook.fr",
            "hotmail.de",
            "hotmail.fr",
            "hotmail.co.uk",
        ),
        imap=("outlook.office365.com", 993, "implicit"),
        smtp=("smtp-mail.outlook.com", 587, "starttls"),
        login="oauth",
        oauth="microsoft",
        sent_copy="server",
        plus_address=True,
        note="POP and IMAP must be switched on in the settings of the mailbox.",
    ),
    Provider(
        key="microsoft365",
        name="Microsoft 365",
        exchangers=("mail.protection.outlook.com", "mx.microsoft"),
        imap=("outlook.office365.com", 993, "implicit"),
        smtp=("smtp.office365.com", 587, "starttls"),
        login="oauth",
        oauth="microsoft",
        sent_copy="server",
        plus_address=True,
        note="An administrator may have to switch on IMAP and authenticated SMTP for the mailbox, and to agree to the application.",
    ),
    Provider(
        key="icloud",
        name="iCloud Mail",
        domains=("icloud.com", "me.com", "mac.com"),
        exchangers=("mail.icloud.com",),
        imap=("imap.mail.me.com", 993, "implicit"),
        smtp=("smtp.mail.me.com", 587, "starttls"),
        login="app-password",
        password_page="https://account.apple.com",  # noqa: S106 - a page, no password
        plus_address=True,
        note="App passwords exist once two-factor authentication is on.",
    ),
    Provider(
        key="fastmail",
        name="Fastmail",
        domains=("fastmail.com", "fastmail.fm"),
        exchangers=("messagingengine.com",),
        imap=("imap.fastmail.com", 993, "implicit"),
        smtp=("smtp.fastmail.com", 465, "implicit"),
        login="app-password",
        password_page="https://app.fastmail.com/settings/security/apps",  # noqa: S106 - a page, no password
        plus_address=True,
    ),
    Provider(
        key="yahoo",
        name="Yahoo Mail or AOL",
        domains=("yahoo.com", "yahoo.co.uk", "yahoo.de", "yahoo.fr", "ymail.com", "rocketmail.com", "aol.com"),
        exchangers=("yahoodns.net",),
        imap=("imap.mail.yahoo.com", 993, "implicit"),
        smtp=("smtp.mail.yahoo.com", 465, "implicit"),
        login="app-password",
        password_page="https://login.yahoo.com/account/security",  # noqa: S106 - a page, no password
        sent_copy="server",
    ),
    Provider(
        key="gmx",
        name="GMX",
        domains=("gmx.de", "gmx.net", "gmx.at", "gmx.ch"),
        imap=("imap.gmx.net", 993, "implicit"),
        smtp=("mail.gmx.net", 465, "implicit"),
        login="password",
        password_page="https://www.gmx.net",  # noqa: S106 - a page, no password
        note="POP3 and IMAP must be allowed in the mailbox's settings; with two-factor authentication it takes an app password.",
    ),
    Provider(
        key="gmx-com",
        name="GMX outside Germany",
        domains=("gmx.com", "gmx.us", "gmx.co.uk", "gmx.fr"),
        imap=("imap.gmx.com", 993, "implicit"),
        smtp=("mail.gmx.com", 465, "implicit"),
        login="password",
        note="POP3 and IMAP must be allowed in the mailbox's settings; with two-factor authentication it takes an app password.",
    ),
    Provider(
        key="webde",
        name="WEB.DE",
        domains=("web.de",),
        imap=("imap.web.de", 993, "implicit"),
        smtp=("smtp.web.de", 587, "starttls"),
        login="password",
        password_page="https://web.de",  # noqa: S106 - a page, no password
        note="POP3 and IMAP must be allowed in the mailbox's settings; with two-factor authentication it takes an app password.",
    ),
)


def by_key(key: str) -> Provider | None:
    """Give the provider called *key*; None for an unknown one."""
    return next((provider for provider in PROVIDERS if provider.key == key), None)


def by_address(address: str) -> Provider | None:
    """Give the provider whose own domain *address* is in; None for a domain that is none of theirs."""
    domain = address.rpartition("@")[2].lower()
    return next((provider for provider in PROVIDERS if domain in provider.domains), None)


def by_exchangers(hosts: Iterable[str]) -> Provider | None:
    """Give the provider that takes in the mail of a domain whose MX hosts are *hosts*, the preferred one first; None where it is none."""
    for host in hosts:
        bare = host.rstrip(".").lower()
        for provider in PROVIDERS:
            if any(bare == ending or bare.endswith(f".{ending}") for ending in provider.exchangers):
                return provider
    return None


def by_server(host: str) -> Provider | None:
    """Give the provider whose IMAP or SMTP server is *host*; None for a server of somebody else's."""
    return next((provider for provider in PROVIDERS if host.rstrip(".").lower() in (provider.imap[0], provider.smtp[0])), None)
