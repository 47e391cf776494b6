"""Changes of work and of name: left, joined, role, retired, renamed, deceased, and an organisation's new mail domain."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from bouncer.core.addresses import WRITTEN
from bouncer.core.calendar import tokens
from bouncer.core.extract.card import titled
from bouncer.core.extract.renewed import renewed
from bouncer.core.extract.scene import Scene, first, tidy
from bouncer.core.wording import Hit
from bouncer.model import Deceased, Finding, Joined, Left, MovedDomain, Renamed, Retired, Role

_TELLING = 3  # letters of a domain's label that may tell an employer
# "sales manager in Acme", in the languages that say so with a word before the name
_IN_COMPANY = re.compile(
    r"(?:\s+(?:aqui|aqu\u00ed|qui|ici))?\s+(?:in|na|no|da|do|em|en|de|w|we|v|ve|p\u00e5|i|hos|la|din|chez|presso|di|del|della|du|bij)\s+([A-Z\u00c0-\u00de].*)$"
)
_ALIKE = 5  # first letters that employer and domain share: Brightwater Labs, brightwater.example
_DOMAIN_BEHIND = re.compile(r"[^.!?;\n@]{0,40}?[^\w.!?;@-]@?((?:[^\W_][\w-]*\.)+[^\W\d_]{2,})")
_WORD = re.compile(r"[^\W\d_]+")
_FIELDS = ("company", "title", "since")
_NORDIC = frozenset({"sv", "da", "nb"})  # there a place follows a name with "i": "Gotlandsbageriet i Visby"
_LEARNED = re.compile(r"(?:universitet|h[\u00f6\u00f8]g?skol|h\u00f8jskol|region|kommune)", re.IGNORECASE)  # of whose names it is a part
_TAIL = re.compile(
    r"\s+(?:and|but|so|as of|effective|since|where|which|who|starting|beginning"
    r"|at|bei|hier|dort|chez|bij|on|from|next|last|this|now|there|here|und|aber|seit|ab|et|y|e|en|och"
    r"|og|men|sedan|siden|sinds|vanaf"
    r"|[àa] (?:partir|compter)|d[èe]s le|depuis|desde|a partir|dal|dall|a (?:contar|far|decorrere))(?:[\s'].*)?$",
    re.IGNORECASE | re.DOTALL,
)


def moves(scene: Scene) -> Iterator[Finding]:
    """Yield what the text says of work and name, one finding per kind and person: the one with the most in it."""
    for means, make in _MAKERS.items():
        best: dict[str, Finding] = {}
        for hit in scene.find(means):
            about = scene.whole_name(scene.about(hit))
            if about == "" or not _allowed(scene, hit):
                continue
            for who in _both(hit, about):
                made = make(scene, hit, who)
                if made is not None:
                    key = f"{who or ''}|{_other(made)}"
                    best[key] = _together(best.get(key), made)
        yield from _without_bare(list(best.values()))


def _both(hit: Hit, about: str | None) -> tuple[str | None, ...]:
    """Give whom a hit concerns: a rule with `persons: "2"` names two."""
    second = hit.slots.get("person_2") if hit.rule.options.get("persons") == "2" else None
    return (about,) if second is None else (about, second)


def _allowed(scene: Scene, hit: Hit) -> bool:
    """Tell whether what the rule of *hit* needs beside its words is there."""
    needs = hit.rule.options.get("needs")
    asked = _NEEDS.get(needs or "")
    return asked(scene, hit) if asked else needs is None or needs == scene.kind.value or (needs == "absence" and _automatic(scene))


def _automatic(scene: Scene) -> bool:
    return scene.kind.value == "auto-reply"


def _in_other_hand(scene: Scene, _hit: Hit) -> bool:
    return scene.other_hand is not None and scene.other_hand.split()[-1].lower() in scene.called


def _is_title(scene: Scene, hit: Hit) -> bool:
    words = re.findall(r"[^\W\d_]+", (_title(hit) or "").lower())
    small = scene.wording.known("people-words", hit.language or "") | scene.wording.known("place-words", hit.language or "")
    return bool(words) and (words[0] not in small or titled(scene, words[:1])) and titled(scene, words)


def _leaving(scene: Scene, hit: Hit) -> bool:
    """Tell whether the sender says that they leave, or have a new address, and *hit* names not the house that they write from."""
    if _same_house(scene, _org(scene, hit) or ""):
        return False
    said = (one for means in ("left", "retired", "new-address") for one in scene.find(means))
    told = any(
        scene.about(one) is None and one.rule.options.get("whose", "self") == "self" for one in said if not one.rule.options.get("needs")
    )
    return told or renewed(scene) is not None


def _keeps_a_name(scene: Scene, hit: Hit) -> bool:
    """Tell whether the name in *hit*, which is not the sender's, has a word in common with theirs: after a wedding the first one."""
    mine, new = (_WORD.findall(text.lower()) for text in (" ".join(scene.sender.name.split(",")[::-1]), hit.slots.get("person", "")))
    return len(new) > 1 and len(mine) > 1 and new != mine and (new[0] == mine[0] or new[-1] == mine[-1])


