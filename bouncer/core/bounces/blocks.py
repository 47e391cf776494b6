"""The blocks of fields in a delivery report (RFC 3464 section 2), wherever and however a mail system put them."""

import re
from collections.abc import Iterator, Sequence
from email.message import Message

from bouncer.core.parts import in_charset, text_of_part
from bouncer.model import Part

Block = dict[str, str]  # lower-case name -> value on one line; of a repeated field the first

_FIELD = re.compile(r"^[ \t]{0,8}([A-Za-z][A-Za-z0-9-]{1,40})[ \t]*:[ \t]*(.*)$")
_REPORT_FIELD = re.compile(
    r"^[ \t]{0,8}(?:Final-Recipient|Original-Recipient|Reporting-MTA|Diagnostic-Code)[ \t]*:", re.IGNORECASE | re.MULTILINE
)
_OF_RECIPIENT = frozenset({"final-recipient", "original-recipient", "x-actual-recipient"})
_OF_RESULT = frozenset({"action", "status", "diagnostic-code", "remote-mta"})
_REPORT_TYPES = frozenset({"message/delivery-status", "message/global-delivery-status", "text/delivery-status"})
_MOST = 20_000  # characters of one report that are read
_MOST_BLOCKS = 500


def blocks_of(parts: Sequence[Part], *, broken_off: bool = False) -> tuple[Block, tuple[Block, ...]]:
    """Give the block about the message and those about its recipients; both empty where *parts* hold no report.

    *broken_off*: the message ends within a line, so the last field is not to be believed.
    """
    raw = [block for part in _reports(parts) for block in blocks_from(part)][:_MOST_BLOCKS]
    if broken_off and raw and raw[-1]:
        raw[-1].popitem()
    about: Block = {}
    recipients: list[Block] = []
    loose: Block = {}
    for block in raw:
        if block.keys() & _OF_RECIPIENT:
            recipients.append({**loose, **block})
            loose = {}
        elif "reporting-mta" in block or not block.keys() & _OF_RESULT:
            about = {**block, **about}
        elif recipients and not recipients[-1].keys() & block.keys() & _OF_RESULT:
            recipients[-1] = {**block, **recipients[-1]}  # an empty line too many inside a block
        else:
            loose = block
    if loose and not recipients:
        about = {**about, **loose}
    return about, tuple(recipients)


def blocks_in(text: str) -> tuple[Block, tuple[Block, ...]]:
    """Give the blocks of a report that is written into a plain text."""
    found = _REPORT_FIELD.search(text)
    if not found:
        return {}, ()
    start = text.rfind("\n\n", 0, found.start()) + 1
    about: Block = {}
    recipients: list[Block] = []
    for block in _of_text(text[start : start + _MOST]):
        if block.keys() & _OF_RECIPIENT:
            recipients.append(block)
        elif not recipients:
            about = {**block, **about}
    return about, tuple(recipients)


def _reports(parts: Sequence[Part]) -> Iterator[Message]:
    """Give the parts that are reports; those inside an attached message only where there is no other."""
    typed = [part for part in parts if part.kind in _REPORT_TYPES]
    yield from (part.message for part in [part for part in typed if not part.attached] or typed[:1])
    for part in parts[1:] if not typed else ():
        if part.kind in {"text/plain", "application/octet-stream"}:
            named = part.message.get_filename("") or part.message.get("content-description", "")
            if named and _REPORT_FIELD.search(text_of_part(part.message)[:_MOST]):
                yield part.message


def blocks_from(part: Message) -> Iterator[Block]:
    """Give the blocks of one *part* that is a report of any kind (RFC 3464, RFC 5965, RFC 8098)."""
    payload = part.get_payload()
    if isinstance(payload, str):
        yield from _of_text(text_of_part(part)[:_MOST])
        return
    children = [child for child in payload if isinstance(child, Message)]
    if str(part.get("content-transfer-encoding", "")).strip().lower() in {"base64", "quoted-printable"} or not any(map(len, children)):
        # The standard parser splits a report before it undoes the encoding, which RFC 3464 forbids and some systems use.
        whole = Message()
        whole["Content-Transfer-Encoding"] = str(part.get("content-transfer-encoding", ""))
        whole.set_payload("\n\n".join(_as_text(child) for child in children))
        yield from _of_text(text_of_part(whole)[:_MOST])
        return
    for child in children[:_MOST_BLOCKS]:
        rest = child.get_payload()
        if isinstance(rest, str) and rest.strip():
            yield from _of_text(_as_text(child))
        else:
            yield from _split([(name.lower(), _line(str(value))) for name, value in child.raw_items()])


def _line(value: str) -> str:
    """Give *value* on one line; raw UTF-8 is what RFC 6533 has here."""
    return " ".join((value if value.isascii() else in_charset(value.encode("utf-8", "surrogateescape"), "utf-8")).split())


def _as_text(block: Message) -> str:
    fields = "".join(f"{name}: {_line(str(value))}\n" for name, value in block.raw_items())
    return fields + ("" if block.defects else "\n") + text_of_part(block)  # a line that is no field ends the fields for the parser only


def _of_text(text: str) -> Iterator[Block]:
    for paragraph in re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n"))[:_MOST_BLOCKS]:
        fields: list[tuple[str, str]] = []
        for line in paragraph.split("\n"):
            found = _FIELD.match(line)
            if found and not (fields and line[:1].isspace() and found[1].lower() not in _OF_RECIPIENT | _OF_RESULT):
                fields.append((found[1].lower(), found[2].strip()))
            elif fields and line.strip():
                fields[-1] = (fields[-1][0], f"{fields[-1][1]} {line.strip()}".strip())
        yield from _split(fields)


def _split(fields: list[tuple[str, str]]) -> Iterator[Block]:
    """Begin a new block where a recipient begins anew: some systems leave the empty line out (RFC 3464 section 2.3)."""
    block: Block = {}
    for name, value in fields:
        if name in block and (name in _OF_RECIPIENT or name == "action"):
            yield block
            block = {}
        block.setdefault(name, value)
    if block:
        yield block
