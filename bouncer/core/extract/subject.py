"""The subject line: the tag of a list before it, and the prefix that says that a person answers or passes something on."""

import re

from bouncer.core.wording import Wording, alike

_TAG = re.compile(r"^\s*\[[^\]\n]{1,40}\]\s*")
_COUNT = re.compile(r"[\[(]?[0-9]*[\])]?$")  # Re[2]:, RE (3):


def bare_subject(subject: str) -> str:
    """Give *subject* without the tags that mailing lists put before it."""
    while match := _TAG.match(subject):
        subject = subject[match.end() :]
    return subject


def reply_prefix(subject: str, wording: Wording) -> bool:
    """Tell whether *subject* begins with the prefix of a human answer or a forward, in any language ("AW:", "Odp:", "Re[2]:")."""
    head, colon, _ = alike(bare_subject(subject)).strip().partition(":")
    prefix = _COUNT.sub("", head.strip().lower()).strip()
    return bool(colon) and any(prefix in wording.known(name) for name in ("reply-prefixes", "forward-prefixes"))
