"""Become a service: namespaces, mounts, user, capabilities, limits, filters, and then its command, under the same process id."""

import ctypes
import os
import pwd
import resource
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from support.sandbox.calls import restrict
from support.sandbox.places import furnish
from support.sandbox.unit import Service, service, words

_NEW_MOUNTS, _NEW_NAMES, _NEW_IPC, _NEW_USERS = 0x00020000, 0x04000000, 0x08000000, 0x10000000
_NO_NEW_PRIVILEGES, _DROP, _CLEAR = 38, 24, (47, 4)  # prctl(2): PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL
_KEYCTL, _JOIN = 250, 1  # x86_64; KEYCTL_JOIN_SESSION_KEYRING
_LIBC = ctypes.CDLL(None, use_errno=True)


def main() -> None:
    """Take unit files up to `--`, and become the command after it, or what ExecStart= says where there is none."""
    at = sys.argv.index("--")
    wanted = service(Path(path).read_text(encoding="utf-8") for path in sys.argv[1:at])
    state = Path(os.environ.pop("SANDBOX_STATE"))
    owner = pwd.getpwnam(wanted["User"][-1])
    mapped = _mapper(owner.pw_uid, owner.pw_gid)
    _call("unshare", _NEW_MOUNTS | _NEW_NAMES | _NEW_IPC)
    environ = {**os.environ, **furnish(wanted, state)}
    if "WatchdogSec" in wanted:
        environ["WATCHDOG_USEC"] = str(int(wanted["WatchdogSec"][-1]) * 1_000_000)
    _limit(wanted)
    os.umask(int(wanted["UMask"][-1], 8))
    if wanted["KeyringMode"][-1] == "private":
        _LIBC.syscall(_KEYCTL, _JOIN, None)
    if wanted["PrivateUsers"][-1] == "yes":
        _call("unshare", _NEW_USERS)
        mapped()
    _give_up(wanted, owner)
    command = sys.argv[at + 1 :] or words(wanted["ExecStart"][-1])
    restrict(wanted)
    os.execve(command[0], command, environ)  # noqa: S606 - this very thing


def _call(name: str, *arguments: int) -> None:
    if getattr(_LIBC, name)(*arguments):
        raise OSError(ctypes.get_errno(), f"{name}: {os.strerror(ctypes.get_errno())}")


def _mapper(user: int, group: int) -> Callable[[], None]:
    """Give what maps root and the owner, and nobody else, into the user namespace that this process will have made by then."""
    asked, ask = os.pipe()
    me, child = os.getpid(), os.fork()
    if child == 0:
        os.close(ask)
        if os.read(asked, 1):
            Path(f"/proc/{me}/uid_map").write_text(f"0 0 1\n{user} {user} 1\n", encoding="ascii")
            Path(f"/proc/{me}/gid_map").write_text(f"0 0 1\n{group} {group} 1\n", encoding="ascii")
        os._exit(0)
    os.close(asked)

    def mapped() -> None:
        os.write(ask, b"!")
        os.close(ask)
        if os.waitpid(child, 0)[1]:
            raise OSError("the users cannot be mapped")

    return mapped


def _limit(wanted: Service) -> None:
    core = int(wanted["LimitCORE"][-1])
    resource.setrlimit(resource.RLIMIT_CORE, (core, core))


def _give_up(wanted: Service, owner: pwd.struct_passwd) -> None:
    """Drop every capability but those named, and become the owner."""
    if not wanted.get("CapabilityBoundingSet"):
        last = int(Path("/proc/self/status").read_text(encoding="ascii").partition("CapBnd:\t")[2].split()[0], 16).bit_length()
        for capability in range(last):
            _call("prctl", _DROP, capability, 0, 0, 0)
    _call("prctl", *_CLEAR, 0, 0, 0)
    os.setgroups([])
    os.setresgid(owner.pw_gid, owner.pw_gid, owner.pw_gid)
    os.setresuid(owner.pw_uid, owner.pw_uid, owner.pw_uid)
    if wanted["NoNewPrivileges"][-1] == "yes":
        _call("prctl", _NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    for number in (signal.SIGHUP, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)


if __name__ == "__main__":
    main()
