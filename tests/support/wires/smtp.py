"""The grid of SMTP: each fault at each step, in clear on the loopback, and what goes wrong with TLS."""

import asyncio
import ssl
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from bouncer.edge.smtp import SmtpSender, Waits
from bouncer.model import Delivery, OutboxState
from support import wires
from support.scripted import Line, Script, Scripted
from support.scripted.smtp import GOOD as _GOOD
from support.smtp_client import account, letter
from support.wires import Authority, Misdeed, Outcome, Tap

SENT, REFUSED, READY, UNKNOWN = OutboxState.SENT, OutboxState.REFUSED, OutboxState.READY, OutboxState.UNKNOWN
WAITS = Waits(connect=0.8, command=0.8, data=0.8, final=0.8, goodbye=0.8)
LONGER = Waits(connect=2.5, command=2.5, data=2.5, final=2.5, goodbye=2.5)  # so that what is prepared does not count for waiting
GOOD = {step: str(said) for step, said in _GOOD.items()}
PHASES = ("connect", "greeting", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "text", "QUIT", "STARTTLS")
_EARLY = ("greeting", "EHLO", "AUTH", "STARTTLS")  # nothing of the letter was said yet


def _say(reply: str, line: Line, _good: bytes) -> None:
    line.say(reply)


def _goodbye(line: Line, _good: bytes) -> None:
    line.say("421 4.3.2 Shutting down")
    raise EOFError


def _twice(line: Line, good: bytes) -> None:
    line.raw(good + b"250 2.0.0 One more\r\n")


def _flood(line: Line, good: bytes) -> None:
    for _ in range(300):
        line.raw(b"250-and more\r\n" * 1000)
    wires.silence(line, good)


FAULTS: Mapping[str, Misdeed] = {
    "refused for good": partial(_say, "554 5.3.0 No"),
    "refused for now": partial(_say, "451 4.3.0 Later"),
    "answered as at another step": partial(_say, "334 "),
    "goodbye": _goodbye,
    "two answers": _twice,
    "flood": _flood,
    **{
        deed.__name__.replace("_", " "): deed
        for deed in (
            wires.drop, wires.reset, wires.silence, wires.half, wires.stalled, wires.drip,
            wires.delay, wires.slowly, wires.garbage, wires.silly, wires.endless_line,
        )
    },
}  # fmt: skip
WAITING = frozenset({"silence", "stalled"})
TLS = (
    "stripped",
    "injected",
    "expired",
    "wrong host name",
    "unknown authority",
    "no TLS after all",
    "silent handshake",
    "dropped handshake",
)


def expected(phase: str, fault: str) -> frozenset[OutboxState]:
    """Give the states in which a letter may end: what the server can have understood decides, not what the client did."""
    if fault == "injected" or (phase, fault) == ("STARTTLS", "two answers"):
        return frozenset({SENT, READY})  # what was said in clear is thrown away (RFC 3207 section 4.2), or the server is not believed
    if phase == "connect":
        return frozenset({READY})
    if phase == "QUIT" or fault in ("delay", "slowly") or (phase == "text" and fault == "two answers"):
        return frozenset({SENT})
    if phase in _EARLY or fault in ("refused for now", "goodbye"):  # 4yz: the server has not taken it (RFC 5321 section 4.2.1)
        return frozenset({READY})
    if fault == "refused for good":
        return frozenset({REFUSED})
    return frozenset({UNKNOWN}) if phase == "text" else frozenset({READY})


def grid() -> list[tuple[str, str, str]]:
    """Give every cell: how TLS is had, step and fault."""
    plain = [("loopback-none", phase, fault) for phase in PHASES[1:-1] for fault in FAULTS]
    upgrade = [("starttls", "STARTTLS", fault) for fault in FAULTS if fault not in ("delay", "slowly", "answered as at another step")]
    trust = [(way, "connect", fault) for way in ("implicit", "starttls") for fault in TLS if (way, fault) not in _NEVER]
    return [("loopback-none", "connect", "nobody there"), *plain, *upgrade, *trust]


_NEVER = {("implicit", "stripped"), ("implicit", "injected")}


