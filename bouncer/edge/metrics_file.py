"""The metrics file: exchanged whole, so that node_exporter never reads half of one, and readable for it."""

from contextlib import suppress
from pathlib import Path


def write_metrics(path: Path, text: str) -> str | None:
    """Put *text* at *path*; gives what is wrong in a sentence where it cannot be, None where all is well.

    The name of the new one does not end in `.prom`, so that it is not collected.
    """
    new = path.with_name(f".{path.name}.new")
    try:
        new.write_text(text, encoding="ascii")
        new.chmod(0o644)  # node_exporter runs as another user, whatever the umask
        new.replace(path)
    except OSError as fault:
        with suppress(OSError):
            new.unlink(missing_ok=True)
        return f"The metrics file {path} cannot be written: {fault.strerror or fault}; bouncer must be able to write into its directory."
    return None
