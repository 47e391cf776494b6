"""`bouncer explain` reads any message, from wherever it comes, without a configuration; with one it says what `run` would do."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from support.bouncer_home import CONTACTS, Home, today
from support.build import AT, raw

from bouncer.demo.answers import Got, automatic, human, notice

GOT = Got("jane@acme.example", b"Message-ID: <own@home.example>\r\nSubject: Hello\r\n\r\nHello Jane\r\n", AT)
MOVED = automatic(GOT, "Jane Doe", "Automatic reply: Hello", "I have left Acme. My new address is jane@newco.example.")
BOUNCED = notice(GOT, "failed", "5.1.1", "550 5.1.1 User unknown")
ODD = (
    b"",
    b"\x00\xff\xfe" * 2000,
    b"From:" + b"(" * 5000 + b"\r\n\r\nx",
    b"Content-Type: multipart/mixed; boundary=a\r\n\r\n" + b"--a\r\nContent-Type: multipart/mixed; boundary=a\r\n\r\n" * 60,
    b"Subject: =?utf-8?b?////?=\r\nDate: Thu, 99 Foo 9999\r\nContent-Type: text/plain; charset=klingon\r\n\r\n\xff\xfe",
)
KEYS = {"source", "message_id", "date", "kind", "because", "language", "recipients", "findings", "tokens", "references", "defects"}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Give a home in which bouncer has never run."""
    return Home(tmp_path)


def objects(home: Home, *arguments: str, stdin: bytes = b"") -> list[dict[str, object]]:
    """Run `explain --json` and give its objects."""
    ran = home.bouncer("explain", "--json", *arguments, stdin=stdin)
    assert (ran.code, ran.err) == (0, "")
    return [json.loads(line) for line in ran.out.splitlines()]


def mbox(*messages: bytes) -> bytes:
    """Give an mbox of *messages*."""
    return b"".join(b"From MAILER-DAEMON Wed Mar  4 10:00:00 2026\n" + m.replace(b"\r\n", b"\n").rstrip(b"\n") + b"\n\n" for m in messages)


class TestSources:
    """Where messages come from, and what they are called."""

    def test_a_file_is_one_message(self, home: Home) -> None:
        """Called by its path as given."""
        (home.path / "moved.eml").write_bytes(MOVED)
        (read,) = objects(home, "moved.eml")
        assert set(read) == KEYS
        assert (read["source"], read["kind"]) == ("moved.eml", "auto-reply")
        assert [f["address"] for f in read["findings"] if f["type"] == "new-address"] == ["jane@newco.example"]

    def test_a_folder_is_a_message_a_file(self, home: Home) -> None:
        """In the order of their names, hidden ones apart, below folders too; a leading From line is skipped."""
        (home.path / "box" / "deep").mkdir(parents=True)
        (home.path / "box" / "b.eml").write_bytes(BOUNCED)
        (home.path / "box" / "a.eml").write_bytes(mbox(MOVED))
        (home.path / "box" / "deep" / "c").write_bytes(raw().data)
        (home.path / "box" / ".hidden").write_bytes(raw().data)
        assert [(o["source"], o["kind"]) for o in objects(home, "box")] == [
            ("box/a.eml", "auto-reply"),
            ("box/b.eml", "bounce"),
            ("box/deep/c", "human"),
        ]

    def test_an_mbox_is_its_messages_by_number(self, home: Home) -> None:
        """From nought."""
        (home.path / "mail.mbox").write_bytes(mbox(MOVED, BOUNCED))
        assert [(o["source"], o["kind"]) for o in objects(home, "mail.mbox")] == [
            ("mail.mbox[0]", "auto-reply"),
            ("mail.mbox[1]", "bounce"),
        ]

    def test_standard_input_is_one_message(self, home: Home) -> None:
        """Called by a hyphen."""
        (read,) = objects(home, "-", stdin=BOUNCED)
        assert (read["source"], read["kind"]) == ("-", "bounce")
        (recipient,) = read["recipients"]  # type: ignore[misc]
        assert (recipient["address"], recipient["reason"], recipient["permanent"]) == ("jane@acme.example", "userunknown", True)

    def test_what_is_not_there_is_said(self, home: Home) -> None:
        """A wrong use, in one sentence."""
        ran = home.bouncer("explain", "nothing.eml")
        assert (ran.code, ran.out, ran.err) == (64, "", "bouncer: There is no file or folder nothing.eml.\n")

    def test_an_empty_folder_is_said(self, home: Home) -> None:
        """Silence would look like a fault; a machine still reads nothing."""
        (home.path / "empty").mkdir()
        ran = home.bouncer("explain", "--json", "empty")
        assert (ran.code, ran.out, ran.err) == (0, "", "There is no message in empty.\n")


