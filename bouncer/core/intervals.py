"""The `every:` of a contact, in words, as days."""

from functools import lru_cache

SHORTEST = 14  # days: automatic answers come weekly at most, and nobody likes to be asked twice in a fortnight
_DIGITS = 5
_UNITS = {"day": 1.0, "week": 7.0, "month": 30.4375, "year": 365.25}
_WORDS = {
    "weekly": "1 week",
    "monthly": "1 month",
    "quarterly": "3 months",
    "half-yearly": "6 months",
    "yearly": "1 year",
    "annually": "1 year",
}


@lru_cache(maxsize=1024)
def interval_days(every: str) -> int | None:
    """Give the days of an interval such as `6 months`, `90 days`, `1 year` or `yearly`; None for `never`.

    Never less than SHORTEST. Raises ValueError, with a sentence, for anything else.
    """
    return None if _plain(every) == "never" else max(SHORTEST, days_of(every))


@lru_cache(maxsize=1024)
def days_of(span: str) -> int:
    """Give the days of *span*, worded as an interval is, but however short; raises ValueError, with a sentence, for anything else."""
    text = _plain(span)
    words = _WORDS.get(text, text).split()
    count, unit = words if len(words) == 2 else ("1", *words) if len(words) == 1 else ("", "")  # noqa: PLR2004
    days = _UNITS.get(unit.removesuffix("s"))
    if days is None or not (count.isascii() and count.isdigit() and len(count) < _DIGITS and int(count)):
        raise ValueError(f"{span!r} is no interval: write for example `6 months`, `90 days`, `1 year` or `never`")
    return max(1, round(int(count) * days))


def _plain(text: str) -> str:
    return " ".join(text.lower().split()).removeprefix("every ")
