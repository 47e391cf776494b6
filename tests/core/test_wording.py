"""Packs compile to one pass over a text, and what cannot be compiled is named with its line."""

import pytest

from bouncer.core.wording import compile_packs, prove
from bouncer.errors import OwnerFault
from bouncer.model import Example, Pack, Rule


def _rule(
    *phrases: str, name: str = "r", unless: tuple[str, ...] = (), examples: tuple[Example, ...] = (), counter: tuple[Example, ...] = ()
) -> Rule:
    return Rule(name, "left", "body", phrases, examples, counter, unless=unless, file="own.yaml", line=3)


def _pack(*rules: Rule, language: str = "en", spaced: bool = True, parts: dict[str, str] | None = None) -> Pack:
    return Pack("p", "replies", rules, language, parts=parts or {}, spaced=spaced)


def _quotes(text: str, *phrases: str, unless: tuple[str, ...] = (), language: str = "en", spaced: bool = True) -> list[str]:
    wording = compile_packs([_pack(_rule(*phrases, unless=unless), language=language, spaced=spaced)])
    return [hit.quote for hit in wording.hits("replies", "body", text)]


@pytest.mark.parametrize(
    ("text", "phrase", "language"),
    [
        ("Я больше не работаю здесь.", "больше не работаю", "ru"),
        ("Δεν εργάζομαι πλέον εδώ.", "δεν εργάζομαι πλέον", "el"),
        ("Artık İŞTEN ayrıldım.", "işten ayrıldım", "tr"),
        ("Già andato in pensione", "già andato in pensione", "it"),
        ("עזבתי את החברה", "עזבתי את החברה", "he"),
    ],
)
def test_a_phrase_in_any_script_is_found(text: str, phrase: str, language: str) -> None:
    """RE2's own word classes know ASCII only; ours do not."""
    assert _quotes(text, phrase, language=language)


@pytest.mark.parametrize(("text", "phrase"), [("neugierig", "neu"), ("Übergabe", "gabe"), ("работаю", "работа"), ("ελάτε", "λάτε")])
def test_a_phrase_is_not_found_inside_a_word(text: str, phrase: str) -> None:
    """Borders hold beside letters that are not ASCII."""
    assert _quotes(text, phrase) == []


def test_a_language_without_spaces_has_no_borders() -> None:
    """In Japanese the word before a phrase touches it."""
    assert _quotes("田中は退職しました。", "退職しました", language="ja", spaced=False) == ["退職しました"]
    assert _quotes("田中は退職しました。", "退職しました", language="ja") == []


def test_every_branch_of_a_phrase_is_found_in_a_language_without_spaces() -> None:
    """What stands before a slot in the first branch is nothing that the second one needs."""
    phrases = ["連絡先は{person}|後任は{person}です"]
    assert _quotes("連絡先は田中", *phrases, language="ja", spaced=False)
    assert _quotes("後任は田中です", *phrases, language="ja", spaced=False)


def test_a_space_spans_a_line_break_but_not_a_paragraph() -> None:
    """Mail is wrapped anywhere; a blank line ends what belongs together."""
    assert _quotes("I no\r\n  longer work here", "no longer") == ["no\r\n  longer"]
    assert _quotes("I no\n\nlonger work here", "no longer") == []


def test_slots_give_the_words_as_written_and_their_place() -> None:
    """A slot is read behind typography that is not its own, and its span indexes the text that was given."""
    text = "Grüße – meine neue Adresse: <mailto:J.Doe@new.example> (Müller)"
    wording = compile_packs([_pack(_rule("meine neue adresse: {address}"), language="de")])
    (hit,) = wording.hits("replies", "body", text)
    assert hit.slots == {"address": "J.Doe@new.example"}
    first, last = hit.spans["address"]
    assert text[first:last] == "J.Doe@new.example"
    assert text[hit.start : hit.end] == hit.quote


def test_a_small_letter_beyond_latin_1_begins_no_name() -> None:
    """Large and small letters take turns there: only the large ones are a name's."""
    assert _quotes("Teraz Świetlana Żak odpowiada.", "{person} odpowiada", language="pl") == ["Teraz Świetlana Żak odpowiada"]
    assert _quotes("teraz śpi że odpowiada.", "{person} odpowiada", language="pl") == []


