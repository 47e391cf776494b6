"""Both wires against Postfix, Dovecot and Pigeonhole."""

import asyncio
import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from support.mailstack import CHECKER, PASSWORD, MailStack
from support.servers import eventually

from bouncer.edge.imap import ImapMailbox, Timing
from bouncer.edge.smtp import SmtpSender
from bouncer.errors import LoginRefused, ServerFault, TlsFault
from bouncer.model import Account, Address, Letter, OutboxState, PersonId, RawMail

pytestmark = pytest.mark.servers
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
LIMIT = 100_000
PATIENCE = 60  # seconds; Dovecot looks every 30 where it can have no inotify
_NUMBERS = count(1)
TLS = ("implicit", "starttls", "loopback-none")


def letter(to: str, *, sender: str = CHECKER, name: str = "") -> Letter:
    """Give a letter to *to* with a Message-ID of its own."""
    number = f"{next(_NUMBERS)}-{datetime.now(UTC).timestamp()}"
    message_id = f"<b.{number}@bouncer.test>"
    text = (
        f"From: {sender}\r\nTo: {to}\r\nSubject: Hello {name}\r\nMessage-ID: {message_id}\r\n"
        f"References: {message_id}\r\nDate: Wed, 04 Mar 2026 10:00:00 +0000\r\n\r\nHow are you?\r\n.\r\n..Yours\r\n"
    )
    return Letter(
        "checkin", PersonId("p1"), "main", Address("", sender), Address(name, to), "Hello", message_id, f"b.{number}+=x", text.encode()
    )


def send(account: Account, *letters: Letter, password: str = PASSWORD) -> list:
    """Submit *letters* over one sender and give the deliveries."""

    async def all_of_them() -> list:
        sender = SmtpSender(account, lambda: password)
        try:
            return [await sender.send(one, lambda: None) for one in letters]
        finally:
            await sender.aclose()

    return asyncio.run(all_of_them())


def mailbox(account: Account, *, password: str = PASSWORD, limit: int = LIMIT) -> ImapMailbox:
    """Give the mailbox of *account* with short pauses between tries."""
    return ImapMailbox(account, lambda: password, limit, timing=Timing(first_pause=0.05, refused_pause=0.05))


@pytest.fixture
def user(mailstack: MailStack) -> str:
    """Give an address of bouncer.test whose mailbox is empty."""
    return mailstack.user()


def mail(subject: str, *, text: str = "Hello.") -> bytes:
    """Give a message as it would be delivered."""
    return f"From: someone@people.test\r\nTo: you@bouncer.test\r\nSubject: {subject}\r\n\r\n{text}\r\n".encode()


class Watching:
    """A folder being watched in a thread: what came, and what was reported."""

    def __init__(self, box: ImapMailbox, folder: str, seen: tuple[int, int] | None = None) -> None:
        """Start watching."""
        self.box = box
        self.came: queue.Queue[RawMail] = queue.Queue()
        self.said: queue.Queue[str | None] = queue.Queue()
        self.thread = threading.Thread(
            target=box.watch, args=(folder, seen, LONG_AGO, self.came.put, lambda _, what: self.said.put(what)), daemon=True
        )
        self.thread.start()


@contextmanager
def watching(box: ImapMailbox, folder: str = "INBOX", seen: tuple[int, int] | None = None) -> Iterator[Watching]:
    """Watch *folder* until the end of the block; the thread has to end with it."""
    watch = Watching(box, folder, seen)
    try:
        yield watch
    finally:
        box.stop()
        watch.thread.join(20)
        assert not watch.thread.is_alive()


@pytest.mark.parametrize("tls", TLS)
def test_a_letter_goes_out_and_arrives_as_it_was(mailstack: MailStack, user: str, tls: str) -> None:
    """The bytes that arrive end in the bytes that were sent, dots at the start of lines included."""
    sent = letter(user)
    (delivery,) = send(mailstack.account(tls=tls), sent)
    assert (delivery.state, delivery.phase, delivery.code) == (OutboxState.SENT, "final", 250)
    arrived = mailstack.wait_for_mail(user, sent.message_id.encode())
    assert arrived.replace(b"\r\n", b"\n").endswith(sent.data.partition(b"\r\n\r\n")[2].replace(b"\r\n", b"\n"))


def test_several_letters_share_a_connection(mailstack: MailStack, user: str) -> None:
    """Postfix sees one client with two letters."""
    before = mailstack.logs().count("mail=2 rcpt=2 data=2")
    assert [delivery.state for delivery in send(mailstack.account(), letter(user), letter(user))] == [OutboxState.SENT] * 2
    eventually(lambda: mailstack.logs().count("mail=2 rcpt=2 data=2") > before)


