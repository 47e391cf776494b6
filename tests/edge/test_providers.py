"""A mail address, an MX host or a server's name leads to its provider, and nothing else does."""

import pytest

from bouncer.config.providers import PROVIDERS, by_address, by_exchangers, by_key, by_server


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("jane@gmail.com", "gmail"),
        ("Jane@GoogleMail.com", "gmail"),
        ("j@hotmail.com", "outlook"),
        ("j@me.com", "icloud"),
        ("j@web.de", "webde"),
    ],
)
def test_an_address_leads_to_its_provider(address: str, key: str) -> None:
    """Case does not matter (RFC 5321 section 2.4)."""
    found = by_address(address)
    assert found is not None
    assert found.key == key


@pytest.mark.parametrize("address", ["jane@home.example", "jane@notgmail.com", "jane@gmail.com.example", "gmail.com@home.example", ""])
def test_an_address_of_another_domain_does_not(address: str) -> None:
    """A name that looks like one is none."""
    assert by_address(address) is None


@pytest.mark.parametrize(
    ("host", "key"),
    [
        ("aspmx.l.google.com.", "gmail"),
        ("home-example.mail.protection.outlook.com", "microsoft365"),
        ("in1-smtp.messagingengine.com", "fastmail"),
        ("MX01.mail.icloud.com", "icloud"),
    ],
)
def test_a_domain_of_ones_own_is_known_by_its_exchangers(host: str, key: str) -> None:
    """The first that is known counts."""
    found = by_exchangers(["mx.filter.example", host])
    assert found is not None
    assert found.key == key


def test_an_exchanger_of_ones_own_is_no_provider() -> None:
    """Nor is one whose name only ends in the same letters."""
    assert by_exchangers(["mx.home.example", "mx.notgoogle.com"]) is None
    assert by_exchangers([]) is None


def test_a_server_leads_to_its_provider() -> None:
    """The first of two that share an IMAP server."""
    assert [provider.key for provider in (by_server("imap.gmail.com"), by_server("SMTP.office365.com")) if provider] == [
        "gmail",
        "microsoft365",
    ]
    assert by_server("imap.home.example") is None


def test_keys_and_domains_are_unique_and_every_oauth_login_says_whose() -> None:
    """Else the first would hide the second."""
    keys = [provider.key for provider in PROVIDERS]
    domains = [domain for provider in PROVIDERS for domain in provider.domains]
    assert len(set(keys)) == len(keys)
    assert len(set(domains)) == len(domains)
    assert [provider.key for provider in PROVIDERS if provider.login == "oauth" and provider.oauth is None] == []
    assert by_key("gmail") is PROVIDERS[0]
    assert by_key("pigeon") is None