def run(cell: tuple[str, str, str], authority: Authority, sender: type[SmtpSender] = SmtpSender) -> Outcome:
    """Live through one cell."""
    way, phase, fault = cell
    outcome = Outcome(f"SMTP {way} {phase}: {fault}", waiting=fault in WAITING or fault == "silent handshake")
    armed: list[int] = []
    with ExitStack() as stack:
        server = stack.enter_context(_server(cell, authority))
        tap = stack.enter_context(Tap(server.port)) if way != "loopback-none" else None
        port = tap.port if tap else server.port
        if fault == "nobody there":
            server.__exit__(None, None, None)
        began, used = time.monotonic(), time.thread_time()
        delivery = asyncio.run(_submit(sender, port, way, authority.ca_file, armed, server, LONGER if outcome.waiting else WAITS))
        outcome.seconds, outcome.processor = time.monotonic() - began, time.thread_time() - used
    right = expected(phase, fault)
    if delivery.state not in right:
        outcome.wrong.append(f"{delivery.state.value}, not {'/'.join(state.value for state in right)}: {delivery.text}")
    if (b"DATA" in server.heard) != (armed == [0]):
        outcome.wrong.append(f"armed {len(armed)} times, at DATA {armed}")
    if tap and tap.told():
        outcome.wrong.append("the password in clear")
    if any(form.decode() in f"{delivery}" for form in wires.CLEAR):
        outcome.wrong.append("the password in the answer")
    return outcome.judge()


async def _submit(
    sender: type[SmtpSender], port: int, way: str, ca_file: Path, armed: list[int], server: Scripted, waits: Waits
) -> Delivery:
    one = sender(account(port, way, ca_file), lambda: wires.SECRET, waits=waits)
    try:
        return await one.send(letter(), lambda: armed.append(server.heard.count(b"DATA")))
    finally:
        await one.aclose()


def _server(cell: tuple[str, str, str], authority: Authority) -> Scripted:
    way, phase, fault = cell
    deed = FAULTS.get(fault)
    context = authority.bad.get(fault, authority.good)
    good = dict(GOOD)
    if way == "starttls" and fault != "stripped":
        good |= {"EHLO": "250-mx.example\r\n250-STARTTLS\r\n250 AUTH PLAIN LOGIN", "STARTTLS": "220 2.0.0 Go"}
    if fault == "injected":
        good["STARTTLS"] = "220 2.0.0 Go\r\n250-mx.evil.test\r\n250 AUTH PLAIN"
    if fault in _HANDSHAKES and way == "implicit":
        return Scripted(_HANDSHAKES[fault])

    speak = partial(_speak, good, phase, deed)
    script = partial(_script, speak, partial(_upgrade, context, _HANDSHAKES.get(fault)), good["STARTTLS"].startswith("220"))
    return Scripted(script, context=context if way == "implicit" else None)


def _speak(good: Mapping[str, str], phase: str, deed: Misdeed | None, line: Line, step: str) -> None:
    said = f"{good.get(step, '500 5.5.1 What?')}\r\n".encode()
    if step == phase and deed is not None:
        deed(line, said)
    else:
        line.raw(said)


def _upgrade(context: ssl.SSLContext, instead: Script | None, line: Line) -> None:
    if instead is not None:
        instead(line)
    line.secure(context)


def _script(speak: Callable[[Line, str], None], upgrade: Script, upgrades: bool, line: Line) -> None:
    speak(line, "greeting")
    while (step := line.hear().decode(errors="replace").partition(" ")[0].upper()) != "QUIT":
        speak(line, step)
        if step == "STARTTLS" and upgrades:
            upgrade(line)
        if step == "DATA":
            while line.hear() != b".":
                pass
            speak(line, "text")
    speak(line, "QUIT")


def _no_tls(line: Line) -> None:
    line.raw(b"220 mx.example says this in clear\r\n" * 40)
    wires.silence(line, b"")


def _silent(line: Line) -> None:
    while line.take(1):
        pass
    raise EOFError


def _dropped(line: Line) -> None:
    line.take(5)
    raise EOFError


_HANDSHAKES = {"no TLS after all": _no_tls, "silent handshake": _silent, "dropped handshake": _dropped}