@pytest.mark.parametrize(
    ("to", "status", "words"),
    [
        ("nobody@people.test", b"Status: 5.1.1", b"User doesn't exist"),
        ("moved@people.test", b"Status: 5.1.6", b"moved.new@elsewhere.test"),
        ("anyone@nowhere.test", b"Status: 5.1.1", b"User unknown here"),
        ("anyone@slow.test", b"Action: delayed", b"Mailbox full"),
    ],
)
def test_what_cannot_be_delivered_comes_back_with_our_envelope_id(
    mailstack: MailStack, user: str, to: str, status: bytes, words: bytes
) -> None:
    """The DSN names the envelope id and the recipient as we gave them (RFC 3461), and our Message-ID."""
    sent = letter(to, sender=user)
    assert send(mailstack.account(user), sent)[0].state is OutboxState.SENT
    report = mailstack.wait_for_mail(user, status, patience=60)
    assert words in b" ".join(report.split())
    assert sent.message_id.encode() in report
    assert f"Original-Envelope-Id: {sent.envid}".encode() in report
    assert f"Original-Recipient: rfc822;{to}".encode() in report


@pytest.mark.parametrize(("to", "words"), [("left@people.test", b"left.new@elsewhere.test"), ("away@people.test", b"until Monday")])
def test_sieve_answers_a_letter(mailstack: MailStack, user: str, to: str, words: bytes) -> None:
    """The vacation answer names our Message-ID."""
    sent = letter(to, sender=user)
    send(mailstack.account(user), sent)
    answer = mailstack.wait_for_mail(user, words)
    assert b"Auto-Submitted: auto-replied" in answer
    assert sent.message_id.encode() in answer


def test_a_wrong_password_hands_nothing_over_and_says_what_to_do(mailstack: MailStack, user: str) -> None:
    """Neither wire mistakes it for anything else, and neither shows the password."""
    account = mailstack.account(user)
    (delivery,) = send(account, letter("alice@people.test"), password="wrong horse")
    assert (delivery.state, delivery.phase, delivery.code) == (OutboxState.READY, "login", 535)
    assert f"login of {user} refused" in delivery.trouble
    with pytest.raises(
        LoginRefused, match=f"IMAP 127.0.0.1:.*account main.*login of {user} refused.*check the account's user and secret"
    ) as caught:
        list(mailbox(account, password="wrong horse").fetch({}, LONG_AGO))
    assert "wrong horse" not in delivery.trouble + str(caught.value)


def test_a_certificate_of_unknown_origin_is_not_trusted(mailstack: MailStack, user: str) -> None:
    """Without the ca_file neither wire sends the password."""
    account = mailstack.account(user)
    bare = Account(
        name="main",
        address=user,
        secret=account.secret,
        imap=type(account.imap)(host="127.0.0.1", port=account.imap.port),
        smtp=type(account.smtp)(host="127.0.0.1", port=account.smtp.port),
    )
    (delivery,) = send(bare, letter(user))
    assert (delivery.state, delivery.phase) == (OutboxState.READY, "connect")
    assert "ca_file" in delivery.trouble
    with pytest.raises(TlsFault, match="ca_file"):
        list(mailbox(bare).fetch({}, LONG_AGO))


@pytest.mark.parametrize("tls", TLS)
def test_a_folder_is_read_from_where_it_was_left(mailstack: MailStack, user: str, tls: str) -> None:
    """The first look gives everything, the next only what is new, in the order of arrival; nothing gets marked as read."""
    for number in range(7):
        mailstack.deliver(mail(f"number {number}"), user)
    box = mailbox(mailstack.account(user, tls=tls))
    first = list(box.fetch({}, LONG_AGO))
    assert [b"number %d" % number in raw.data for number, raw in enumerate(first)] == [True] * 7
    assert first[0].received is not None
    assert abs(first[0].received - datetime.now(UTC)) < timedelta(minutes=5)
    key = first[4].key
    assert key is not None
    assert (key.account, key.folder) == ("main", "INBOX")
    assert list(box.fetch({"INBOX": (key.uidvalidity, key.uid)}, LONG_AGO)) == first[5:]
    assert "Seen" not in mailstack.doveadm("fetch", "-u", user, "flags", "mailbox", "INBOX")


def test_nothing_new_is_nothing(mailstack: MailStack, user: str) -> None:
    """`n:*` matches the last message always, and that one is not given again."""
    mailstack.deliver(mail("only"), user)
    box = mailbox(mailstack.account(user))
    (only,) = box.fetch({}, LONG_AGO)
    assert only.key is not None
    assert list(box.fetch({"INBOX": (only.key.uidvalidity, only.key.uid)}, LONG_AGO)) == []


def test_another_uidvalidity_means_reading_again(mailstack: MailStack, user: str) -> None:
    """UIDs under another UIDVALIDITY say nothing; what came before *since* is still left alone."""
    mailstack.deliver(mail("only"), user)
    box = mailbox(mailstack.account(user))
    assert len(list(box.fetch({"INBOX": (1, 4_000_000_000)}, LONG_AGO))) == 1
    assert list(box.fetch({"INBOX": (1, 4_000_000_000)}, datetime.now(UTC) + timedelta(hours=1))) == []


