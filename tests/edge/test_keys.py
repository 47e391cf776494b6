"""The keys of our tokens are made once, kept from others, and never replaced by accident."""

import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from bouncer.core.tokens import mint, verify
from bouncer.edge.keys import load_keys, rotate
from bouncer.errors import OwnerFault, StorageFault

DAY = date(2026, 3, 4)


def test_a_first_use_makes_a_key_that_stays(tmp_path: Path) -> None:
    """The state directory may not exist yet; the file is its owner's alone."""
    state = tmp_path / "state"
    keys = load_keys(state)
    assert len(keys.current) == 32
    assert load_keys(state) == keys
    assert stat.S_IMODE((state / "keys").stat().st_mode) == 0o600
    assert [path.name for path in state.iterdir()] == ["keys"]


def test_two_first_uses_at_once_agree_on_one_key(tmp_path: Path) -> None:
    """Neither may sign with a key that the other has replaced."""
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _: load_keys(tmp_path).current, range(32)))
    assert len(found) == 1


def test_two_installations_have_different_keys(tmp_path: Path) -> None:
    """A constant would be known to everybody."""
    assert load_keys(tmp_path / "a") != load_keys(tmp_path / "b")


def test_a_token_outlives_two_rotations_and_not_the_third(tmp_path: Path) -> None:
    """The answers under way still verify."""
    token = mint(load_keys(tmp_path), "checkin", "0123456789ab", "a@b.example", DAY, b"rand")
    for alive in (True, True, False):
        keys = rotate(tmp_path)
        assert load_keys(tmp_path) == keys
        assert (verify(token, keys, ["a@b.example"], DAY) is not None) is alive
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o600


@pytest.mark.parametrize("text", ["", "secret\n", "00" * 31 + "\n", "zz" * 32 + "\n", ("00" * 32 + "\n") * 4, "\0\xff"])
def test_a_damaged_file_is_the_owners_to_mend(tmp_path: Path, text: str) -> None:
    """A new key in its place would orphan every answer under way."""
    path = tmp_path / "keys"
    path.write_text(text, encoding="latin-1")
    path.chmod(0o600)
    for use in (load_keys, rotate):
        with pytest.raises(OwnerFault, match="no key file"):
            use(tmp_path)
    assert path.read_text(encoding="latin-1") == text


def test_a_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    """And the sentence says what to type."""
    load_keys(tmp_path)
    (tmp_path / "keys").chmod(0o640)
    with pytest.raises(OwnerFault, match="chmod 600"):
        load_keys(tmp_path)


def test_no_key_shows_in_a_representation(tmp_path: Path) -> None:
    """It would end in a log."""
    keys = rotate(tmp_path)
    assert keys.current.hex() not in repr(keys)
    assert repr(keys.current) not in repr(keys)


def test_a_directory_that_cannot_be_made_is_a_fault_of_the_disk(tmp_path: Path) -> None:
    """Where a file stands in its place, among others."""
    (tmp_path / "state").write_text("", encoding="ascii")
    with pytest.raises(StorageFault, match="state"):
        load_keys(tmp_path / "state")
    assert [path.name for path in tmp_path.iterdir()] == ["state"]