class TestStrangeMessages:
    """Never an exception."""

    def test_any_bytes_give_an_object_with_every_key(self, home: Home) -> None:
        """Nothing, noise, a From of brackets, a boundary that repeats its parent's, a date and a charset that are none."""
        (home.path / "odd").mkdir()
        for number, data in enumerate(ODD):
            (home.path / "odd" / f"{number}").write_bytes(data)
        read = objects(home, "odd")
        assert [o["source"] for o in read] == [f"odd/{number}" for number in range(len(ODD))]
        assert all(set(o) == KEYS for o in read)

    def test_words_of_a_message_do_not_reach_the_terminal_raw(self, home: Home) -> None:
        """No escape sequence, no line of its own, no direction change."""
        words = "My new address is jane@newco.example.\x1b[2J\u202e"
        (home.path / "\x1b[31mred.eml").write_bytes(automatic(GOT, "Jane Doe", "Automatic reply", words))
        ran = home.bouncer("explain", "\x1b[31mred.eml")
        assert ran.code == 0
        assert "\x1b" not in ran.out
        assert "\u202e" not in ran.out


class TestForPeople:
    """What the terminal shows."""

    def test_each_thing_said_stands_with_its_words(self, home: Home) -> None:
        """The verdict, the findings, and nothing that a person need not know."""
        ran = home.bouncer("explain", "-", stdin=MOVED)
        lines = ran.out.splitlines()
        assert lines[0].startswith("-  auto-reply  en")
        assert any(line.split()[:3] == ["new-address", "address", "jane@newco.example"] for line in lines)
        assert "“My new address is jane@newco.example”" in ran.out
        assert "None" not in ran.out

    def test_a_bounce_names_the_address_and_what_failed(self, home: Home) -> None:
        """In one line."""
        ran = home.bouncer("explain", "-", stdin=BOUNCED)
        assert "jane@acme.example: failed, 5.1.1, userunknown, the address itself is what failed" in ran.out


class TestWithAConfiguration:
    """What `run` would do, without doing it."""

    def test_it_says_so_and_does_nothing(self, home: Home) -> None:
        """No state directory, no key, no byte of the contact file."""
        (read,) = objects(home, "--config", "bouncer.yaml", "-", stdin=MOVED)
        assert set(read) == {*KEYS, "would"}
        (home.path / "a.eml").write_bytes(MOVED)
        assert "would" in home.bouncer("explain", "-c", "bouncer.yaml", "a.eml").out
        assert home.contacts.read_text() == CONTACTS
        assert not (home.path / "state").exists()

    def test_a_stranger_is_ignored_and_a_contact_without_proof_is_asked_about(self, home: Home) -> None:
        """Each decision says why and how far the message is believed."""
        stranger = human(Got("carl@else.example", b"Message-ID: <x@y>\r\n\r\n", AT), "Carl", "My new address is carl@new.example.")
        for data, word, level in ((stranger, "ignore", "E0"), (BOUNCED, "review", "E1")):
            (read,) = objects(home, "--config", "bouncer.yaml", "-", stdin=data)
            (would,) = read["would"]  # type: ignore[misc]
            assert word in would
            assert would["level"] == level
            assert would["why"]

    def test_a_broken_configuration_is_said_with_its_lines(self, home: Home) -> None:
        """Every problem on a line of its own that begins with file and line; nothing is read."""
        home.config.write_text(home.text + "pase: {}\nlive: perhaps\n")
        ran = home.bouncer("explain", "--config", "bouncer.yaml", "-", stdin=MOVED)
        assert (ran.code, ran.out) == (78, "")
        assert all(line.startswith("bouncer.yaml:") for line in ran.err.splitlines())
        assert len(ran.err.splitlines()) >= 2

    def test_a_rules_directory_that_is_missing_is_said(self, home: Home) -> None:
        """Rather than read without the owner's rules."""
        home.config.write_text(home.text + "rules: mine\n")
        ran = home.bouncer("explain", "--config", "bouncer.yaml", "-", stdin=MOVED)
        assert (ran.code, ran.out) == (78, "")
        assert "mine: rules: there is no such directory" in ran.err

    def test_the_owners_rules_are_read(self, home: Home) -> None:
        """After the shipped ones."""
        (home.path / "mine").mkdir()
        (home.path / "mine" / "house.yaml").write_text(
            "pack: replies\nlanguage: en\nrules:\n  - name: en-baton\n    means: left\n    within: body\n"
            "    phrases: ['have passed the baton at {org}']\n    examples: ['I have passed the baton at Acme Rail.']\n"
            "    counter-examples: ['I have not passed the baton at Acme Rail.']\n"
        )
        home.config.write_text(home.text + "rules: mine\n")
        data = human(GOT, "Jane Doe", "I have passed the baton at Acme Rail.")
        (read,) = objects(home, "--config", "bouncer.yaml", "-", stdin=data)
        assert "en-baton" in [finding["rule"] for finding in read["findings"]]  # type: ignore[union-attr]

    def test_what_the_ledger_knows_counts(self, home: Home) -> None:
        """An answer to somebody the ledger has written to is more than one out of the blue."""
        ledger = home.ledger()
        ledger.note_sent_folder("main", (), today() - timedelta(days=1))
        ledger.close()
        (read,) = objects(home, "--config", "bouncer.yaml", "-", stdin=BOUNCED)
        assert read["would"]