def test_the_second_slot_of_a_name_is_numbered() -> None:
    """Two people in one phrase are two slots."""
    wording = compile_packs([_pack(_rule("contact {person} or {person}"))])
    (hit,) = wording.hits("replies", "body", "Please contact Mr. John van der Berg or Ann-Marie O'Neil.")
    assert hit.slots == {"person": "John van der Berg", "person_2": "Ann-Marie O'Neil"}


def test_slots_of_alternatives_are_numbered_as_they_are_found() -> None:
    """Whichever of two alternatives is there gives the slot its plain name."""
    phrase = "(?:the firm {org}|with {org}) on {date}"
    wording = compile_packs([_pack(_rule(phrase))])
    for text in ("I was with Acme on 4 May", "I saw the firm Acme on 4 May"):
        (hit,) = wording.hits("replies", "body", text)
        assert hit.slots == {"org": "Acme", "date": "4 May"}


def test_a_date_that_may_be_left_out_hides_nothing_where_there_is_none() -> None:
    """The words behind "after" are no date; the rest of the phrase stands without them."""
    assert _quotes("I left Acme after ten good years.", "i left {org}(?: after {date})?") == ["I left Acme"]
    assert _quotes("I left Acme after 4 May.", "i left {org}(?: after {date})?") == ["I left Acme after 4 May"]
    assert _quotes("I left Acme after ten good years.", "i left {org} after {date}") == []


def test_a_sentence_with_an_unless_phrase_is_no_match() -> None:
    """The veto reaches as far as the sentence, and no farther."""
    assert _quotes("He said I no longer work here. Bye.", "no longer work", unless=("he said",)) == []
    assert _quotes("He said so. I no longer work here.", "no longer work", unless=("he said",)) == ["no longer work"]


def test_text_that_utf8_cannot_write_is_read_all_the_same() -> None:
    """A lone surrogate from a lying charset is one character."""
    assert _quotes("\udce4 I no longer work", "no longer") == ["no longer"]


@pytest.mark.parametrize(
    ("phrase", "why"),
    [
        ("my (new) address", "capture group"),
        ("my (?P<x>new) address", "capture group"),
        (r"(?:new", "missing"),
        ("(?=new)", "invalid"),
        (r"\bnew", "ASCII"),
        ("my {adress}", "neither a slot"),
        ("my {loop}", "contains itself"),
    ],
)
def test_a_phrase_that_cannot_be_used_is_named_with_file_and_line(phrase: str, why: str) -> None:
    """Capture groups, look-around, ASCII classes and unknown names do not load."""
    with pytest.raises(OwnerFault) as fault:
        compile_packs([_pack(_rule(phrase), parts={"loop": "a {loop}"})])
    (problem,) = fault.value.problems
    assert (problem.file, problem.line) == ("own.yaml", 3)
    assert why in problem.message


def test_what_looks_like_a_group_in_a_class_is_none() -> None:
    """A parenthesis that is escaped or in a class captures nothing."""
    assert _quotes("address (new)", r"address \(new[)]") == ["address (new)"]


def test_every_example_is_proved() -> None:
    """An example that is not hit, gives other words, or a counter-example that is hit, is a problem each."""
    right = _rule(
        "new address is {address}",
        name="a",
        examples=(Example("new address is a@b.example", {"address": "a@b.example"}),),
        counter=(Example("old"),),
    )
    wrong = _rule(
        "no longer {person}",
        name="b",
        examples=(Example("still"), Example("no longer Ann Lee", {"person": "Bo"})),
        counter=(Example("no longer Cy"),),
    )
    assert [problem.path for problem in prove(compile_packs([_pack(right, wrong)]))] == ["b", "b", "b"]


def test_a_phrase_without_a_word_of_its_own_is_matched_too() -> None:
    """Where everything is a slot the set looks for the shape alone."""
    assert _quotes("write to ann@b.example now", "{address}") == ["ann@b.example"]
    assert _quotes("either a or b", "a|b") == ["a", "b"]


def test_a_set_that_gives_up_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Too little memory during a match looks like no match; then every phrase is tried."""
    monkeypatch.setattr("bouncer.core.wording.MAX_MEM", 1 << 16)
    rules = [_rule(f"(?:[a-f]+{n}|x+y?{n}z*)+ {{person}} left", name=f"r{n}") for n in range(40)]
    wording = compile_packs([_pack(*rules)])
    text = "".join(f"abc{n}xy{n}" for n in range(400)) + " abc7 Ann left"
    assert [hit.rule.name for hit in wording.hits("replies", "body", text)] == ["r7"]
