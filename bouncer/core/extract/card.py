"""What the sender's signature says: title, company, telephone numbers."""

import re
from collections.abc import Iterator

import phonenumbers

from bouncer.core.addresses import WRITTEN
from bouncer.core.extract.letters import letters
from bouncer.core.extract.scene import Scene, tidy
from bouncer.core.mailboxes import not_a_person
from bouncer.core.wording import Hit, alike
from bouncer.model import Because, Finding, Joined, NewAddress, Phone, Role, Where

_NUMBER = re.compile(r"(?:\+ ?|\(|\b)[0-9][0-9 ().·/-]{5,22}[0-9](?: ?(?:x|ext\.?|Ext) ?[0-9]{1,6})?")
_NO_PHONE = re.compile(  # years, a date, ZIP+4, a version
    r"^(?:(?:19|20)[0-9]{2} ?- ?(?:19|20)[0-9]{2}"
    r"|[0-9]{1,2}[./][0-9]{1,2}[./]?(?:[0-9]{2,4})? ?- ?[0-9]{1,2}[./][0-9]{1,2}[./]?(?:[0-9]{2,4})?"  # from day to day
    r"|[0-9]{1,4} ?· ?[0-9]{4,5}"  # a house and the town
    r"|[0-9]{1,4}[./-][0-9]{1,2}[./-][0-9]{2,4}(?: .*)?|[0-9]{5}-[0-9]{4}|[0-9](?:\.[0-9]+){2,})$"
)
_CONTACT = re.compile(r"@|https?:|www\.|[0-9]{4,}|^\W*$", re.IGNORECASE)
_BEFORE = re.compile(r"[,(]|(?: (?:[A-Z][a-z]?){2,6})+$")  # what follows a name
_SPLIT = re.compile(r" *[|•·] *|,? +at +|\t+| {3,}")
_COMPANY = re.compile(
    r"\b(?:inc|ltd|llc|llp|l\.l\.p|plc|corp|corporation|company|co|gmbh|ag|kg|se|ug|s\.?a\.?s?|s\.?p\.?a|s\.?r\.?l|s\.?a\.?r\.?l|s\.?l\.?u?|lda|ltda|eurl|snc|b\.?v|n\.?v"
    r"|a/s|as|ab|oy|oyj|sp\. z o\.o|s\.r\.o|kft|zrt|group|holding|university|universität|institute"
    r"|bank|technologies|systems|solutions|consulting|partners|capital)\b\.?,?\s*$",
    re.IGNORECASE,
)
_UNKNOWN_TITLE = re.compile(r"[A-Z\u00c0-\u00de][^\W\d_]+(?:[ /-](?:(?:of|and|for|für|und)[ ]|& )?[A-Z\u00c0-\u00de][^\W\d_]+){1,4}")
_UNIT = re.compile(
    r"\b(?:department|dept|division|team|group|office|unit|section|bureau)\b|abteilung|bereich|referat|gruppe", re.IGNORECASE
)
_FEWEST, _MOST = 7, 15  # digits; E.164
_LONGEST_TITLE = 70
_MOST_LINES = 14
_UNSPACED = 0x2E7F  # letters beyond it have no capitals


def card(scene: Scene) -> Iterator[Finding]:
    """Yield the sender's title and company, and every number that is not a fax's or an assistant's.

    Under "my new contact information" (a `card` rule) the lines below it are the card, in the text or in the signature, and what they
    say is new: the address, and the company as where the sender works now.
    """
    lines = _own_lines(scene, [line.strip() for line in scene.own.signature.split("\n")][:_MOST_LINES])
    anchor = next(iter(scene.find("card")), None)
    if anchor is None:
        yield from _phones(scene, lines, "signature")
        yield from _role(scene, lines)
        return
    below = _own_lines(scene, [line.strip() for line in scene.own.body[anchor.end :].split("\n")][:_MOST_LINES])
    shown, where = (below, scene.where(anchor)) if any(_CONTACT.search(line) for line in below if line) else (lines, "signature")
    yield from _phones(scene, shown, where)
    yield from _news(scene, anchor, shown)


def _news(scene: Scene, anchor: Hit, lines: list[str]) -> Iterator[Finding]:
    """Yield the address and the employer of a card that is announced as new."""
    address = next((match[0] for line in lines if (match := WRITTEN.search(line))), None)
    if address and not_a_person(address) is None and address.lower() not in scene.ours:
        yield NewAddress(because=scene.because(anchor, f"{anchor.quote} {address}"), address=address, confidence=0.93)
    role = next(_role(scene, lines), None)
    company = role.company if role else next((line for line in lines if len(line) <= _LONGEST_TITLE and _COMPANY.search(line)), None)
    if company:
        title = role.title if role else None
        yield Joined(because=scene.because(anchor, f"{anchor.quote} {company}"), company=company, title=title, confidence=0.8)
    elif role:
        yield role


def _own_lines(scene: Scene, lines: list[str]) -> list[str]:
    """Give *lines* up to where somebody else's begin: "Assistant: Sandy Wright"."""
    others = {word for words in scene.wording.words("other-words").values() for word in words}
    for number, line in enumerate(lines):
        if number and line.partition(":")[0].strip().lower() in others:
            return lines[:number]
    return lines


