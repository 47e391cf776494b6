"""Pings to a monitor's check URL, from a thread of their own: whatever the monitor does, nothing waits for it."""

import http.client
import queue
import ssl
import threading
from contextlib import closing, suppress
from typing import Literal
from urllib.parse import urlsplit

from bouncer import __version__

Word = Literal["/start", "", "/fail"]  # that a run begins, that all is well, that something is wrong

_SECONDS = 10.0  # for each step of one ping
_WAITING = 4  # pings; what comes while so many wait is left out
_WELL = range(200, 300)  # RFC 9110 section 15.3; a redirection is not followed, for it may lead anywhere


class Pinger:
    """Tells one check URL how things are: a GET of the URL and a word, nothing of the mail or of people in it."""

    def __init__(self, url: str, *, seconds: float = _SECONDS) -> None:
        """Ping *url*, which is https or on the loopback, without query; *seconds* are those that a step of it may take."""
        self._url, self._seconds = urlsplit(url.rstrip("/")), seconds
        self._waiting: queue.Queue[Word | None] = queue.Queue(_WAITING)
        self._thread: threading.Thread | None = None
        self.trouble: str | None = None  # of the last ping, in a sentence

    def ping(self, word: Word) -> None:
        """Have *word* told soon; gives back at once and never raises."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="pinger", daemon=True)
            self._thread.start()
        with suppress(queue.Full):
            self._waiting.put_nowait(word)

    def close(self, seconds: float) -> None:
        """Wait until what waits is told, *seconds* at most."""
        if self._thread is not None:
            with suppress(queue.Full):
                self._waiting.put_nowait(None)
            self._thread.join(seconds)

    def _work(self) -> None:
        while (word := self._waiting.get()) is not None:
            self.trouble = self._told(word)

    def _told(self, word: Word) -> str | None:
        host = self._url.hostname or ""
        try:
            with closing(self._connection(host)) as connection:
                connection.request("GET", f"{self._url.path}{word}" or "/", headers={"User-Agent": f"bouncer/{__version__}"})
                status = connection.getresponse().status
        except (OSError, http.client.HTTPException) as fault:  # ssl.SSLError and a time limit are OSErrors
            said = fault.strerror if isinstance(fault, OSError) and fault.strerror else type(fault).__name__
            return f"The monitor at {host} (ping_url) cannot be told how things are: {said}."
        return None if status in _WELL else f"The monitor at {host} answers {status} to a ping; is ping_url right?"

    def _connection(self, host: str) -> http.client.HTTPConnection:
        if self._url.scheme == "https":
            return http.client.HTTPSConnection(host, self._url.port, timeout=self._seconds, context=ssl.create_default_context())
        return http.client.HTTPConnection(host, self._url.port, timeout=self._seconds)
