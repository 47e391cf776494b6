"""Corrections of "is this still right?": the details that our letter listed, and what the answer writes between, beside or above them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bouncer.core.addresses import WRITTEN
from bouncer.core.extract.card import e164
from bouncer.core.extract.scene import Scene, is_role, tidy
from bouncer.core.wording import alike
from bouncer.model import Because, Finding, Joined, NewAddress, Phone, Renamed, Role

_FIELDS = ("name", "company", "title", "email", "phone")
_LABEL = re.compile(r"^[*_]*([^\W\d_][^:*]{0,24}?)[*_]* ?[*_]*:[*_]*(?: +|$)(.*)$")
_MARK = re.compile(r"^(?: {0,3}>)+ ?")
_ARROW = re.compile(r" *(?:-+>|=+>|→|⇒|➔|»{2}) *")
_NUMBER = re.compile(r"(?:\+ ?|\()?[0-9][0-9 ().·/-]{5,22}[0-9]")
_NONE = frozenset({"", "-", "\N{EN DASH}", "\N{EM DASH}"})  # what a letter puts where nothing is on file
_FEWEST = 3  # details in a list, below which it is none of ours
_WORDS, _LONGEST = 7, 60  # of a correction; more is conversation
_WRAPPED = 60  # characters of a line behind which the next may be its rest
_APART = 3  # lines between one detail and the next


@dataclass(frozen=True, slots=True)
class _Line:
    """One line: whether it is marked as quoted, and of a detail its field and value."""

    number: int
    quoted: bool
    text: str
    field: str = ""
    value: str = ""


def corrected(scene: Scene) -> Iterator[Finding]:
    """Yield what the answer corrects in the list of details that it quotes; nothing where it quotes none.

    What stands unmarked between two quoted lines belongs to the one above it, what follows an arrow or "now" to the line it is in, and
    a list of the answer's own is compared with the quoted one. What was left as it is, is no finding.
    """
    lines = _lines(scene)
    details = [line for line in lines if line.field]
    old, own = _lists(scene, details)
    if len({line.field for line in old}) < _FEWEST or not _of_the_sender(scene, old):
        return
    said: dict[str, tuple[str, str]] = {}  # field -> (new value, the words)
    for line in old:
        elsewhere = (*_below(scene, line, lines, old), *(o.value for o in own if o.field == line.field))
        for before, after in (*_beside(scene, line), *((line.value, text) for text in elsewhere)):
            value = _fit(scene, line.field, before, after)
            if value is not None:
                said.setdefault(line.field, (value, f"{line.text} / {after}"))
    yield from _findings(said)


def _of_the_sender(scene: Scene, old: list[_Line]) -> bool:
    """Tell whether the details are those of the one who answers: somebody may well quote another's."""
    address = scene.sender.address.lower()
    return any(scene.is_sender(line.value) for line in old if line.field == "name") or any(
        address in line.value.lower() for line in old if line.field == "email" and address
    )


def _lines(scene: Scene) -> list[_Line]:
    labels = {word: field for field in _FIELDS for word in scene.wording.known(f"card-{field}")}
    made: list[_Line] = []
    for number, raw in enumerate(scene.mail.text[:20_000].split("\n")):
        mark = _MARK.match(raw)
        text = " ".join(raw[mark.end() if mark else 0 :].split())
        match = _LABEL.match(alike(text))
        field = labels.get(match[1].strip().lower(), "") if match else ""
        value = text[len(text) - len(match[2]) :].strip() if match and field and match[2] else ""
        made.append(_Line(number, mark is not None, text, field, value))
    return made


def _lists(scene: Scene, details: list[_Line]) -> tuple[list[_Line], list[_Line]]:
    """Part the details into those of our letter and those of the answer's own list.

    Where a client marks nothing (Outlook), ours is the last list, and only where it stands in what was cut away as another's mail.
    """
    if any(line.quoted for line in details):
        return [line for line in details if line.quoted], [line for line in details if not line.quoted]
    start = len(details)
    for place in range(len(details) - 1, -1, -1):  # backwards until the first field comes round again, or the list is interrupted
        following = details[place + 1] if place + 1 < len(details) else None
        apart = following is not None and following.number - details[place].number > 2 * _APART
        again = details[place].field != "phone" and any(d.field == details[place].field for d in details[start:])
        inserted = following is not None and details[place].field == following.field
        if apart or (again and not inserted):
            break
        start = place
    cut = "\n".join(text for _, text in scene.own.cut)
    ours = details[start:]
    if not ours or ours[0].text not in " ".join(cut.split()):
        return [], []
    return _without_inserted(ours), details[:start] + _inserted(ours)