def _role(scene: Scene, lines: list[str]) -> Iterator[Role]:
    """Find the line with a title in it, below a line with the sender's name; the company is beside or below it."""
    pieces = [tidy(piece) for line in lines for piece in _side_by_side(scene, line)]
    short = [(n, _BEFORE.split(piece)[0]) for n, piece in enumerate(pieces) if 0 < len(piece.split()) <= 5]  # noqa: PLR2004
    name = next((n for n, piece in short if scene.is_sender(piece)), None)
    for number, piece in enumerate(pieces):
        words = re.findall(r"[^\W\d_]+", piece.lower())
        if name is None or not name <= number <= name + 4 or len(piece) > _LONGEST_TITLE or _CONTACT.search(piece):
            continue
        title = _after_name(piece) if number == name else piece
        if title and titled(scene, words) and not scene.is_sender(title):
            title, company = _parted(title)
            company = company or _company(pieces[number + 1 : number + 3], scene)
            quote = " / ".join(part for part in (title, company) if part)
            yield Role(because=Because("signature-title", quote, "signature"), title=title, company=company, confidence=0.85)
            return
    if name is not None:
        yield from _between(scene, pieces[name + 1 : name + 3])


def _side_by_side(scene: Scene, line: str) -> list[str]:
    """Split *line* at its bars and gaps; where letters know no capitals, a space parts the name and the title, which may be first."""
    words = line.split()
    if any(ord(word[0]) > _UNSPACED and scene.is_sender(word) for word in words):
        return sorted(words, key=lambda word: not scene.is_sender(word))
    return _SPLIT.split(line)


def _between(scene: Scene, below: list[str]) -> Iterator[Role]:
    """Find a title that no pack knows where it stands between the sender's name and their company, the latter known by its legal form."""
    if len(below) > 1 and _UNKNOWN_TITLE.fullmatch(below[0]) and not _UNIT.search(below[0]):
        company = _company(below[1:], scene)
        if company and _COMPANY.search(company) and not _company(below[:1], scene):
            because = Because("signature-title", f"{below[0]} / {company}", "signature")
            yield Role(because=because, title=below[0], company=company, confidence=0.75)


def titled(scene: Scene, words: list[str]) -> bool:
    """Tell whether one of *words*, in lower case, makes them a job title in any language."""
    known = scene.wording.known("title-words")
    return any(word in known or any(f"*{word[start:]}" in known for start in range(len(word) + 1)) for word in words)


def _after_name(piece: str) -> str:
    """Give what follows the name on the same line: "Jane Doe, Head of Sales"."""
    return tidy(piece.partition(",")[2])


def _parted(title: str) -> tuple[str, str | None]:
    """Split "Head of Sales, Acme Ltd" where the end is a company's name."""
    head, comma, tail = title.rpartition(",")
    if comma and _COMPANY.search(tail) and not _COMPANY.fullmatch(tail.strip()):
        return tidy(head), tidy(tail)
    return title, None


def _company(below: list[str], scene: Scene) -> str | None:
    """Give the line below the title that is a company's: by its legal form, or by the domain of the sender's address."""
    label = letters(scene.sender.domain.split(".")[-2]) if scene.sender.domain.count(".") else ""
    for piece in below:
        plain = letters(piece)
        if not piece or _CONTACT.search(piece) or len(piece) > _LONGEST_TITLE:
            continue
        if _COMPANY.search(piece) or (label and (label in plain or plain[:4] == label[:4])):
            return piece.strip()
    return None


def _phones(scene: Scene, lines: list[str], where: Where) -> Iterator[Phone]:
    fax = tuple(word for group in scene.wording.words("fax-words").values() for word in group)
    for line in lines:
        plain = alike(line)
        if any(word in plain.lower() for word in ("http", "iban", "ust-id", "hrb")):
            continue
        end = 0
        for match in _NUMBER.finditer(plain):
            before, end = plain[end : match.start()].lower(), match.end()
            number = line[match.start() : match.end()].strip()
            digits = sum(ch.isdigit() for ch in number)
            if not _FEWEST <= digits <= _MOST or _NO_PHONE.match(number) or _is_fax(before, plain[end : end + 8].lower(), fax):
                continue
            quote = line[max(0, match.start() - 12) : match.end()].strip()
            because = Because("signature-phone", quote, where)
            yield Phone(because=because, number=number, e164=e164(number), kind=_kind(before), confidence=0.85)


def _is_fax(before: str, after: str, fax: tuple[str, ...]) -> bool:
    """Tell whether the label nearest to a number, on its left or in brackets on its right, is a fax's."""
    label = re.split(r"[;|/]| {3,}", before.rstrip(" :.\t"))[-1]
    if after.lstrip().startswith("("):
        label = after.strip(" ()")
    return any(word in label and re.search(rf"(?<![^\W\d_]){re.escape(word)}(?![^\W\d_])", label) for word in fax)


def _kind(before: str) -> str | None:
    if re.search(r"mob|cell|handy|portable|móvil|cellulare|kom\b|m:|c:", before):
        return "mobile"
    return "home" if re.search(r"home|privat", before) else None


def e164(number: str) -> str | None:
    """Give *number* in E.164 where it names its country; None where it does not or is no number."""
    if not number.lstrip("( ").startswith("+"):
        return None
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164) if phonenumbers.is_possible_number(parsed) else None
