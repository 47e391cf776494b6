r"""What `{address}`, `{person}`, `{org}`, `{role}`, `{date}`, `{phone}`, `{domain}` and `{gap}` stand for in a phrase.

Each slot is one RE2 pattern, made here and nowhere else, so that a pack never describes an address or a date itself.
RE2's `\w` and `\b` know ASCII only: letters are written as Unicode classes throughout.
"""

SLOTS = ("address", "person", "org", "role", "date", "phone", "domain", "people")
LINE = r"[^\n]*?(?:\n[^\n]+?)?"  # anything on this line and the next
GAP = r"[^.!?;。\n]*?(?:\n[^.!?;。\n]+?)?"  # words of the same sentence, over one line break at most

_ADDRESS = r"[\pL\pN_][\pL\pM\pN_%+&'.=-]*@(?:[\pL\pN][\pL\pM\pN-]*\.)+(?:xn--[a-z0-9-]+|\pL[\pL\pM]+)"
_DOMAIN = r"(?:[\pL\pN][\pL\pM\pN-]*\.)+\pL[\pL\pM]+"
_HONORIFIC = (
    r"(?:(?:mr|mrs|ms|miss|dr|prof|herrn?|frau|hr|fr|mme|mlle|m|sr|sra|srta|sig|dott|dhr|mevr|pan|pana|pani|panią|panem|г-н)\.? )?"  # noqa: RUF001 - Cyrillic is meant
    r"(?:(?:dr|prof|ing|mag)\.? )*"
)
_NAME = r"(?:\p{Lu}\.(?:-?\p{Lu}\.)*|\p{Lu}(?:['-]\p{Lu})?[\pL\pM]+(?:['-]\p{Lu}?[\pL\pM]+)*)"  # an initial, or a word with a capital
_PARTICLE = r"(?:(?:van|von|der|den|de|del|della|di|da|dos|das|du|la|le|bin|al|el|af|av|ter|ten|zu|zum|zur) ){0,3}"
_UNCASED = (
    r"(?:[\p{Han}々ヶ]{1,4}?(?: [\p{Han}\p{Hiragana}\p{Katakana}ー々]{1,5})??"
    r"|[\p{Katakana}ー]{2,12}(?: [\p{Katakana}ー]{2,12})??|\p{Hangul}{2,5}?"
    r"|[\p{Hebrew}]{2,}(?: [\p{Hebrew}'-]{2,})?|[\p{Arabic}]{2,}(?: [\p{Arabic}]{2,})?)"
)
_PERSON = rf"(?-i:{_NAME}(?: {_PARTICLE}{_NAME}){{0,3}}|{_UNCASED})"
_ORG_WORD = r"[\p{Lu}\p{Lo}\pN][\pL\pM\pN&'/+-]*(?:\.[\pL\pN]+)*"
_ORG_GLUE = (
    r"(?:& |and |und |et |y |e |i |of |the |de |der |für |for |du |des |del |dell'|della |delle |dei |di |do |da |dos |das |los |las )*"
)
_ORG = rf"(?-i:{_ORG_WORD}(?: {_ORG_GLUE}{_ORG_WORD})*(?: (?:Inc|Ltd|Corp|Co|Bros|S\.A|S\.p\.A|Sp\. z o\.o|a\.s|s\.r\.o)\.?)?)"
_ROLE = r"[\pL][^\n.,;:!?@<>()\"。、]+"
_DATE = r"[\pL\pN(][^;!?@\"\n、。]*(?:\n[^;!?@\"\n、。]+)?"
_DATE_BEFORE = r"[\pL\pN(][^;!?@\"\n、。]*?(?:\n[^;!?@\"\n、。]+?)??"
_PHONE = r"(?:\+ ?|00|\()?[0-9][0-9 ()./-]{4,22}[0-9](?: ?(?:x|ext\.?|extension|durchwahl|poste) ?[0-9]{1,6})?"


_PATTERNS = {"address": _ADDRESS, "person": _PERSON, "org": _ORG, "role": _ROLE, "date": _DATE, "phone": _PHONE, "domain": _DOMAIN}


def pattern(slot: str, last: bool) -> str:
    """Give the RE2 pattern, without a group, of *slot*; *last* says that nothing must follow it in its phrase.

    `{date}` and `{role}` take in more than is theirs; `core.calendar` and the extractor find their end.
    """
    if slot == "date" and not last:
        return _DATE_BEFORE
    return _PATTERNS[slot]


def prefix(slot: str) -> str:
    """Give what may stand before the slot without belonging to it: `Mr`, `<`, `mailto:`."""
    return {"address": r"(?:[<\[\"'(]|mailto:)*", "person": _HONORIFIC, "org": '"?', "domain": '[@"<]*'}.get(slot, "")


def suffix(slot: str) -> str:
    """Give what may stand behind the slot without belonging to it."""
    return {"address": r"[>\])\"']*", "org": '"?', "domain": '[">]*'}.get(slot, "")