def _without_inserted(ours: list[_Line]) -> list[_Line]:
    return [line for place, line in enumerate(ours) if line.field == "phone" or not place or ours[place - 1].field != line.field]


def _inserted(ours: list[_Line]) -> list[_Line]:
    """Give the lines that repeat the label of the line above: "Company: Acme", and below it "Company: NewCo"."""
    return [line for place, line in enumerate(ours) if line.field != "phone" and place and ours[place - 1].field == line.field]


def _beside(scene: Scene, line: _Line) -> Iterator[tuple[str, str]]:
    """Give the value on file and what is written behind it on the same line."""
    parts = _ARROW.split(line.value)
    if len(parts) > 1:
        yield parts[0], parts[-1]
        return
    for word in sorted(scene.wording.known("card-now"), key=len, reverse=True):
        match = re.search(rf"[\s,;(\[]+{re.escape(word)}:? +([^)\]]+)[)\]]?$", line.value, re.IGNORECASE)
        if match:
            yield line.value[: match.start()], match[1]
            return
    addresses = WRITTEN.findall(line.value) if line.field == "email" else []
    if len({address.lower() for address in addresses}) > 1:
        yield addresses[0], addresses[-1]


def _below(scene: Scene, line: _Line, lines: list[_Line], old: list[_Line]) -> Iterator[str]:
    """Give the first line of the answer's own between this detail and the next."""
    end = next((other.number for other in old if other.number > line.number), line.number + 1 + _APART)
    last = line is old[-1]
    for below in lines[line.number + 1 : end]:
        if not below.text or below.field:
            continue
        if line.quoted and below.quoted:
            if last:
                return  # the letter goes on
            continue
        unmarked = not line.quoted
        if unmarked and (len(line.text) > _WRAPPED or (last and line.field not in {"email", "phone"})):
            return
        yield _bare(scene, below.text)
        return


def _bare(scene: Scene, text: str) -> str:
    """Give *text* without "now:" or an arrow in front."""
    text = _ARROW.sub("", text, count=1) if _ARROW.match(text) else text
    for word in sorted(scene.wording.known("card-now"), key=len, reverse=True):
        head, rest = text[: len(word)], text[len(word) :]
        if head.lower() == word and rest[:1] in {" ", ":"}:
            return rest.lstrip(" :")
    return text


def _fit(scene: Scene, field: str, before: str, after: str) -> str | None:
    """Give the new value in *after*; None where it says nothing of the kind or the same."""
    if field == "email":
        found = [a for a in WRITTEN.findall(after) if a.lower() not in before.lower() and a.lower() not in scene.ours and not is_role(a)]
        return found[0] if len({a.lower() for a in found}) == 1 else None
    if field == "phone":
        match = _NUMBER.search(alike(after))
        return match[0].strip() if match and _digits(match[0]) not in _digits(before) else None
    value = tidy(after) if field != "company" else after.strip(" ,;:-\"'()[]<>")
    fine = scene.wording.known("card-fine")
    talk = value.endswith(("?", "!")) or len(value) > _LONGEST or len(value.split()) > _WORDS or WRITTEN.search(value)
    said = alike(value).lower().strip(" .!")
    known = before.lower().startswith(said) if said else True
    return (
        None
        if talk or known or value in _NONE or any(said == word or said.startswith((f"{word} ", f"{word},")) for word in fine)
        else value
    )


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))


def _findings(said: Mapping[str, tuple[str, str]]) -> Iterator[Finding]:
    if "email" in said:
        value, quote = said["email"]
        yield NewAddress(because=_because(quote), address=value, confidence=0.9)
    if "company" in said:
        value, quote = said["company"]
        title = said.get("title", (None, ""))[0]
        yield Joined(because=_because(quote), company=value, title=title, confidence=0.85)
    elif "title" in said:
        value, quote = said["title"]
        yield Role(because=_because(quote), title=value, confidence=0.85)
    if "name" in said:
        value, quote = said["name"]
        yield Renamed(because=_because(quote), name=value, confidence=0.8)
    if "phone" in said:
        value, quote = said["phone"]
        yield Phone(because=_because(quote), number=value, e164=e164(value), confidence=0.85)


def _because(quote: str) -> Because:
    return Because("card-corrected", quote[:240], "body")
