"""What the README tells to type works as it stands there, and shows what it says it shows."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from support.readme import README, Block, Reader, Step, blocks, difference, steps

from bouncer.cli.app import app

TEXT = README.read_text(encoding="utf-8")
BLOCKS = tuple(blocks(TEXT))

# The blocks that cannot be played here, by their first line, and why. Everything else is played.
ELSEWHERE = {
    "$ python3 -m venv .venv && .venv/bin/pip install '.[demo]' && .venv/bin/bouncer demo": "asks a package index; .ci/run plays it",
    "$ python3 -m venv .venv && .venv/bin/pip install -e '.[test]' && .venv/bin/pytest": "asks a package index; .ci/run plays it",
    "$ python3 -m venv ~/bouncer-env": "asks a package index; .ci/run installs the built wheel",
    "$ bouncer doctor": "asks the mail servers; tests/system/test_first_hour.py plays it",
    "$ bouncer run": "asks the mail servers; tests/system/test_first_hour.py plays it",
}


def test_every_block_is_of_a_kind_that_is_looked_at() -> None:
    """A console block, or a file that one of them reads; no block hides behind four spaces."""
    assert {(block.at, block.language) for block in BLOCKS if block.language != "console" and not block.file} == set()
    assert re.findall(r"(?m)^    +(?:\$ |bouncer |pip |python3? ).*$", TEXT) == []


def test_every_block_that_is_not_played_is_there_and_is_one() -> None:
    """The table above names no block twice and none that is gone."""
    first = [block.lines[0] for block in BLOCKS if block.language == "console"]
    assert [line for line in ELSEWHERE if first.count(line) != 1] == []


def test_what_the_readme_tells_to_type_shows_what_it_says(tmp_path: Path) -> None:
    """From the first block to the last, in one empty home."""
    reader, wrong = Reader(tmp_path), list[str]()
    for block in BLOCKS:
        if block.file:
            reader.file(block)
        elif block.lines[0] not in ELSEWHERE:
            wrong += [f"README.md:{block.at}: {said}" for step in steps(block) if (said := reader.play(step))]
    assert wrong == []


def named() -> Iterator[str]:
    """Give every command of ours that is named in the README's text or typed in its blocks."""
    prose = re.sub(r"(?ms)^ *```.*?^ *```$", "", TEXT).replace("\n", " ")
    yield from re.findall(r"`(bouncer(?: [^`]*)?)`", prose)
    for block in BLOCKS:
        for step in steps(block) if block.language == "console" else ():
            yield from re.findall(r"\b(bouncer [^|;&]*)", step.command)


@pytest.mark.parametrize("words", sorted(set(named())))
def test_every_command_that_is_named_is_one_with_these_options(words: str) -> None:
    """Whoever drops or renames one is told here."""
    command: Any = typer.main.get_command(app)
    for word in words.split()[1:]:
        if word.startswith("--"):
            known = [option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)]
            assert word.strip("[],.:").split("=")[0] in [*known, "--help"], words
        elif hasattr(command, "commands"):
            assert word in command.commands, words
            command = command.commands[word]


class TestLookingItself:
    """The comparison above can fail."""

    @pytest.mark.parametrize(
        ("shown", "real"),
        [
            (("a", "b"), ("a", "c")),
            (("a",), ("a", "b")),
            (("a", "b"), ("a",)),
            (("…", "b"), ("a", "c")),
            (("…", "a", "b"), ("a", "c", "b")),
            (("12 days",), ("12 weeks",)),
            (("   because",), ("because",)),
        ],
    )
    def test_a_difference_is_seen(self, shown: tuple[str, ...], real: tuple[str, ...]) -> None:
        """Another line, one too few, one too many, one that what is left out does not hold."""
        assert difference(shown, real)

    @pytest.mark.parametrize(
        ("shown", "real"),
        [
            ((), ()),
            (("…",), ("a", "b")),
            (("a", "…", "c"), ("a", "b", "c")),
            (("   25  2026-03-03 15:00  changed",), ("   31  2026-04-13 09:30  changed",)),
            (("   16  2026-03-03 14:00  sent",), ("    9  2026-03-02 15:00  sent",)),
            (("Wed 2026-11-25 12:56  Jane",), ("Thu 2027-01-07 09:00  Jane",)),
        ],
    )
    def test_days_and_numbers_are_none(self, shown: tuple[str, ...], real: tuple[str, ...]) -> None:
        """Nor is what is left out."""
        assert difference(shown, real) is None

    def test_a_command_that_fails_is_seen(self, tmp_path: Path) -> None:
        """Whatever it shows."""
        assert "exit code 3" in (Reader(tmp_path).play(Step("exit 3", ("…",))) or "")

    def test_what_one_command_leaves_the_next_one_finds(self, tmp_path: Path) -> None:
        """The directory, and the number that is another one this time."""
        reader = Reader(tmp_path)
        assert reader.play(Step("mkdir there && cd there && echo number 34", ("number 24",))) is None
        assert reader.cwd == tmp_path / "there"
        assert reader.play(Step("test 24 = 34", ())) is None
        reader.file(Block("yaml", "a.yaml", ("a: b",), 1))
        assert reader.play(Step("cat a.yaml", ("a: b",))) is None

    def test_a_block_that_shows_output_of_no_command_is_refused(self) -> None:
        """It could not be compared with anything."""
        with pytest.raises(ValueError, match=r"README\.md:7: "):
            list(steps(Block("console", "", ("no prompt",), 7)))
