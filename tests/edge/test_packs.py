"""Packs are read with the line of every problem, and the shipped ones do what their own examples say."""

from pathlib import Path

import pytest

from bouncer.core.wording import compile_packs, prove
from bouncer.edge.packs import load_packs
from bouncer.errors import OwnerFault

RULES = Path(__file__).parents[2] / "bouncer" / "rules"
GOOD = """\
pack: replies
language: en
words:
  numbers: [0123, NO, 12:30]
rules:
  - name: en-left
    means: left
    within: body
    confidence: 0.8
    options: {scope: 010}
    phrases:
      - 'no longer {gap} here'
    examples:
      - {text: "I no longer work here"}
    counter-examples:
      - "I still work here"
"""


def _problems(tmp_path: Path, text: str) -> list[tuple[int, str]]:
    (tmp_path / "a.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(OwnerFault) as fault:
        load_packs(tmp_path)
    assert {problem.file for problem in fault.value.problems} == {str(tmp_path / "a.yaml")}
    return [(problem.line, problem.message) for problem in fault.value.problems]


def test_the_shipped_packs_load_and_prove_every_example() -> None:
    """Every rule hits its own examples, with their slots, and none of its counter-examples."""
    assert [str(problem) for problem in prove(compile_packs(load_packs(RULES)))] == []


def test_strings_stay_strings(tmp_path: Path) -> None:
    """YAML's opinions on numbers and truth do not reach a pack."""
    (tmp_path / "a.yaml").write_text(GOOD, encoding="utf-8")
    (pack,) = load_packs(tmp_path)
    assert pack.words == {"numbers": ("0123", "NO", "12:30")}
    assert pack.rules[0].options == {"scope": "010"}
    assert (pack.rules[0].line, pack.rules[0].lines, pack.rules[0].confidence) == (6, (12,), 0.8)


def test_a_byte_order_mark_is_no_part_of_the_pack(tmp_path: Path) -> None:
    """Some editors put one first."""
    (tmp_path / "a.yaml").write_text("\ufeff" + GOOD, encoding="utf-8")
    assert load_packs(tmp_path)[0].kind == "replies"


@pytest.mark.parametrize(
    ("old", "new", "line", "why"),
    [
        ("    within: body\n", "", 6, "needs `within`"),
        ('    counter-examples:\n      - "I still work here"\n', "", 6, "needs `counter-examples`"),
        ("    means: left\n", "    means: left\n    means: right\n", 8, "`means` is there twice"),
        ("    means: left\n", "    means: left\n    meens: left\n", 8, "`meens` is not one of"),
        ("confidence: 0.8", "confidence: 8", 9, "a number above 0"),
        ("pack: replies", "pack: both", 1, "`bounces` or `replies`"),
        ("{text:", "{says:", 14, "needs `text`"),
        ("[0123,", "[&a 0123, *a,", 4, "aliases"),
        ("language: en", "language: !!str en", 2, "tags"),
        ("language: en", "language: [en]", 2, "must be a text"),
        ("language: en", "language: 'en", 4, "is not YAML"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, old: str, new: str, line: int, why: str) -> None:
    """A pack's author is told where to look."""
    assert old in GOOD
    found = _problems(tmp_path, GOOD.replace(old, new))
    assert any(place == line and why in message for place, message in found) or (why == "is not YAML" and why in found[0][1]), found


def test_every_problem_is_named_at_once(tmp_path: Path) -> None:
    """Not one a run."""
    found = _problems(tmp_path, GOOD.replace("means: left", "meens: left").replace("0.8", "no"))
    assert len(found) == 3


def test_a_file_that_is_not_utf8_is_named(tmp_path: Path) -> None:
    """Latin-1 from an old editor is said, not guessed."""
    (tmp_path / "a.yaml").write_bytes(GOOD.replace("still", "st\xefll").encode("latin-1"))
    with pytest.raises(OwnerFault, match="is not UTF-8"):
        load_packs(tmp_path)


def test_a_name_taken_twice_is_a_problem(tmp_path: Path) -> None:
    """Why an answer was given must be one rule's doing."""
    (tmp_path / "a.yaml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "b.yaml").write_text(GOOD, encoding="utf-8")
    with pytest.raises(OwnerFault, match="is taken by"):
        load_packs(tmp_path)


def test_the_owners_rule_takes_the_place_of_the_shipped_one(tmp_path: Path) -> None:
    """The same name in rules.d replaces; nothing else changes."""
    shipped, own = tmp_path / "shipped", tmp_path / "own"
    shipped.mkdir()
    own.mkdir()
    (shipped / "a.yaml").write_text(GOOD, encoding="utf-8")
    (own / "b.yaml").write_text(GOOD.replace("no longer", "not any more"), encoding="utf-8")
    wording = compile_packs(load_packs(shipped, own))
    assert wording.hits("replies", "body", "I no longer work here") == ()
    (hit,) = wording.hits("replies", "body", "I am not any more to be found here")
    assert hit.rule.file == str(own / "b.yaml")
