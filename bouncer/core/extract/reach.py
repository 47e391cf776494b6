"""Whose address is it? New addresses, and whom to ask instead.

A wrong new address is worse than none. Grammar that leaves no doubt ("my new address is") is `whose: self`; anything else counts as the
sender's own only where the name in the address is theirs, and else it is a lead.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bouncer.core.addresses import WRITTEN
from bouncer.core.extract.introduced import address_of, introduced
from bouncer.core.extract.letters import initialled, letters
from bouncer.core.extract.nominative import nominative
from bouncer.core.extract.people import Somebody, people, words_of
from bouncer.core.extract.renewed import is_former
from bouncer.core.extract.scene import Scene, is_role, tidy
from bouncer.core.extract.subject import bare_subject
from bouncer.core.wording import Hit
from bouncer.model import Ask, Because, Finding, NewAddress, OptOut, Unmonitored

_GONE = ("left", "retired", "unmonitored", "new-address", "moved-domain", "deceased")
_DECLINED = frozenset({"cs", "fi", "pl"})  # languages in which a name has an ending
_REST = re.compile(r"[^\W\d_]{1,3}(?![^\W_])")
_DIGITS = re.compile(r"[0-9]")
_MOST_LISTS = 60  # hits of "please contact" that are read
_TELLING = 4  # letters of a local part that is somebody's own, beyond which a part of it tells whose
_UNSAID = 0.85  # confidence where no phrase says it
_SHORT = 3  # letters of a name that tell nothing by themselves


@dataclass(frozen=True, slots=True)
class _Lead:
    """Somebody named as reachable, by which hit, and how sure it is that it is not the sender."""

    who: Somebody
    hit: Hit
    scope: str
    about: str | None
    because: Because | None = None  # where no phrase says it


def reaches(scene: Scene) -> Iterator[Finding]:
    """Yield new addresses, leads, and what the text says of this mailbox."""
    leads = list(_leads(scene))
    new, more = _addresses(scene, leads)
    yield from new.values()
    taken = {address for _, address in new}
    yield from _asks(scene, [lead for lead in (*leads, *more) if (lead.who.address or "").lower() not in taken])
    meanwhile = scene.find("away") and not any(scene.find(means) for means in ("left", "retired", "new-address"))
    for hit in () if meanwhile else scene.find("unmonitored")[:1]:
        yield Unmonitored(because=scene.because(hit), confidence=hit.rule.confidence)
    for hit in scene.find("opt-out")[:1]:
        if scene.kind.value == "opt-out":
            yield OptOut(because=scene.because(hit), confidence=hit.rule.confidence)


def _leads(scene: Scene) -> Iterator[_Lead]:
    for hit in scene.find("ask")[:_MOST_LISTS]:
        if not _wanted(scene, hit):
            continue
        scope = hit.rule.options.get("scope") or ("successor" if _gone(scene) and not scene.find("away") else "cover")
        about = scene.about(hit) if hit.rule.options.get("about") else None
        for who in _named(scene, hit):
            if about != "":
                yield _Lead(who, hit, scope, about)
    yield from _introduced(scene)


def _introduced(scene: Scene) -> Iterator[_Lead]:
    """Yield whoever is named beside their own address: in an automatic answer, behind a hand-over, and at the house that somebody leaves.

    A hand-over is an `ask` rule without slots: "I no longer do this".
    """
    handed = next((hit for hit in scene.find("ask") if not hit.slots and _wanted(scene, hit)), None)
    left = next((hit for means in ("left", "retired") for hit in scene.find(means) if scene.about(hit) is None and _bare(hit)), None)
    said = handed or next((hit for means in ("away", *_GONE) for hit in scene.find(means)), None)
    if scene.kind.value == "auto-reply":
        said = said or (None if scene.find("ticket") else next(iter((*scene.hits, *scene.subject)), None))
    else:
        said = handed or left
    if said is None:
        return
    scope = "successor" if handed or (_gone(scene) and not scene.find("away")) else "cover"
    for who in introduced(scene):
        if said is not left or scene.kind.value == "auto-reply" or (who.address or "").rpartition("@")[2].lower() == scene.sender.domain:
            yield _Lead(who, said, scope, None, Because("named-beside-address", f"{who.name} {who.address}", "body"))


def _named(scene: Scene, hit: Hit) -> Iterator[Somebody]:
    """Give the people of a hit: the list behind it, or those in its slots."""
    if "people" in hit.spans:
        begin = hit.spans["people"][0]
        text = bare_subject(scene.mail.subject) if hit.rule.within == "subject" else scene.own.body
        words = words_of(scene.wording, hit.language)
        announced = ":" in text[hit.end - 1 : begin] or not words.lists.isdisjoint(hit.quote.lower().split())
        yield from people(text[begin:], words, listing=announced)
        return
    names = [hit.slots[name] for name in ("person", "person_2", "person_3") if name in hit.slots and hit.rule.options.get("about") is None]
    address, phone = hit.slots.get("address"), hit.slots.get("phone")
    if not names and (address or phone):
        yield Somebody(None, address, phone, hit.start, hit.end)
    for number, name in enumerate(names):
        beside = None if address or phone or number else _beside_name(scene, hit, name)
        yield beside or Somebody(name, None if number else address, None if number else phone, hit.start, hit.end, certain=True)


def _beside_name(scene: Scene, hit: Hit, name: str) -> Somebody | None:
    """Give the first person of *hit* with the address and the number right behind: "my cover is Ann Lee - ann@acme.example"."""
    if hit.rule.within == "subject":
        return None
    listed = people(scene.own.body[hit.spans["person"][0] :], words_of(scene.wording, hit.language))
    known = listed[0] if listed else None
    return (
        replace(known, name=name, certain=True) if known and known.name and known.name in name and (known.address or known.phone) else None
    )


def _wanted(scene: Scene, hit: Hit) -> bool:
    """Tell whether the message is one in which "please contact" names a stand-in: an absence, a leaving, a person's automatic answer."""
    needs = hit.rule.options.get("needs", "absence")
    away = scene.find("away")
    if scene.kind.value == "auto-reply":  # a desk that answers at once stands in for nobody
        return needs == "nothing" or not is_role(scene.sender.address) or bool(away) or _gone(scene)
    return needs == "nothing" or (needs == "absence" and (_gone(scene) or any(not one.rule.options.get("needs") for one in away)))


