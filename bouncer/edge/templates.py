"""The templates of letters, as text: the shipped ones and the owner's, which replace those of the same name."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from jinja2 import TemplateSyntaxError
from jinja2.sandbox import SandboxedEnvironment

from bouncer.errors import OwnerFault, Problem

_ENGINE = SandboxedEnvironment(trim_blocks=True, lstrip_blocks=True)
_LARGEST = 65_536  # bytes


def load_templates(shipped: Path, own: Path | None = None) -> Mapping[str, str]:
    """Give file name -> text of every `*.txt` in *shipped*, then in *own*.

    Raises OwnerFault naming file and line of everything that is no UTF-8, too large, no Jinja2, or without a subject.
    """
    found: dict[str, str] = {}
    problems: list[Problem] = []
    if own is not None and not own.is_dir():
        problems.append(Problem(str(own), 0, "templates", "there is no such directory"))
    for directory in (shipped, own):
        for path in sorted(directory.glob("*.txt")) if directory is not None and directory.is_dir() else ():
            try:
                text = _read(path)
            except (OSError, UnicodeDecodeError) as error:
                problems.append(Problem(str(path), 0, "", f"cannot be read: {error}"))
            else:
                problems.extend(_wrong(path, text))
                found[path.name] = text
    if problems:
        raise OwnerFault(tuple(problems))
    return found


def _read(path: Path) -> str:
    """Give the text with plain line ends and without a byte order mark."""
    with path.open("rb") as file:
        data = file.read(_LARGEST + 1)
    return data.decode("utf-8-sig").replace("\r\n", "\n")


def _wrong(path: Path, text: str) -> Iterator[Problem]:
    if len(text) > _LARGEST:
        yield Problem(str(path), 0, "", f"is larger than {_LARGEST} bytes")
        return
    try:
        _ENGINE.parse(text)
    except TemplateSyntaxError as error:
        yield Problem(str(path), error.lineno, "", f"no valid template: {error.message}")
        return
    if not any(line.lower().startswith("subject:") for line in text.splitlines()):
        yield Problem(str(path), 1, "", "has no line `Subject: …` before the letter")
