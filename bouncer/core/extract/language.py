"""Which language a message is in: by its script where that settles it, else by its most common words and the rules that hit."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache, partial

from bouncer.core.wording import Hit, Wording

_SCRIPTS = (
    ("ja", re.compile("[\u3040-\u30ff]")),
    ("ko", re.compile("[\uac00-\ud7af]")),
    ("he", re.compile("[\u0590-\u05ff]")),
    ("el", re.compile("[\u0370-\u03ff]")),
    ("ar", re.compile("[\u0600-\u06ff]")),
    ("th", re.compile("[\u0e00-\u0e7f]")),
    ("ru", re.compile("[\u0430-\u044f]")),
    ("tr", re.compile("[\u011f\u0131]")),
    ("hu", re.compile("[\u0151\u0171]")),
)  # a few letters of Japanese among Chinese characters settle it: those come first
_UKRAINIAN = re.compile("[іїєґ]")
_RUSSIAN = re.compile("[ыэъё]")  # letters that the other of the two does not have
_TRADITIONAL = re.compile(
    "[們這個與為請對時會國來說學裡還過無關於復辦電話聯繫離職沒謝後從開間員長經問題應實現點單錢歡郵處給認當號資訊業務動線樣機碼換變帳總監級轉調]"
)
_SIMPLIFIED = re.compile(
    "[们这个与为请对时会国来说学里还过无关于复办电话联系离职没谢后从开间员长经问题应实现点单钱欢邮处给认当号资讯业务动线样机码换变帐总监级转调]"
)
_HAN = re.compile("[\u4e00-\u9fff]")
_FEWEST = 3  # letters of a script that count as writing in it
_SHOWN = 4000  # characters
_LONG = 60  # characters of a first paragraph that tell its language
_MANY = 4  # times as many as of the other language
_FEW = 2  # common words that tell the language of a text without any of the other
_PLAIN = 4  # common words in a paragraph that tell its language
_HIT = 3  # common words that one hit is worth


def language_of(text: str, hits: Sequence[Hit], wording: Wording, around: str = "") -> str | None:
    """Give the language of *text* (a BCP 47 tag); None where nothing speaks for one.

    Where it is too short to tell two languages apart, what stands *around* it does: the mail that it answers.
    """
    shown = text[:_SHOWN].lower()
    first = shown.lstrip().partition("\n\n")[0]
    if len(first) > _LONG and first != shown:  # a text in two languages counts as one in the first
        spoken = language_of(first, (), wording)
        if spoken:
            return spoken
    for language, letters in _SCRIPTS:
        if len(letters.findall(shown)) >= _FEWEST:
            return "uk" if language == "ru" and len(_UKRAINIAN.findall(shown)) > len(_RUSSIAN.findall(shown)) else language
    if len(_HAN.findall(shown)) >= _FEWEST:
        return "zh-Hant" if len(_TRADITIONAL.findall(shown)) > len(_SIMPLIFIED.findall(shown)) else "zh-Hans"
    points = _points(shown, wording)
    for hit in hits:
        if hit.language:
            points[hit.language] += _HIT
    most = max(points.values(), default=0)
    tied = [language for language, count in points.items() if count == most]
    if most == 0 or len(tied) == 1:
        return tied[0] if most else None
    more = _points(around[:_SHOWN].lower(), wording)
    return max(tied, key=lambda language: more[language])


def foreign_to_none(text: str, hits: Sequence[Hit], language: str | None, wording: Wording) -> tuple[Hit, ...]:
    """Give *hits* in *text* without those of a language in whose paragraph plainly *language* is spoken: "Kontakt" is Danish as well."""
    points = cache(partial(_points, wording=wording))  # many hits share a paragraph
    return tuple(hit for hit in hits if hit.language in {None, language} or not _plainly(text, hit, language, points))


def _plainly(text: str, hit: Hit, language: str | None, points: Callable[[str], Counter[str]]) -> bool:
    """Tell whether the paragraph around *hit* holds several common words of *language*, and few of the hit's own."""
    end = text.find("\n\n", hit.end)
    near = points(text[text.rfind("\n\n", 0, hit.start) + 1 : len(text) if end < 0 else end].lower())
    spoken, foreign = language or "", hit.language or ""
    if near[spoken] >= _PLAIN:
        return near[spoken] > 2 * near[foreign]
    if near[foreign]:
        return False
    whole = points(text.lower())  # too few words there: what the rest is in
    return whole[spoken] >= _FEW and whole[spoken] > _MANY * whole[foreign]


def _points(text: str, wording: Wording) -> Counter[str]:
    """Count the common words of every language in *text*."""
    counted = Counter(dict.fromkeys(wording.words("common-words"), 0))
    words = Counter(re.findall(r"[^\W\d_]+", text))
    for word in words.keys() & wording.known("common-words"):
        for language in wording.languages("common-words", word):
            counted[language] += words[word]
    return counted
