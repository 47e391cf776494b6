"""A message that comes twice: what it said was heard the first time, and the owner may have decided otherwise since."""

from collections.abc import Sequence

from bouncer.core.dryrun import as_questions
from bouncer.model import Apply, Decision, Ignore, Known, Match

_WHY = "a message with this Message-ID was taken in before"


def once_only(decisions: Sequence[Decision], match: Match, known: Known) -> tuple[Decision, ...]:
    """Give *decisions*, or only questions where the same message was believed as far before: replayed, it would redo what was undone.

    The bytes of a copy differ (another way, another trace), its Message-ID does not (RFC 5322 section 3.6.4). A stop is heeded again.
    """
    told = known.told.get(match.person or "")
    if told is None or told < match.trust.level:
        return tuple(decisions)
    return tuple(_ignored(decision) for decision in as_questions(decisions, _WHY))


def _ignored(decision: Decision) -> Decision:
    if isinstance(decision, Apply) and not decision.suppress:
        return Ignore(f"{_WHY}: {decision.why}", decision.level)
    return decision
