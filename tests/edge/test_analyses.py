"""What was worked out of the packs' phrases is taken up by the next start, if it is of these packs, and is never needed."""

import ast
import shutil
from pathlib import Path

import pytest

from bouncer.core.analysis import analysed
from bouncer.core.wording import compile_packs
from bouncer.edge.analyses import CODE, Analyses
from bouncer.edge.packs import load_packs
from bouncer.edge.shipped import directory
from bouncer.model import Pack, PackAnalysis, PhraseAnalysis, Rule

CORE = Path(__file__).parents[2] / "bouncer" / "core"
RULE = """\
  - name: {name}
    means: left
    within: body
    phrases: ['{phrase}']
    unless: ['last week']
    examples: ["I {phrase} here"]
    counter-examples: ["I still work here"]
"""
EXTRA = "".join(RULE.format(name=f"en-{n}", phrase=phrase) for n, phrase in enumerate(("no longer work", "[0-9]+", "left for good")))


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """Give a directory with one pack."""
    place = tmp_path / "rules"
    (place / "replies").mkdir(parents=True)
    (place / "replies" / "en.yaml").write_text("pack: replies\nlanguage: en\nrules:\n" + EXTRA, encoding="utf-8")
    return place


def _kept(rules: Path) -> tuple[tuple[Pack, ...], tuple[PackAnalysis, ...]]:
    packs = load_packs(rules)
    made = analysed(packs)
    Analyses(rules).keep(packs, made)
    return packs, made


def _file(rules: Path) -> Path:
    (file,) = (rules / "__pycache__").iterdir()
    return file


def test_the_next_start_knows_all_that_this_one_worked_out(rules: Path) -> None:
    """Words, marks and probes alike."""
    packs, made = _kept(rules)
    assert Analyses(rules).known(packs) == made
    assert {one.probe != "" for one in made[0].phrases.values()} == {True, False}


def test_the_shipped_packs_come_through_whole(tmp_path: Path) -> None:
    """All languages, and every user of the installation may read it."""
    rules = shutil.copytree(directory("rules"), tmp_path / "rules", ignore=shutil.ignore_patterns("__pycache__"))
    packs, made = _kept(rules)
    assert Analyses(rules).known(packs) == made
    assert _file(rules).stat().st_mode & 0o777 == 0o644


def test_what_is_known_is_not_worked_out_again() -> None:
    """Else keeping it would be for nothing."""
    rule = Rule("r", "left", "body", ("no longer work",), (), (), unless=("last week",))
    pack = Pack("en", "replies", (rule,))
    known = PackAnalysis({"no longer work": PhraseAnalysis("gone fishing", (frozenset({"fishing"}),))}, {"last week": "yesterday"})
    (made,) = analysed([pack], [known])
    assert made == known
    assert compile_packs([pack], [made]).hits("replies", "body", "gone fishing")


def test_a_pack_that_changed_is_worked_out_anew(rules: Path) -> None:
    """A phrase that stayed as well: its parts may be others."""
    _kept(rules)
    (rules / "replies" / "en.yaml").write_text("pack: replies\nlanguage: en\nparts: {a: b}\nrules:\n" + EXTRA, encoding="utf-8")
    packs = load_packs(rules)
    assert Analyses(rules).known(packs) == (PackAnalysis(),)
    _kept(rules)
    assert Analyses(rules).known(packs) == analysed(packs)


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"of": 1}', b"\xff", b"null"])
def test_a_damaged_file_is_as_none(rules: Path, damage: bytes) -> None:
    """And is replaced."""
    packs, made = _kept(rules)
    _file(rules).write_bytes(damage)
    assert Analyses(rules).known(packs) == (PackAnalysis(),)
    _kept(rules)
    assert Analyses(rules).known(packs) == made


def test_half_a_pack_of_the_right_digest_is_as_none(rules: Path) -> None:
    """A phrase without its words would never be found."""
    packs, _ = _kept(rules)
    _file(rules).write_text(_file(rules).read_text(encoding="utf-8").replace('"left for good",[', '"left for good",{},['), encoding="utf-8")
    assert Analyses(rules).known(packs) == (PackAnalysis(),)


def test_where_nothing_can_be_written_nothing_is_kept(rules: Path) -> None:
    """An installation that belongs to root, a read-only file system."""
    (rules / "__pycache__").write_text("in the way", encoding="utf-8")
    packs, _ = _kept(rules)
    assert Analyses(rules).known(packs) == (PackAnalysis(),)


def test_the_owners_packs_are_not_kept(rules: Path, tmp_path: Path) -> None:
    """They lie elsewhere, are few and change; a shipped rule that one of them replaces stays known."""
    _kept(rules)
    before = _file(rules).read_bytes()
    own = tmp_path / "rules.d"
    own.mkdir()
    (own / "mine.yaml").write_text(
        "pack: replies\nlanguage: en\nrules:\n" + RULE.format(name="en-0", phrase="quit my job"), encoding="utf-8"
    )
    packs = load_packs(rules, own)
    analyses = Analyses(rules)
    analyses.keep(packs, analysed(packs, analyses.known(packs)))
    assert analyses.known(packs)[1] == PackAnalysis()
    assert _file(rules).read_bytes() == before


def test_all_code_that_it_hangs_on_is_in_its_digest() -> None:
    """A change there must not meet what the old code worked out."""
    seen, ahead = set[str](), ["analysis"]
    while ahead:
        name = ahead.pop()
        seen.add(name)
        for node in ast.walk(ast.parse((CORE / f"{name}.py").read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("bouncer.core"):
                last = (node.module or "").rpartition(".")[2]
                ahead += [one for one in ([alias.name for alias in node.names] if last == "core" else [last]) if one not in seen]
    assert seen == set(CODE)
