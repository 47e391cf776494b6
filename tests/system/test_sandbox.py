"""The daemon under the restrictions of the shipped unit and of the drop-in of `init`: it does its work, and can do nothing else."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from support.bouncer_home import Home
from support.daemons import PATIENCE, Daemon, fill, listening
from support.mailstack import PASSWORD, MailStack
from support.sandbox.unit import Service, service
from support.servers import eventually, missing

import bouncer
from bouncer.cli.unit import drop_in
from bouncer.edge.contacts import open_contacts
from bouncer.edge.ledger import SqliteLedger
from bouncer.edge.shipped import directory
from bouncer.model import EventKind, Planned

pytestmark = pytest.mark.servers

UNIT = directory("systemd") / "bouncer.service"
USER = "mail"  # whoever it is, it is not root
TESTS = Path(__file__).parents[1]
PYTHON = tuple(dict.fromkeys((Path(bouncer.__file__).parents[1], TESTS.parent, Path(sys.prefix), Path(sys.base_prefix))))

# What tests/support/sandbox applies, and what it cannot, with the reason.
APPLIED = {
    "User", "BindPaths", "BindReadOnlyPaths", "ReadWritePaths", "StateDirectory", "StateDirectoryMode", "UMask", "WatchdogSec",
    "LoadCredential", "LimitCORE", "ProtectSystem", "ProtectHome", "PrivateTmp", "PrivateDevices", "ProtectProc", "ProcSubset",
    "ProtectKernelTunables", "ProtectKernelModules", "ProtectKernelLogs", "ProtectControlGroups", "ProtectClock", "ProtectHostname",
    "NoNewPrivileges", "CapabilityBoundingSet", "AmbientCapabilities", "RestrictSUIDSGID", "PrivateUsers", "RestrictNamespaces",
    "RestrictRealtime", "LockPersonality", "MemoryDenyWriteExecute", "RestrictAddressFamilies", "KeyringMode", "SystemCallFilter",
    "SystemCallErrorNumber", "SystemCallArchitectures", "ExecStart", "Type", "NotifyAccess", "ExecReload", "KillMode",
}  # fmt: skip
NOT_APPLIED = {
    "Restart": "the service manager's own part",
    "RestartSec": "the service manager's own part",
    "RestartPreventExitStatus": "the service manager's own part; tests/cli and tests/faults hold the exit codes",
    "TimeoutStopSec": "the service manager's own part",
    "MemoryMax": "wants a control group of its own; bench_daemon.py measures the memory",
    "TasksMax": "wants a control group of its own",
    "DevicePolicy": "wants a control group of its own; there are no other devices in /dev",
    "RemoveIPC": "the service manager's own part, when the service ends",
}

PROBE = """
import ctypes, errno, json, mmap, os, pathlib, socket, sys
def tried(act):
    try:
        return str(act())
    except OSError as refused:
        return errno.errorcode[refused.errno]
libc = ctypes.CDLL(None, use_errno=True)
def call(name, *arguments):
    if getattr(libc, name)(*arguments) == -1:
        raise OSError(ctypes.get_errno(), name)
