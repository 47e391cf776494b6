"""The system calls that the service may make: seccomp filters, by the library that systemd uses, too."""

import ctypes
import errno
import socket
import subprocess
from collections.abc import Iterator
from functools import cache

from support.sandbox.unit import Service

_ALLOW, _ERRNO, _BADARCH = 0x7FFF0000, 0x00050000, 0x80000000
_EQ, _GE, _MASKED = 4, 5, 7
_NAMESPACES = (0x00000080, 0x00020000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000)  # CLONE_NEW*
_REALTIME = (1, 2, 6)  # SCHED_FIFO, SCHED_RR, SCHED_DEADLINE
_SET_ID = (0o4000, 0o2000)


class _Compare(ctypes.Structure):
    _fields_ = (("arg", ctypes.c_uint), ("op", ctypes.c_int), ("a", ctypes.c_uint64), ("b", ctypes.c_uint64))


class _Filter:
    """One filter: what is not ruled on has the *other* outcome."""

    def __init__(self, other: int) -> None:
        self._library = ctypes.CDLL("libseccomp.so.2", use_errno=True)
        self._library.seccomp_init.restype = ctypes.c_void_p
        self._context = ctypes.c_void_p(self._library.seccomp_init(ctypes.c_uint32(other)))

    def rule(self, call: str, outcome: int, *where: tuple[int, int, int, int]) -> None:
        """Rule on a call; one that this machine does not know is passed over, as systemd does."""
        number = self._library.seccomp_syscall_resolve_name(call.encode())
        compares = (_Compare * len(where))(*(_Compare(*one) for one in where))
        if number >= 0 and self._library.seccomp_rule_add_array(
            self._context, ctypes.c_uint32(outcome), number, len(where), compares
        ) not in (0, -errno.EACCES):
            raise RuntimeError(f"no rule for {call}")

    def load(self) -> None:
        """Have it from now on."""
        if failed := self._library.seccomp_load(self._context):
            raise OSError(-failed, "seccomp_load")


@cache
def members(group: str) -> frozenset[str]:
    """Give the calls of a group such as @system-service, and of the groups in it."""
    shown = subprocess.run(["systemd-analyze", "syscall-filter", "--no-pager", group], capture_output=True, text=True, check=True).stdout
    names = [line.strip() for line in shown.splitlines()[1:] if line.strip() and not line.strip().startswith("#")]
    return frozenset().union(*(members(name) if name.startswith("@") else {name} for name in names))


def allowed(service: Service) -> frozenset[str]:
    """Give the calls that SystemCallFilter= lets through (systemd.exec): the first line says that it lists what is allowed."""
    calls = members("@default")
    for line in service["SystemCallFilter"]:
        named = frozenset[str]().union(*(members(name) if name.startswith("@") else {name} for name in line.lstrip("~").split()))
        calls = calls - named if line.startswith("~") else calls | named
    for key, group in (("ProtectClock", "@clock"), ("ProtectKernelModules", "@module")):
        calls = calls - members(group) if service[key][-1] == "yes" else calls
    return calls - {"syslog", "sethostname", "setdomainname"}  # ProtectKernelLogs=, ProtectHostname=


def restrict(service: Service) -> None:
    """Put this process under the filters that *service* asks for; they cannot be taken off again."""
    refused = _ERRNO | getattr(errno, service["SystemCallErrorNumber"][-1])
    listed = _Filter(refused)
    for call in sorted(allowed(service)):
        listed.rule(call, _ALLOW)
    narrow = _Filter(_ALLOW)
    _narrow(narrow, service)
    narrow.load()
    listed.load()


def _narrow(narrow: _Filter, service: Service) -> None:
    """Rule on arguments, where a call as such is allowed."""
    for key, call, outcome, where in _rules():
        if service[key][-1] == "yes":
            narrow.rule(call, _ERRNO | outcome, *where)
    families = {getattr(socket, name) for name in service["RestrictAddressFamilies"][-1].split()}
    for family in set(range(64)) - families:
        narrow.rule("socket", _ERRNO | errno.EAFNOSUPPORT, (0, _EQ, family, 0))
    narrow.rule("socket", _ERRNO | errno.EAFNOSUPPORT, (0, _GE, 64, 0))


def _rules() -> Iterator[tuple[str, str, int, tuple[tuple[int, int, int, int], ...]]]:
    """Give what a key that says yes forbids: call, error and the argument that makes it so."""
    code = (("mmap", 2, 6), ("mprotect", 2, 4), ("pkey_mprotect", 2, 4), ("shmat", 2, 0o100000))  # writable and executable
    for call, argument, bits in code:
        yield "MemoryDenyWriteExecute", call, errno.EPERM, ((argument, _MASKED, bits, bits),)
    for flag in _NAMESPACES:
        yield "RestrictNamespaces", "clone", errno.EPERM, ((0, _MASKED, flag, flag),)
    yield "RestrictNamespaces", "clone3", errno.ENOSYS, ()  # its flags lie in memory; the C library then takes clone
    yield "RestrictNamespaces", "unshare", errno.EPERM, ()
    yield "RestrictNamespaces", "setns", errno.EPERM, ()
    for policy in _REALTIME:
        yield "RestrictRealtime", "sched_setscheduler", errno.EPERM, ((1, _EQ, policy, 0),)
    for call, argument in (("chmod", 1), ("fchmod", 1), ("fchmodat", 2), ("mkdir", 1), ("mkdirat", 2), ("mknod", 1), ("openat", 3)):
        for bit in _SET_ID:
            yield "RestrictSUIDSGID", call, errno.EPERM, ((argument, _MASKED, bit, bit),)
    yield "LockPersonality", "personality", errno.EPERM, ((0, _GE, 1, 0),)
