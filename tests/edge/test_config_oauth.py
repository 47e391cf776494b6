"""`auth: xoauth2` wants to know where tokens come from, and a password is then no longer asked for."""

from pathlib import Path

import pytest

from bouncer.config import load, survey

GOOD = """\
owner: {name: Olga Owner, address: olga@home.test}
accounts:
  - name: main
    address: olga@home.test
    imap: {host: imap.home.test, port: 993}
    smtp: {host: smtp.home.test, port: 465}
    auth: xoauth2
    oauth: OAUTH
"""
MICROSOFT = "{provider: microsoft, client_id: c-1}"


def said(directory: Path, oauth: str, text: str = GOOD) -> list[str]:
    """Give what is wrong with that *oauth*."""
    path = directory / "bouncer.yaml"
    path.write_text(text.replace("OAUTH", oauth), encoding="utf-8")
    return [str(problem).removeprefix(f"{path}:") for problem in survey(path, {}).problems]


@pytest.mark.parametrize(
    "oauth",
    [
        MICROSOFT,
        "{provider: microsoft, client_id: c-1, tenant: home.onmicrosoft.com, authority: 'https://login.microsoftonline.us'}",
        "{provider: google, client_id: c-1.apps.googleusercontent.com, client_secret: {file: client-secret}, login_days: 7}",
        "{token_command: [pizauth, show, main]}",
    ],
)
def test_a_way_to_tokens_is_enough(tmp_path: Path, oauth: str) -> None:
    """No password is asked for."""
    assert said(tmp_path, oauth) == []


def test_paths_come_back_absolute(tmp_path: Path) -> None:
    """Of the client's secret, of certificates, and of a program that is named with a slash."""
    said(tmp_path, "{provider: google, client_id: c, client_secret: {file: secret}, ca_file: ca.pem}")
    oauth = load(tmp_path / "bouncer.yaml", {}).accounts[0].oauth
    assert (oauth.client_secret.file, oauth.ca_file) == (tmp_path / "secret", tmp_path / "ca.pem")
    said(tmp_path, "{token_command: [./token, x]}")
    assert load(tmp_path / "bouncer.yaml", {}).accounts[0].oauth.token_command == (str(tmp_path / "token"), "x")


@pytest.mark.parametrize(
    ("oauth", "problem"),
    [
        ("{provider: microsoft}", "8: accounts[0].oauth.client_id: is missing: `bouncer help` says where to get one"),
        ("{client_id: c}", "8: accounts[0].oauth.provider: is missing: google or microsoft; or name a `token_command`"),
        ("{provider: google, client_id: c}", "8: accounts[0].oauth.client_secret: is missing: Google shows it beside the client id"),
        ("{provider: pigeon, client_id: c}", "8: accounts[0].oauth.provider: must be google or microsoft, not `pigeon`"),
        ("{token_command: [x], client_id: c}", "8: accounts[0].oauth: must say either `token_command`, or `provider` and `client_id`"),
        (f"{MICROSOFT[:-1]}, authority: 'http://login.test'}}", "8: accounts[0].oauth.authority: must be an address such as https://"),
        (f"{MICROSOFT[:-1]}, tenant: a/b}}", "8: accounts[0].oauth.tenant: must be common, consumers"),
        (f"{MICROSOFT[:-1]}, login_days: 0}}", "8: accounts[0].oauth.login_days: must be at least 1"),
        (f"{MICROSOFT[:-1]}, client_secret: {{env: A, file: b}}}}", "8: accounts[0].oauth.client_secret: must say one source only"),
    ],
)
def test_what_is_missing_or_wrong_is_said(tmp_path: Path, oauth: str, problem: str) -> None:
    """One problem, in plain words."""
    (found,) = said(tmp_path, oauth)
    assert found.startswith(problem)


def test_without_oauth_both_of_it_are_missing(tmp_path: Path) -> None:
    """The line is that of the account."""
    assert [line.partition(": is missing")[0] for line in said(tmp_path, "")] == [
        "8: accounts[0].oauth.provider",
        "8: accounts[0].oauth.client_id",
    ]


def test_with_a_password_the_oauth_section_is_not_looked_into(tmp_path: Path) -> None:
    """One may prepare it."""
    assert said(tmp_path, "{provider: google}", GOOD.replace("auth: xoauth2", "secret: {env: X}")) == []


@pytest.mark.parametrize("written", ["c4nary", "{inline: [c4nary]}", "{inlyne: c4nary}", "{c4nary: }"])
def test_a_client_secret_in_the_wrong_place_is_not_shown(tmp_path: Path, written: str) -> None:
    """It is treated as a password."""
    problems = said(tmp_path, f"{{provider: google, client_id: c, client_secret: {written}}}")
    assert problems
    assert "c4nary" not in "\n".join(problems)
