"""Whole answers, each beside what it says: tests/corpus/replies/NAME.eml and NAME.json."""

import json
from pathlib import Path

import pytest
from support.replies import reading_of

from bouncer.core.present import as_json

CORPUS = Path(__file__).parents[1] / "corpus" / "replies"
NAMES = sorted(path.stem for path in CORPUS.glob("*.eml"))


@pytest.mark.parametrize("name", NAMES)
def test_an_answer_says_this_and_nothing_more(name: str) -> None:
    """Kind and language are as noted; each noted finding is there with its fields, and there is no other."""
    want = json.loads((CORPUS / f"{name}.json").read_text(encoding="utf-8"))
    got = as_json(reading_of((CORPUS / f"{name}.eml").read_bytes()))
    assert got["kind"] == want["kind"], got["because"]
    assert got["language"] == want.get("language", got["language"])
    left = list(got["findings"])  # type: ignore[arg-type]
    for finding in want["findings"]:
        match = next((one for one in left if {"about": None, **finding}.items() <= one.items()), None)
        assert match is not None, f"not found: {finding} in {left}"
        left.remove(match)
    assert left == []


def test_a_third_of_the_samples_are_counter_examples() -> None:
    """What must not be read is sampled as well as what must be."""
    assert 3 * len([name for name in NAMES if name.split("-")[1] in {"not", "nicht"}]) >= len(NAMES)
