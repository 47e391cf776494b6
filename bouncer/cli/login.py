"""`bouncer login`: sign in to a provider that wants OAuth, once."""

from typing import Annotated

import typer

from bouncer.cli.common import Config, settings_of
from bouncer.cli.show import clean
from bouncer.edge.oauth import Keeping
from bouncer.edge.oauth.signing_in import sign_in
from bouncer.errors import UsageError
from bouncer.model import Account, Settings


def login(
    account: Annotated[str | None, typer.Argument(help="The account's name; the only one with `auth: xoauth2` where absent.")] = None,
    config: Config = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Google: the port of this machine that the browser comes back to.")] = 0,
    browser: Annotated[bool, typer.Option(help="Google: open the page in a browser, where there is one.")] = True,
) -> None:
    """Sign in to the mailbox of an account with `auth: xoauth2`; a login that was there before is replaced once the new one is made."""
    settings = settings_of(config)
    whose = _chosen(settings, account)
    keeping = Keeping(whose, settings.state)
    with keeping.locked():  # where nothing could be kept, nobody need sign in
        pass
    grant = sign_in(whose, _say, port=port, browser=browser)
    with keeping.locked():
        keeping.save(grant)
    _say(f"Signed in. The login of account {whose.name} is kept in {keeping.where} and renewed whenever it is used.")
    _say("A bouncer that is running takes it up within half an hour, or at once after `systemctl reload bouncer`.")
    if whose.oauth.login_days:
        _say(f"It lasts {whose.oauth.login_days} days, as oauth.login_days says.")
    elif grant.dies:
        _say(f"The provider lets it last until {grant.dies:%a %d %b %Y}; bouncer tells you a week before.")


def _chosen(settings: Settings, name: str | None) -> Account:
    fit = [account for account in settings.accounts if account.auth == "xoauth2"]
    named = [account for account in settings.accounts if account.name == name] if name is not None else fit
    if name is not None and not named:
        raise UsageError(f"There is no account {name!r}; there are: {', '.join(account.name for account in settings.accounts)}.")
    if not named:
        raise UsageError(
            "No account logs in with OAuth; set `auth: xoauth2` in the configuration (`bouncer help microsoft`, `bouncer help gmail`)."
        )
    if len(named) > 1:
        raise UsageError(f"Which account? There are: {', '.join(account.name for account in fit)}.")
    (whose,) = named
    if whose.auth != "xoauth2":
        raise UsageError(f"Account {whose.name} logs in with a password; `auth: xoauth2` would make it sign in.")
    if whose.oauth.token_command is not None:
        raise UsageError(f"Account {whose.name} gets its access tokens from a token_command; there is nothing to sign in to.")
    return whose


def _say(sentence: str) -> None:
    typer.echo(clean(sentence))
