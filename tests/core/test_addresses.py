"""An address is told by its form: what may be written to, what imitates another, and what a gateway made of it."""

import pytest

from bouncer.core.addresses import WRITTEN, foreign_letters, forms, looks_like, one_of, well_formed


@pytest.mark.parametrize("address", ["jane@acme.example", "j.o'neil+x@a-b.acme.example", "jane@xn--mnchen-3ya.example", "0@1a.example"])
def test_an_ascii_dot_atom_at_a_domain_is_written_to(address: str) -> None:
    """RFC 5321 section 4.1.2, without its rarer forms."""
    assert well_formed(address)


@pytest.mark.parametrize(
    "address",
    [
        "", "@", "jane", "jane@", "@acme.example", "jane@acme", "jane@acme..example", "jane@.example", "jane@-acme.example",
        "j..d@acme.example", ".j@acme.example", "j.@acme.example", '"j d"@acme.example', "jane@[192.0.2.1]",
        "jane@192.0.2.1", "jané@acme.example", "jane@аcme.example", "jane@acme.example\n", "jane@acme.example>",
        "a@b@acme.example", "jane @acme.example", "x" * 65 + "@acme.example", "jane@" + "a" * 64 + ".example",
        "jane@" + "a." * 125 + "example",
    ],
)  # fmt: skip
def test_anything_else_is_left_to_the_owner(address: str) -> None:
    """Quoted parts, literals, other scripts, and what would break out of a command."""
    assert not well_formed(address)


@pytest.mark.parametrize(
    ("domain", "known"),
    [
        ("acrne.example", "acme.example"),
        ("vvidget.example", "widget.example"),
        ("goog1e.example", "google.example"),
        ("ac-me.example", "acme.example"),
        ("acmee.example", "acme.example"),
        ("amce.example", "acme.example"),
        ("acme.exampl", "acme.example"),
        ("el.example", "elm.example"),
        ("ACRNE.EXAMPLE", "acme.example"),
    ],
)
def test_a_domain_that_could_be_taken_for_another_is_seen(domain: str, known: str) -> None:
    """Twin letters, one letter more or less, two swapped; in both directions."""
    assert looks_like(domain, known)
    assert looks_like(known, domain)


@pytest.mark.parametrize(
    ("domain", "known"),
    [
        ("acme.example", "acme.example"),
        ("ACME.example", "acme.example"),
        ("newco.example", "acme.example"),
        ("ab.example", "ac.example"),
        ("", "a"),
    ],
)
def test_the_same_domain_and_quite_another_are_no_look_alikes(domain: str, known: str) -> None:
    """Nor are two very short names, which are always near each other."""
    assert not looks_like(domain, known)


@pytest.mark.parametrize(
    "wrapped",
    [
        "Jane@ACME.example",
        "prvs=4321abcd12=jane@acme.example",
        "prvs=jane=4321abcd12@acme.example",
        "jane+b.token@acme.example",
        "prvs=4321abcd12=jane+news@acme.example",
        "bounces+jane=acme.example@list.example",
        "list-bounces+jane=acme.example@list.example",
        "srs0=abcd=x1=acme.example=jane@forward.example",
        "SRS0+abcd=x1=acme.example=jane@forward.example",
    ],
)
def test_what_a_gateway_wrapped_is_unwrapped(wrapped: str) -> None:
    """BATV, plus-tags, VERP, SRS, one in another."""
    assert one_of(wrapped, {"jane@acme.example"})


@pytest.mark.parametrize(
    "other", ["jane@acme.example.test", "prvs=jane@acme.example", "janet@acme.example", "+x@acme.example", "jane=acme.example"]
)
def test_nothing_else_becomes_that_address(other: str) -> None:
    """A half-wrapped address is another one."""
    assert not one_of(other, {"jane@acme.example"})


def test_an_address_is_always_its_own_first_form() -> None:
    """What was written counts before what it may have been."""
    assert forms(" Jane+X@Acme.example ")[0] == "jane+x@acme.example"


def test_letters_beyond_ascii_are_seen_in_both_spellings() -> None:
    """As they are, and in their IDNA form (RFC 5890)."""
    assert foreign_letters("jane@аcme.example")
    assert foreign_letters("jane@xn--cme-8cd.example")
    assert not foreign_letters("jane@acme-xn--x.example")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("報名表請寄到amy@x.example。", ["amy@x.example"]),
        ("メールはa_b@c.exampleです", ["a_b@c.example"]),
        ("메일은 jane@new.example로", ["jane@new.example"]),
        ("用户@例子.广告 好", ["用户@例子.广告"]),
        ("иван@почта.example, _j.o'neil+x@a-b.example", ["иван@почта.example", "j.o'neil+x@a-b.example"]),
        ("請寄到 @x.example", []),
    ],
)
def test_words_without_spaces_are_no_part_of_the_address_that_they_touch(text: str, found: list[str]) -> None:
    """An address is of Chinese, Japanese or Korean letters alone, or of none of them."""
    assert WRITTEN.findall(text) == found
