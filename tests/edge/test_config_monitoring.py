"""Where metrics and pings may go."""

from pathlib import Path

import pytest
from support.bouncer_home import Home
from typer.testing import CliRunner

from bouncer.cli.app import app
from bouncer.config import load
from bouncer.errors import OwnerFault


@pytest.mark.parametrize(
    "url", ["https://hc-ping.com/0b-1", "https://ping.home.example:8443/a/b~c/", "http://127.0.0.1:8000/ping/x", "http://[::1]/x"]
)
def test_a_check_url_is_https_or_on_this_machine(tmp_path: Path, url: str) -> None:
    """As it stands."""
    home = Home(tmp_path)
    home.config.write_text(f"{home.text}ping_url: '{url}'\nmetrics_file: out/bouncer.prom\n")
    assert home.settings.ping_url == url
    assert home.settings.metrics_file == tmp_path / "out" / "bouncer.prom"


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://hc-ping.com/s3cret", "must begin with https://; http is for 127.0.0.1 and ::1 alone"),
        ("http://localhost/s3cret", "must begin with https://; http is for 127.0.0.1 and ::1 alone"),
        ("https://hc-ping.com:99999/s3cret", "holds a host or a port that cannot be"),
        ("https://[::1/s3cret", "holds a host or a port that cannot be"),
        ("https://olga@home.example/s3cret", "must be an address such as https://hc-ping.com/your-uuid, without user, `@` and `?`"),
        ("https://hc-ping.com/s3cret?who=olga", "must be an address such as https://hc-ping.com/your-uuid, without user, `@` and `?`"),
        ("hc-ping.com/s3cret", "must be an address such as https://hc-ping.com/your-uuid, without user, `@` and `?`"),
        ("file:///s3cret", "must be an address such as https://hc-ping.com/your-uuid, without user, `@` and `?`"),
    ],
)
def test_any_other_is_refused_and_not_shown(tmp_path: Path, url: str, said: str) -> None:
    """Whoever knows it can speak to the monitor."""
    home = Home(tmp_path)
    home.config.write_text(f"{home.text}ping_url: {url}\n")
    with pytest.raises(OwnerFault) as caught:
        load(home.config)
    (problem,) = caught.value.problems
    assert (problem.path, problem.message) == ("ping_url", said)


@pytest.mark.parametrize(("made", "said"), [(False, "is no directory"), (True, "")])
def test_a_metrics_file_that_cannot_be_written_is_a_warning(tmp_path: Path, made: bool, said: str) -> None:
    """It is no reason not to run."""
    home = Home(tmp_path)
    home.config.write_text(f"{home.text}metrics_file: out/bouncer.prom\n")
    if made:
        (tmp_path / "out").mkdir()
    result = CliRunner().invoke(app, ["check", "--config", str(home.config)])
    assert result.exit_code == 0
    warned = f"warning: {home.config}: metrics_file: {tmp_path / 'out'} {said}, so no metrics file can be written there"
    assert (warned in result.output) == bool(said)
