"""The files of somebody who begins: the shipped sample with what is known of their provider filled in, and a contact file to write in."""

from collections.abc import Mapping
from dataclasses import dataclass

from bouncer.config.document import Loc
from bouncer.config.fill import filled
from bouncer.config.providers import Endpoint, Provider

CONTACTS = """\
# Your contacts. bouncer changes single values in here and leaves every other byte as it is, comments, order and all.
# A name and an address are enough; bouncer-contacts.example.yaml beside this file shows every field there is.
# Take the signs off these lines and put your own people in:

contacts:
#  - name: Jane Doe
#    email: jane@acme.example
#    company: Acme
#  - name: Max Muster
#    email: max.muster@werk.example
#    language: de
"""
TEMPLATES = """\
# Your own words

A letter that lies here takes the place of the shipped one of the same name; what does not lie here is as shipped. The shipped ones are in

    {shipped}

Copy one, change it, and look at the letter with `bouncer preview CONTACT`: checkin (the usual one), card (with the details on file),
probation (to a new address), recheck (to an address that failed) and ask (after somebody who has gone), each as OCCASION.LANGUAGE.txt.
For contacts with a tag: OCCASION.LANGUAGE.TAG.txt. Each says at its head what may be used in it.
"""


@dataclass(frozen=True, slots=True)
class Beginner:
    """What is known of the one mailbox to begin with."""

    address: str
    name: str
    timezone: str
    language: str
    imap: Endpoint
    smtp: Endpoint
    provider: Provider | None
    oauth: bool  # log in with OAuth, not with a password
    client_id: str  # "": not known yet
    dkim: bool  # dkimpy is installed


def configuration(sample: str, who: Beginner) -> str:
    """Give the *sample* configuration filled in for *who*; raises ValueError where a value cannot stand in it."""
    return filled(sample, _values(who))


def _values(who: Beginner) -> Mapping[Loc, str | bool]:
    known = who.provider
    account: dict[str, str | bool] = {"address": who.address, "auth": "xoauth2" if who.oauth else "password"}
    if known is not None:
        account |= {"sent_copy": known.sent_copy, "authserv_id": known.authserv_id or "", "plus_address": known.plus_address}
    account["verify_dkim"] = who.dkim and not account.get("authserv_id")
    values: dict[Loc, str | bool] = {("accounts", 0, name): value for name, value in account.items()}
    for name, (host, port, tls) in (("imap", who.imap), ("smtp", who.smtp)):
        values |= {("accounts", 0, name, "host"): host, ("accounts", 0, name, "port"): str(port), ("accounts", 0, name, "tls"): tls}
    if who.oauth and known is not None and known.oauth is not None:
        values[("accounts", 0, "secret", "file")] = ""
        values |= {("accounts", 0, "oauth", "provider"): known.oauth, ("accounts", 0, "oauth", "client_id"): who.client_id}
        if known.oauth == "google":
            values[("accounts", 0, "oauth", "client_secret", "file")] = "client-secret"
        if known.key == "outlook":
            values[("accounts", 0, "oauth", "tenant")] = "consumers"
    values |= {("owner", "name"): who.name, ("owner", "address"): who.address}
    values |= {("owner", "timezone"): who.timezone, ("owner", "language"): who.language}
    return values | {("state",): "state", ("templates",): "templates", ("rules",): "rules.d"}
