"""What is true of every mailbox, real or in memory; a subclass says how mail gets into it."""

import queue
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from bouncer.model import Address, Letter, PersonId, RawMail
from bouncer.ports import Mailbox

T0, T1, T2 = (datetime(2026, 3, 4, hour, tzinfo=UTC) for hour in (10, 11, 12))
LIMIT = 500
PATIENCE = 60  # seconds


class World(ABC):
    """A mailbox with INBOX and Junk, and the other side of it."""

    box: Mailbox

    @abstractmethod
    def put(self, data: bytes, at: datetime, folder: str = "INBOX") -> None:
        """Let a message arrive."""

    @abstractmethod
    def renumber(self) -> None:
        """Give the Inbox another UIDVALIDITY."""


class Watch:
    """The Inbox being watched in a thread."""

    def __init__(self, box: Mailbox, seen: tuple[int, int] | None, since: datetime) -> None:
        """Start."""
        self.came: queue.Queue[RawMail] = queue.Queue()
        self.said: queue.Queue[tuple[str, str | None]] = queue.Queue()
        self.thread = threading.Thread(
            target=box.watch, args=("INBOX", seen, since, self.came.put, lambda *said: self.said.put(said)), daemon=True
        )
        self.thread.start()


@contextmanager
def watching(box: Mailbox, seen: tuple[int, int] | None = None, since: datetime = T0) -> Iterator[Watch]:
    """Watch the Inbox until the end of the block; the thread has to end with it."""
    watch = Watch(box, seen, since)
    try:
        yield watch
    finally:
        box.stop()
        watch.thread.join(20)
        assert not watch.thread.is_alive()


def seen(raw: RawMail) -> tuple[int, int]:
    """Give the mark of *raw*."""
    assert raw.key is not None
    return raw.key.uidvalidity, raw.key.uid


def letter(number: int) -> Letter:
    """Give a letter to Jane."""
    message_id = f"<b.{number}@bouncer.test>"
    head = f"From: owner@bouncer.test\r\nTo: =?utf-8?q?J=C3=A4ne?= <jane@acme.example>\r\nMessage-ID: {message_id}\r\n"
    data = f"{head}In-Reply-To: <q@acme.example>\r\nDate: Wed, 04 Mar 2026 12:30:00 +0100\r\nSubject: Hello\r\n\r\nHello.\r\n".encode()
    return Letter(
        "checkin", PersonId("p"), "main", Address("", "owner@bouncer.test"), Address("", "jane@acme.example"), "x", message_id, "", data
    )


class MailboxConformance:
    """The suite; a subclass gives the fixture `world`."""

    @pytest.fixture
    def world(self) -> World:
        """Give a mailbox of its own to each test."""
        raise NotImplementedError

    def test_all_is_new_at_first_and_nothing_the_second_time(self, world: World) -> None:
        """By folder, and in the order of arrival."""
        for number in range(3):
            world.put(b"S: %d\r\n\r\n" % number, T1)
        world.put(b"S: junk\r\n\r\n", T1, "\\Junk")
        found = list(world.box.fetch({}, T0))
        assert [raw.data for raw in found] == [b"S: 0\r\n\r\n", b"S: 1\r\n\r\n", b"S: 2\r\n\r\n", b"S: junk\r\n\r\n"]
        assert [raw.key.folder for raw in found if raw.key] == ["INBOX"] * 3 + ["\\Junk"]
        assert {raw.received for raw in found} == {T1}
        assert list(world.box.fetch({"INBOX": seen(found[2]), "\\Junk": seen(found[3])}, T0)) == []

    def test_what_came_after_the_mark_is_new(self, world: World) -> None:
        """However old it says it is."""
        world.put(b"S: 1\r\n\r\n", T1)
        (first,) = world.box.fetch({}, T0)
        world.put(b"S: 2\r\n\r\n", T0)
        assert [raw.data for raw in world.box.fetch({"INBOX": seen(first)}, T2)] == [b"S: 2\r\n\r\n"]

    def test_without_a_mark_what_is_too_old_is_left_alone(self, world: World) -> None:
        """To the second, not the day."""
        world.put(b"S: old\r\n\r\n", T0)
        world.put(b"S: new\r\n\r\n", T2)
        assert [raw.data for raw in world.box.fetch({}, T1)] == [b"S: new\r\n\r\n"]

    def test_another_uidvalidity_makes_the_mark_void(self, world: World) -> None:
        """The folder is read again from *since* on."""
        world.put(b"S: 1\r\n\r\n", T1)
        (first,) = world.box.fetch({}, T0)
        world.renumber()
        (again,) = world.box.fetch({"INBOX": seen(first)}, T0)
        assert again.data == first.data
        assert seen(again)[0] != seen(first)[0]

    def test_a_long_message_is_cut_and_says_so(self, world: World) -> None:
        """One of exactly the limit is whole."""
        world.put(b"x: " + b"y" * (LIMIT - 7) + b"\r\n\r\n", T1)
        world.put(b"x: " + b"y" * (LIMIT - 6) + b"\r\n\r\n", T1)
        whole, cut = world.box.fetch({}, T0)
        assert (len(whole.data), whole.truncated) == (LIMIT, False)
        assert (len(cut.data), cut.truncated) == (LIMIT, True)

    def test_a_watch_gives_what_is_there_and_what_comes(self, world: World) -> None:
        """Each once, in order, and says that all is well."""
        world.put(b"S: 1\r\n\r\n", T1)
        with watching(world.box) as watch:
            assert watch.came.get(timeout=PATIENCE).data == b"S: 1\r\n\r\n"
            assert watch.said.get(timeout=PATIENCE) == ("INBOX", None)
            world.put(b"S: 2\r\n\r\n", T1)
            world.put(b"S: 3\r\n\r\n", T1)
            assert [watch.came.get(timeout=PATIENCE).data for _ in range(2)] == [b"S: 2\r\n\r\n", b"S: 3\r\n\r\n"]
            assert watch.came.empty()

    def test_a_watch_goes_on_from_its_mark(self, world: World) -> None:
        """What was seen does not come again."""
        world.put(b"S: 1\r\n\r\n", T1)
        (first,) = world.box.fetch({}, T0)
        world.put(b"S: 2\r\n\r\n", T1)
        with watching(world.box, seen(first)) as watch:
            assert watch.came.get(timeout=PATIENCE).data == b"S: 2\r\n\r\n"
            assert watch.came.empty()

    def test_a_copy_in_sent_is_seen_there(self, world: World) -> None:
        """By its few headers: who was written to, when, in answer to what."""
        assert list(world.box.sent_headers(T0)) == []
        world.box.append_sent(letter(1), T1)
        (header,) = world.box.sent_headers(T0)
        assert (header.message_id, header.in_reply_to) == ("<b.1@bouncer.test>", ("<q@acme.example>",))
        assert header.to == (Address("Jäne", "jane@acme.example"),)
        assert header.date == datetime(2026, 3, 4, 11, 30, tzinfo=UTC)

    def test_copies_from_before_are_not_asked_for(self, world: World) -> None:
        """Only those since then."""
        world.box.append_sent(letter(1), T0)
        world.box.append_sent(letter(2), T2)
        assert [header.message_id for header in world.box.sent_headers(T1)] == ["<b.2@bouncer.test>"]
