r"""What `{address}`, `{person}`, `{org}`, `{role}`, `{date}`, `{phone}`, `{domain}` and `{gap}` stand for in a phrase.

Each slot is one RE2 pattern, made here and nowhere else, so that a pack never describes an address or a date itself.
RE2's `\w` and `\b` know ASCII only: letters are written as Unicode classes throughout.
"""

SLOTS = ("address", "person", "org", "role", "date", "phone", "domain", "people")
LINE = r"[^\n]*?(?:\n[^\n]+?)?"  # anything on this line and the next
GAP = r"[^.!?;。\n]*?(?:\n[^.!?;。\n]+?)?"  # words of the same sentence, over one line break at most

# Words of Chinese, Japanese and Korean touch what follows them: an address or a domain is of their letters alone, or of none of them.
_FAR = r"\x{1100}-\x{11FF}\x{3005}-\x{3007}\x{3031}-\x{9FFF}\x{AC00}-\x{D7AF}\x{F900}-\x{FAFF}\x{20000}-\x{3FFFF}"
_NEAR = r"A-Za-z\x{AA}-\x{10FF}\x{1200}-\x{2E7F}\x{A000}-\x{ABFF}\x{FB00}-\x{FEFF}\x{10000}-\x{1FFFF}"
_LABEL = rf"(?:[{_NEAR}\pN][{_NEAR}\pM\pN-]*|[{_FAR}]+)"
_TOP = rf"(?:xn--[a-z0-9-]+|[{_NEAR}][{_NEAR}\pM]+|[{_FAR}]+)"
_ADDRESS = rf"(?:[{_NEAR}\pN_][{_NEAR}\pM\pN_%+&'.=-]*|[{_FAR}]+)@(?:{_LABEL}\.)+{_TOP}"
_DOMAIN = rf"(?:{_LABEL}\.)+{_TOP}"
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
# forms of companies with dots or small letters in them
_LEGAL = r"(?:S\.A|S\.p\.A|S\.r\.l|S\.L|Sp\. ?z ?o\. ?o|spol\. s r\.o|a\.s|s\.r\.o)\.?"
_ORG_WORDS = rf"{_ORG_WORD}(?: {_ORG_GLUE}{_ORG_WORD})"
_ORG = rf"(?-i:{_ORG_WORDS}{{0,4}}? {_LEGAL}|{_ORG_WORDS}*(?: (?:Inc|Ltd|Corp|Co|Bros)\.?)?)"
_ROLE = r"[\pL](?:[^\n.,;:!?@<>()\"。、]|[\x{5D0}-\x{5EA}]\"[\x{5D0}-\x{5EA}])+"  # in Hebrew a mark of abbreviation stands within a word
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
