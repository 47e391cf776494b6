"""Whoever watches over bouncer from outside is told how it is: in a file of metrics, and by pings."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from support.build import AT, SETTINGS, raw
from support.household import Household
from support.monitor import Monitor

from bouncer.core.metrics import exposition
from bouncer.daemon.service import Service
from bouncer.edge.metrics_file import write_metrics
from bouncer.errors import OwnerFault, Problem, ServerFault
from bouncer.model import Health

Make = Callable[..., Household]
BROKEN = OwnerFault((Problem("contacts.yaml", 7, "", "this is no YAML"),))
FULL = Health(
    live=True,
    started=AT - timedelta(days=1),
    last_watch={"olga@home.example/INBOX": AT, "main/Junk": AT - timedelta(minutes=7)},
    troubles=("jane@acme.example: cannot be written to", "The disk is full."),
    quarantined=2,
    unknown_sends=1,
    sending_stopped="The disk is full.",
)


def numbers(text: str) -> dict[str, float]:
    """Give each number by its name, as Prometheus reads them."""
    families = list(text_string_to_metric_families(text))
    assert all(family.type == "gauge" and family.documentation for family in families)
    return {sample.name: sample.value for family in families for sample in family.samples}


class TestMetrics:
    """Ten numbers."""

    def test_prometheus_reads_all_ten(self) -> None:
        """Each once, with what it means."""
        assert numbers(exposition(FULL, 3, 4, AT)) == {
            "bouncer_updated_timestamp_seconds": AT.timestamp(),
            "bouncer_started_timestamp_seconds": AT.timestamp() - 86_400,
            "bouncer_mailbox_seen_timestamp_seconds": AT.timestamp() - 420,
            "bouncer_live": 1,
            "bouncer_sending_stopped": 1,
            "bouncer_troubles": 2,
            "bouncer_decisions_wanted": 3,
            "bouncer_changes_pending": 4,
            "bouncer_messages_set_aside": 2,
            "bouncer_letters_unknown": 1,
        }

    def test_what_is_not_known_is_left_out(self) -> None:
        """A zero would be a moment in 1970."""
        known = numbers(exposition(Health(live=False), 0, 0, AT))
        assert "bouncer_mailbox_seen_timestamp_seconds" not in known
        assert "bouncer_started_timestamp_seconds" not in known
        assert known["bouncer_live"] == known["bouncer_sending_stopped"] == 0

    def test_nobody_is_named_in_it(self) -> None:
        """Neither by a trouble nor by the name of an account."""
        assert "@" not in exposition(FULL, 0, 0, AT)

    def test_the_file_is_exchanged_whole_and_can_be_read_by_others(self, tmp_path: Path) -> None:
        """One that is open keeps what it was, and nothing else stays in the directory."""
        path = tmp_path / "bouncer.prom"
        assert write_metrics(path, "one\n") is None
        with path.open() as before:
            assert write_metrics(path, "two\n") is None
            assert before.read() == "one\n"
        assert path.read_text() == "two\n"
        assert path.stat().st_mode & 0o777 == 0o644
        assert list(tmp_path.iterdir()) == [path]

    async def test_the_daemon_writes_it(self, household: Make, tmp_path: Path) -> None:
        """With what waits for the owner."""
        path = tmp_path / "bouncer.prom"
        house = household(settings=replace(SETTINGS, state=tmp_path, metrics_file=path))
        assert await house.service.once() is None
        assert numbers(path.read_text())["bouncer_updated_timestamp_seconds"] == AT.timestamp()

    async def test_a_directory_that_is_not_there_is_a_trouble_and_no_more(self, household: Make, tmp_path: Path) -> None:
        """Until it is; the exit code is that of the work."""
        path = tmp_path / "missing" / "bouncer.prom"
        house = household(settings=replace(SETTINGS, state=tmp_path, metrics_file=path))
        assert await house.service.once() is None
        said = f"The metrics file {path} cannot be written: No such file or directory"
        assert house.daemon.troubles.now == {"metrics": f"{said}; bouncer must be able to write into its directory."}
        path.parent.mkdir()
        house.service.tell_status()
        assert house.daemon.troubles.now == {}

    async def test_without_a_word_of_the_owners_there_is_no_file(self, household: Make, tmp_path: Path) -> None:
        """Nor a ping."""
        house = household(settings=replace(SETTINGS, state=tmp_path))
        await house.service.once()
        assert not list(tmp_path.glob("*.prom"))  # noqa: ASYNC240 - a test may wait
        assert house.service.monitoring.pinger is None


class TestPings:
    """Start, well, badly."""

    @pytest.fixture
    def monitor(self) -> Iterator[Monitor]:
        """Give a monitor."""
        with Monitor() as monitor:
            yield monitor

    @pytest.fixture
    def house(self, household: Make, monitor: Monitor, tmp_path: Path) -> Household:
        """Give a household that pings it."""
        return household(settings=replace(SETTINGS, state=tmp_path, ping_url=monitor.url))

    async def test_a_run_that_went_well_says_so(self, house: Household, monitor: Monitor) -> None:
        """Before it ends."""
        house.mailbox.put(raw().data)
        assert await house.service.once() is None
        assert monitor.told == ["/start", "ok"]

    async def test_one_that_did_not_says_so(self, house: Household, monitor: Monitor) -> None:
        """Whether a server is to blame, or it broke off."""
        house.mailbox.fault = ServerFault("gone")
        assert await house.service.once() is house.mailbox.fault
        again = Service(house.daemon, house.outgoing)
        house.contacts.fault = BROKEN
        with pytest.raises(OwnerFault):
            await again.once()
        assert monitor.told == ["/start", "/fail", "/start", "/fail"]

    async def test_the_daemon_says_it_again_and_again(self, house: Household, monitor: Monitor) -> None:
        """A trouble counts once it has lasted, and what is by design never does."""
        monitoring, troubles = house.service.monitoring, house.daemon.troubles
        monitoring.start()
        monitor.wait(1)
        troubles.note("imap/main/INBOX", "nobody answers")
        troubles.note("login/main", "the login ends on Sunday")
        await monitoring.tick()
        await monitoring.tick()
        monitor.wait(3)
        troubles.clear("imap/main/INBOX")
        await monitoring.tick()
        await monitoring.tick()
        assert monitor.wait(5) == ["/start", "ok", "/fail", "ok", "ok"]

    async def test_other_troubles_in_turn_have_not_lasted(self, house: Household, monitor: Monitor) -> None:
        """A provider that hangs up once a while is no alarm."""
        for where in ("imap/main/INBOX", "smtp/main"):
            house.daemon.troubles.note(where, "gone")
            await house.service.monitoring.tick()
            house.daemon.troubles.clear(where)
        assert monitor.wait(2) == ["ok", "ok"]

    async def test_a_monitor_that_is_gone_is_a_trouble_and_no_failure(self, household: Make, tmp_path: Path) -> None:
        """The run ends as it would have ended."""
        with Monitor() as gone:
            pass
        house = household(settings=replace(SETTINGS, state=tmp_path, ping_url=gone.url))
        assert await house.service.once() is None
        assert house.daemon.troubles.now["monitor"].startswith("The monitor at 127.0.0.1 (ping_url) cannot be told")
