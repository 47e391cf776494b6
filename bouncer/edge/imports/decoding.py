"""From the bytes of an export to its text: which encoding they are in is seen from the bytes themselves."""

import codecs

from bouncer.errors import UsageError

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_SAMPLE = 4000  # bytes that show whether every second one is zero
_MANY = 0.3  # of them, in UTF-16 of any European language


def decoded(data: bytes, encoding: str | None = None) -> tuple[str, str]:
    """Give the text of *data* and the name of its encoding: *encoding*, else UTF-8 or UTF-16 with or without a mark, else Windows-1252.

    What stands for nothing in it becomes U+FFFD. Raises UsageError where *encoding* is none that is known.
    """
    if encoding is not None:
        return _as_said(data, encoding), encoding
    for mark, called in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(called, "replace"), called
    if name := _unmarked_utf16(data):
        return data.decode(name, "replace"), name
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace"), "cp1252"


def _as_said(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding, "replace").removeprefix("\ufeff")
    except (LookupError, ValueError) as fault:
        raise UsageError(f"{encoding!r} is no encoding; name one such as utf-8, cp1252, cp1251 or utf-16.") from fault


def _unmarked_utf16(data: bytes) -> str | None:
    sample = data[:_SAMPLE]
    half = max(len(sample) // 2, 1)
    if sample[1::2].count(0) / half > _MANY and not sample[::2].count(0):
        return "utf-16-le"
    return "utf-16-be" if sample[::2].count(0) / half > _MANY and not sample[1::2].count(0) else None
