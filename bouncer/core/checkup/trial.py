"""What a provider does with a letter: one to the owner's own mailbox, as it came back."""

from collections.abc import Callable, Iterator
from email.message import Message
from email.parser import BytesHeaderParser
from email.utils import parseaddr

from bouncer.core.checkup.servers import SERVER, clock_wrong, place
from bouncer.core.checkup.vouching import vouchers
from bouncer.model.checkup import Diagnosis, Proposal, TrialSeen

_FULL = ("5.2.2", "4.2.2", "over quota", "overquota", "mailbox full", "mailbox is full", "quota exceeded")
_PLUS_FIELDS = ("To", "Delivered-To", "X-Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To")

Judge = Callable[[TrialSeen, Message, int], Iterator[Diagnosis]]


def judge_trial(seen: TrialSeen, index: int) -> tuple[Diagnosis, ...]:
    """Give what became of the trial letter of account number *index*: what survived of it, and what should be set otherwise."""
    header = BytesHeaderParser().parsebytes(seen.data)
    judges = _BACK if seen.outcome == "back" else (_lost, _plus)
    return tuple(one for judge in judges for one in judge(seen, header, index))


def _lost(seen: TrialSeen, _header: Message, _index: int) -> Iterator[Diagnosis]:
    where = place(seen.account, "smtp")
    full = any(words in seen.said.lower() for words in _FULL)
    if seen.outcome in ("refused", "bounced") and full:
        mend = "delete or move mail, or have the quota raised"
        yield Diagnosis("mail.quota-full", "error", where, f'the mailbox is full: "{seen.said}"', mend, SERVER)
    elif seen.outcome == "refused":
        mend = "ask the provider what these words mean; check-ins would be refused likewise"
        yield Diagnosis("mail.refused", "error", where, f'the trial letter was refused: "{seen.said}"', mend, SERVER)
    elif seen.outcome == "bounced":
        mend = "look at the notice in your mailbox; check-ins would be returned likewise"
        yield Diagnosis("mail.bounced", "error", where, "the trial letter was returned", mend, SERVER)
    elif seen.outcome in ("not-sent", "uncertain"):
        said = "was not handed in" if seen.outcome == "not-sent" else "may have been handed in or not: the connection broke at its end"
        yield Diagnosis("mail.not-sent", "error", where, f"the trial letter {said}: {seen.said}", "mend that, and try again", SERVER)
    else:
        said = "the trial letter was taken, but is in none of the watched folders yet"
        mend = "look for it in your mailbox: name the folder where it is in `folders`, or try again with a longer --wait"
        yield Diagnosis("mail.not-back", "warning", where, said, mend)


def _came(seen: TrialSeen, _header: Message, _index: int) -> Iterator[Diagnosis]:
    where = place(seen.account, "imap")
    if seen.folder.upper() == "INBOX":
        yield Diagnosis("mail.back", "fine", where, "the trial letter came back into the Inbox")
    else:
        said = f"the trial letter came back into {seen.folder}, so check-ins may land in the junk folder as well"
        yield Diagnosis(
            "mail.junk", "warning", where, said, "tell your provider that it is no junk; look whether SPF and DKIM of your domain are right"
        )


def _message_id(seen: TrialSeen, header: Message, _index: int) -> Iterator[Diagnosis]:
    where, token = place(seen.account, "smtp"), seen.token.lower()
    kept = _flat(header, "Message-ID") == seen.message_id
    referred = token in _flat(header, "References").lower()
    if kept:
        yield Diagnosis("mail.message-id", "fine", where, "the Message-ID stays as bouncer writes it")
    elif referred:
        said = "the Message-ID is rewritten on the way; bouncer writes it into References as well, and there it stays"
        yield Diagnosis("mail.message-id-rewritten", "note", where, said, "nothing must be done: answers are known by References")
    else:
        said = "the Message-ID is rewritten on the way, and References do not keep it: most answers and bounces would not be known"
        mend = "set plus_address: true where the provider delivers such addresses; else send through another server"
        yield Diagnosis("mail.message-id-rewritten", "error", where, said, mend, SERVER)
    if kept and not referred:
        said = "the References of a letter are taken out or rewritten on the way"
        yield Diagnosis("mail.references-stripped", "note", where, said, "nothing must be done: answers are known by the Message-ID")