secret = pathlib.Path(os.environ["CREDENTIALS_DIRECTORY"], "mail")
print(json.dumps({
    "etc": tried(lambda: pathlib.Path("/etc/bouncer-was-here").touch()),
    "usr": tried(lambda: pathlib.Path("/usr/bouncer-was-here").touch()),
    "state": tried(lambda: pathlib.Path(os.environ["STATE_DIRECTORY"], "here").touch()),
    "state mode": oct(os.stat(os.environ["STATE_DIRECTORY"]).st_mode & 0o777),
    "made mode": oct(os.stat(os.environ["STATE_DIRECTORY"] + "/here").st_mode & 0o777),
    "secret": tried(lambda: secret.write_text("mine")),
    "homes": tried(lambda: sorted(os.listdir("/home"))),
    "tmp": tried(lambda: sorted(os.listdir("/tmp"))),
    "processes": tried(lambda: {int(name) for name in os.listdir("/proc") if name.isdigit()} == {os.getpid()}),
    "tunables": tried(lambda: open("/proc/sys/kernel/hostname").read()),
    "disk": tried(lambda: sorted(os.listdir("/dev"))),
    "user": tried(lambda: os.setuid(0)),
    "capabilities": open("/proc/self/status").read().partition("CapBnd:\\t")[2][:16],
    "no new privileges": open("/proc/self/status").read().partition("NoNewPrivs:\\t")[2][:1],
    "namespace": tried(lambda: call("unshare", 0x10000000)),
    "mount": tried(lambda: call("mount", b"none", b"/tmp", b"tmpfs", 0, None)),
    "code": tried(lambda: mmap.mmap(-1, 4096, prot=mmap.PROT_WRITE | mmap.PROT_EXEC)),
    "netlink": tried(lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)),
    "internet": tried(lambda: socket.socket(socket.AF_INET6, socket.SOCK_STREAM).close()),
    "realtime": tried(lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))),
    "setuid file": tried(lambda: os.chmod(os.environ["STATE_DIRECTORY"] + "/here", 0o4755)),
    "personality": tried(lambda: call("personality", 0x0040000)),
    "host name": tried(lambda: socket.sethostname("other")),
    "clock": tried(lambda: __import__("time").clock_settime(0, 0)),
}))
"""


def needs() -> None:
    """Skip, or fail where servers are required, without what this takes."""
    if os.geteuid() != 0:
        missing("the sandbox needs root")
    if shutil.which("systemd-analyze") is None:
        missing("systemd-analyze is not installed")


class Sandbox:
    """A home of the owner's under /home, and commands that run as the unit and its drop-in say."""

    def __init__(self, path: Path) -> None:
        """Write a drop-in for it."""
        self.path, self.state = path, path.parent / "state"
        for place in (path, self.state):
            place.mkdir()
            shutil.chown(place, USER, USER)
        (path.parent / "secret").write_text(PASSWORD + "\n", encoding="utf-8")
        self.drop_in = path.parent / "override.conf"
        # The tests' own Python may lie where no service's would, such as below /tmp.
        readable = "\n".join(f"BindReadOnlyPaths={place}" for place in PYTHON)
        more = f"{readable}\nLoadCredential=mail:{path.parent}/secret\n"
        self.drop_in.write_text(f"{drop_in(path, USER)}\n{more}StateDirectory=bouncer\n", encoding="utf-8")

    def keeps_its_state(self) -> None:
        """Have the state beside the configuration, as `init` says it."""
        self.state = self.path / "state"
        self.state.mkdir(mode=0o700)
        shutil.chown(self.state, USER, USER)
        self.drop_in.write_text(self.drop_in.read_text(encoding="utf-8").replace("StateDirectory=bouncer\n", ""), encoding="utf-8")

    def command(self, *words: str) -> tuple[str, ...]:
        """Give what becomes the command, or what ExecStart= says where there is none."""
        return (sys.executable, "-m", "support.sandbox", str(UNIT), str(self.drop_in), "--", *words)

    @property
    def environ(self) -> dict[str, str]:
        """Give what a service manager would; the packages of the tests on top, for what becomes of it."""
        return {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "PYTHONPATH": str(TESTS), "SANDBOX_STATE": str(self.state)}


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """Give one; no home is left behind."""
    needs()
    base = Path(tempfile.mkdtemp(prefix="bouncer-", dir="/home"))
    base.chmod(0o755)
    try:
        yield Sandbox(base / "mine")
    finally:
        shutil.rmtree(base)


def of_the_unit() -> Service:
    """Give what the shipped unit says of the service."""
    return service([UNIT.read_text(encoding="utf-8")])


def test_every_restriction_of_the_unit_is_applied_here_or_known_not_to_be() -> None:
    """A line that comes to the unit without being tested is seen."""
    assert set(of_the_unit()) - APPLIED - set(NOT_APPLIED) == set()


def names(above: str, *more: Path) -> str:
    """Give what a service sees in a directory that it does not see: what was bound into it."""
    return str(sorted({place.parts[2] for place in (*PYTHON, *more) if place.is_relative_to(above)}))


def test_a_service_can_do_nothing_but_its_work(sandbox: Sandbox) -> None:
    """Each restriction, tried from within."""
    ran = subprocess.run(
        sandbox.command(sys.executable, "-c", PROBE), env=sandbox.environ, cwd="/", capture_output=True, text=True, check=False, timeout=240
    )
    assert ran.returncode == 0, ran.stderr
    found = json.loads(ran.stdout)
    refused = {name: said for name, said in found.items() if said.startswith("E") and said.isupper()}
    assert refused == {
        "etc": "EROFS", "usr": "EROFS", "secret": "EROFS", "tunables": "ENOENT", "user": "EPERM", "namespace": "EPERM", "mount": "EPERM",
        "code": "EPERM", "netlink": "EAFNOSUPPORT", "realtime": "EPERM", "setuid file": "EPERM", "personality": "EPERM",
        "host name": "EPERM", "clock": "EPERM",
    }  # fmt: skip
    assert (found["state mode"], found["made mode"], found["processes"]) == ("0o700", "0o600", "True")
    assert (found["homes"], found["tmp"]) == (names("/home", sandbox.path), names("/tmp"))  # noqa: S108 - what PrivateTmp= hides
    assert (found["capabilities"], found["no new privileges"]) == ("0" * 16, "1")
    assert "sda" not in found["disk"]
    assert "null" in found["disk"]


CONTACTS = """\
# mine
contacts:
  - name: Leo Left
    email: left@people.test   # from the conference
    company: People Inc
"""
ALWAYS = "pace: {hours: [0, 24], days: [monday, tuesday, wednesday, thursday, friday, saturday, sunday]}\n"


