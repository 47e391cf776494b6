"""Runs a pure function on hostile input, in a child process with a limit on time and memory for each.

The children are forked from a *nursery*: a process of one thread, started before any other thread exists, that holds
everything compiled. So a child costs a few milliseconds, and no lock of another thread is ever copied half-taken.
A child answers until an input breaks it or it has nothing to do; what it then remembers goes with it.
"""

import asyncio
import ctypes
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
from typing import Any, Generic, NoReturn, TypeVar

from bouncer.errors import BouncerError, MessageFault

In = TypeVar("In")
Out = TypeVar("Out")

_FRAME = struct.Struct("!Q")
_LARGEST = 64 * 1024 * 1024  # a reading is a few KB; whatever is larger is not one
_REUSED = 500  # inputs that one child answers before the next is forked: it keeps what it has compiled for the first
_IDLE = 60.0  # seconds without work after which a child is let go
_OUT_OF_MEMORY = 71  # exit code of a child
_TOO_LONG = "reading it takes more than {seconds:g} s"
_TOO_DEAR = "reading it takes more than {memory} MB"
_TOO_LARGE = "what was read from it is too large"
_DIED = "the reader died on it"
_PATIENCE = 10  # times the processor time that may pass on the wall
_PAGE = resource.getpagesize()


class Worker(Generic[In, Out]):
    """A nursery and the line to it; construct it before any thread is started, use it from one task or thread at a time."""

    def __init__(self, prepare: Callable[[], Callable[[In], Out]], seconds: float = 1.0, memory: int = 256 * 1024 * 1024) -> None:
        """Fork the nursery and wait until it is ready.

        *prepare* is called there, once, and gives the function: tables that it builds are then shared by every child instead of
        being built anew in each. The function may take *seconds* of processor time and *memory* bytes above the nursery's own for
        one input. Raises what *prepare* raises of BouncerError.
        """
        ours, theirs = socket.socketpair()
        self._pid = os.fork()
        if self._pid == 0:
            ours.close()
            _live(lambda: _nurse(theirs, prepare, seconds, memory))
        theirs.close()
        self._line = ours
        self._turn = asyncio.Lock()
        fault = _receive(ours)  # from here on the nursery ignores the signals that drain the daemon
        if isinstance(fault, BouncerError):
            self.close()
            raise fault

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
        self.child: _Child | None = None

    def serve(self) -> None:
        """Answer batches until the other side hangs up."""
        try:
            while True:
                self.await_work()
                for given in _receive(self.line):
                    self.line.sendall(self.answer(given))
        except BouncerError:
            self.dismiss()

    def await_work(self) -> None:
        """Wait for the next batch; a child that has nothing to do for a while is let go with all it remembers."""
        if self.child and not select.select([self.line], [], [], _IDLE)[0]:
            self.dismiss()

    def answer(self, given: In) -> bytes:
        """Give the framed result of one input; memory that ran out in a used child may be its predecessors' doing, so a new one tries."""
        child = self.child if self.child and self.child.served < _REUSED else self.fresh()
        payload, why = child.ask(given, self.seconds)
        if why and child.served and why not in (_TOO_LONG, _TOO_LARGE):
            child = self.fresh()
            payload, why = child.ask(given, self.seconds)
        child.served += 1
        if not why:
            return payload
        self.dismiss()
        return _frame((False, why.format(seconds=self.seconds, memory=self.memory >> 20)))

    def fresh(self) -> "_Child":
        """Fork a new child in place of the present one."""
        self.dismiss()
        ours, theirs = socket.socketpair()
        pid = os.fork()
        if pid == 0:
            ours.close()
            _live(lambda: self.work(theirs))
        theirs.close()
        self.child = _Child(pid, ours)
        return self.child

    def dismiss(self) -> None:
        """End the present child."""
        if self.child:
            self.child.end()
            self.child = None

    def work(self, line: socket.socket) -> None:
        """Be a child: limit this process and answer one input after the other."""
        with open("/proc/self/statm", encoding="ascii") as statm:  # noqa: PTH123 - every millisecond counts here
            ceiling = int(statm.read().split()[0]) * _PAGE + self.memory
        resource.setrlimit(resource.RLIMIT_AS, (ceiling, ceiling))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        while True:
            given = _receive(line)
            try:
                payload = _frame((True, self.function(given)))
            except MemoryError:
                os._exit(_OUT_OF_MEMORY)
            except Exception as error:  # noqa: BLE001 - one message's fault must stay its own
                payload = _frame((False, f"the reader failed on it: {type(error).__name__}: {error}"))
            line.sendall(payload)


class _Child:
    """The nursery's end of one child."""

    def __init__(self, pid: int, line: socket.socket) -> None:
        self.pid, self.line, self.served = pid, line, 0

    def ask(self, given: object, seconds: float) -> tuple[bytes, str]:
        """Give the framed result for *given*, or why there is none."""
        try:
            self.line.sendall(_frame(given))
        except OSError:
            return b"", _DIED
        spent, until = _processor_time(self.pid), time.monotonic() + seconds * _PATIENCE
        data, size = bytearray(), _FRAME.size
        while len(data) < size:
            left = min(seconds - (_processor_time(self.pid) - spent), until - time.monotonic())
            if left <= 0:
                return b"", _TOO_LONG
            if not select.select([self.line], [], [], left)[0]:
                continue
            part = self.line.recv(min(size - len(data), 1 << 20))
            if not part:
                return b"", self.last_words()
            data += part
            if len(data) == _FRAME.size == size:
                size += _FRAME.unpack(data)[0]
                if size > _LARGEST:
                    return b"", _TOO_LARGE
        return bytes(data), ""

    def last_words(self) -> str:
        """Say what a child that hung up died of."""
        _, status = os.waitpid(self.pid, 0)
        self.pid = 0
        return _TOO_DEAR if os.waitstatus_to_exitcode(status) == _OUT_OF_MEMORY else _DIED

    def end(self) -> None:
        """Kill it and wait for it."""
        self.line.close()
        if self.pid:
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)


def _nurse(line: socket.socket, prepare: Callable[[], Callable[[In], Out]], seconds: float, memory: int) -> None:
    """Be the nursery: get ready, say so or why not, and serve."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # the daemon drains on these and then hangs up
    try:
        function = prepare()
    except BouncerError as fault:
        line.sendall(_frame(fault))
        return
    gc.collect()
    with suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").malloc_trim(0)  # what getting ready took is given back, for this process lives for years
    gc.freeze()  # what is here now is shared with every child and need not be walked, or copied, by them
    line.sendall(_frame(None))
    _Nursery(line, function, seconds, memory).serve()


def _processor_time(pid: int) -> float:
    """Give the seconds of processor time that a child of ours has used: on a busy machine a message must not pay for its neighbours."""
    return time.clock_gettime((~pid << 3) | 2)  # the clock id of another process, clock_getcpuclockid(3) on Linux


def _live(work: Callable[[], None]) -> NoReturn:
    """Do the *work* of a forked process and leave without the parent's clean-up handlers."""
    try:
        work()
    except BouncerError:  # the other side hung up: the end that is meant
        os._exit(0)
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


def _receive(line: socket.socket) -> Any:
    return pickle.loads(_take(line, *_FRAME.unpack(_take(line, _FRAME.size))))


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
