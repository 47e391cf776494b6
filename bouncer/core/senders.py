"""The names under which mail systems write (RFC 2142 section 5, RFC 5321 section 4.5.5, and what custom added)."""

import re

_NAMES = re.compile(
    r"mailer[-_. ]?daemon|post[-_. ]?master|\bm?daemon@|mail[-_. ]?(?:delivery|system|administrator|subsystem|gateway)|"
    r"mail[-_. ]?daemon|mailadm|delivery[-_. ](?:sub)?system|microsoftexchange[0-9a-f]{6}|system[-_. ]administrator|^\s*(?:<>)?\s*$|<>",
    re.IGNORECASE,
)


def is_mail_system(from_field: str) -> bool:
    """Tell whether a raw From field (an empty string where there is none) is that of a mail system."""
    return bool(_NAMES.search(from_field[:500]))
