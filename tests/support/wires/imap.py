"""The grid of IMAP: each fault at each step of a watched folder; the next connection is good again, and every message comes once."""

import queue
import threading
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from functools import partial

from bouncer.edge.imap import ImapMailbox, Timing
from bouncer.errors import BouncerError
from bouncer.model import RawMail
from support import wires
from support.build import AT
from support.imap_client import LONG_AGO, account
from support.scripted import Line, Scripted
from support.smtp_client import letter
from support.wires import Authority, Cell, Misdeed, Outcome, Tap

TIMING = Timing(
    connect=0.8, read=0.8, operation=1.2, idle=0.8, first_pause=0.02, longest_pause=0.05, refused_pause=0.02, longest_refused_pause=0.05
)
PHASES = ("greeting", "CAPABILITY", "LOGIN", "EXAMINE", "SEARCH", "FETCH", "IDLE", "DONE")
FILING = ("LIST", "APPEND", "text")
_INBOX = {uid: b"Subject: %d\r\n\r\n%d\r\n" % (uid, uid) for uid in (1, 2, 3)}
_CAPABILITIES = "IMAP4rev1 IDLE AUTH=PLAIN"


def _no(line: Line, good: bytes) -> None:
    line.raw(_tag(good) + b" NO [UNAVAILABLE] not now\r\n")


def _bad(line: Line, good: bytes) -> None:
    line.raw(_tag(good) + b" BAD what?\r\n")


def _bye(line: Line, _good: bytes) -> None:
    line.raw(b"* BYE Shutting down\r\n")
    raise EOFError


def _desync(line: Line, good: bytes) -> None:
    line.raw(b"ZZZ9 OK of another conversation\r\n" + good)


def _literal(line: Line, good: bytes) -> None:
    line.raw(b"* 2 FETCH (UID 2 BODY[]<0> {10000000000}\r\n")
    wires.silence(line, good)


def _flood(line: Line, good: bytes) -> None:
    for _ in range(300):
        line.raw(b"* 2 FETCH (FLAGS (\\Seen))\r\n" * 1000)
    wires.silence(line, good)


def _tag(good: bytes) -> bytes:
    """Give the tag of the line that ends a good answer."""
    return good.rstrip(b"\r\n").rpartition(b"\n")[2].partition(b" ")[0]


FAULTS: Mapping[str, Misdeed] = {
    "no": _no,
    "bad": _bad,
    "goodbye": _bye,
    "desync": _desync,
    "oversize literal": _literal,
    "flood": _flood,
    **{
        deed.__name__.replace("_", " "): deed
        for deed in (
            wires.drop, wires.reset, wires.silence, wires.half, wires.stalled, wires.drip,
            wires.delay, wires.slowly, wires.garbage, wires.silly, wires.endless_line,
        )
    },
}  # fmt: skip
HARMLESS = frozenset({"delay", "slowly"})
WAITING = frozenset({"silence", "stalled"})
RENUMBERED = "hangs up, and all has other numbers"
TLS = ("stripped", "injected", "preauth", "expired", "wrong host name", "unknown authority", "dropped handshake")
_UPGRADE = ("stripped", "injected", "preauth")


def grid() -> list[Cell]:
    """Give every cell: how TLS is had, step and fault."""
    watched = [("loopback-none", phase, fault) for phase in PHASES for fault in (*FAULTS, RENUMBERED)]
    filed = [("loopback-none", phase, fault) for phase in FILING for fault in FAULTS]
    upgrade = [("starttls", "STARTTLS", fault) for fault in FAULTS]
    trust = [(way, "connect", fault) for way in ("implicit", "starttls") for fault in TLS if way == "starttls" or fault not in _UPGRADE]
    return [*watched, *filed, *upgrade, *trust, ("loopback-none", "LOGOUT", "never said")]


