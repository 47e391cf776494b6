"""`python -m bouncer.cli.manual PREFIX`: write manual pages and shell completions below PREFIX/share, where a system looks for them."""

import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from typer._completion_shared import get_completion_script

from bouncer.cli.manual import options
from bouncer.cli.manual.pages import pages

_COMPLETIONS = {  # shell -> where it looks below share/
    "bash": "bash-completion/completions/bouncer",
    "zsh": "zsh/vendor-completions/_bouncer",
    "fish": "fish/vendor_completions.d/bouncer.fish",
}


def files() -> Iterator[tuple[str, str]]:
    """Give every file by its path below `share/`; the pages bear the day of $SOURCE_DATE_EPOCH, so that a build can be repeated."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    day = datetime.fromtimestamp(int(epoch), UTC).date().isoformat() if epoch.isdigit() else ""
    for name, text in pages(day):
        yield f"man/man1/{name}.1", text
    yield "man/man5/bouncer.yaml.5", options.page(day)
    for shell, place in _COMPLETIONS.items():
        yield place, get_completion_script(prog_name="bouncer", complete_var="_BOUNCER_COMPLETE", shell=shell) + "\n"


def main(arguments: list[str]) -> int:
    """Write the files below the one directory that *arguments* name; gives the exit code."""
    if len(arguments) != 1 or arguments[0].startswith("-"):
        sys.stderr.write("Say where: python -m bouncer.cli.manual PREFIX, such as ~/.local or debian/bouncer/usr\n")
        return 64
    for name, text in files():
        path = Path(arguments[0]) / "share" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
