"""How many mutants of the code that may not be wrong do its tests kill: `python tests/faults/mutants.py [FILE…]`.

Needs mutmut (`pip install -e '.[test,mutants]'`); which files and which tests is in pyproject.toml. Works on a copy of the tree, which is
kept for `mutmut show`. FILE is one of those files, or a pattern of some.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
NEEDED = ("bouncer", "tests", "config", "systemd", "README.md", "pyproject.toml")
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


def fates(place: Path) -> Iterator[tuple[str, str, str]]:
    """Give file, mutant and what became of it."""
    for path in sorted((place / "mutants").rglob("*.meta")):
        codes = json.loads(path.read_text(encoding="utf-8"))["exit_code_by_key"]
        name = str(path.relative_to(place / "mutants")).removesuffix(".meta")
        yield from ((name, mutant, FATES.get(code, "hung")) for mutant, code in codes.items())


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