def _plus(seen: TrialSeen, header: Message, index: int) -> Iterator[Diagnosis]:
    where, option = place(seen.account, "imap"), ("accounts", index, "plus_address")
    shown = "+" in seen.to and any(
        seen.to.lower() in value.lower() for name in _PLUS_FIELDS for value in map(str, header.get_all(name, []))
    )
    wanted = seen.account.plus_address
    if seen.outcome == "back" and shown:
        proposal = None if wanted else Proposal(option, "true")
        mend = "" if wanted else f"set accounts[{index}].plus_address to true: answers are then known by their address as well"
        said = "mail to you+anything@ reaches you, and shows it"
        yield Diagnosis("mail.plus-address", "fine" if wanted else "note", where, said, mend, proposal=proposal)
    elif seen.plain_after or seen.outcome == "back":
        lost = (
            f"is not delivered ({seen.plain_after})" if seen.plain_after else "reaches you, but what follows the + is taken off on the way"
        )
        proposal = Proposal(option, "false") if wanted else None
        mend = (
            f"set accounts[{index}].plus_address to false: answers to it would be lost or not be known"
            if wanted
            else "leave plus_address: false"
        )
        yield Diagnosis("mail.plus-stripped", "error" if wanted else "note", where, f"mail to you+anything@ {lost}", mend, SERVER, proposal)


def _return_path(seen: TrialSeen, header: Message, _index: int) -> Iterator[Diagnosis]:
    where, written = place(seen.account, "smtp"), _flat(header, "Return-Path")
    path = parseaddr(written)[1].lower()
    if path == seen.account.address.lower():
        yield Diagnosis("mail.return-path", "fine", where, "bounces come to the account's own address (Return-Path)")
    elif path:
        said = f"the envelope sender is rewritten to {path}, so bounces go there"
        yield Diagnosis("mail.return-path-rewritten", "warning", where, said, "see that mail to that address reaches a watched folder")
    else:
        said = "mail comes without a Return-Path, so it cannot be seen where bounces go"
        yield Diagnosis("mail.return-path-hidden", "note", where, said, "nothing must be done")


def _vouched(seen: TrialSeen, header: Message, index: int) -> Iterator[Diagnosis]:
    where, account = place(seen.account, "imap"), seen.account
    named = vouchers(map(str, header.get_all("Authentication-Results", [])[:1]))
    if not named and account.vouches:
        return  # many providers write none into mail of one's own, which says nothing of other people's
    if not named:
        said = "the provider writes no Authentication-Results with a name into mail that you send yourself"
        mend = f"look for that field in a mail from outside, and set accounts[{index}].authserv_id to its first word; or verify_dkim: true"
        yield Diagnosis("mail.no-authentication-results", "warning", where, said, mend)
    elif named[0] == (account.authserv_id or "").lower():
        yield Diagnosis("mail.authserv-id", "fine", where, f"Authentication-Results are of {named[0]}, as configured")
    else:
        said = f"Authentication-Results are of {named[0]}" + (f", not of {account.authserv_id}" if account.authserv_id else "")
        mend = f"set accounts[{index}].authserv_id to {named[0]}, so that genuine senders are told from forged ones"
        proposal = Proposal(("accounts", index, "authserv_id"), named[0])
        yield Diagnosis("mail.authserv-id-other", "warning" if account.authserv_id else "note", where, said, mend, proposal=proposal)


def _filed(seen: TrialSeen, _header: Message, index: int) -> Iterator[Diagnosis]:
    where, option, now = place(seen.account, "imap"), ("accounts", index, "sent_copy"), seen.account.sent_copy
    if seen.filed is None:
        return  # that there is no Sent folder is said already
    right = "server" if seen.filed else "append"
    if right == now:
        said = "the server files sent mail itself" if seen.filed else "the server files no sent mail, so bouncer does"
        yield Diagnosis("mail.sent-copy", "fine", where, said)
    else:
        end = "every check-in would lie there twice" if seen.filed else "no check-in would lie there"
        said = f"the server files {'sent mail itself' if seen.filed else 'no sent mail'}, and the configuration says `{now}`: {end}"
        mend = f"set accounts[{index}].sent_copy to {right}"
        yield Diagnosis("mail.sent-copy-wrong", "warning", where, said, mend, proposal=Proposal(option, right))


def _clock(seen: TrialSeen, _header: Message, _index: int) -> Iterator[Diagnosis]:
    if seen.received is not None and seen.found is not None:
        yield from clock_wrong(seen.received - seen.found, place(seen.account, "imap"))


def _flat(header: Message, name: str) -> str:
    return " ".join(str(header.get(name) or "").split())


# As the way of a letter goes: whether it came, what it is known by, where answers and bounces go, whom to believe, where it is filed.
_BACK: tuple[Judge, ...] = (_came, _message_id, _plus, _return_path, _vouched, _filed, _clock)
