"""What bounces and complaints do: a notice with our token marks the address that letter went to, and nothing else."""

from datetime import timedelta

from bouncer.core.addresses import forms, one_of
from bouncer.core.blame import GONE, means_us, recipients_of
from bouncer.core.decide.scene import Scene
from bouncer.core.decide.wish import Wish, judged, nothing
from bouncer.core.mailboxes import domain_of
from bouncer.core.plain import one_line
from bouncer.model import Kind, Previous, Recipient, Status

_AGAIN = timedelta(days=7)  # a second failure counts only so long after the first
_DISABLED = frozenset({"suspend"})
_SOFT = frozenset({
    "mailboxfull", "expired", "networkerror", "systemerror", "systemfull", "toomanyconn", "mailererror", "vacation", "delivered",
})  # fmt: skip
_FINAL = frozenset({Status.UNREACHABLE, Status.LEFT, Status.RETIRED, Status.DECEASED, Status.PAUSED, Status.STOPPED})


def of_notice(scene: Scene) -> tuple[Wish, ...]:
    """Give what follows from the recipients of a bounce or a delay; nothing where it is another kind of message."""
    because = scene.reading.verdict.because
    if scene.kind is Kind.DELAY:
        return (nothing("the server is still trying", because),)
    if scene.kind is not Kind.BOUNCE:
        return ()
    if not scene.mailed:
        return _untold(scene)
    theirs = recipients_of(scene.reading.recipients, scene.mailed)
    if not scene.reading.recipients and scene.contact.status not in {*_FINAL, Status.SUSPECT} and scene.mailed == scene.email:
        wish = Wish(what=f"our letter to {scene.mailed} came back without a reason that can be read", because=because, fields=_suspect())
        return (judged(scene, wish, "it may not be the address that failed"),)
    if not theirs:
        return (nothing(f"the notice does not speak of {scene.mailed}, where our letter went", because),)
    wish = _of_recipient(scene, theirs[0])
    return (wish, *_back(scene, wish))


def of_complaint(scene: Scene) -> tuple[Wish, ...]:
    """Give what follows from an abuse report (RFC 5965): never written to again, and the owner sees it."""
    if scene.kind is not Kind.COMPLAINT:
        return ()
    because = scene.reading.verdict.because
    asked = Wish(what="a complaint about our letter came", because=because, fields={"status": Status.STOPPED.value}, ask=True, hold=True)
    short = scene.short_of(scene.policy.stop, token_suffices=True)
    if short or not scene.proved:
        return (asked,)
    kept = Wish(what="after a complaint no letter goes there again", because=because, act=True, suppress=scene.contact.addresses)
    return (kept, asked)


def _untold(scene: Scene) -> tuple[Wish, ...]:
    """Judge a notice that carries nothing of ours, though we wrote there lately: anybody may have written it."""
    failed = [r for r in scene.reading.recipients if _is_gone(r) and one_of(r.original or r.address, (scene.email,))]
    if not failed or scene.contact.status in {*_FINAL, Status.SUSPECT}:
        return (nothing("the notice proves nothing about an address", scene.reading.verdict.because),)
    wish = Wish(what=f"{scene.contact.email} is said to fail ({failed[0].reason})", because=failed[0].because, fields=_suspect())
    return (judged(scene, wish, "the notice carries no token of ours"),)


def _of_recipient(scene: Scene, recipient: Recipient) -> Wish:
    """Judge one recipient; *us* comes first, for a policy refusal is often worded as an unknown user."""
    where = scene.mailed
    if recipient.action != "failed":
        return nothing(f"the notice says {recipient.action}", recipient.because)
    if means_us(recipient.reason, recipient.status):
        domain = domain_of(where)
        wish = Wish(what=f"{domain} refused us, not the address ({recipient.reason})", because=recipient.because, wait=(domain,))
        return judged(scene, wish, None if scene.proved and domain else "nothing proves that it is about our letter", weighty=False)
    if _is_gone(recipient) or recipient.reason in _DISABLED:
        return _failed(scene, recipient)
    if recipient.reason in _SOFT or not _permanent(recipient):
        return nothing(f"{where} did not take the letter for now ({recipient.reason})", recipient.because)
    asked = Wish(what=f"{where} refused the letter for a reason not understood", because=recipient.because, fields=_suspect())
    if where != scene.email or scene.contact.status in {*_FINAL, Status.SUSPECT}:
        return nothing(asked.what, recipient.because)
    return judged(scene, asked, "it may not be the address that failed")


def _failed(scene: Scene, recipient: Recipient) -> Wish:
    """Judge a failure of the mailed address itself: suspect at once, unreachable after a second one or a failed re-check."""
    where, status = scene.mailed, scene.contact.status
    short = scene.short_of(scene.policy.bounce, token_suffices=True) or _foreign(scene, recipient)
    wish = Wish(what=f"{where} fails ({recipient.reason})", because=recipient.because, suspect=(where,))
    if where != scene.email:
        return judged(scene, Wish(what=f"{where}, not the present address, fails", because=recipient.because, suspect=(where,)), short)
    if status in _FINAL:
        return judged(scene, wish, short) if short is None else nothing(wish.what, recipient.because)
    if status is not Status.SUSPECT:
        return judged(scene, Wish(what=wish.what, because=recipient.because, fields=_suspect(), suspect=(where,)), short)
    if not _second(scene, recipient):
        return nothing(f"{where} is suspect already", recipient.because)
    fields = {"status": Status.UNREACHABLE.value}
    what = f"{where} fails again ({recipient.reason}), so it is unreachable"
    return judged(scene, Wish(what=what, because=recipient.because, fields=fields, suspect=(where,)), short)


def _back(scene: Scene, failure: Wish) -> tuple[Wish, ...]:
    """Propose the former address again where the new one fails on probation."""
    contact = scene.contact
    if not failure.act or "status" not in failure.fields or contact.status is not Status.PROBATION or not contact.previous:
        return ()
    *earlier, former = contact.previous
    tried = Previous(contact.email, None, scene.today.isoformat(), failure.what)
    wish = Wish(
        what=f"the former address of {contact.name} is {former.email}",
        because=failure.because,
        fields={"email": former.email, "previous": (*earlier, tried)},
        lifts=frozenset({Status.SUSPECT}),
    )
    return (judged(scene, wish, "whether it is to be the present one again, only you can tell"),)


def _second(scene: Scene, recipient: Recipient) -> bool:
    """Tell whether this is the failure of a later letter: the same notice told twice, or late, makes nobody unreachable."""
    since, sent = scene.known.suspect_since.get(scene.mailed), scene.match.sent
    if since is None or sent is None or sent.at <= since:
        return False
    return scene.match.purpose == "recheck" or (_is_gone(recipient) and scene.at - since >= _AGAIN)


def _foreign(scene: Scene, recipient: Recipient) -> str | None:
    """Say where the notice names an address that we know as somebody else's."""
    for address in (recipient.address, recipient.original or ""):
        owners = {scene.known.person_of[form] for form in forms(address) if form in scene.known.person_of}
        if owners and scene.match.person not in owners:
            return f"the notice names {one_line(address)}, which is another contact's"
    return None


def _is_gone(recipient: Recipient) -> bool:
    return recipient.action == "failed" and recipient.permanent and recipient.reason in GONE


def _permanent(recipient: Recipient) -> bool:
    """Tell whether the code says that trying again is no use (RFC 3463 section 2, RFC 5321 section 4.2.1)."""
    return (recipient.status or recipient.reply_code or "").startswith("5")


def _suspect() -> dict[str, str]:
    return {"status": Status.SUSPECT.value}
