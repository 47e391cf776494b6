"""A monitor on the loopback, in the style of healthchecks.io: it remembers every request that comes."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self


class Monitor:
    """The server; *status* is what it answers from now on, *held* keeps its answers back while it is clear."""

    def __init__(self) -> None:
        """Answer well."""
        self.status = 200
        self.held = threading.Event()
        self.held.set()
        self.requests: list[tuple[str, dict[str, str]]] = []  # the first line, and the headers
        self._came = threading.Condition()
        self._server = _server(self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/check-1"

    def __enter__(self) -> Self:
        """Start."""
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Stop."""
        self.held.set()
        self._server.shutdown()
        self._thread.join(20)
        self._server.server_close()

    @property
    def told(self) -> list[str]:
        """The words that came, in their order."""
        return [line.split()[1].removeprefix("/check-1") or "ok" for line, _ in self.requests]

    def came(self, line: str, headers: dict[str, str]) -> None:
        """Remember a request."""
        with self._came:
            self.requests.append((line, headers))
            self._came.notify_all()
        self.held.wait(20)

    def wait(self, number: int) -> list[str]:
        """Give the words once so many have come."""
        with self._came:
            assert self._came.wait_for(lambda: len(self.requests) >= number, 20)
        return self.told


def _server(monitor: Monitor) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            monitor.came(self.requestline, dict(self.headers))
            self.send_response(monitor.status)
            self.send_header("Location", "http://127.0.0.1:9/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    return ThreadingHTTPServer(("127.0.0.1", 0), Handler)
