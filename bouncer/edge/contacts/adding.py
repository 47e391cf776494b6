"""Adding entries behind the last one: whatever else the file holds stays byte for byte, proved by reading it again.

They come before the blank lines and comments that follow the last entry, which may be about what comes after the list.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from bouncer.edge.contacts.format import Format, Outline
from bouncer.edge.contacts.fresh import Manner, manner_of, written
from bouncer.edge.contacts.lines import BREAK, behind, blank_lines, end_of_line, ends_its_line, is_dashed, last_line, parted
from bouncer.edge.contacts.tree import Data, Refused

_FIRST_KEY = re.compile(r"\{[ \t\r]*\n([ \t]+)")
_COMMENT = re.compile(r"[ \t]*(?:#[^\r\n\x85\u2028\u2029]*)?(?=[\r\n\x85\u2028\u2029]|\Z)")

Entry = Mapping[str, Data]
_NEAR = -4  # from this piece on, the last two entries and what follows them
_FEWEST = 3  # pieces before those, of which there is something to leave out


def appended(form: Format, outline: Outline, entries: Sequence[Entry]) -> Outline:
    """Give what the text of *outline* is with *entries* behind its last entry. Raises Refused, saying why, where that is not proved."""
    if outline.locked:
        raise Refused(f"{outline.locked}; please add the entry by hand")
    refusal: Refused | None = None
    near = _end(outline)
    for text in _texts(form, near, entries):
        try:
            made = _proved(form, near, text, entries)
        except Refused as why:
            refusal = refusal or why
        else:
            return made if near is outline else replace(outline, pieces=[*outline.pieces[:_NEAR], *made.pieces[1:]])
    raise refusal or Refused("there is no place in the file for another entry; please add it by hand")


def _end(outline: Outline) -> Outline:
    """Give *outline* without the entries before the last two, where those say nothing of what comes behind them.

    So it is in a block list without anchors: see `edit`, which reads single entries again for the same reason.
    """
    pieces = outline.pieces
    if len(pieces) + _NEAR < _FEWEST or outline.anchors or any(pieces[2:-1:2]) or not all(map(is_dashed, pieces[1:-1:2])):
        return outline
    return replace(outline, pieces=[pieces[0], *pieces[_NEAR:]])


def _proved(form: Format, was: Outline, text: str, entries: Sequence[Entry]) -> Outline:
    """Read *text* and give its outline, if it says the same as before and then *entries*; the last entry before may end otherwise."""
    count = len(was.pieces) // 2
    found, made = list[Data](), Outline()
    for place, (_, data) in enumerate(form.read(text, made)):
        if place >= count - 1:
            found.append(data)
    if made.problems:
        raise Refused(f"the file could not be read with the new entry in it: {made.problems[0][2]}")
    kept = max(2 * count - 1, 0)
    if found != [*_last(form, was), *entries] or made.pieces[:kept] != was.pieces[:kept] or len(made.pieces) // 2 != count + len(entries):
        raise Refused("adding the entry would have touched more than was meant; please add it by hand")
    return made


def _last(form: Format, was: Outline) -> list[Data]:
    """Give the plain data of the last entry, if there is one."""
    if len(was.pieces) == 1:
        return []
    try:
        return [form.data(was.pieces[-2], was.anchors)]
    except Refused:  # an alias for an entry elsewhere
        return [data for _, data in form.read("".join(was.pieces), Outline())][-1:]


def _texts(form: Format, outline: Outline, entries: Sequence[Entry]) -> Iterator[str]:
    """Give what the text may become, the tidiest first."""
    pieces = outline.pieces
    if len(pieces) == 1:
        text, begun = pieces[0], Outline(room=outline.room)
        if outline.room is None:  # there is nothing in the file
            text = text + (end_of_line(text) if text.strip("\ufeff") and not ends_its_line(text) else "") + form.skeleton
            list(form.read(text, begun))
        yield from _begun(form, text, begun.room, entries)
        return
    eol = end_of_line("".join(pieces[-3:]))
    how = manner_of(form, "".join(pieces[-4:-2]), pieces[-2])
    new = [written(entry, how).replace("\n", eol) for entry in entries]
    before = "".join(pieces[:-2])
    if is_dashed(pieces[-2]):
        apart = blank_lines(pieces[-4]) if len(pieces) > 3 else ""  # noqa: PLR2004 - two entries, to see what lies between
        below = behind(pieces[-2])
        for body, rest in (parted(pieces[-2]), (pieces[-2].removesuffix(below), below), (pieces[-2], "")):
            yield before + _below(body, rest, new, apart, eol) + pieces[-1]
    else:
        yield before + pieces[-2] + _in_brackets(pieces, how, new, eol)


def _below(body: str, rest: str, new: Sequence[str], apart: str, eol: str) -> str:
    """Put *new* behind *body*; a text without a last line end stays without one."""
    ends = eol if ends_its_line(body) else ""
    return (body if ends else body + eol) + apart + (eol + apart).join(new) + ends + rest


def _in_brackets(pieces: Sequence[str], how: Manner, new: Sequence[str], eol: str) -> str:
    """Put *new* behind the last entry, with what stands between others; a comment on its line stays with it."""
    between = [gap for gap in pieces[2:-1:2] if gap.replace(",", "", 1).strip() == ""]
    lead = _lead(pieces)
    gap = between[-1] if between else "," + (eol + lead if lead is not None else how.style.comma[1:])
    comment = _COMMENT.match(pieces[-1])
    if how.style.comments and comment and comment[0].strip():
        return "," + comment[0] + gap[1:] + gap.join(new) + pieces[-1][comment.end() :]
    return gap + gap.join(new) + pieces[-1]


def _lead(pieces: Sequence[str]) -> str | None:
    """Give the blanks before the last entry, where it begins its line."""
    line = last_line(pieces[-3])
    return line if line != pieces[-3] and not line.strip() else None


def _begun(form: Format, text: str, room: tuple[int, int] | None, entries: Sequence[Entry]) -> Iterator[str]:
    """Give *text* with the list begun in *room*, where an empty list stands or nothing: on lines of their own if the format has that."""
    if room is None:
        return
    (start, stop), eol, style = room, end_of_line(text), form.style(text)
    inside = text[start:stop].strip("[] \t\r\n")
    rest = _COMMENT.match(text, stop)
    if style.comments and rest and inside in ("", "~", "null"):
        new = [written(entry, Manner(style)).replace("\n", eol) for entry in entries]
        head, tail = text[:start].rstrip(" \t") + rest[0], text[rest.end() :]
        below = BREAK.match(tail)
        yield head + eol + eol.join(new) + (below[0] + tail[below.end() :] if below else "")
    first = _FIRST_KEY.search(text[:start])
    line = last_line(text[:start])
    lead = line[: len(line) - len(line.lstrip(" \t"))]
    how = Manner(style, None, braces=True)
    apart, end = how.style.comma[1:], ""
    if first and not style.comments:
        unit = first[1]
        how = replace(how, lead=lead + unit, inner=lead + unit + unit, unit=unit)
        apart, end = eol + how.lead, eol + lead
    new = [written(entry, how).replace("\n", eol) for entry in entries]
    if "#" in inside:  # a comment in the brackets
        yield text[: stop - 1] + f",{apart}".join(new) + text[stop - 1 :]
        return
    yield text[:start] + " " * (start == stop) + "[" + (apart if end else "") + f",{apart}".join(new) + end + "]" + text[stop:]