def _gone(scene: Scene) -> bool:
    said = (hit for means in _GONE for hit in scene.find(means) if hit.rule.options.get("whose") != "named")
    return any(hit.rule.means != "new-address" or scene.about(hit) is None for hit in said)


def _addresses(scene: Scene, leads: Sequence[_Lead]) -> tuple[dict[tuple[str, str], NewAddress], list[_Lead]]:
    """Give the new addresses by (about, address), and the leads that unclear ones turned into."""
    new: dict[tuple[str, str], NewAddress] = {}
    more: list[_Lead] = []
    others = {(lead.who.address or "").lower() for lead in leads if lead.who.name and not scene.is_sender(lead.who.name)}
    for hit in scene.find("new-address"):
        address = _sound(scene, hit.slots.get("address_2") if hit.rule.options.get("addresses") == "old new" else hit.slots.get("address"))
        about = _whom(scene, hit, address)
        if address is None or about == "" or address.lower() in others or not _meant(scene, hit, address, about):
            continue
        certain = hit.rule.options.get("whose", "self") == "self"
        mine = certain and about is None and _own_domain(scene, address)
        if (is_role(address) and not mine) or (not certain and not _bears(scene, address, about)):
            if not (certain or is_role(address) or _wanted(scene, hit)):
                continue
            more.append(_Lead(Somebody(None, address, None, hit.start, hit.end), hit, "successor" if _gone(scene) else "cover", about))
        elif certain and about is None and (hand := _other_hand(scene, address)):
            more.append(_Lead(Somebody(hand, address, None, hit.start, hit.end), hit, "successor" if _gone(scene) else "cover", None))
        elif certain or address.lower() != scene.sender.address.lower():
            about = about or (_somebody_named(scene, address) if certain else None)
            new.setdefault((about or "", address.lower()), _new(scene, hit, address, about))
    for address, hit in _beside(scene):
        new.setdefault(("", address.lower()), _new(scene, hit, address, None))
    for lead in leads:
        address = _sound(scene, lead.who.address)
        if address and lead.about is None and _is_self(scene, lead, address):
            new.setdefault(("", address.lower()), _new(scene, lead.hit, address, None))
    return new, more


