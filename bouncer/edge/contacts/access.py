"""What would keep bouncer from writing the contact file, told before there is anything to write."""

import os
from pathlib import Path


def obstacles(path: Path) -> tuple[str, ...]:
    """Give what stands in the way of writing *path*, a sentence each; nothing is written to find out.

    Where one does, changes become questions for the owner, or wait. Raises OSError where the file cannot be looked at.
    """
    target = path.resolve(strict=True)
    found, directory = target.stat(), target.parent
    wrong = []
    if not os.access(directory, os.W_OK | os.X_OK):
        wrong.append(f"{directory} cannot be written, and a new version has to be made there beside the file before it is exchanged")
    if os.geteuid() not in (0, found.st_uid):
        wrong.append(f"the file belongs to user {found.st_uid} and bouncer runs as user {os.geteuid()}, so that it cannot be kept theirs")
    elif os.geteuid() != 0 and found.st_gid not in {os.getegid(), *os.getgroups()}:
        wrong.append(f"the file belongs to group {found.st_gid}, of which bouncer is no member, so that it cannot be kept theirs")
    if found.st_nlink > 1:
        wrong.append("the file has another hard link, which will keep showing the version before bouncer's first change")
    return tuple(wrong)
