"""The syntax of an e-mail address, asked of email-validator; no name is looked up."""

import re

from email_validator import EmailNotValidError, validate_email

# The commonest shape, which email-validator accepts in every case (tests/laws holds this true) at thirty times the cost.
_PLAIN = re.compile(
    r"[a-z0-9_]+(?:[.+-][a-z0-9_]+){0,9}@(?:(?:[a-z0-9]|[a-z0-9]-(?=[a-z0-9])){1,30}\.){1,4}(?:com|net|org|edu|example|test|[a-z]{2})",
    re.IGNORECASE,
)
_LONGEST_LOCAL = 64  # RFC 5321 section 4.5.3.1.1
_SAFE_LENGTH = 200


def why_invalid(address: str) -> str | None:
    """Give what is wrong with *address* in a sentence, or None.

    Internationalised addresses are fine (RFC 6531), and so are the reserved domains of RFC 2606, which samples and tests live in.
    """
    if plainly_valid(address):
        return None
    try:
        validate_email(address, check_deliverability=False, test_environment=True, allow_quoted_local=False)
    except EmailNotValidError as fault:
        return str(fault)
    return None


def plainly_valid(address: str) -> bool:
    """Tell whether a look is enough to know *address* for valid."""
    return (
        len(address) < _SAFE_LENGTH
        and address.find("@") <= _LONGEST_LOCAL
        and _PLAIN.fullmatch(address) is not None
        and "--" not in address
    )