def _beside(scene: Scene) -> Iterator[tuple[str, Hit]]:
    """Give addresses that stand alone where only a new one can: in the signature of a farewell, or under "change of address"."""
    farewell = [hit for means in ("left", "joined", "retired") for hit in scene.find(means) if scene.about(hit) is None and _bare(hit)]
    changed = list(scene.find("address-change"))
    if farewell and scene.kind.value != "auto-reply":
        for found in set(WRITTEN.findall(scene.own.signature)):
            address = _sound(scene, found)
            if address and address.rpartition("@")[2].lower() != scene.sender.domain and not is_role(address):
                yield address, farewell[0]
    for hit in scene.find("joined") + scene.find("role"):
        if scene.about(hit) is None and "org" in hit.slots and _bare(hit):
            yield from ((address, hit) for address in _at_house(scene, hit.slots["org"]))
    if changed and not scene.find("new-address"):
        alone = {found for line in scene.own.body.split("\n") if (found := line.strip(" <>\t.")) and WRITTEN.fullmatch(found)}
        if len(alone) == 1 and (address := _sound(scene, alone.pop())) and not is_role(address):
            yield address, changed[0]


def _bare(hit: Hit) -> bool:
    """Tell whether the words of *hit* suffice: "off to NewCo" is no farewell by itself."""
    return hit.rule.options.get("needs") != "leaving"


def _meant(scene: Scene, hit: Hit, address: str, about: str | None) -> bool:
    """Tell whether *hit* may mean *address*: one that lasts, and under `whose: named` only where the name says so, and no old one."""
    if hit.rule.options.get("whose") != "named":
        return _lasting(scene, hit)
    return _lasting(scene, hit) and not is_role(address) and _bears(scene, address, about) and not is_former(scene, address)


def _bears(scene: Scene, address: str, about: str | None) -> bool:
    """Tell whether *address* bears the person's name: in the local part, or in a domain of their own."""
    return _names_sender(scene, address, about) or (about is None and not is_role(address) and _own_domain(scene, address))


