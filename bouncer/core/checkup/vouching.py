"""In whose name Authentication-Results are written (RFC 8601 section 2.5)."""

import re
from collections import Counter
from collections.abc import Iterable

_ID = re.compile(r'\s*"?([A-Za-z0-9._-]+?)\.?"?\s*(?:1\s*)?(?:\([^()]*\)\s*)?;')


def vouchers(results: Iterable[str]) -> tuple[str, ...]:
    """Give the authserv-ids that *results*, values of such fields, begin with: in lower case, the commonest first.

    One that begins with its first result at once, as Microsoft's do, names nobody.
    """
    found = Counter(match[1].lower() for value in results if (match := _ID.match(value)))
    return tuple(name for name, _ in found.most_common())
