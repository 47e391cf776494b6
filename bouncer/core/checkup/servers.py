"""What is wrong with a mail server, or with this machine's clock beside it."""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from bouncer.core.checkup.vouching import vouchers
from bouncer.model import Account
from bouncer.model.checkup import Diagnosis, ImapSeen, Proposal, Secured, SmtpSeen

CONFIG, SERVER = 78, 69  # sysexits.h
APART = timedelta(minutes=5)
_SOON = timedelta(days=14)
_FULL, _NEARLY = 1.0, 0.95
_INBOX = "INBOX"
_DATE = re.compile(r"[A-Z][a-z]{2}, {1,2}\d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d(?: [+-]\d{4}| [A-Z]{3})?")


def place(account: Account, protocol: str) -> str:
    """Name a server of *account* as the faults of the wire do."""
    server = account.imap if protocol == "imap" else account.smtp
    return f"{protocol.upper()} {server.host}:{server.port} (account {account.name})"


def judge_imap(seen: ImapSeen, index: int) -> tuple[Diagnosis, ...]:
    """Give what is wrong with the IMAP server of account number *index*; one diagnosis alone where it cannot be used at all."""
    if seen.hindrance is not None:
        return (_hindered(seen, "imap"),)
    return tuple(one for judge in _IMAP for one in judge(seen, index))


def judge_smtp(seen: SmtpSeen) -> tuple[Diagnosis, ...]:
    """Give what is wrong with the SMTP server; one diagnosis alone where it cannot be used at all."""
    if seen.hindrance is not None:
        return (_hindered(seen, "smtp"),)
    return tuple(one for judge in _SMTP for one in judge(seen))


def judge_clock(seen: Iterable[ImapSeen | SmtpSeen]) -> tuple[Diagnosis, ...]:
    """Give how far this machine's clock is from the servers', where they let it be seen; the greatest difference alone.

    A greeting may hold the time (RFC 5321 section 4.2 leaves its text free). A message of the Inbox cannot have come in later than now.
    """
    apart = [(_greeted(one.greeting), one) for one in seen if isinstance(one, SmtpSeen)]
    found = [(moment - one.at, place(one.account, "smtp")) for moment, one in apart if moment is not None]
    found += [
        (one.newest - one.at, place(one.account, "imap"))
        for one in seen
        if isinstance(one, ImapSeen) and one.newest and one.newest > one.at
    ]
    return tuple(clock_wrong(*max(found, key=lambda pair: abs(pair[0]))) if found else ())


def clock_wrong(ahead: timedelta, where: str) -> Iterator[Diagnosis]:
    """Say that the server's clock is *ahead* of this machine's by more than five minutes, or behind; nothing where it is not."""
    if abs(ahead) > APART:
        minutes = round(abs(ahead) / timedelta(minutes=1))
        said = f"this machine's clock is {minutes} minutes {'behind' if ahead > timedelta(0) else 'ahead of'} that of the server"
        mend = "set the clock (`timedatectl set-ntp true`): certificates, tokens and working hours go by it"
        yield Diagnosis("clock.wrong", "error", where, said, mend, SERVER)


def _hindered(seen: ImapSeen | SmtpSeen, protocol: str) -> Diagnosis:
    hindrance = seen.hindrance
    if hindrance is None:  # pragma: no cover - asked by both callers
        raise ValueError("not hindered")
    where = place(seen.account, protocol)
    return Diagnosis(
        f"{protocol}.{hindrance.kind}", "error", where, hindrance.said.removeprefix(f"{where}: "), hindrance.mend, hindrance.code
    )


def _certificate(secured: Secured | None, at: datetime, where: str, protocol: str) -> Iterator[Diagnosis]:
    if secured is not None and secured.expires is not None and secured.expires - at < _SOON:
        days = (secured.expires - at).days
        said = f"the certificate expires in {days} day{'' if days == 1 else 's'}, on {secured.expires:%Y-%m-%d}"
        yield Diagnosis(
            f"{protocol}.tls-expiring", "warning", where, said, "if the server is yours, renew it; else it is the provider's business"
        )


def _imap_tls(seen: ImapSeen, _index: int) -> Iterator[Diagnosis]:
    yield from _certificate(seen.secured, seen.at, place(seen.account, "imap"), "imap")


def _folders(seen: ImapSeen, index: int) -> Iterator[Diagnosis]:
    where, there = place(seen.account, "imap"), ", ".join(sorted(seen.folders)[:20])
    for wanted in seen.account.folders:
        if wanted.upper() == _INBOX or seen.resolved.get(wanted) is not None:
            continue
        if wanted.startswith("\\"):
            said = f"no folder is marked as {wanted} or called as such folders usually are, so what lands there is not read"
            mend = f"if there is one, name it in accounts[{index}].folders; there are: {there}"
            yield Diagnosis("imap.junk-missing" if wanted.lower() == "\\junk" else "imap.folder-unmarked", "note", where, said, mend)
        else:
            said, mend = f"there is no folder {wanted!r}", f"set accounts[{index}].folders to some of these: {there}"
            yield Diagnosis("imap.folder-missing", "error", where, said, mend, CONFIG)


