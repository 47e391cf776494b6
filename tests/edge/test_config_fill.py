"""A value is filled into a configuration on its own line, and nothing else comes to say anything else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bouncer.config.document import parse
from bouncer.config.fill import filled

TEXT = """\
# mine
owner:
  name: Your Name   # as it signs
accounts:
  - name: main
    secret: {env: X}
    note:
"""


def test_only_the_line_changes() -> None:
    """The comment behind the value stays, an option without a value gets one, and "" takes it away."""
    made = filled(TEXT, {("owner", "name"): "Zoé: O'Neil", ("accounts", 0, "note"): "x", ("accounts", 0, "name"): ""})
    assert made == (
        TEXT.replace("name: Your Name", "name: 'Zoé: O''Neil'").replace("    note:\n", "    note: x\n").replace("- name: main", "- name:")
    )


def test_true_and_false_are_written_as_they_are() -> None:
    """In lower case."""
    assert "  name: true   # as it signs" in filled(TEXT, {("owner", "name"): True})


@pytest.mark.parametrize("loc", [("owner", "address"), ("accounts", 1, "name"), ("owner",), ("accounts", 0, "secret")])
def test_what_is_not_one_value_on_a_line_of_its_own_is_refused(loc: tuple[str | int, ...]) -> None:
    """An option that is not there, and one that holds options of its own."""
    with pytest.raises(ValueError, match="has no value on a line of its own"):
        filled(TEXT, {loc: "x"})


@given(st.text(min_size=1, max_size=30))
def test_any_text_is_read_back_as_it_is_or_refused(value: str) -> None:
    """It never becomes an option, a comment or another line."""
    try:
        made = filled(TEXT, {("owner", "name"): value})
    except ValueError:
        assert not value.isprintable() or value != value.strip()
        return
    document, problems = parse("", made)
    assert document is not None
    assert problems == ()
    assert document.value == {
        "owner": {"name": value},
        "accounts": [{"name": "main", "secret": {"env": "X"}, "note": None}],
    }
