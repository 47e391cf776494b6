"""Folders are found by their use, then by the names that are usual for it."""

import pytest

from bouncer.edge.imap.folders import resolve


def listed(*folders: tuple[str, str], delimiter: str = "/") -> tuple[tuple[frozenset[str], str, str], ...]:
    """Give a listing of (attributes, name)."""
    return tuple((frozenset(flags.split()), delimiter, name) for flags, name in folders)


def test_the_attribute_decides_over_the_name() -> None:
    r"""A folder called Junk is an ordinary one where another is marked (RFC 6154)."""
    assert resolve("\\Junk", listed(("", "Junk"), ("\\hasnochildren \\junk", "Spamverdacht"))) == "Spamverdacht"


def test_an_attribute_is_written_in_any_case() -> None:
    r"""The configuration may say \JUNK."""
    assert resolve("\\JUNK", listed(("\\junk", "Spam"))) == "Spam"


@pytest.mark.parametrize(
    ("wanted", "name", "delimiter"),
    [
        ("\\Junk", "Spam", "/"),
        ("\\Junk", "INBOX.Junk", "."),
        ("\\Junk", "[Gmail]/Spam", "/"),
        ("\\Junk", "Junk E-mail", "/"),
        ("\\Sent", "Sent Items", "/"),
        ("\\Sent", "INBOX.Gesendet", "."),
    ],
)
def test_without_an_attribute_a_usual_name_will_do(wanted: str, name: str, delimiter: str) -> None:
    """At the top, under INBOX, and under Gmail's own root."""
    assert resolve(wanted, listed(("", "INBOX"), ("", name), delimiter=delimiter)) == name


@pytest.mark.parametrize("name", ["Archive/2019/Junk", "Customers/Spam", "Junkyard", "Spam & Eggs"])
def test_a_folder_that_only_looks_like_it_is_left_alone(name: str) -> None:
    """It is somebody's own."""
    assert resolve("\\Junk", listed(("", "INBOX"), ("", name))) is None


def test_a_folder_that_cannot_be_opened_is_none() -> None:
    """Marked or named, it holds no mail."""
    assert resolve("\\Junk", listed(("\\junk \\noselect", "Junk"))) is None
    assert resolve("Junk", listed(("\\nonexistent", "Junk"))) is None


def test_a_name_is_taken_as_written() -> None:
    """No other folder stands in for it."""
    assert resolve("Post", listed(("", "Post"))) == "Post"
    assert resolve("Post", listed(("", "post"))) is None
