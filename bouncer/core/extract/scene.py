"""What every finder looks at: the mail, the sender's own words, who the sender is, and the rules that hit."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property

from bouncer.core.calendar import Names, names, span, tokens
from bouncer.core.dates import Day, Frame, read_date, read_range, read_span, written_day
from bouncer.core.extract.nominative import nominative
from bouncer.core.extract.own import Own
from bouncer.core.mailboxes import not_a_person
from bouncer.core.wording import Hit, Wording, alike
from bouncer.model import Address, Because, Kind, ParsedMail, Where

_WORD = re.compile(r"[^\W\d_]+")
_WORD_BEFORE = re.compile(r"[^\W\d_]{2,}\.? ")
_CAPITALS = re.compile(r"(?:(?<=[^\W\d_A-Z] )|(?=[A-Z][^\W\d_]+ [A-Z]))\b([A-Z][^\W\d_]+(?: [A-Z][^\W\d_]+){0,2})")  # a beginning takes two
_NAME_LINE = re.compile(r"[A-Z\u00c0-\u00de][^\W\d_]+(?:[ -][A-Z\u00c0-\u00de][^\W\d_]*\.?){1,3}")
_DAY_BEFORE = re.compile(r"(?<![^\W_])(?:dia|d[i\u00ed]a|giorno)\s+$", re.IGNORECASE)  # "no dia 9"
_ENDING = re.compile(r"[^\W\d_]{1,4}(?![^\W_])")
_SENTENCE = 3  # spaces between quotation marks from which on somebody is cited
_LAST_CLAUSE = re.compile(r"(?:^|(?<=[.!?:;] )|\n)([^.!?:;\n]*(?:\b[0-9]{1,2}\.[^.!?:;\n]*)*)$")
# what may stand between words about work and their day: "since 1 July", "z dniem 1 lipca"
_ON = re.compile(
    r",? (?:(?:on|as of|le|au|el|em|a|il|dal|den|d\.|op|per|od|z dniem|z dnia|w dniu|dnia|k|ke dni|dne|pe|din|la data de|pr\.|de"
    r"|d[ií]a|no dia|in data|(?:per|pr\.?|fra|fr\u00e5n|sedan|siden) (?:den|d\.)|vanaf|met ingang van) )?(?=[0-9])"
)
_SHORT_CLAUSE = 60  # characters
_FEW_WORDS = 4  # before a date: "Since yesterday's"
_SHORT = 3  # letters below which a word names nobody
_UNSPACED = 0x2E7F  # letters beyond it have no capitals
_FAR = timedelta(days=400)  # beyond it a date is a slip
_LONG = timedelta(days=100)  # beyond it a person looks at it
_LONGEST_QUOTE = 240


@dataclass(frozen=True)
class Scene:
    """One message under the eyes of the finders; *hits* are those in the body, *subject* those in the subject."""

    mail: ParsedMail
    own: Own
    kind: Kind
    wording: Wording
    hits: tuple[Hit, ...]
    subject: tuple[Hit, ...]
    notes: list[str] = field(default_factory=list)  # what was odd, for the reading's defects

    @cached_property
    def sender(self) -> Address:
        """The first author; an empty address where there is none."""
        return self.mail.from_[0] if self.mail.from_ else Address("", "")

    @cached_property
    def called(self) -> frozenset[str]:
        """The words of the sender's name, lower case."""
        return frozenset(word.lower() for word in _WORD.findall(self.sender.name) if len(word) >= _SHORT)

    @cached_property
    def ours(self) -> frozenset[str]:
        """The addresses this message was sent to, lower case: the owner's own among them."""
        return frozenset(one.address.lower() for one in self.mail.to)

    @cached_property
    def today(self) -> date | None:
        """The day of the mail in the sender's zone."""
        at = self.mail.date or self.mail.raw.received
        return at.date() if at else written_day(self.mail.header("date") or "")

    def find(self, means: str) -> tuple[Hit, ...]:
        """Give the hits of the rules that mean *means*, those in the subject last."""
        return tuple(hit for hit in (*self._told, *self.subject) if hit.rule.means == means)

    @cached_property
    def _told(self) -> tuple[Hit, ...]:
        """The hits in the body but those within quotation marks: there somebody else speaks."""
        if '"' not in alike(self.own.body):
            return self.hits
        return tuple(hit for hit in self.hits if not self._cited(hit))

    def _cited(self, hit: Hit) -> bool:
        """Tell whether *hit* ends between quotation marks of its paragraph that span a sentence, not just a name."""
        text = alike(self.own.body)
        begin, end = text.rfind("\n\n", 0, hit.end) + 1, text.find("\n\n", hit.end)
        marks = [place for place in range(begin, len(text) if end < 0 else end) if text[place] == '"']
        pairs = zip(marks[::2], marks[1::2], strict=False)
        return any(first < hit.end - 1 <= last and text.count(" ", first, last) >= _SENTENCE for first, last in pairs)

    def where(self, hit: Hit) -> Where:
        """Tell where *hit* was."""
        return "subject" if hit.rule.within == "subject" else "body"

    def because(self, hit: Hit, quote: str | None = None) -> Because:
        """Give the reason that *hit* is, on one line."""
        return Because(hit.rule.name, " ".join((hit.quote if quote is None else quote).split())[:_LONGEST_QUOTE], self.where(hit))

    def is_sender(self, name: str) -> bool:
        """Tell whether *name* is the sender's, by their display name or by the local part of their address."""
        words = [word.lower() for word in _WORD.findall(name) if len(word) >= _SHORT]
        bare, mine = ("".join(_WORD.findall(text)) for text in (name, self.sender.name))
        if bare and ord(bare[0]) > _UNSPACED:  # short, the family name first, with a space behind it or not
            return len(mine) > 1 and (mine.startswith(bare) or bare.startswith(mine) or (len(bare) > 1 and bare in mine))
        if not words:
            return False
        local = re.sub(r"[\W\d_]+", "", self.sender.local.lower())
        if self.called:
            if words[-1] not in self.called:  # in a case of its language: "Outi Salmen" is Outi Salmi
                words = [
                    word.lower() for word in _WORD.findall(nominative(" ".join(words), f"{'.'.join(self.called)}@")) if len(word) >= _SHORT
                ]
            return words[-1] in self.called and (len(words) == 1 or words[0] in self.called or _initial(words[0], self.called))
        return words[-1] in local and (len(words) == 1 or words[0][0] in local.replace(words[-1], "", 1))

    @cached_property
    def other_hand(self) -> str | None:
        """The name on the last line of the text where it is somebody else's than the sender's: a widow answers, an assistant."""
        lines = [line.strip(" ,.") for line in f"{self.own.body}\n{self.own.signature}".split("\n") if line.strip()]
        words = _NAME_LINE.fullmatch(lines[-1]) if len(lines) > 1 and self.called else None
        if words is None:
            return None
        first = lines[-1].split()[0].lower()
        return None if first in self.called or (_initial(first, self.called) and self.is_sender(lines[-1])) else lines[-1]

    def about(self, hit: Hit) -> str | None:
        """Give the third person that *hit* concerns, None for the sender, "" where it cannot be told whom.

        The person is a slot of the rule's, or (`about: last`) the one named last before it.
        """
        option = hit.rule.options.get("about", "person")
        if option == "person":
            name = hit.slots.get("person")
            return None if name is None or self.is_sender(name) else name
        if option == "last":
            name = self._named_before(hit)
            return None if name and self.is_sender(name) else name
        return None

    def whole_name(self, name: str | None) -> str | None:
        """Give the longest form of *name* that a rule read elsewhere in the message: "Jim" is "Jim Reyes"."""
        if not name:
            return name
        words = set(name.split())
        longer = [full for hit in self.hits for slot, full in hit.slots.items() if slot.startswith("person") and words < set(full.split())]
        return max(longer, key=len, default=name)

    def _named_before(self, hit: Hit) -> str:
        """Give the person named last before *hit*, by a rule or by capitals in the middle of a sentence; "" where there is none."""
        named = [(one.start, one.slots["person"]) for one in self.hits if one.start < hit.start and "person" in one.slots]
        if named:
            return max(named)[1]
        common = self.wording.known("not-names", hit.language or "", "en")
        capitals = [match[1] for match in _CAPITALS.finditer(self.own.body, 0, hit.start)]
        return next((name for name in reversed(capitals) if not any(word.lower() in common for word in name.split())), "")

    # -- dates
    def names(self, hit: Hit) -> Names:
        """Give the names of months and weekdays in the language of *hit*."""
        return names(hit.language, self.wording.words("date-words").get(hit.language or "", ()))

    def _frame(self, hit: Hit) -> Frame:
        at = self.mail.date
        offset = at.utcoffset() if at else None
        return Frame(self.today, hit.language, round(offset.total_seconds() / 3600) if offset is not None else None)

    def day(self, hit: Hit, slot: str) -> Day:
        """Read the date in *slot* of *hit*."""
        return read_date(self._date_words(hit, slot), self.names(hit), self._frame(hit)) if slot in hit.slots else Day(None)

    def _date_words(self, hit: Hit, slot: str) -> str:
        """Give the words of *slot* with the ending that its last number carries: the "th" of "the 9th"."""
        if hit.rule.within != "body":
            return alike(hit.slots[slot])
        ending = _ENDING.match(self.own.body, hit.spans[slot][1])
        if hit.slots[slot].isdigit() and (called := _DAY_BEFORE.search(self.own.body, 0, hit.spans[slot][0])):
            return alike(called[0] + hit.slots[slot])
        return alike(hit.slots[slot] + (ending[0] if ending and hit.slots[slot][-1:].isdigit() else ""))

    def span(self, hit: Hit, slot: str) -> tuple[Day, Day]:
        """Read the first and the last day that *slot* names: "August 29-31", or one day twice."""
        return read_span(self._date_words(hit, slot), self.names(hit), self._frame(hit))

    def day_behind(self, hit: Hit, slot: str) -> date | None:
        """Read a date with a month among the last words of *slot*: "CFO on 13 April"."""
        words = alike(hit.slots.get(slot, ""))
        for match in _WORD_BEFORE.finditer(words):
            rest, called = words[match.end() :], self.names(hit)
            if any(token.kind == "month" for token in tokens(rest, called)):
                return read_date(rest, called, self._frame(hit)).day
        return None

    def day_about(self, hit: Hit) -> Day:
        """Read the date in the slot of *hit*, or the one among its words or right beside them: "since 1 July I no longer work here"."""
        if "date" in hit.slots or hit.rule.within != "body":
            return self.day(hit, "date")
        text, called = alike(self.own.body), self.names(hit)
        for match in _WORD_BEFORE.finditer(text, hit.start, hit.end):
            inside = tokens(text[match.end() : hit.end], called)
            if {"month", "number"} <= {token.kind for token in inside}:
                return read_date(text[match.end() : hit.end], called, self._frame(hit))
        before = _LAST_CLAUSE.search(text, max(0, hit.start - _SHORT_CLAUSE), hit.start)
        found = None if before is None else span(before[1], called)
        if before and found and len(before[1][: found[0]].split()) <= _FEW_WORDS and not before[1][found[1] :].strip(" ,"):
            day = read_date(before[1][found[0] :], called, self._frame(hit))
            return day if day.day else Day(None)
        behind = _ON.match(text, hit.end)
        kinds = [token.kind for token in tokens(text[behind.end() :], called)] if behind else []
        whole = behind and ("month" in kinds or kinds.count("number") == 3)  # noqa: PLR2004 - day, month and year
        return read_date(text[behind.end() :], called, self._frame(hit)) if behind and whole else Day(None)

    def days(self, hit: Hit, first: str, last: str) -> tuple[Day, Day]:
        """Read two dates of *hit* that belong together."""
        return read_range(alike(hit.slots[first]), alike(hit.slots[last]), self.names(hit), self._frame(hit))

    def bounded(self, until: Day) -> Day:
        """Take *until* only where it is not past and not beyond 400 days; over 100 days it is called ambiguous."""
        if until.day is None or self.today is None:
            return until
        if until.day < self.today or until.day > self.today + _FAR:
            return Day(None, ambiguous=True)
        return replace(until, ambiguous=until.ambiguous or until.day > self.today + _LONG)


def _initial(word: str, called: Iterable[str]) -> bool:
    return any(one.startswith(word[0]) for one in called)


def is_role(address: str) -> bool:
    """Tell whether *address* is a function's or a list's rather than a person's."""
    return not_a_person(address) is not None


def first(mapping: Mapping[str, str], *keys: str) -> str | None:
    """Give the value of the first of *keys* that is there, tidied; None where none is."""
    value = next((mapping[key] for key in keys if mapping.get(key)), None)
    return None if value is None else tidy(value)


def tidy(text: str) -> str:
    """Give *text* on one line without the punctuation around it."""
    return " ".join(text.split()).strip(" .,;:-\"'()[]<>")


def outside(hits: Sequence[Hit], other: Sequence[Hit]) -> tuple[Hit, ...]:
    """Give those of *hits* that do not lie inside one of *other*."""
    return tuple(hit for hit in hits if not any(o.start <= hit.start and hit.end <= o.end for o in other))