def test_a_long_message_is_cut_and_says_so(mailstack: MailStack, user: str) -> None:
    """One of exactly the limit is whole; one byte more is cut."""
    box = mailbox(mailstack.account(user))
    mailstack.deliver(mail("long", text="x" * 500), user)
    (whole,) = box.fetch({}, LONG_AGO)
    size = len(whole.data)
    (same,) = mailbox(mailstack.account(user), limit=size).fetch({}, LONG_AGO)
    (cut,) = mailbox(mailstack.account(user), limit=size - 1).fetch({}, LONG_AGO)
    assert (same.data, same.truncated) == (whole.data, False)
    assert (cut.data, cut.truncated) == (whole.data[:-1], True)


def test_junk_is_found_by_its_use(mailstack: MailStack, user: str) -> None:
    r"""The folder that the server marks as \Junk is read, whatever its name, under the name that the configuration gives it."""
    mailstack.append(user, "Spamverdacht", mail("put aside"))
    for folder in ("\\Junk", "Spamverdacht"):
        (raw,) = mailbox(mailstack.account(user, folders=("INBOX", folder))).fetch({}, LONG_AGO)
        assert raw.key is not None
        assert raw.key.folder == folder


def test_a_folder_that_is_not_there_is_named(mailstack: MailStack, user: str) -> None:
    """The sentence names it and those that are."""
    with pytest.raises(ServerFault, match="there is no folder 'Posteingang'; there are: INBOX"):
        list(mailbox(mailstack.account(user, folders=("Posteingang",))).fetch({}, LONG_AGO))


def test_the_copy_in_sent_is_found_there(mailstack: MailStack, user: str) -> None:
    """What was filed is seen in the headers of Sent, and no more of it than those."""
    box = mailbox(mailstack.account(user))
    assert list(box.sent_headers(LONG_AGO)) == []
    sent = letter("alice@people.test", name="Alice")
    box.append_sent(sent, datetime(2026, 3, 4, 10, tzinfo=UTC))
    (header,) = box.sent_headers(datetime(2026, 3, 4, 9, tzinfo=UTC))
    assert header.message_id == sent.message_id
    assert header.to == (Address("", "alice@people.test"),)
    assert header.date == datetime(2026, 3, 4, 10, tzinfo=UTC)
    assert list(box.sent_headers(datetime(2026, 3, 4, 11, tzinfo=UTC))) == []
    assert "\\Seen" in mailstack.doveadm("fetch", "-u", user, "flags", "mailbox", "Outgoing")


@pytest.mark.parametrize("tls", TLS)
def test_a_watched_folder_gives_what_comes(mailstack: MailStack, user: str, tls: str) -> None:
    """What was there, then what is pushed, each once and in order."""
    mailstack.deliver(mail("before"), user)
    with watching(mailbox(mailstack.account(user, tls=tls))) as watch:
        assert b"before" in watch.came.get(timeout=PATIENCE).data
        assert watch.said.get(timeout=PATIENCE) is None
        for number in range(3):
            mailstack.deliver(mail(f"pushed {number}"), user)
        for number in range(3):
            assert b"pushed %d" % number in watch.came.get(timeout=PATIENCE).data
        assert watch.came.empty()


def test_junk_is_watched_by_its_use(mailstack: MailStack, user: str) -> None:
    r"""What the filter puts aside is pushed too, under the name of \Junk."""
    with watching(mailbox(mailstack.account(user)), "\\Junk") as watch:
        assert watch.said.get(timeout=PATIENCE) is None
        mailstack.append(user, "Spamverdacht", mail("put aside"))
        raw = watch.came.get(timeout=PATIENCE)
    assert raw.key is not None
    assert raw.key.folder == "\\Junk"


def test_a_watcher_that_is_thrown_out_comes_back(mailstack: MailStack, user: str) -> None:
    """It reports why, connects again, and misses nothing."""
    with watching(mailbox(mailstack.account(user))) as watch:
        assert watch.said.get(timeout=PATIENCE) is None
        mailstack.kick(user)
        said = eventually(lambda: watch.said.get(timeout=PATIENCE))
        assert "IMAP 127.0.0.1" in said
        mailstack.deliver(mail("after"), user)
        assert b"after" in watch.came.get(timeout=PATIENCE).data
        eventually(lambda: watch.said.get(timeout=PATIENCE) is None)


def test_a_watcher_with_a_wrong_password_says_so_and_goes_on_trying(mailstack: MailStack, user: str) -> None:
    """Once the secret is mended, it reads."""
    secrets = iter(("wrong", "wrong"))
    box = ImapMailbox(mailstack.account(user), lambda: next(secrets, PASSWORD), LIMIT, timing=Timing(refused_pause=0.05))
    with watching(box) as watch:
        assert "refused" in str(watch.said.get(timeout=PATIENCE))
        assert "refused" in str(watch.said.get(timeout=PATIENCE))
        assert watch.said.get(timeout=PATIENCE) is None


def test_a_folder_that_appears_later_is_no_fault(mailstack: MailStack, user: str) -> None:
    r"""A mailbox without a folder for drafts (nobody marked one) is watched in peace."""
    with watching(mailbox(mailstack.account(user)), "\\Drafts") as watch:
        assert watch.said.get(timeout=PATIENCE) is None
