"""What a letter answers: the person's own last mail, where it may stand in a header of ours."""

import re
from datetime import datetime, timedelta

from bouncer.core.plain import one_line, safe_in_header
from bouncer.model import Conversation

_ID = re.compile(r"<[!-;=?-~]{1,240}>")  # RFC 5322 section 3.6.4, in ASCII and without a bracket or a space inside
_FRESH = timedelta(days=800)  # after that, a new letter is a new conversation
_PREFIX = re.compile(r"(?:(?:re|aw|sv|vs|antw|tr|rv|res|r|odp|回复|答复|回覆)(?:\[\d+\])?\s*[:：]\s*)+", re.IGNORECASE)  # noqa: RUF001
_LONGEST = 120  # characters of a subject


def continued(last: Conversation | None, at: datetime) -> Conversation | None:
    """Give the mail that a letter at *at* (aware) answers, its subject as it stands in the answer (RFC 5322 section 3.6.5).

    None where there is none, where it is long ago, or where its id or subject could not stand in our header as it is.
    """
    if last is None or at - last.at > _FRESH or not _ID.fullmatch(last.message_id):
        return None
    bare = _PREFIX.sub("", one_line(last.subject, _LONGEST), count=1) if safe_in_header(last.subject) else ""
    return Conversation(last.message_id, f"Re: {bare}", last.at) if bare else None
