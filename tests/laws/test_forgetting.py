"""What holds whoever is forgotten: no text names them any more, and what is somebody else's stays as it was."""

import json

from hypothesis import given
from hypothesis import strategies as st

from bouncer.edge.contacts import FORMATS
from bouncer.edge.contacts.format import Outline
from bouncer.edge.contacts.removal import without
from bouncer.edge.mentions import STANDS_FOR, Mentions
from bouncer.model import Traces

HERS = Traces(None, ("jane@acme.example",), ("Jane Doe",))
NAMING = st.sampled_from(["jane@acme.example", "JANE@acme.example", "Jane Doe", "jane\n  DOE"])
OTHERS = st.sampled_from(
    ["mary.jane@acme.example", "jane@acme.example.org", "jane@acme.examples", "Jane Doering", "Janet Doe", "Mary-Jane"]
)
BETWEEN = st.text(" ,;:<>()\"'\n#", min_size=1, max_size=4)
STYLES = st.sampled_from(["block", "flow", "json"])
PEOPLE = st.lists(st.tuples(st.sampled_from(["Al", "Bo", "Cy: # x", "D, E"]), st.text("ab \n#,-[]{}'\"", max_size=12)), max_size=5)


@given(st.lists(st.tuples(BETWEEN, NAMING | OTHERS), max_size=8))
def test_a_text_without_them_names_them_no_more_and_others_still(parts: list[tuple[str, str]]) -> None:
    """Every mention goes, whatever stands around it; everything else stays, in its order."""
    found = Mentions(HERS)
    clean = found.redacted("".join(between + word for between, word in parts))
    assert not found.found(clean)
    assert clean == "".join(between + (STANDS_FOR if found.found(word) else word) for between, word in parts)


@given(
    st.recursive(
        st.none() | st.text(max_size=5) | NAMING, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner)
    )
)
def test_json_without_them_is_the_same_json(thing: object) -> None:
    """Of the same shape, and byte for byte the same where it does not name them."""
    text, found = json.dumps(thing), Mentions(HERS)
    clean = found.redacted_json(text)
    assert not found.found(clean)
    assert (clean == text) is (STANDS_FOR not in clean)


@given(STYLES, PEOPLE, st.integers(0, 5), st.booleans())
def test_whoever_else_is_in_a_contact_file_stays_to_the_letter(
    style: str, people: list[tuple[str, str]], place: int, comments: bool
) -> None:
    """In every style, wherever the entry stood, with what comments are around."""
    entries = [{"name": name, "email": f"p{n}@acme.example", "note": note} for n, (name, note) in enumerate(people)]
    place = min(place, len(entries))
    text = written(style, [*entries[:place], {"name": "Jane Doe", "email": "jane@acme.example"}, *entries[place:]], comments=comments)
    form = FORMATS[".json" if style == "json" else ".yaml"]
    made = without(form, text, HERS)
    assert [data for _, data in form.read(made.text, Outline())] == entries
    assert not Mentions(HERS).found(made.text)
    assert all(piece in made.text for piece in pieces(style, entries))


def pieces(style: str, entries: list[dict[str, str]]) -> list[str]:
    """Give each entry as it is written in *style*; JSON's strings are YAML's as well."""
    if style != "block":
        return [json.dumps(entry) for entry in entries]
    return ["- " + "\n  ".join(f"{key}: {json.dumps(value)}" for key, value in entry.items()) + "\n" for entry in entries]


def written(style: str, entries: list[dict[str, str]], *, comments: bool) -> str:
    """Give a file of *entries* in *style*."""
    each = pieces(style, entries)
    if style == "block":
        return "contacts:\n" + "".join((f"# about {n}\n" if comments else "") + piece for n, piece in enumerate(each)) + "# the end\n"
    if style == "flow":
        return f"contacts: [{(', # and, then' + chr(10) if comments else ', ').join(each)}]\n"
    return f'{{"contacts": [{", ".join(each)}], "more": [1, 2]}}'