def moved_in(sandbox: Sandbox, stack: MailStack) -> Home:
    """Write a live set-up into the sandbox's home, its password a credential, with one letter that is due."""
    home = Home(sandbox.path, live=True, account=stack.account(stack.user()))
    shutil.copy(stack.ca_file, sandbox.path / "ca.pem")
    text = home.text.replace(str(stack.ca_file), "ca.pem").replace("{file: password}", "{credential: mail}")
    home.config.write_text(text.replace("sent_folder: Sent", "sent_folder: \\Sent") + ALWAYS, encoding="utf-8")
    home.contacts.write_text(CONTACTS, encoding="utf-8")
    (sandbox.path / "password").unlink()
    ledger, at = SqliteLedger(sandbox.state / "ledger.sqlite3"), datetime.now(UTC)
    with closing(ledger):
        ledger.sync(open_contacts(home.contacts, sandbox.state / "history").load(), at)
        person = ledger.person("left@people.test")
        assert person is not None
        ledger.enqueue([Planned(person, "left@people.test", "checkin", at, "180 days", "checkin:test")], at)
    for path in (*sandbox.path.iterdir(), *sandbox.state.iterdir()):
        shutil.chown(path, USER, USER)
    sandbox.drop_in.write_text(sandbox.drop_in.read_text(encoding="utf-8") + "WatchdogSec=2\n", encoding="utf-8")
    return home


def test_the_daemon_does_all_its_work_in_there(sandbox: Sandbox, mailstack: MailStack) -> None:
    """One letter out, one correction made; it feeds the watchdog, reloads, and ends in order, its state where other commands find it."""
    sandbox.keeps_its_state()
    home = moved_in(sandbox, mailstack)
    account, log = home.settings.accounts[0].address, sandbox.path.parent / "log"
    with (
        listening(sandbox.path / "notify") as manager,
        Daemon(Path("/"), sandbox.environ, sandbox.command(), manager=manager, log=log) as daemon,
    ):
        daemon.hears("READY=1")
        eventually(lambda: "left.new@elsewhere.test" in home.contacts.read_text(encoding="utf-8"), PATIENCE)
        assert "# from the conference" in home.contacts.read_text(encoding="utf-8")
        assert home.contacts.owner() == USER
        daemon.hears("WATCHDOG=1", 2)
        daemon.process.send_signal(signal.SIGHUP)
        daemon.hears("READY=1", 2)
        assert daemon.end() == 0
    assert len(mailstack.mails(account, "Outgoing")) == 1
    assert "Traceback" not in log.read_text(encoding="utf-8")
    assert {"ledger.sqlite3", "keys", "history"} <= {path.name for path in sandbox.state.iterdir()}
    assert {path.owner() for path in sandbox.state.iterdir()} == {USER}


@pytest.fixture
def small(sandbox: Sandbox) -> Iterator[Path]:
    """Give the state directory as a disk of 2 MB."""
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m,mode=700", "tmpfs", sandbox.state], check=False).returncode:
        missing("no small disk can be mounted here")
    shutil.chown(sandbox.state, USER, USER)
    yield sandbox.state
    subprocess.run(["umount", "-l", sandbox.state], check=True)


def test_it_outlives_a_full_disk_a_clock_that_is_set_and_a_contact_file_that_has_gone(
    sandbox: Sandbox, small: Path, mailstack: MailStack
) -> None:
    """Each is said, none ends it, the watchdog is fed all the while; and once all is well again, no message is lost."""
    home = moved_in(sandbox, mailstack)
    account, log, clock = home.settings.accounts[0].address, sandbox.path.parent / "log", sandbox.path / "clock"
    clock.write_text("0", encoding="ascii")
    command = sandbox.command(sys.executable, "-m", "support.skewed", str(clock), "run", "--config", str(home.config))
    with (
        listening(sandbox.path / "notify") as manager,
        Daemon(Path("/"), sandbox.environ, command, manager=manager, log=log) as daemon,
    ):
        eventually(lambda: "left.new@elsewhere.test" in home.contacts.read_text(encoding="utf-8"), PATIENCE)
        filler = small / "filler"
        fill(filler)
        mailstack.deliver(note(1), account)
        daemon.logs("is full: free some space")
        filler.unlink()
        for ahead in (-86_400, 86_400):
            clock.write_text(str(ahead), encoding="ascii")
            fed = daemon.told.count("WATCHDOG=1")
            daemon.hears("WATCHDOG=1", fed + 3)
        clock.write_text("0", encoding="ascii")
        gone = home.contacts.rename(sandbox.path / "gone.yaml")
        mailstack.deliver(note(2), account)
        daemon.logs("contacts.yaml")
        gone.rename(home.contacts)
        daemon.process.send_signal(signal.SIGHUP)  # quicker than its own next try
        daemon.hears("READY=1", 2)
        eventually(lambda: received(small) >= 3, PATIENCE)
        assert daemon.end() == 0
    assert len(mailstack.mails(account, "Outgoing")) == 1
    assert "Traceback" not in log.read_text(encoding="utf-8")


def note(number: int) -> bytes:
    """Give a message of a contact's."""
    return b"From: Leo Left <left@people.test>\r\nSubject: PS\r\nMessage-ID: <%d@people.test>\r\n\r\nAnother word.\r\n" % number


def received(state: Path) -> int:
    """Give how many messages were taken in."""
    with closing(SqliteLedger(state / "ledger.sqlite3")) as ledger:
        return sum(event.kind is EventKind.RECEIVED for event in ledger.events())