def _borne_out(scene: Scene, hit: Hit) -> bool:
    """Tell whether an address in the message, other than the sender's present one, is at what is called an employer: "I moved to NewCo"."""
    org = _plain(_org(scene, hit) or "")
    domains = (found.rpartition("@")[2] for found in WRITTEN.findall(f"{scene.own.body}\n{scene.own.signature}"))
    labels = (_plain(label) for domain in domains if domain.lower() != scene.sender.domain for label in domain.split(".")[:-1])
    return any(len(label) >= _TELLING and (label in org or org in label or org.startswith(label[:_ALIKE])) for label in labels if org)


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.lower())


def _other(made: Finding) -> str:
    """Two employers left are two findings; a title said twice is one."""
    return (made.company or "").lower() if isinstance(made, Left) else ""


def _together(old: Finding | None, new: Finding) -> Finding:
    """Give what two hits say together: the first one's words, what it leaves out from the second."""
    if old is None:
        return new
    missing = {name: getattr(new, name) for name in _FIELDS if getattr(old, name, "") is None and getattr(new, name, None) is not None}
    return replace(old, **missing) if missing else old


def _without_bare(found: list[Finding]) -> Iterator[Finding]:
    """Leave out a leaving without an employer beside one with: they are the same."""
    full = [made for made in found if isinstance(made, Left) and made.company]
    for made in found:
        other = next((one for one in full if one.about == made.about), None)
        if other is None or not isinstance(made, Left):
            yield made
        elif made.company:
            bare = next((one for one in found if isinstance(one, Left) and not one.company and one.about == made.about), None)
            yield replace(made, since=made.since or bare.since) if bare and made is other else made


def _left(scene: Scene, hit: Hit, about: str | None) -> Left:
    day = scene.day_about(hit)
    return Left(
        because=scene.because(hit),
        about=about,
        company=_org(scene, hit),
        since=day.day,
        confidence=hit.rule.confidence,
        ambiguous=day.ambiguous and day.day is not None,
    )


def _joined(scene: Scene, hit: Hit, about: str | None) -> Joined | Role | None:
    company, title = _org(scene, hit), _title(hit)
    if hit.rule.options.get("at-home") == "role" and company and title and _same_house(scene, company) and not scene.find("left"):
        return Role(because=scene.because(hit), about=about, title=title, company=company, confidence=hit.rule.confidence)
    if company is None and "org" in hit.slots:
        return None
    day = scene.day(hit, "date").day or scene.day_behind(hit, "role")
    return Joined(because=scene.because(hit), about=about, company=company, title=title, since=day, confidence=hit.rule.confidence)


def _role(scene: Scene, hit: Hit, about: str | None) -> Role | Joined | None:
    title, company = _title(hit), _org(scene, hit)
    if title is None:
        return None
    if company is None and (inside := _IN_COMPANY.search(title)) and _same_house(scene, inside[1]):
        title, company = tidy(title[: inside.start()]), tidy(inside[1])
    if company and about is None and not _same_house(scene, company) and _borne_out(scene, hit):  # a post elsewhere, with an address there
        return Joined(because=scene.because(hit), company=company, title=title, confidence=hit.rule.confidence)
    return Role(because=scene.because(hit), about=about, title=title, company=company, confidence=hit.rule.confidence)


