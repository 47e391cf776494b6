"""A scripted IMAP server: a small good one, every answer of which can be replaced."""

import re
import ssl
from collections.abc import Callable, Mapping

from support.scripted import Line

Answer = Callable[[Line, str, str], bool | None]  # is told tag and arguments; True: it has answered, tagged line and all


class ImapScript:
    """A mailbox with one Inbox; *answers* are by command (UID FETCH is `FETCH`), and `greeting`."""

    def __init__(
        self, messages: Mapping[int, bytes] | None = None, *, uidvalidity: int = 7, capabilities: str = "IDLE AUTH=PLAIN", **answers: Answer
    ) -> None:
        """Hold *messages* by UID."""
        self.messages = dict(messages or {})
        self.uidvalidity = uidvalidity
        self.capabilities = f"IMAP4rev1 {capabilities}"
        self.context: ssl.SSLContext | None = None
        self._answers = answers

    def __call__(self, line: Line) -> None:
        """Serve one connection."""
        greeting = self._answers.get("greeting")
        if not (greeting and greeting(line, "*", "")):
            line.say(f"* OK [CAPABILITY {self.capabilities}] ready")
        while True:
            tag, _, rest = line.hear().decode().partition(" ")
            command, _, words = rest.removeprefix("UID ").partition(" ")
            answer = self._answers.get(command.upper()) or getattr(self, f"_{command.lower()}")
            if not answer(line, tag, words):
                line.say(f"{tag} OK done")

    def _capability(self, line: Line, _tag: str, _words: str) -> None:
        line.say(f"* CAPABILITY {self.capabilities}")

    def _login(self, line: Line, tag: str, words: str) -> None:
        """Let everybody in."""

    def _noop(self, line: Line, tag: str, words: str) -> None:
        """Say nothing new."""

    def _authenticate(self, line: Line, _tag: str, _words: str) -> None:
        line.say("+ ")
        line.hear()

    def _starttls(self, line: Line, tag: str, _words: str) -> bool:
        line.say(f"{tag} OK go")
        assert self.context is not None
        line.secure(self.context)
        return True

    def _list(self, line: Line, _tag: str, _words: str) -> None:
        line.say('* LIST () "/" INBOX')

    def _examine(self, line: Line, tag: str, _words: str) -> bool:
        newest = max(self.messages, default=0)
        line.say(f"* {len(self.messages)} EXISTS", f"* OK [UIDVALIDITY {self.uidvalidity}] x", f"* OK [UIDNEXT {newest + 1}] x")
        line.say(f"{tag} OK [READ-ONLY] done")
        return True

    def _search(self, line: Line, _tag: str, words: str) -> None:
        since = re.search(r"UID (\d+):\*", words)
        lowest = int(since[1]) if since else 0
        found = [uid for uid in self.messages if uid >= lowest] or list(self.messages)[-1:]
        line.say(f"* SEARCH {' '.join(map(str, found))}".rstrip())

    def _fetch(self, line: Line, _tag: str, words: str) -> None:
        for number in words.partition(" ")[0].split(","):
            if int(number) in self.messages:
                self.give(line, int(number))

    def give(self, line: Line, uid: int) -> None:
        """Send the answer to FETCH for message *uid*."""
        data = self.messages[uid]
        line.raw(f'* {uid} FETCH (UID {uid} RFC822.SIZE {len(data)} INTERNALDATE "04-Mar-2026 11:00:00 +0100" '.encode())
        line.raw(b"BODY[]<0> {%d}\r\n%s)\r\n" % (len(data), data))

    def _idle(self, line: Line, _tag: str, _words: str) -> None:
        line.say("+ idling")
        assert line.hear() == b"DONE"
