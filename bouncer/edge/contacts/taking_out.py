"""Taking entries out again that were added: the text is what it was before, proved by reading it again."""

import re
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from itertools import product

from bouncer.edge.contacts.block import comments
from bouncer.edge.contacts.format import Format, Outline
from bouncer.edge.contacts.lines import behind, blank_lines, ends_its_line, is_blank, is_dashed, parted
from bouncer.edge.contacts.tree import Refused, marks

_LAST_BREAK = re.compile(r"(?:\r\n|[\n\r\x85\u2028\u2029])[ \t]*\Z")
_KEY = re.compile(r"^\ufeff?(?P<key>(?:---[ \t]+)?[\"']?contacts[\"']?[ \t]*:)", re.MULTILINE)
_EMPTY = (" []", "", "  []", "   []", "    []", " [ ]", " ~", " null")  # how an empty list is written, the likeliest first


def taken_out(form: Format, outline: Outline, places: AbstractSet[int], known: Callable[[str], bool]) -> Outline:
    """Give what the text of *outline* is without the entries at *places*: of several forms that serve, one that is *known*.

    Raises Refused, saying why, where none proves right.
    """
    if outline.locked:
        raise Refused(f"{outline.locked}; please take the entry out by hand")
    rest = [data for place, (_, data) in enumerate(form.read("".join(outline.pieces), Outline())) if place not in places]
    texts = list(dict.fromkeys(_texts(outline.pieces, places)))
    found = None
    for text in sorted(texts, key=lambda one: not known(one)) if len(texts) > 1 else texts:
        made = Outline()
        if not rest and is_blank(text, comments=form.style("").comments) and known(text):
            found = Outline([text])
            break
        if [data for _, data in form.read(text, made)] == rest and not made.problems:
            found = made
            break
    if found is None:
        raise Refused("taking it out would touch more than the entry, as where others point to it; please take it out by hand")
    return found


def untouched(form: Format, piece: str) -> None:
    """Raise Refused where the entry *piece* holds what nobody put in who only added it: a comment, an anchor, a tag."""
    node, body = form.tree(piece), parted(piece)[0] if is_dashed(piece) else piece
    if form.style(piece).comments and comments(body, 0, len(body), (node,)):
        raise Refused("a comment of yours stands in the entry; please take it out by hand")
    if found := marks(node):
        raise Refused(f"the entry carries {found}; please take it out by hand")


def _texts(pieces: Sequence[str], places: AbstractSet[int]) -> Iterator[str]:
    """Give what the text may become, the tidiest first. From place *tail* on, every entry goes."""
    tail = len(pieces) // 2
    while tail - 1 in places:
        tail -= 1
    if is_dashed(pieces[1]):
        yield from _lines(pieces, places, tail)
    else:
        yield from _brackets(pieces, places, tail)


def _lines(pieces: Sequence[str], places: AbstractSet[int], tail: int) -> Iterator[str]:
    """Take out the lines of entries behind dashes; what was written below them stays."""
    entries = [behind(piece) if place in places and place < tail else piece for place, piece in enumerate(pieces[1::2])]
    gone = entries[tail:]
    if not gone:
        yield pieces[0] + "".join(entries) + pieces[-1]
        return
    body, rest = parted(gone[-1])
    below = "".join(map(behind, gone[:-1])) + rest
    for above in _above(pieces[0], entries[:tail]):
        yield (above if ends_its_line(body) or below else _LAST_BREAK.sub("", above)) + below + pieces[-1]


def _above(head: str, entries: Sequence[str]) -> Iterator[str]:
    """Give what may stand above entries that go from the end of the list."""
    if entries:
        blank = blank_lines(entries[-1])
        before = head + "".join(entries)
        if blank and parted(entries[-1])[1] == blank:
            yield before.removesuffix(blank)
        yield before
        return
    for found in list(_KEY.finditer(head))[-1:]:
        yield from (head[: found.end()] + empty + head[found.end() :] for empty in _EMPTY)
        if not head[found.end() :].strip():  # bouncer may have begun the list
            yield head[: found.start("key")]
            yield _LAST_BREAK.sub("", head[: found.start("key")])


def _brackets(pieces: Sequence[str], places: AbstractSet[int], tail: int) -> Iterator[str]:
    """Take out entries of a list in brackets, each with one comma."""
    if tail == 0:
        yield from _emptied(pieces[0], pieces[-1])
        return
    made = [pieces[0]]
    for place in range(tail):
        entry, gap = pieces[2 * place + 1 : 2 * place + 3]
        if place not in places:
            made += [entry, "" if place == tail - 1 else gap]
        elif gap.replace(",", "", 1).strip():
            made.append(gap.replace(",", "", 1))
    if 2 * tail + 1 < len(pieces):
        gaps = [gap for gap in pieces[2 * tail : -1 : 2] if gap.replace(",", "", 1).strip()]
        yield "".join(made) + "".join(_LAST_BREAK.sub("", gap.replace(",", "", 1)) for gap in gaps) + pieces[-1]
    else:
        yield "".join(made) + pieces[-1]


def _emptied(head: str, after: str) -> Iterator[str]:
    """Give what a list in brackets may be without its entries."""
    begun, ended = head.rstrip(), after.lstrip()
    yield from (begun + between + ended for between in ("", " "))
    yield begun + after
    yield head + after
    yield head[: head.index("[")].partition("{")[0]  # bouncer may have begun the file
    bare, more = begun.removesuffix("["), ended.removeprefix("]")
    yield from (left + value + more for left, value in product((bare, bare[:-1]), ("null", "~", "")))