def _same_house(scene: Scene, name: str) -> bool:
    """Tell whether *name* is of the house that the sender writes from: Acme, acme.example."""
    label = _plain(scene.sender.domain.split(".")[0])
    return len(label) >= _TELLING and _plain(name).startswith(label[:_ALIKE])


def _retired(scene: Scene, hit: Hit, about: str | None) -> Retired:
    return Retired(because=scene.because(hit), about=about, since=scene.day_about(hit).day, confidence=hit.rule.confidence)


def _renamed(scene: Scene, hit: Hit, _about: str | None) -> Renamed | None:
    name = first(hit.slots, "person")
    return None if name is None else Renamed(because=scene.because(hit), name=name, confidence=hit.rule.confidence)


def _deceased(scene: Scene, hit: Hit, about: str | None) -> Deceased:
    return Deceased(because=scene.because(hit), about=about, confidence=hit.rule.confidence)


def _moved(scene: Scene, hit: Hit, _about: str | None) -> MovedDomain | None:
    order = hit.rule.options.get("domains", "new").split()
    given = dict(zip(order, (hit.slots.get(name) for name in ("domain", "domain_2")), strict=False))
    new, old = given.get("new"), given.get("old")
    behind = _DOMAIN_BEHIND.match(scene.own.body, hit.spans["domain"][1]) if hit.rule.within == "body" and new and not old else None
    if behind and new and new.lower() == scene.sender.domain:  # "our domain changes: from acme.example to neuco.example"
        new, old = behind[1], new
    if new is None or "." not in new:
        return None
    return MovedDomain(because=scene.because(hit), new=new.lower(), old=old.lower() if old else None, confidence=hit.rule.confidence)


def _org(scene: Scene, hit: Hit) -> str | None:
    """Give the words of `{org}` without the day of a date or the town behind them: "Acme AS 1. mai", "Acme i Visby".

    None where they are no name: "Unternehmen".
    """
    name = first(hit.slots, "org")
    if name is None:
        return None
    if hit.language in _NORDIC and not _LEARNED.match(name):
        name = name.partition(" i ")[0]
    words, common = name.split(), scene.wording.known("not-names", hit.language or "")
    passing = common | scene.names(hit).words
    while words and (words[-1].lower() in passing or words[-1].isdigit()) and _dated(scene, hit, name, words):
        words.pop()
    bare = len(words) == 1 and words[0].lower().partition("'")[0] in common
    return None if bare else " ".join(words) or None


def _dated(scene: Scene, hit: Hit, name: str, words: list[str]) -> bool:
    """Tell whether the last of *words*, the beginning of *name*, begins a date: "Ende April", "1. mai"."""
    text = scene.mail.subject if hit.rule.within == "subject" else scene.own.body
    begin = hit.spans["org"][0] + hit.slots["org"].find(name) + len(" ".join(words)) - len(words[-1])
    return any(token.kind in {"month", "weekday"} for token in tokens(text[begin:], scene.names(hit)))


def _title(hit: Hit) -> str | None:
    """Give the words of `{role}` up to where another thought begins."""
    words = first(hit.slots, "role")
    return None if words is None else tidy(_TAIL.sub("", words)) or None


_NEEDS: Mapping[str, Callable[[Scene, Hit], bool]] = {
    "address": _borne_out,
    "other-hand": _in_other_hand,
    "leaving": _leaving,
    "own-name": _keeps_a_name,
    "title": _is_title,
}
_MAKERS: Mapping[str, Callable[[Scene, Hit, str | None], Finding | None]] = {
    "left": _left,
    "joined": _joined,
    "role": _role,
    "retired": _retired,
    "renamed": _renamed,
    "deceased": _deceased,
    "moved-domain": _moved,
}
