"""A scripted SMTP server."""

import ssl
from collections.abc import Callable, Mapping

from support.scripted import Line

Answer = str | None | Callable[[Line], str | None]  # a reply; None hangs up

GOOD: Mapping[str, Answer] = {
    "greeting": "220 mx.example ESMTP",
    "EHLO": "250-mx.example\r\n250-DSN\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 AUTH PLAIN LOGIN",
    "AUTH": "235 2.7.0 Accepted",
    "MAIL": "250 2.1.0 Ok",
    "RCPT": "250 2.1.5 Ok",
    "DATA": "354 End data with <CR><LF>.<CR><LF>",
    "text": "250 2.0.0 Ok: queued",
    "RSET": "250 2.0.0 Ok",
    "QUIT": "221 2.0.0 Bye",
    "STARTTLS": "502 5.5.1 Not here",
}


def smtp(context: ssl.SSLContext | None = None, **answers: Answer) -> Callable[[Line], None]:
    """Give a script that answers as a good server does but for *answers*, named by command, or `greeting`, or `text` after the final dot.

    Where STARTTLS is answered with 220, TLS begins with *context*.
    """
    known = {**GOOD, **answers}

    def answer(line: Line, name: str) -> str | None:
        said = known.get(name, "500 5.5.1 What?")
        reply = said(line) if callable(said) else said
        if reply is None:
            raise EOFError
        if reply:
            line.say(reply)
        return reply

    def script(line: Line) -> None:
        answer(line, "greeting")
        while True:
            name = line.hear().decode(errors="replace").partition(" ")[0].upper()
            reply = answer(line, name) or ""
            if name == "STARTTLS" and reply.startswith("220") and context is not None:
                line.secure(context)
            if name == "DATA" and reply.startswith("354"):
                while line.hear() != b".":
                    pass
                answer(line, "text")
            if name == "QUIT":
                return

    return script
