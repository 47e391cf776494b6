"""What the sender wrote now: the text without quoted mail, footers, disclaimers and devices' boasts, and the signature on its own.

Everything cut away is kept with the reason, for `bouncer explain`. The wording of attributions, disclaimers and closings lies in the
packs (`means: quote`, `forward`, `disclaimer`, `footer`, `closing`); what has a form of its own is here.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from bouncer.core.extract.signature import split_signature
from bouncer.core.wording import Wording, alike
from bouncer.model import ParsedMail

_MOST = 20_000  # characters of a text that are read; nobody's own words are longer
INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufe00-\ufe0f]"
)
_MAILTO = re.compile(r"\s?[<\[(]mailto:(?P<target>[^\s>\])?]{1,200})[^>\])]{0,200}[>\])]", re.IGNORECASE)
_QUOTED = re.compile(r"^ {0,3}(?:[A-Z]{1,3})?(?:>|\|(?= ))")
_HEADER = re.compile(r"^[*_]{0,2}[^\W\d_][^\W_-]*(?:[ -][^\W\d_]+){0,2}[*_]{0,2} ?:[*_]{0,2} +\S")
_ANNOUNCED = re.compile(r":\n\n+( *[^\n@]{0,40}@[^\n]{1,60}(?:\n|$))")  # a blank line between "my new address is:" and the address
_RULED = re.compile(r"^(?: *[-_=*#~+.] *){5,}$")
_DIFF = re.compile(r"^(?:diff --git |@@ -\d|Index: \S+$|--- a/)")


@dataclass(frozen=True, slots=True)
class Own:
    """The sender's own words now, their signature, and what was cut as (why, text); *disguised* are words whose letters were hidden."""

    body: str
    signature: str
    cut: tuple[tuple[str, str], ...]
    disguised: tuple[str, ...] = ()


def own_words(mail: ParsedMail, wording: Wording) -> Own:
    """Give what the sender of *mail* wrote now; never raises, and gives empty texts where nothing is left."""
    text = mail.text[:_MOST].replace("\r\n", "\n").replace("\r", "\n")
    disguised = tuple(INVISIBLE.sub("", word) for word in text.split() if "@" in word and INVISIBLE.search(word.strip("\ufeff\u200b")))
    text = _MAILTO.sub(_shown, INVISIBLE.sub("", unicodedata.normalize("NFC", text)))
    lines = _ANNOUNCED.sub(r":\n\1", "\n".join(line.rstrip() for line in text.split("\n"))).split("\n")
    cut: list[tuple[str, str]] = []
    lines = _without_quotes(lines, wording, cut)
    lines = _without_boilerplate(lines, wording, cut)
    body, signature = split_signature("\n".join(lines), mail.from_, wording)
    return Own(body, signature, tuple(cut), disguised)


def _shown(match: re.Match[str]) -> str:
    target, before = match["target"], match.string[max(0, match.start() - 200) : match.start()]
    return "" if before.lower().rstrip("'\"").endswith(target.lower()) else f" <{target}>"


def _without_quotes(lines: list[str], wording: Wording, cut: list[tuple[str, str]]) -> list[str]:
    """Cut everything from the first sign that other mail follows, and every line after `>`."""
    end = len(lines)
    for start, why in _openings(lines, wording):
        rest = next((line for line in lines[start[1] + 1 :] if line.strip()), "")
        if _QUOTED.match(rest) and why == "quote":
            _keep(cut, "attribution", lines[start[0] : start[1] + 1])
            lines[start[0] : start[1] + 1] = [""] * (start[1] + 1 - start[0])
            continue
        end = start[0]
        _keep(cut, why, lines[end:])
        break
    while 0 < end < len(lines) and (not lines[end - 1].strip() or _RULED.match(alike(lines[end - 1]))):
        end -= 1
    kept = lines[:end]
    _keep(cut, "quoted", [line for line in kept if _QUOTED.match(line)])
    return [line for line in kept if not _QUOTED.match(line)]


def _openings(lines: list[str], wording: Wording) -> Iterable[tuple[tuple[int, int], str]]:
    """Give where other mail begins, first and last line, top down."""
    text = "\n".join(lines)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    hits = [hit for hit in wording.hits("replies", "line", text) if hit.rule.means in {"quote", "forward"}]
    found = [((_line(starts, hit.start), _line(starts, hit.end - 1)), hit.rule.means) for hit in hits]
    found += [((n, n), "quoted headers") for n in range(len(lines) - 2) if _headers_from(lines, n)]
    found += [((n, n), "patch") for n, line in enumerate(lines) if _DIFF.match(line)]
    return sorted(found, key=lambda one: one[0])


def _headers_from(lines: list[str], first: int) -> bool:
    """Tell whether a block of a quoted message's header begins at line *first*: three fields, one of them with an address or a clock."""
    if ":" not in lines[first] or not _HEADER.match(lines[first]):
        return False
    block = lines[first : first + 4]
    if len(block) < 3 or not all(_HEADER.match(line) for line in block[1:3]) or (first and _HEADER.match(lines[first - 1])):  # noqa: PLR2004
        return False
    joined = "\n".join(block)
    return bool(re.search(r"[0-9]:[0-9]{2}", joined)) and bool(re.search(r"@|[0-9]{4}", joined))


def _line(starts: list[int], place: int) -> int:
    low, high = 0, len(starts) - 1
    while low + 1 < high:
        middle = (low + high) // 2
        low, high = (middle, high) if starts[middle] <= place else (low, middle)
    return low


def _without_boilerplate(lines: list[str], wording: Wording, cut: list[tuple[str, str]]) -> list[str]:
    """Cut the paragraphs that a `disclaimer` or `footer` rule hits; a footer takes all that follows with it."""
    text = "\n".join(lines)
    for hit in wording.hits("replies", "line", text):
        if hit.rule.means == "footer":
            head = text[: hit.start].rstrip("\n")
            ruled = head.split("\n")
            while ruled and (_RULED.match(alike(ruled[-1])) or not ruled[-1]):
                ruled.pop()
            _keep(cut, "footer", [text[hit.start :]])
            text = "\n".join(ruled)
            break
    plain = [hit for hit in wording.hits("replies", "line", text) if hit.rule.means in {"disclaimer", "device"}]
    kept: list[str] = []
    for match in re.finditer(r"(?:[^\n]|\n(?!\n))+", text):
        paragraph = match[0].strip("\n")
        within = any(match.start() <= hit.start < match.end() for hit in plain)
        hits = wording.hits("replies", "line", paragraph) if within else ()
        found = next((hit for hit in hits if hit.rule.means in {"disclaimer", "device"}), None)
        if found is None:
            kept.append(paragraph)
        elif found.rule.means == "device":
            _keep(cut, "device", [found.quote])
            kept.append(paragraph[: found.start].rstrip() + paragraph[found.end :])
        else:
            _keep(cut, "disclaimer", [paragraph])
    return "\n\n".join(kept).split("\n")


def _keep(cut: list[tuple[str, str]], why: str, lines: list[str]) -> None:
    text = "\n".join(lines).strip()
    if text:
        cut.append((why, text))