class Server:
    """A mailbox of which the first connection is bad and every other good; message 4 comes at the first IDLE."""

    def __init__(self, cell: Cell, authority: Authority) -> None:
        """Misbehave as *cell* says."""
        self.way, self.phase, self.fault = cell
        self.deed = FAULTS.get(self.fault, wires.drop)
        self.context = authority.good
        self.bad_context = authority.bad.get(self.fault, authority.good)
        self.messages = dict(_INBOX)
        self.filed: list[bytes] = []
        self.served = 0
        self.validity = 7

    def __call__(self, line: Line) -> None:
        """Serve one connection."""
        self.served += 1
        bad = self.served == 1
        if self.fault == RENUMBERED and not bad:
            self.validity = 8
        if self.fault == "preauth" and bad:
            line.say("* PREAUTH welcome")
        else:
            self._speak(line, bad, "greeting", f"* OK [CAPABILITY {self._capabilities(bad)}] ready\r\n".encode())
        while True:
            tag, _, rest = line.hear().decode(errors="replace").partition(" ")
            command, _, words = rest.removeprefix("UID ").partition(" ")
            getattr(self, f"_{command.lower()}", self._other)(line, bad, tag, words)

    def _capabilities(self, bad: bool) -> str:
        offered = self.way == "starttls" and not (bad and self.fault == "stripped")
        return _CAPABILITIES + " STARTTLS" * offered

    def _speak(self, line: Line, bad: bool, step: str, good: bytes) -> None:
        if bad and step == self.phase and not (step == "FETCH" and 4 in self.messages):
            self.deed(line, good)
        else:
            line.raw(good)

    def _other(self, line: Line, bad: bool, tag: str, _words: str) -> None:
        self._speak(line, bad, "other", f"{tag} OK done\r\n".encode())

    def _capability(self, line: Line, bad: bool, tag: str, _words: str) -> None:
        self._speak(line, bad, "CAPABILITY", f"* CAPABILITY {self._capabilities(bad)}\r\n{tag} OK done\r\n".encode())

    def _starttls(self, line: Line, bad: bool, tag: str, _words: str) -> None:
        extra = f"* CAPABILITY {_CAPABILITIES}\r\nZZ1 OK evil\r\n" if bad and self.fault == "injected" else ""
        self._speak(line, bad, "STARTTLS", f"{tag} OK go\r\n{extra}".encode())
        if bad and self.fault == "dropped handshake":
            line.take(5)
            raise EOFError
        line.secure(self.bad_context if bad else self.context)

    def _login(self, line: Line, bad: bool, tag: str, _words: str) -> None:
        self._speak(line, bad, "LOGIN", f"{tag} OK done\r\n".encode())

    def _list(self, line: Line, bad: bool, tag: str, _words: str) -> None:
        self._speak(line, bad, "LIST", f'* LIST (\\Sent) "/" Sent\r\n{tag} OK done\r\n'.encode())

    def _examine(self, line: Line, bad: bool, tag: str, _words: str) -> None:
        state = f"* {len(self.messages)} EXISTS\r\n* OK [UIDVALIDITY {self.validity}] x\r\n* OK [UIDNEXT {max(self.messages) + 1}] x\r\n"
        self._speak(line, bad, "EXAMINE", f"{state}{tag} OK [READ-ONLY] done\r\n".encode())

    def _search(self, line: Line, bad: bool, tag: str, words: str) -> None:
        lowest = int(words.partition("UID ")[2].partition(":")[0] or 0)
        found = [uid for uid in self.messages if uid >= lowest] or list(self.messages)[-1:]
        self._speak(line, bad, "SEARCH", f"* SEARCH {' '.join(map(str, found))}\r\n{tag} OK done\r\n".encode())

    def _fetch(self, line: Line, bad: bool, tag: str, words: str) -> None:
        answer = b""
        for uid in map(int, words.partition(" ")[0].split(",")):
            data = self.messages[uid]
            head = f'* {uid} FETCH (UID {uid} INTERNALDATE "04-Mar-2026 11:00:00 +0100" BODY[]<0> {{{len(data)}}}\r\n'
            answer += head.encode() + data + b")\r\n"
        self._speak(line, bad, "FETCH", answer + f"{tag} OK done\r\n".encode())

    def _idle(self, line: Line, bad: bool, tag: str, _words: str) -> None:
        self._speak(line, bad, "IDLE", b"+ idling\r\n")
        if 4 not in self.messages:
            self.messages[4] = b"Subject: 4\r\n\r\n4\r\n"
            line.say("* 4 EXISTS")
        line.hear()
        self._speak(line, bad, "DONE", f"{tag} OK done\r\n".encode())

    def _append(self, line: Line, bad: bool, tag: str, words: str) -> None:
        self._speak(line, bad, "APPEND", b"+ go on\r\n")
        self.filed.append(line.take(int(words.rpartition("{")[2].rstrip("}"))))
        line.hear()
        self._speak(line, bad, "text", f"{tag} OK done\r\n".encode())


