"""What the service sees of the file system: a mount namespace of its own."""

import ctypes
import os
import pwd
from pathlib import Path

from support.sandbox.unit import Service, words

STATE, CREDENTIALS = Path("/var/lib/bouncer"), Path("/run/credentials/bouncer.service")
_RDONLY, _NOSUID, _NODEV, _NOEXEC, _REMOUNT, _BIND, _REC, _PRIVATE = 1, 2, 4, 8, 32, 4096, 16384, 1 << 18
_OPTIONS = {"nosuid": _NOSUID, "nodev": _NODEV, "noexec": _NOEXEC, "noatime": 1024, "nodiratime": 2048, "relatime": 1 << 21}
_DEVICES = ("null", "zero", "full", "random", "urandom", "tty")
_HOMES, _TEMPORARY = ("/home", "/root", "/run/user"), ("/tmp", "/var/tmp")  # noqa: S108 - what PrivateTmp= names
_LIBC = ctypes.CDLL(None, use_errno=True)


def mount(source: str, target: Path | str, kind: str = "", flags: int = 0, data: str = "") -> None:
    """Have the kernel mount something; raises OSError."""
    if _LIBC.mount(source.encode(), str(target).encode(), kind.encode(), flags, data.encode()):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), str(target))


def furnish(service: Service, state: Path) -> dict[str, str]:
    """Rearrange the mounts of this process's own namespace as *service* wants them; gives what the environment says of it.

    *state* stands for the state directory of the machine.
    """
    mount("none", "/", flags=_REC | _PRIVATE)
    owner = pwd.getpwnam(service["User"][-1])
    bound = [(path, "BindPaths") for value in service.get("BindPaths", ()) for path in words(value)]
    bound += [(path, "ReadWritePaths") for value in service.get("ReadWritePaths", ()) for path in words(value)]
    bound += [(path, "BindReadOnlyPaths") for value in service.get("BindReadOnlyPaths", ()) for path in words(value)]
    bound += [(str(state), "StateDirectory")] if service.get("StateDirectory") else []
    held = [(Path(path.removeprefix("-")), how, _held(path)) for path, how in bound]
    secrets = {name: Path(file).read_bytes() for name, _, file in (value.partition(":") for value in service.get("LoadCredential", ()))}
    writable = [*_empty(service), Path("/proc"), Path("/dev")]
    for path, how, source in held:
        if source is None:
            continue
        target = STATE if how == "StateDirectory" else path
        target.mkdir(parents=True, exist_ok=True)
        mount(f"/proc/self/fd/{source}", target, flags=_BIND | _REC)
        os.close(source)
        if how != "BindReadOnlyPaths":
            writable.append(target)
    if service.get("StateDirectory"):
        os.chown(STATE, owner.pw_uid, owner.pw_gid)
        STATE.chmod(int(service["StateDirectoryMode"][-1], 8))
    _keep(secrets, owner)
    if service["ProtectSystem"][-1] == "strict":
        _close(writable)
    _processes(service)
    directories = {"STATE_DIRECTORY": str(STATE)} if service.get("StateDirectory") else {}
    directories |= {"CREDENTIALS_DIRECTORY": str(CREDENTIALS)} if secrets else {}
    return {**directories, "HOME": owner.pw_dir, "USER": owner.pw_name}


def _held(path: str) -> int | None:
    """Keep hold of a place that may be hidden in a moment; None for one that may be missing and is."""
    if path.startswith("-") and not Path(path[1:]).exists():
        return None
    return os.open(path.removeprefix("-"), os.O_PATH)


def _empty(service: Service) -> list[Path]:
    """Put empty places over what is not to be seen; gives those that stay writable."""
    hidden = _HOMES if service["ProtectHome"][-1] == "tmpfs" else ()
    for place in ("/var/lib", "/run", *hidden):
        if Path(place).is_dir():
            mount("tmpfs", place, "tmpfs", _NOSUID | _NODEV, "mode=755")
    temporary = _TEMPORARY if service["PrivateTmp"][-1] == "yes" else ()
    for place in temporary:
        mount("tmpfs", place, "tmpfs", _NOSUID | _NODEV, "mode=1777")
    if service["PrivateDevices"][-1] == "yes":
        there = {name: os.open(f"/dev/{name}", os.O_PATH) for name in _DEVICES}
        mount("tmpfs", "/dev", "tmpfs", _NOSUID | _NOEXEC, "mode=755")
        for name, device in there.items():
            Path("/dev", name).touch()
            mount(f"/proc/self/fd/{device}", f"/dev/{name}", flags=_BIND)
            os.close(device)
    return [Path(place) for place in temporary]


def _keep(secrets: dict[str, bytes], owner: pwd.struct_passwd) -> None:
    """Give the credentials to the service alone, in memory."""
    CREDENTIALS.mkdir(parents=True, mode=0o755)
    for name, secret in secrets.items():
        (CREDENTIALS / name).write_bytes(secret)
        (CREDENTIALS / name).chmod(0o400)
        os.chown(CREDENTIALS / name, owner.pw_uid, owner.pw_gid)
    CREDENTIALS.chmod(0o500)
    os.chown(CREDENTIALS, owner.pw_uid, owner.pw_gid)


def _close(writable: list[Path]) -> None:
    """Make every mount read-only but those at and below *writable*."""
    for line in Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines():
        at, options = line.split()[4:6]
        if Path(at).exists() and not any(Path(at).is_relative_to(place) for place in writable):  # others lie below what is hidden now
            kept = sum(_OPTIONS.get(option, 0) for option in options.split(","))
            mount("none", at, flags=_REMOUNT | _BIND | _RDONLY | kept)


def _processes(service: Service) -> None:
    """Show of /proc what ProtectProc= and ProcSubset= leave."""
    subset = ",subset=pid" if service["ProcSubset"][-1] == "pid" else ""
    mount("proc", "/proc", "proc", _NOSUID | _NODEV | _NOEXEC, f"hidepid={service['ProtectProc'][-1]}{subset}")