def _at_house(scene: Scene, name: str) -> Iterator[str]:
    """Give the sender's own addresses in the text at the house called *name*, which is not the one that they write from."""
    house = letters(name)
    for found in dict.fromkeys(WRITTEN.findall(scene.own.body)):
        address = _sound(scene, found)
        domain = address.rpartition("@")[2].lower() if address else ""
        label = max(map(letters, domain.split(".")[:-1]), key=len, default="")
        alike = len(label) > _SHORT and (house.startswith(label) or label.startswith(house[: max(_TELLING, len(label) // 2)]))
        if address and alike and domain != scene.sender.domain and not is_role(address) and _names_sender(scene, address, None):
            yield address


def _lasting(scene: Scene, hit: Hit) -> bool:
    """Tell whether the address holds for longer than an absence: `whose: unclear` beside one means "meanwhile"."""
    return (
        hit.rule.options.get("lasting") == "yes"
        or not scene.find("away")
        or any(_bare(hit) for means in ("left", "retired", "joined") for hit in scene.find(means))
    )


def _is_self(scene: Scene, lead: _Lead, address: str) -> bool:
    """Tell whether a lead is the sender: "write to jane@new.example", written by Jane who has left."""
    if lead.who.name and not scene.is_sender(lead.who.name):
        return False
    gone = any(_bare(hit) for means in ("left", "retired", "joined", "unmonitored") for hit in scene.find(means))
    return gone and not is_role(address) and address.lower() != scene.sender.address.lower() and _names_sender(scene, address, None)


def _names_sender(scene: Scene, address: str, about: str | None) -> bool:
    """Tell whether the local part of *address* is the person's: their surname in it, or the same local part at another domain."""
    local = letters(address.rpartition("@")[0])
    if about is not None:
        words = [word for word in re.findall(r"[^\W\d_]+", about.lower()) if len(word) > 2]  # noqa: PLR2004 - initials name nobody
        return any(letters(word) in local for word in words)
    mine = letters(scene.sender.local)
    if mine and mine == local and not is_role(address):
        return True
    if len(mine) > _TELLING and (mine in local or (len(local) > _TELLING and local in mine)):
        return True
    named = [word for word in map(letters, scene.called) if word.isascii()]  # a name in another script is in no address
    named = named or [letters(word) for word in re.split(r"[._-]", scene.sender.local)]
    if any(len(word) > _SHORT and word in local for word in named) or initialled(local, named):
        return True
    return sum(len(word) >= _SHORT and (word in local or local.startswith(word[:_SHORT])) for word in named) > 1


def _somebody_named(scene: Scene, address: str) -> str | None:
    """Give the third person in the text whose name *address* bears, where it bears not the sender's: "he has a new one, bob@x.example"."""
    if not scene.called or _names_sender(scene, address, None):
        return None
    parts = {part for part in map(letters, re.split(r"[\W\d_]+", address.rpartition("@")[0])) if len(part) >= _SHORT}
    known = f"{scene.sender.name} {scene.own.signature} {' '.join(one.name for one in scene.mail.to)}"
    mine = set(map(letters, re.findall(r"[^\W\d_]+", known))) | {
        letters(name) for hit in scene.find("renamed") for name in hit.slots.get("person", "").split()
    }
    named = re.findall(r"(?<![\w@.-])[A-Z\u00c0-\u00de][^\W\d_]+(?![\w@])", scene.own.body)
    return next((word for word in named if _of(word) & parts and not _of(word) & mine), None)


def _whom(scene: Scene, hit: Hit, address: str | None) -> str | None:
    """Give whom *hit* is about; of "he", whoever's name *address* bears: "Bob left for NewCo, his address is now bob@newco.example"."""
    about = _whole(scene, hit, scene.about(hit))
    if not about or not address or hit.rule.options.get("about") != "last" or _names_sender(scene, address, about):
        return about
    return _somebody_named(scene, address) or about


def _whole(scene: Scene, hit: Hit, about: str | None) -> str | None:
    """Give *about* with the letters that a phrase took for its ending, where the address says they are the name's: "Anders nya"."""
    named = about and "person" in hit.spans and hit.rule.within == "body"
    ending = _REST.match(scene.own.body, hit.spans["person"][1]) if named else None
    local = letters(hit.slots.get("address", "").rpartition("@")[0])
    return about + ending[0] if about and ending and letters(about.split()[-1] + ending[0]) in local else about


def _other_hand(scene: Scene, address: str) -> str | None:
    """Give the name under the text where somebody else wrote it for the sender and *address* is theirs: "write to me", by an assistant."""
    hand = scene.other_hand
    if hand is None or _names_sender(scene, address, None) or hand.split()[-1].lower() in scene.called:
        return None
    return hand if _names_sender(scene, address, hand) and (_gone(scene) or scene.find("away")) else None


def _of(word: str) -> set[str]:
    """Give the letters of a name as it stands and without the genitive's ending: "Daniels neue Adresse"."""
    plain = letters(word)
    return {plain, plain.removesuffix("s")}


def _own_domain(scene: Scene, address: str) -> bool:
    """Tell whether the domain of *address* bears the sender's name: hello@janedoe.example."""
    label = letters(address.rpartition("@")[2].rpartition(".")[0])
    named = [word for word in map(letters, scene.called) if word.isascii()]
    return any(len(word) > _SHORT and word in label for word in named) or sum(word in label for word in named) > 1


def _sound(scene: Scene, address: str | None) -> str | None:
    """Give *address* where it may be believed: not ours, not disguised by invisible letters or a mixture of scripts."""
    if address is None:
        return None
    clean = address.strip(".'")
    cut_short = scene.mail.raw.truncated and scene.mail.text.rstrip().endswith(clean)
    if clean.lower() in scene.ours or cut_short:
        return None
    if any(clean.lower() in word.lower() for word in scene.own.disguised) or _mixed(clean):
        scene.notes.append(f"disguised-address:{clean}")
        return None
    return clean


def _mixed(address: str) -> bool:
    """Tell whether letters of more than one script stand in one part of it (a homograph), or letters that look like Latin ones."""

    def scripts(text: str) -> set[str]:
        return {unicodedata.name(ch, "?").split()[0] for ch in text if ch.isalpha()} - {"CJK", "HIRAGANA", "KATAKANA"}

    local, _, domain = address.rpartition("@")
    labels = domain.split(".")
    alike = {"CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE"}
    return any(len(scripts(part)) > 1 for part in (local, *labels)) or any(scripts(part) & alike for part in (local, *labels))


def _new(scene: Scene, hit: Hit, address: str, about: str | None) -> NewAddress:
    unclear = hit.rule.options.get("whose", "self") != "self"
    return NewAddress(
        because=scene.because(hit, None if address in hit.quote else f"{hit.quote} {address}"),
        about=about,
        address=address,
        confidence=min(hit.rule.confidence, 0.85) if unclear else hit.rule.confidence,
    )


def _asks(scene: Scene, leads: Sequence[_Lead]) -> Iterator[Ask]:
    """Yield one lead per person, with what is said of them in several places put together."""
    seen: list[Ask] = []
    for lead in leads:
        who, name = lead.who, tidy(lead.who.name) if lead.who.name else None
        address = _sound(scene, who.address)
        if name and who.address is None and (beside := _sound(scene, address_of(scene, name))) and not _names_sender(scene, beside, None):
            address = beside
        if name and address and lead.hit.language in _DECLINED:
            name = nominative(name, address)
        if (name and scene.is_sender(name)) or (address and address.lower() == scene.sender.address.lower()):
            continue
        if who.address and address is None and not name:
            continue
        if address and not name and not is_role(address) and lead.about is None and _names_sender(scene, address, None):
            continue  # their own, for as long as they are away
        made = Ask(
            because=lead.because or scene.because(lead.hit),
            about=lead.about,
            name=name,
            address=address,
            phone=who.phone,
            scope="successor" if lead.scope == "successor" else "cover",
            confidence=min(lead.hit.rule.confidence, _UNSAID) if lead.because else lead.hit.rule.confidence,
        )
        alike = [other for other in seen if _same(made, other)]
        known = max((*alike, made), key=lambda one: (bool(one.name and one.address), one is not made))
        place = seen.index(alike[0]) if alike else len(seen)
        seen = [one for one in seen if one not in alike]
        every = (known, *alike, made)
        name, address, phone = (next(filter(None, told), None) for told in zip(*((o.name, o.address, o.phone) for o in every), strict=True))
        seen.insert(place, replace(known, name=name, address=address, phone=phone))
    yield from seen


def _same(one: Ask, other: Ask) -> bool:
    if one.address and other.address:
        return one.address.lower() == other.address.lower()
    if one.phone and other.phone and not (one.name and other.name) and _DIGITS.findall(one.phone) == _DIGITS.findall(other.phone):
        return True
    if one.name and other.name and (one.name.lower() == other.name.lower() or one.name.lower() in other.name.lower().split()):
        return True
    return _spelt_out(one, other) or _spelt_out(other, one)


def _spelt_out(bare: Ask, known: Ask) -> bool:
    """Tell whether *bare* is in Latin letters whom *known* calls in another script: 小西 (konishi@acme.example) is "Ms Konishi"."""
    if not (bare.name and known.name and known.address) or bare.address or known.name.isascii() or not bare.name.isascii():
        return False
    surname = letters(bare.name.split()[-1])
    return len(surname) > _SHORT and surname in letters(known.address.rpartition("@")[0])
