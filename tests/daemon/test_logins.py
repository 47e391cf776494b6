"""A login that is about to end is said where its owner looks: in the troubles of the running daemon, and so in the summary."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from support.build import ACCOUNT, AT, JANE, SETTINGS
from support.household import Household

from bouncer.edge.oauth import Grant, Keeping
from bouncer.model import Oauth, Settings

Make = Callable[..., Household]
ACCOUNT_BY_TOKEN = replace(ACCOUNT, auth="xoauth2", oauth=Oauth(provider="google", client_id="c", login_days=30))


def settings(state: Path) -> Settings:
    """Give the settings of somebody whose login lasts thirty days."""
    return replace(SETTINGS, accounts=(ACCOUNT_BY_TOKEN,), state=state)


def login(state: Path, age: timedelta) -> None:
    """Keep a login that was made *age* before now."""
    Keeping(ACCOUNT_BY_TOKEN, state).save(Grant("c4nary", "c", AT - age, AT - age))


def test_a_login_is_told_of_before_it_ends_and_no_more_once_it_was_renewed(household: Make, tmp_path: Path) -> None:
    """It is for the owner to know, and no failure of a round."""
    house = household(JANE, settings=settings(tmp_path))
    login(tmp_path, timedelta(days=23))
    house.service.look_at_logins()
    (said,) = house.service.outgoing.health().troubles
    assert "the login at Google ends on" in said
    assert "run: bouncer login main" in said
    assert house.daemon.troubles.faults == {}
    login(tmp_path, timedelta(days=1))
    house.service.look_at_logins()
    assert house.service.outgoing.health().troubles == ()


def test_a_login_with_weeks_to_spare_is_not_spoken_of(household: Make, tmp_path: Path) -> None:
    """Nor is a password."""
    house = household(JANE, settings=settings(tmp_path))
    login(tmp_path, timedelta(days=21))
    house.service.look_at_logins()
    assert house.service.outgoing.health().troubles == ()
