"""How many mutants of the code that may not be wrong do its tests kill: `python tests/faults/mutants.py [FILE…]`.

Needs mutmut (`pip install -e '.[test,mutants]'`); which files and which tests is in pyproject.toml. Works on a copy of the tree, which is
kept for `mutmut show`. FILE is one of those files, or a pattern of some. SQL whose words are only written small is the same SQL, and no
mutant.
"""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
NEEDED = ("bouncer", "tests", "config", "systemd", "README.md", "pyproject.toml")
_SQL, _QUOTED = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|CASE)\b"), re.compile(r"'[^']*'")  # SQL's own texts stand in quotes
FATES = {0: "survived", 1: "killed", 3: "killed", 5: "never run", 33: "never run", None: "not tried"}  # any other: it hung or crashed


def copied(files: list[str]) -> Path:
    """Give a copy of the tree, in which only *files* are mutated where there are any."""
    place = Path(tempfile.mkdtemp(prefix="mutants-"))
    for name in NEEDED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, place / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(ROOT / name, place / name)
    if files:
        text = (place / "pyproject.toml").read_text(encoding="utf-8")
        head, _, tail = text.partition("only_mutate = [")
        (place / "pyproject.toml").write_text(f"{head}only_mutate = {json.dumps(files)}{tail.partition(']')[2]}", encoding="utf-8")
    return place


def same_sql(source: dict[str, list[str]], mutant: str) -> bool:
    """Tell whether *mutant* differs from what it was made of only in the case of SQL's own words; *source* is texts by function."""
    function = mutant.rpartition(".")[2]
    was, now = source.get(f"{function.rpartition('__')[0]}__mutmut_orig", []), source.get(function, [])
    changed = [(one, other) for one, other in zip(was, now, strict=False) if one != other]
    return len(was) == len(now) and bool(changed) and all(_alike(one, other) for one, other in changed)


def _alike(one: str, other: str) -> bool:
    return bool(_SQL.match(one)) and one.lower() == other.lower() and _QUOTED.findall(one) == _QUOTED.findall(other)


def texts(path: Path) -> dict[str, list[str]]:
    """Give every text in each function in *path*, by the function's name."""
    found = (node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.FunctionDef))
    return {node.name: [str(one.value) for one in ast.walk(node) if isinstance(one, ast.Constant)] for node in found}


def fates(place: Path) -> Iterator[tuple[str, str, str]]:
    """Give file, mutant and what became of it."""
    for path in sorted((place / "mutants").rglob("*.meta")):
        codes = json.loads(path.read_text(encoding="utf-8"))["exit_code_by_key"]
        name = str(path.relative_to(place / "mutants")).removesuffix(".meta")
        source = texts(path.with_suffix(""))
        yield from ((name, mutant, FATES.get(code, "hung")) for mutant, code in codes.items() if not same_sql(source, mutant))


def main() -> None:
    """Try them, and print the figures by file and the names of the survivors."""
    os.nice(15)
    place = copied(sys.argv[1:])
    subprocess.run([sys.executable, "-m", "mutmut", "run"], cwd=place, check=False, stdout=subprocess.DEVNULL)
    found = [one for one in fates(place) if one[2] != "not tried"]
    total = Counter(fate for _, _, fate in found)
    for name in dict.fromkeys(name for name, _, _ in found):
        counts = Counter(fate for file, _, fate in found if file == name)
        print(f"{name:40} " + ", ".join(f"{count} {fate}" for fate, count in sorted(counts.items())))
    print("\n".join(mutant for _, mutant, fate in found if fate in {"survived", "never run"}))
    dead = total["killed"] + total["hung"]
    print(f"{dead} of {total.total()} killed ({100 * dead / max(1, total.total()):.1f} %); cd {place} && mutmut show NAME")


if __name__ == "__main__":
    main()
