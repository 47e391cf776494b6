"""Mail of our own that, read once, has every table built that reading needs: matchers, month names, telephone plans."""

from collections.abc import Collection, Sequence

from bouncer.model import Pack, RawMail

_MOST = 12  # sentences
_SIGNATURE = "\n\n-- \nJane Doe\nHead of Platform\nAcme\n+44 20 7946 0018\n"
_NOTICE = """\
From: MAILER-DAEMON@mx.acme.example
To: olga@home.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain; charset=utf-8

{text}

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.acme.example

Final-Recipient: rfc822; jane@acme.example
Action: failed
Status: 5.0.0
Diagnostic-Code: smtp; 550 {text}

--b--
"""
_ANSWER = """\
From: Jane Doe <jane@acme.example>
To: olga@home.example
Subject: Hello
Date: Wed, 04 Mar 2026 10:00:00 +0000
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
{header}
{text}
"""


def warming(packs: Sequence[Pack], languages: Collection[str] = ("en",)) -> tuple[RawMail, ...]:
    """Give harmless messages made of the packs' own examples, one sentence of each meaning: a notice, and two answers a language.

    Not all of the examples, and not every language: what a matcher has seen it remembers, and that memory is held for years.
    """
    notices = [said for pack in packs if pack.kind == "bounces" for said in _sentences(pack)]
    texts = [_NOTICE.format(text=" ".join(" ".join(notices[:_MOST]).split()))]
    for pack in packs:
        if pack.kind == "replies" and pack.language in languages:
            words = "\n".join(_sentences(pack)[:_MOST]) + _SIGNATURE
            texts += [_ANSWER.format(header="Auto-Submitted: auto-replied\n", text=words), _ANSWER.format(header="", text=words)]
    return tuple(RawMail(text.encode(), source="warming") for text in texts)


def _sentences(pack: Pack) -> list[str]:
    first = {rule.means: example.text for rule in reversed(pack.rules) for example in rule.examples[:1]}
    return [text for means, text in first.items() if means != "challenge"]  # a challenge is read no further
