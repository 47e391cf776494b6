"""Hostile words: names, companies, subjects and templates that would become a field, a recipient, a command, a line, a tag."""

import random
from dataclasses import dataclass

MARK = "zqinj"  # stands in every one of them, so that it can be found again
_LINES = (
    "\r\nBcc: zqinj@evil.test", "\nzqinj: yes", "\rzqinj: yes", "\r\n\r\nzqinj", "\n zqinj: folded", "\x0bzqinj: 1", "\x0czqinj: 1",
    "\x1czqinj", "\x85zqinj: 1", "\u2028zqinj: 1", "\u2029zqinj: 1", "\r\n.\r\nMAIL FROM:<zqinj@evil.test>\r\n", "\n.\nzqinj",
)  # fmt: skip
_CONTROLS = (
    "\x00zqinj", "\x1b[2J\x1b[31mzqinj", "\x1b]0;zqinj\x07", "\x9b31mzqinj", "\x08\x08\x08zqinj", "\x7fzqinj", "\u202ezqinj",
    "\u2066zqinj\u2069",
    "\u200fzqinj", "\ufeffzqinj", "\ud800zqinj", "\udcffzqinj", "\udfff\ud800zqinj", "\x1b%Gzqinj",
)  # fmt: skip
_TAGS = (
    "<script>zqinj()</script>", "<img src=x onerror=zqinj()>", '"><a href="javascript:zqinj()">', "</td></tr></table><h1>zqinj",
    "<!-- zqinj",
    "&#60;b>zqinj", "<style>zqinj{}</style>", "' onmouseover='zqinj()", "<zqinj>", "]]><zqinj/>", "</title><zqinj>", "<bdo dir=rtl>zqinj",
)  # fmt: skip
_MAIL = (
    "=?utf-8?q?=0D=0ABcc:_zqinj=40evil.test?=", "=?utf-8?b?DQpCY2M6IHpxaW5qQGV2aWwudGVzdA==?=", '" <zqinj@evil.test>, "',
    ">, zqinj@evil.test, <x",
    "(zqinj", "zqinj\\", '"zqinj', "zqinj;group:", ", zqinj@evil.test", "<zqinj@evil.test>", "=?zqinj", "zqinj?=", "@zqinj", "zqinj <",
    ":zqinj;",
)  # fmt: skip
_COMMANDS = (
    "{100000}\r\nzqinj", "{5+}\r\nzqinj", '") zqinj LOGOUT', "zqinj %s%n%(name)s", "{{ 7*7 }}zqinj", "{% for x in y %}zqinj", "$(zqinj)",
    "`zqinj`", "'; DROP TABLE event; --zqinj", "[bold red]zqinj[/]", "\\u001bzqinj", "\\r\\nzqinj", "*zqinj", "zqinj\r\nA1 LOGOUT",
    "[link=zqinj]",
)  # fmt: skip
_WIDE = (
    "zqinj\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "שלום zqinj",
    "مرحبا zqinj",
    "日本語zqinj",
    "ä" * 90 + "zqinj",
    "x" * 5000 + "zqinj",
    "é́́́zqinj",
    "\U0010ffffzqinj",
)
KINDS = {"lines": _LINES, "controls": _CONTROLS, "tags": _TAGS, "mail": _MAIL, "commands": _COMMANDS, "wide": _WIDE}
_PLAIN = ("Jane Doe", "Bob Best", "Acme", "Head of Networks", "Hello", "Élodie Martin", "Weiß & Söhne")


@dataclass(frozen=True)
class Poison:
    """One hostile text and what sort of thing it tries."""

    number: int
    kind: str
    text: str


def poison(seed: int, number: int) -> Poison:
    """Give the *number*-th hostile text: a harmless one around one to three pieces of a kind, each kind in its turn."""
    chance = random.Random(f"{seed}/{number}")  # noqa: S311 - a choice, not a secret
    kind = tuple(KINDS)[number % len(KINDS)]
    pieces = [chance.choice(KINDS[kind]) for _ in range(chance.randint(1, 3))]
    if chance.random() < 0.3:
        pieces.append(chance.choice(KINDS[chance.choice(tuple(KINDS))]))
    words = [chance.choice(_PLAIN), *pieces, chance.choice(_PLAIN)]
    return Poison(number, kind, chance.choice(("", " ")).join(words[chance.randrange(2) :]))
