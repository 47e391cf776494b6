"""What is wrong with the contact file and the state directory."""

from collections.abc import Callable, Iterator

from bouncer.model.checkup import Diagnosis, FilesSeen, PathSeen

CONFIG, STORAGE = 78, 74  # sysexits.h
_ROOT = 0
_LITTLE = 50_000_000  # bytes
_VOLATILE = frozenset({"tmpfs", "ramfs"})
_REMOTE = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "fuse.sshfs", "fuse.davfs", "davfs"})
_OTHERS = 0o077

Judge = Callable[[FilesSeen], Iterator[Diagnosis]]


def judge_files(seen: FilesSeen) -> tuple[Diagnosis, ...]:
    """Give what is wrong with the owner's files, in the order of the tuple below."""
    return tuple(one for judge in _JUDGES for one in judge(seen))


def _contacts_there(seen: FilesSeen) -> Iterator[Diagnosis]:
    path = str(seen.contacts.path)
    if seen.contacts.kind == "missing":
        yield Diagnosis("contacts.missing", "error", path, "there is no such file", "write it, or set `contacts:` to where it is", CONFIG)
    elif seen.unreadable:
        yield Diagnosis("contacts.unreadable", "error", path, seen.unreadable, "`bouncer check` names every line that is wrong", CONFIG)


def _contacts_read_only(seen: FilesSeen) -> Iterator[Diagnosis]:
    file = seen.contacts
    if file.kind != "file":
        return
    if file.read_only:
        said = "lies on a file system that is mounted read-only, so no change can be written"
        yield Diagnosis("contacts.read-only", "error", str(file.path), said, "mount it writable, or move the file", STORAGE)
    elif not file.mode & 0o200:
        said = f"is read-only (mode {file.mode & 0o777:03o}); bouncer exchanges the whole file, and would change it all the same"
        mend = f"run: chmod u+w {file.path}; or, if nothing is to change it, leave `live: false`"
        yield Diagnosis("contacts.read-only", "warning", str(file.path), said, mend)


def _contacts_directory(seen: FilesSeen) -> Iterator[Diagnosis]:
    beside = seen.beside
    if beside.kind == "directory" and not beside.writable and not beside.read_only:
        said = "cannot be written, and a new version of the contact file has to be made there before it is exchanged"
        mend = f"give user {seen.user} the right to write there, or move the contact file; under systemd name it in ReadWritePaths="
        yield Diagnosis("contacts.directory-not-writable", "error", str(beside.path), said, mend, STORAGE)


def _contacts_owner(seen: FilesSeen) -> Iterator[Diagnosis]:
    file = seen.contacts
    if file.kind != "file" or seen.user == _ROOT:
        return
    if file.owner != seen.user:
        said = f"belongs to user {file.owner} and bouncer runs as user {seen.user}, so that it could not be kept theirs"
        yield Diagnosis("contacts.owner", "error", str(file.path), said, "run bouncer as the owner of the file", STORAGE)
    elif file.group not in seen.groups:
        said = f"belongs to group {file.group}, of which bouncer is no member, so that it could not be kept theirs"
        yield Diagnosis("contacts.group", "error", str(file.path), said, f"run: chgrp {min(seen.groups)} {file.path}", STORAGE)


def _contacts_links(seen: FilesSeen) -> Iterator[Diagnosis]:
    if seen.contacts.kind == "file" and seen.contacts.links > 1:
        said = "has another hard link, which will keep showing the version before bouncer's first change"
        yield Diagnosis("contacts.hard-link", "warning", str(seen.contacts.path), said, "use a symbolic link instead")


def _state_place(seen: FilesSeen) -> Iterator[Diagnosis]:
    state, path = seen.state, str(seen.state.path)
    if state.kind not in ("directory", "missing"):
        yield Diagnosis("state.no-directory", "error", path, "is no directory", "set `state:` to a directory", CONFIG)
    elif seen.above.read_only:
        said = "lies on a file system that is mounted read-only"
        yield Diagnosis("state.not-writable", "error", path, said, "mount it writable, or set `state:` to another directory", STORAGE)
    elif not seen.above.writable:
        said = f"cannot be {'written' if state.kind == 'directory' else f'made, for {seen.above.path} cannot be written'}"
        mend = f"give user {seen.user} the right to write there, or set `state:` to another directory"
        yield Diagnosis("state.not-writable", "error", path, said, mend, STORAGE)


def _state_owner(seen: FilesSeen) -> Iterator[Diagnosis]:
    state = seen.state
    if state.kind != "directory":
        return
    if state.owner != seen.user and seen.user == _ROOT:
        said = f"belongs to user {state.owner} and this is user {seen.user}: what is made there now could not be written by the daemon"
        yield Diagnosis("state.owner", "warning", str(state.path), said, f"run bouncer as user {state.owner}")
    if state.mode & _OTHERS:
        said = f"can be looked into by others (mode {state.mode & 0o777:03o}), and the ledger in it quotes mail"
        yield Diagnosis("state.open", "note", str(state.path), said, f"run: chmod 700 {state.path}")


def _state_damaged(seen: FilesSeen) -> Iterator[Diagnosis]:
    for path, said in seen.damaged:
        mend = "bring back the one from your backup; without it nobody knows who was written to, or which answers are genuine"
        yield Diagnosis("state.damaged", "error", str(path), said, mend, CONFIG)


def _state_system(seen: FilesSeen) -> Iterator[Diagnosis]:
    path, system = str(seen.state.path), seen.above.system
    if system in _VOLATILE:
        said = f"lies in memory ({system}): the ledger would be lost at the next start of the machine, and with it who was written to"
        yield Diagnosis("state.volatile", "error", path, said, "set `state:` to a directory on a disk", STORAGE)
    elif system in _REMOTE:
        said = f"lies on a network file system ({system}), on which SQLite's write-ahead log may be damaged"
        yield Diagnosis("state.network", "warning", path, said, "set `state:` to a directory on a disk of this machine")
    if seen.contacts.kind == "file" and seen.contacts.device != seen.above.device:
        said = f"lies on another file system than {seen.contacts.path}: the one can be full, missing or set back without the other"
        mend = "nothing must be done; take both into the same backup, and under systemd name both in RequiresMountsFor="
        yield Diagnosis("state.other-file-system", "note", path, said, mend)


def _room(seen: FilesSeen) -> Iterator[Diagnosis]:
    places: dict[int, PathSeen] = {place.device: place for place in (seen.beside, seen.above) if place.free is not None}
    for place in places.values():
        if place.free is not None and place.free < _LITTLE and not place.read_only:
            said = f"has {place.free // 1_000_000} MB left; a full disk stops sending and writing"
            yield Diagnosis("disk.full", "error", str(place.path), said, "make room there", STORAGE)


# What is wrong with the file itself comes before where it lies, and the contact file before bouncer's own directory.
_JUDGES: tuple[Judge, ...] = (
    _contacts_there,
    _contacts_read_only,
    _contacts_directory,
    _contacts_owner,
    _contacts_links,
    _state_place,
    _state_owner,
    _state_damaged,
    _state_system,
    _room,
)