def run(cell: Cell, authority: Authority, box: type[ImapMailbox] = ImapMailbox) -> Outcome:
    """Live through one cell."""
    way, phase, fault = cell
    outcome = Outcome(f"IMAP {way} {phase}: {fault}", waiting=fault in WAITING)
    server = Server(cell, authority)
    with ExitStack() as stack:
        context, bad = (authority.good, authority.bad.get(fault)) if way == "implicit" else (None, None)
        first = partial(_handshake, server, bad or context, fault) if way == "implicit" else server
        listening = stack.enter_context(Scripted(first))
        tap = stack.enter_context(Tap(listening.port)) if way != "loopback-none" else None
        where = account((tap or listening).port, way, authority.ca_file)
        timing = replace(TIMING, read=2.5, operation=3) if outcome.waiting else TIMING
        mailbox = box(where, lambda: wires.SECRET, 1000, timing=timing)
        (_file if phase in FILING else _watch)(mailbox, server, outcome)
        if tap and tap.told():
            outcome.wrong.append("the password in clear")
        if any(word.endswith(b" LOGOUT") for word in listening.heard):
            outcome.wrong.append("LOGOUT was said, and could be waited for")
    return outcome.judge()


def _handshake(server: Server, first: object, fault: str, line: Line) -> None:
    """Speak TLS from the first byte: badly on the first connection."""
    if not server.served and fault == "dropped handshake":
        server.served += 1
        line.take(5)
        raise EOFError
    if not server.served and fault in ("expired", "wrong host name", "unknown authority"):
        server.served += 1
        line.secure(first)  # type: ignore[arg-type]
        raise EOFError
    line.secure(server.context)
    server(line)


def _watch(mailbox: ImapMailbox, server: Server, outcome: Outcome) -> None:
    came: queue.Queue[RawMail] = queue.Queue()
    said: list[str] = []
    used: list[float] = []
    done = threading.Event()

    def report(_folder: str, sentence: str | None) -> None:
        if sentence is not None:
            said.append(sentence)

    def watch() -> None:
        mailbox.watch("INBOX", (7, 1), LONG_AGO, came.put, report)
        used.append(time.thread_time())
        done.set()

    thread = threading.Thread(target=watch)
    began = time.monotonic()
    thread.start()
    numbers: list[tuple[int, int]] = []
    last = (8, 4) if server.fault == RENUMBERED else (7, 4)
    try:
        while last not in numbers and time.monotonic() - began < wires.DEADLINE:
            raw = came.get(timeout=wires.DEADLINE)
            numbers.append((raw.key.uidvalidity, raw.key.uid) if raw.key else (0, 0))
            if raw.data != server.messages[numbers[-1][1]]:
                outcome.wrong.append(f"message {numbers[-1]} is torn")
    except queue.Empty:
        pass
    finally:
        outcome.seconds = time.monotonic() - began
        mailbox.stop()
        thread.join(20)
    outcome.processor = sum(used)
    _judge(server, numbers, said, outcome)
    if not done.is_set():
        outcome.wrong.append("the watcher does not stop")


def _judge(server: Server, numbers: list[tuple[int, int]], said: list[str], outcome: Outcome) -> None:
    right = [(7, 2), (7, 3), (7, 4)]
    if server.fault == RENUMBERED:
        early = {"IDLE": right[:2], "DONE": right[:2]}.get(server.phase, [])
        right = early + [(8, uid) for uid in (1, 2, 3, 4)]
    if numbers != right:
        outcome.wrong.append(f"came {numbers}, not {right}; {said}")
    harmless = server.fault in HARMLESS or server.phase == "LOGOUT"
    if harmless and said:
        outcome.wrong.append(f"complained of {said}")
    if not harmless and not said and server.served > 1:
        outcome.wrong.append("connected anew without a word")
    if any(form.decode() in sentence for form in wires.CLEAR for sentence in said):
        outcome.wrong.append("the password in a sentence")


def _file(mailbox: ImapMailbox, server: Server, outcome: Outcome) -> None:
    """File a copy: it is there, or the fault was said; never neither."""
    began, used = time.monotonic(), time.thread_time()
    failed = ""
    try:
        mailbox.append_sent(letter(), AT)
    except BouncerError as fault:
        failed = str(fault)
    outcome.seconds, outcome.processor = time.monotonic() - began, time.thread_time() - used
    if not failed and server.filed != [letter().data]:
        outcome.wrong.append(f"said to be filed: {server.filed}")
    if server.fault in HARMLESS and failed:
        outcome.wrong.append(failed)
