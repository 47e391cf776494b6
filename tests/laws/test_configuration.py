"""Laws of the configuration: whatever stands in the file, it is read or refused with a place, and a password is neither bent nor shown."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bouncer.config import load, survey
from bouncer.errors import OwnerFault

SAMPLE = yaml.safe_load((Path(__file__).parents[2] / "config" / "bouncer.yaml").read_text())
CANARY = "c4nary"
Place = tuple[str | int, ...]


def _places(tree: Any, path: Place = ()) -> list[Place]:
    below = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    return [path, *(place for key, inner in below for place in _places(inner, (*path, key)))]


def _changed(place: Place, value: Any) -> Any:
    """Give the sample with *value* at *place*."""
    if not place:
        return value
    tree = deepcopy(SAMPLE)
    inner = tree
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = value
    return tree


scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=12), st.sampled_from(["~x/y", "\\junk", "ask"]))
keys = st.text(max_size=8) | st.sampled_from(["name", "host", "file", "inline", "away"])
values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3), max_leaves=6)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the one configuration that is written again and again."""
    return tmp_path_factory.mktemp("law") / "bouncer.yaml"


@settings(deadline=None)
@given(place=st.sampled_from(_places(SAMPLE)), value=values)
@example(place=("accounts",), value=[])
@example(place=("accounts", 0, "secret"), value={"file": None})
@example(place=("tags",), value={"vip": None, "": {"away": "ask"}})
def test_any_change_of_the_sample_is_read_or_refused_with_a_line(file: Path, place: Place, value: Any) -> None:
    """There is no third way, such as another exception."""
    file.write_text(yaml.safe_dump(_changed(place, value), allow_unicode=True), encoding="utf-8", errors="surrogatepass")
    seen = survey(file, {})
    assert (seen.settings is None) == bool(seen.problems)
    assert all(
        problem.line > 0 and problem.message
        for problem in seen.problems
        if problem.message != "is empty; see the sample config/bouncer.yaml"
    )


@settings(deadline=None)
@given(data=st.binary(max_size=120) | st.text(max_size=120).map(lambda text: text.encode("utf-8", "surrogatepass")))
@example(data=b"\xef\xbb\xbf")
@example(data=b"a: \xc2\x85b")
def test_any_bytes_are_refused_and_nothing_else_happens(file: Path, data: bytes) -> None:
    """No accident is a configuration."""
    file.write_bytes(data)
    with pytest.raises(OwnerFault):
        load(file, {})


@settings(deadline=None)
@given(password=st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1))
@example(password="no")
@example(password="0123")
@example(password="null")
@example(password="*x: &y #z")
def test_a_password_in_quotes_comes_out_as_it_went_in(file: Path, password: str) -> None:
    """Whatever it looks like to YAML."""
    quoted = password.replace("'", "''")
    sample = yaml.safe_dump(_changed(("accounts", 0, "secret"), {"inline": "HERE"})).replace("HERE", f"'{quoted}'")
    file.write_text(sample, encoding="utf-8")
    assert load(file, {}).accounts[0].secret.inline == password


@settings(deadline=None)
@given(
    place=st.sampled_from([(), ("file",), ("env",), ("command",), ("credential",), ("keyring",), ("inline",), ("inlin",), ("command", 0)]),
    around=st.sampled_from(
        ["{}", "[{}]", "[[{}]]", "{{a: {}}}", "{{{}: a}}", "{{{}}}", "'{}", '"\\{}"', "!{}", "*{}", "&{} x", "@{}", "{}: {}"]
    ),
    spoilt=st.booleans(),
)
def test_no_problem_shows_what_stands_under_secret(file: Path, place: Place, around: str, spoilt: bool) -> None:
    """Not even where it stands in the wrong place, or in no YAML at all."""
    value: Any = "HERE"
    for step in reversed(place):
        value = [value] if isinstance(step, int) else {step: value}
    text = yaml.safe_dump(_changed(("accounts", 0, "secret"), value)).replace(
        "HERE", around.replace("{}", CANARY).replace("{{", "{").replace("}}", "}")
    )
    file.write_text(text + ("pace: {per_day: x}\n" if spoilt else ""), encoding="utf-8")
    seen = survey(file, {})
    assert CANARY not in "".join(map(str, seen.problems))
    assert seen.settings is not None or CANARY not in repr(seen)