def _sent(seen: ImapSeen, index: int) -> Iterator[Diagnosis]:
    if seen.resolved.get(seen.account.sent_folder) is not None:
        return
    where, there, wanted = place(seen.account, "imap"), ", ".join(sorted(seen.folders)[:20]), seen.account.sent_folder
    lost = (
        "no copy of a check-in would be filed"
        if seen.account.sent_copy == "append"
        else "a check-in of uncertain fate could not be looked for"
    )
    said = (
        f"no folder is marked as that of sent mail ({wanted})"
        if wanted.startswith("\\")
        else f"there is no folder {wanted!r} for sent mail"
    )
    mend = f"set accounts[{index}].sent_folder to one of these, or make one with your mail program: {there}"
    yield Diagnosis("imap.sent-missing", "error", where, f"{said}, so {lost}", mend, CONFIG)


def _idle(seen: ImapSeen, _index: int) -> Iterator[Diagnosis]:
    if "IDLE" not in seen.capabilities:
        said = "announces no new mail by itself (IDLE, RFC 2177), so that answers are seen only as often as `poll_minutes` says"
        yield Diagnosis(
            "imap.no-idle", "note", place(seen.account, "imap"), said, "nothing must be done; set poll_minutes lower to be told sooner"
        )


def _quota(seen: ImapSeen, _index: int) -> Iterator[Diagnosis]:
    used, allowed = seen.quota or (0, 0)
    share = used / allowed if allowed else 0.0
    where = place(seen.account, "imap")
    if share >= _FULL:
        said = f"the mailbox is full ({used // 1024} of {allowed // 1024} MB): answers would be returned to their senders"
        yield Diagnosis("imap.quota-full", "error", where, said, "delete or move mail, or have the quota raised", SERVER)
    elif share >= _NEARLY:
        said = f"the mailbox is nearly full ({used // 1024} of {allowed // 1024} MB)"
        yield Diagnosis("imap.quota-nearly-full", "warning", where, said, "delete or move mail, or have the quota raised")


def _vouching(seen: ImapSeen, index: int) -> Iterator[Diagnosis]:
    where, wanted = place(seen.account, "imap"), (seen.account.authserv_id or "").lower()
    named = vouchers(seen.results)
    usual = named[0] if named else None
    if wanted and usual and wanted not in named:
        said = f"the newest messages carry Authentication-Results of {usual}, and none of {wanted}, which is configured"
        mend = f"set accounts[{index}].authserv_id to {usual}, if that is your provider's"
        proposal = Proposal(("accounts", index, "authserv_id"), usual)
        yield Diagnosis("mail.authserv-id-other", "warning", where, said, mend, proposal=proposal)
    elif not seen.account.vouches:
        said = "nothing tells a genuine sender from a forged one, so bouncer does less by itself"
        if usual is None:
            mend = f"`bouncer doctor --roundtrip` shows what to set; or set accounts[{index}].verify_dkim to true"
            yield Diagnosis("mail.nobody-vouches", "warning", where, said, mend)
        else:
            mend = f"set accounts[{index}].authserv_id to {usual}, which stands in the newest messages, if that is your provider's"
            proposal = Proposal(("accounts", index, "authserv_id"), usual)
            yield Diagnosis("mail.nobody-vouches", "warning", where, said, mend, proposal=proposal)


def _smtp_tls(seen: SmtpSeen) -> Iterator[Diagnosis]:
    yield from _certificate(seen.secured, seen.at, place(seen.account, "smtp"), "smtp")


def _dsn(seen: SmtpSeen) -> Iterator[Diagnosis]:
    if "dsn" not in seen.extensions:
        said = "takes no wishes for delivery notices (DSN, RFC 3461), so that bounces carry less to know them by"
        yield Diagnosis(
            "smtp.no-dsn",
            "note",
            place(seen.account, "smtp"),
            said,
            "nothing must be done; Message-ID and References are looked for instead",
        )


def _greeted(greeting: str) -> datetime | None:
    """Give the time in the *greeting* of a server, as some put it there; None where there is none."""
    found = _DATE.search(greeting)
    try:
        moment = parsedate_to_datetime(found[0]) if found else None
    except (ValueError, OverflowError):
        return None
    return moment if moment is not None and moment.tzinfo is not None else None  # a zone that is not known says nothing


# What keeps mail from being read comes before what only makes it slower or less believed.
_IMAP: tuple[Callable[[ImapSeen, int], Iterator[Diagnosis]], ...] = (_imap_tls, _folders, _sent, _quota, _vouching, _idle)
_SMTP: tuple[Callable[[SmtpSeen], Iterator[Diagnosis]], ...] = (_smtp_tls, _dsn)
