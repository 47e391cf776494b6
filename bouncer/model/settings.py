"""What the owner configures; `config.py` validates YAML straight into these types and makes the JSON Schema from them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, ClassVar, Literal

from annotated_types import Ge, Le, Len

_STRICT: dict[str, object] = {"extra": "forbid", "use_attribute_docstrings": True}  # read by pydantic

Needs = Literal["E2", "E3", "E4", "ask"]  # the level at which bouncer acts by itself; "ask": the owner decides, always
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """Where a password comes from: exactly one of these."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT
    file: Path | None = None
    """A file that holds the password alone; must not be readable by others."""
    env: str | None = None
    """The name of an environment variable."""
    command: Annotated[tuple[str, ...], Len(1)] | None = None
    """A program and its arguments, run without a shell; its first line of output is the password."""
    credential: str | None = None
    """The name of a systemd credential (LoadCredential=), read from $CREDENTIALS_DIRECTORY."""
    keyring: str | None = None
    """The service name in the desktop keyring; the user name is the account's."""
    inline: str | None = field(default=None, repr=False)
    """The password itself. Works, but `bouncer check` warns: anyone who reads the file can use it."""

    @property
    def given(self) -> bool:
        """Whether any source is named."""
        return self != Secret()


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """One server to log in to."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT
    host: str
    """The server's name, as its certificate says it."""
    port: Annotated[int, Ge(1), Le(65535)]
    """993 for IMAP and 465 for SMTP with implicit TLS; 143 and 587 with STARTTLS."""
    tls: Literal["implicit", "starttls", "loopback-none"] = "implicit"
    """`implicit` TLS from the first byte, `starttls` (required, never opportunistic), or `loopback-none` for 127.0.0.1 and ::1 only."""
    ca_file: Path | None = None
    """A PEM file of certificates to trust besides the system's, for a server with a certificate of its own."""
    user: str | None = None
    """The login name; the account's address where absent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Oauth:
    """How `auth: xoauth2` comes by its access tokens: by `bouncer login`, or by a command of your own."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT
    provider: Literal["google", "microsoft"] | None = None
    """Whose sign-in `bouncer login` goes through."""
    client_id: str | None = None
    """The id of the application that you registered there; `bouncer help gmail` and `bouncer help microsoft` say how."""
    client_secret: Secret = field(default_factory=Secret)
    """Google only: the client's secret, from one of the same places as a password."""
    tenant: str = "common"
    """Microsoft only: `common`, `consumers` for Outlook.com, or the id or domain of your organisation."""
    authority: str | None = None
    """Another sign-in server than the provider's own, such as https://login.microsoftonline.us."""
    ca_file: Path | None = None
    """A PEM file of certificates to trust there besides the system's."""
    login_days: Annotated[int, Ge(1), Le(3650)] | None = None
    """How many days a login lasts: 7 for a Google client whose consent screen is in testing, or what your organisation has set."""
    keyring: str | None = None
    """The service name in the desktop keyring under which the login is kept, instead of a file in the state directory."""
    token_command: Annotated[tuple[str, ...], Len(1)] | None = None
    """A program and its arguments, run without a shell at each login; its first line of output is an access token."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One mailbox: where check-ins are sent from and answers come to."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT
    name: str
    """A short name of your own; a contact's `account:` field refers to it."""
    address: str
    """The mail address check-ins come from."""
    display_name: str | None = None
    """The name in From; the owner's name where absent."""
    imap: Server
    """Where answers are read."""
    smtp: Server
    """Where check-ins are submitted."""
    auth: Literal["password", "xoauth2"] = "password"
    """`password`, or `xoauth2` for a provider that wants OAuth (RFC 7628): `bouncer login` once, or a `token_command`."""
    secret: Secret = field(default_factory=Secret)
    """The password of both servers."""
    oauth: Oauth = field(default_factory=Oauth)
    """Where access tokens come from with `auth: xoauth2`."""
    folders: Annotated[tuple[str, ...], Len(1)] = ("INBOX", "\\Junk")
    """Folders to watch, by name or by SPECIAL-USE attribute (RFC 6154)."""
    sent_folder: str = "\\Sent"
    """The folder of sent mail, by name or by SPECIAL-USE attribute."""
    sent_copy: Literal["append", "server"] = "append"
    """`server` where the provider files sent mail itself (Gmail, Outlook), else `append`."""
    authserv_id: str | None = None
    """The authserv-id of your provider's Authentication-Results (RFC 8601); without it, only `verify_dkim` tells a genuine From."""
    verify_dkim: bool = False
    """Verify DKIM signatures here, with a DNS query for each new key, for a provider that adds no Authentication-Results with an id."""
    plus_address: bool = False
    """The provider delivers you+anything@ to you, so a check-in may carry its token in Reply-To as well."""

    @property
    def vouches(self) -> bool:
        """Whether anything tells a genuine From from a forged one."""
        return self.authserv_id is not None or self.verify_dkim


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """You."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT
    name: str
    """Your name as it signs a check-in."""
    address: str
    """Where the weekly summary goes."""
    timezone: str = "UTC"
    """An IANA time zone, for the summary's hour and for contacts that have none."""
    language: str = "en"
    """The language of a check-in to a contact that names none."""
    signature: str | None = None
    """Lines under a check-in; your name where absent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How many check-ins go out, at most."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT
    per_day: Annotated[int, Ge(0), Le(100)] = 5
    """Check-ins a day, all accounts together."""
    per_week: Annotated[int, Ge(0), Le(500)] = 15
    """Check-ins in an ISO week."""
    per_person_days: Annotated[int, Ge(14), Le(3650)] = 180
    """Days between two check-ins to one person, where neither the contact nor one of its tags has an `every:` of its own."""
    hours: tuple[Annotated[int, Ge(0), Le(23)], Annotated[int, Ge(1), Le(24)]] = (9, 17)
    """Working hours in the contact's time zone: from, to."""
    days: Annotated[tuple[Weekday, ...], Len(1)] = ("monday", "tuesday", "wednesday", "thursday", "friday")
    """Working days; public holidays of the contact's country are passed over."""
    card: Annotated[int, Ge(0), Le(100)] = 3
    """Every so many-th check-in to a person shows them what is on file, to be corrected; 0: none does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SummarySettings:
    """When the weekly summary goes out."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT
    day: Weekday = "monday"
    """The day."""
    hour: Annotated[int, Ge(0), Le(23)] = 7
    """The hour in your time zone."""
    answers_by_mail: bool = False
    """Each decision in it carries two links, yes and no, that open a mail which is your answer; it takes a provider that vouches."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The evidence each kind of change needs before bouncer makes it without asking; see README, "How far a message is believed"."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT
    away: Needs = "E2"
    """An absence and its end."""
    stop: Needs = "E2"
    """A request not to be written to again."""
    title: Needs = "E2"
    """A job title."""
    company: Needs = "E2"
    """An employer."""
    bounce: Needs = "E3"
    """A failing address."""
    new_address: Needs = "E3"
    """A new address: at E3 on probation and only from the address that was mailed, at E4 outright."""
    left: Needs = "E4"
    """Having left an employer."""
    retired: Needs = "E4"
    """Having retired."""
    name: Needs = "E4"
    """A new name."""
    phone: Needs = "E4"
    """A telephone number."""
    moved_domain: Needs = "ask"
    """An organisation's new mail domain, applied to the answering person's own address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The whole configuration."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT
    owner: Owner
    """You."""
    accounts: Annotated[tuple[Account, ...], Len(1)]
    """Your mailboxes; the first is the default."""
    contacts: Path = Path("contacts.yaml")
    """The contact file, YAML or JSON by its ending; relative to this file."""
    state: Path = Path("state")
    """A directory for the ledger, the keys and the history of the contact file; under systemd, $STATE_DIRECTORY."""
    templates: Path | None = None
    """A directory of your own check-in templates; a file there replaces the shipped one of the same name."""
    rules: Path | None = None
    """A directory of your own rule packs, read after the shipped ones."""
    live: bool = False
    """False: everything but sending and writing; what would happen is shown. True: the real thing."""
    pace: Pace = field(default_factory=Pace)
    """How many check-ins go out, at most."""
    summary: SummarySettings = field(default_factory=SummarySettings)
    """When the weekly summary goes out."""
    policy: Policy = field(default_factory=Policy)
    """What bouncer may do by itself."""
    tags: Mapping[str, Policy] = field(default_factory=dict)
    """Other policies for contacts with a tag."""
    every: Mapping[str, str] = field(default_factory=dict)
    """How often to write to contacts with a tag, such as `client: 3 months`; the first line here that fits a contact counts."""
    poll_minutes: Annotated[int, Ge(1), Le(60)] = 15
    """Look into the folders at least this often, whatever IDLE says."""
    catch_up_days: Annotated[int, Ge(0), Le(3650)] = 90
    """How far back the first look into a mailbox goes; it sends nothing."""
    max_message_bytes: Annotated[int, Ge(65536)] = 2_000_000
    """Only this much of a longer message is fetched and read."""
    metrics_file: Path | None = None
    """A file for node_exporter's textfile collector (`….prom`), written every minute; its directory must be there and writable."""
    ping_url: str | None = None
    """A monitor's check URL, told `/start`, then every five minutes that all is well, or `/fail`; https, or http to 127.0.0.1 or ::1."""
