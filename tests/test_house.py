"""The house keeps its measures: small files, small functions, no word about where it was built."""

import ast
import statistics
from pathlib import Path

import pytest

import bouncer

PACKAGE = Path(bouncer.__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))
FUNCTIONS = [
    (path.relative_to(PACKAGE), node.name, (node.end_lineno or node.lineno) - node.lineno + 1)
    for path in FILES
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
]


def lines(path: Path) -> int:
    """Give how many lines a file has."""
    return len(path.read_text(encoding="utf-8").splitlines())


def test_no_file_is_longer_than_four_hundred_lines_and_most_are_short() -> None:
    """A file is read in one sitting; the median is at most 120 lines."""
    assert [(str(path), lines(path)) for path in FILES if lines(path) > 400] == []
    assert statistics.median(map(lines, FILES)) <= 120


def test_no_function_is_longer_than_sixty_lines_and_nine_in_ten_fit_thirty() -> None:
    """Docstrings and signatures count."""
    assert [function for function in FUNCTIONS if function[2] > 60] == []
    assert statistics.quantiles([size for _, _, size in FUNCTIONS], n=10)[-1] <= 30


@pytest.mark.parametrize(
    ("library", "files"),
    [
        ("imapclient", {"edge/imap"}),
        ("aiosmtplib", {"edge/smtp.py"}),
        ("mailparser", {"core/parse.py"}),
        ("sqlite3", {"edge/ledger"}),
        ("apscheduler", {"edge/clock.py"}),
        ("yaml", {"config.py", "config", "edge/packs.py", "edge/contacts"}),
        ("authres", {"core/authentication.py"}),
    ],
)
def test_each_library_of_the_wire_is_spoken_in_one_place(library: str, files: set[str]) -> None:
    """Whoever replaces one touches one place."""
    speaking = {path.relative_to(PACKAGE).as_posix() for path in FILES if imports(path, library)}
    assert speaking
    assert {name for name in speaking if not any(name == place or name.startswith(place + "/") for place in files)} == set()


def imports(path: Path, library: str) -> bool:
    """Tell whether a file imports *library*."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
        if any(name.split(".")[0] == library for name in names):
            return True
    return False
