"""Runs a pure function on hostile input, each time in a child process with a limit on time and memory.

The children are forked from a *nursery*: a process of one thread, started before any other thread exists, that holds
everything compiled. So a child costs a few milliseconds, and no lock of another thread is ever copied half-taken.
"""

import asyncio
import gc
import os
import pickle
import resource
import select
import signal
import socket
import struct
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Generic, NoReturn, TypeVar

from bouncer.errors import BouncerError, MessageFault

In = TypeVar("In")
Out = TypeVar("Out")

_FRAME = struct.Struct("!Q")
_LARGEST = 64 * 1024 * 1024  # a reading is a few KB; whatever is larger is not one
_PAGE = resource.getpagesize()


class Worker(Generic[In, Out]):
    """A nursery and the line to it; construct it before any thread is started, use it from one task or thread at a time."""

    def __init__(self, function: Callable[[In], Out], seconds: float = 1.0, memory: int = 256 * 1024 * 1024) -> None:
        """Fork the nursery; *function* may take *seconds* and *memory* bytes above the nursery's own for one input."""
        ours, theirs = socket.socketpair()
        self._pid = os.fork()
        if self._pid == 0:
            ours.close()
            _live(_Nursery(theirs, function, seconds, memory).serve)
        theirs.close()
        self._line = ours
        _take(ours, 1)  # from here on the nursery ignores the signals that drain the daemon
        self._turn = asyncio.Lock()

    async def read(self, given: In) -> Out:
        """Give what the function makes of *given*; raises MessageFault where it fails or is too dear."""
        return await asyncio.shield(asyncio.create_task(self._ask(given)))  # a cancelled caller must not leave half an answer on the line

    async def _ask(self, given: In) -> Out:
        async with self._turn:
            self._line.settimeout(0)
            try:
                await asyncio.get_running_loop().sock_sendall(self._line, _frame([given]))
                head = await self._exactly(_FRAME.size)
                return _result(await self._exactly(_FRAME.unpack(head)[0]))
            except OSError as error:
                raise _gone() from error

    async def _exactly(self, size: int) -> bytes:
        loop, data = asyncio.get_running_loop(), bytearray()
        while len(data) < size:
            part = await loop.sock_recv(self._line, size - len(data))
            if not part:
                raise _gone()
            data += part
        return bytes(data)

    def read_all(self, given: Sequence[In]) -> Iterator[Out | MessageFault]:
        """Give one result for each of *given* in order, from as few children as possible; a fault stands for an input that failed."""
        self._line.settimeout(None)
        _send(self._line, _frame(list(given)))
        for _ in given:
            (size,) = _FRAME.unpack(_take(self._line, _FRAME.size))
            try:
                yield _result(_take(self._line, size))
            except MessageFault as fault:
                yield fault

    def close(self) -> None:
        """End the nursery and wait for it."""
        self._line.close()
        with suppress(ChildProcessError):
            os.waitpid(self._pid, 0)


class _Nursery(Generic[In, Out]):
    """The process of one thread that the children are forked from."""

    def __init__(self, line: socket.socket, function: Callable[[In], Out], seconds: float, memory: int) -> None:
        self.line, self.function, self.seconds, self.memory = line, function, seconds, memory

    def serve(self) -> None:
        """Answer batches until the other side hangs up."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)  # the daemon drains on these and then hangs up
        gc.collect()
        self.line.sendall(b"!")
        gc.freeze()  # what is here now is shared with every child and need not be walked, or copied, by them
        while True:
            try:
                batch: list[In] = pickle.loads(_take(self.line, *_FRAME.unpack(_take(self.line, _FRAME.size))))
            except BouncerError:
                return
            self.work_off(batch)

    def work_off(self, batch: list[In]) -> None:
        """Give a result for every input; a child that dies on one is followed by another for the rest."""
        done = 0
        while done < len(batch):
            reader, writer = os.pipe()
            child = os.fork()
            if child == 0:
                os.close(reader)
                _live(lambda rest=batch[done:], out=writer: self.child(rest, out))  # type: ignore[misc]
            os.close(writer)
            done += self.relay(reader, child, len(batch) - done)

    def relay(self, reader: int, child: int, wanted: int) -> int:
        """Pass on the child's results; gives how many inputs are done with, the fatal one included."""
        done, why = 0, ""
        while done < wanted and not why:
            payload, why = self.one(reader)
            self.line.sendall(payload if not why else _frame((False, why)))
            done += 1
        os.close(reader)
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        return done

    def one(self, reader: int) -> tuple[bytes, str]:
        """Give one framed result, or why there is none."""
        until, data, size = time.monotonic() + self.seconds, bytearray(), _FRAME.size
        while len(data) < size:
            left = until - time.monotonic()
            if left <= 0 or not select.select([reader], [], [], left)[0]:
                return b"", f"reading it takes more than {self.seconds:g} s"
            part = os.read(reader, min(size - len(data), 1 << 20))
            if not part:
                return b"", "the reader died on it"
            data += part
            if len(data) == _FRAME.size == size:
                size += _FRAME.unpack(data)[0]
                if size > _LARGEST:
                    return b"", "what was read from it is too large"
        return bytes(data), ""

    def child(self, rest: list[In], out: int) -> None:
        """Limit this process and answer one input after the other."""
        with open("/proc/self/statm", encoding="ascii") as statm:  # noqa: PTH123 - every millisecond counts here
            ceiling = int(statm.read().split()[0]) * _PAGE + self.memory
        resource.setrlimit(resource.RLIMIT_AS, (ceiling, ceiling))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        for given in rest:
            payload = self.answer(given)
            while payload:
                payload = payload[os.write(out, payload) :]

    def answer(self, given: In) -> bytes:
        """Give the framed result of one input."""
        try:
            return _frame((True, self.function(given)))
        except MemoryError:
            return _frame((False, f"reading it takes more than {self.memory // 1024 // 1024} MB"))
        except Exception as error:  # noqa: BLE001 - one message's fault must stay its own
            return _frame((False, f"the reader failed on it: {type(error).__name__}: {error}"))


def _live(work: Callable[[], None]) -> NoReturn:
    """Do the *work* of a forked process and leave without the parent's clean-up handlers."""
    try:
        work()
    except BaseException as error:  # noqa: BLE001 - nothing may escape into the parent's code
        sys.stderr.write(f"event=worker-ended why={type(error).__name__}\n")
        os._exit(1)
    os._exit(0)


def _frame(value: object) -> bytes:
    payload = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    return _FRAME.pack(len(payload)) + payload


def _result(payload: bytes) -> Out:  # type: ignore[type-var]
    well, value = pickle.loads(payload)
    if not well:
        raise MessageFault(str(value))
    return value  # type: ignore[no-any-return]


def _send(line: socket.socket, data: bytes) -> None:
    try:
        line.sendall(data)
    except OSError as error:
        raise _gone() from error


def _take(line: socket.socket, size: int) -> bytes:
    data = bytearray()
    while len(data) < size:
        try:
            part = line.recv(size - len(data))
        except OSError as error:
            raise _gone() from error
        if not part:
            raise _gone()
        data += part
    return bytes(data)


def _gone() -> BouncerError:
    return BouncerError("The reading process is gone; start bouncer again.")
