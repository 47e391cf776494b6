"""The contact file as JSON, which bouncer reads as a contact file too."""

import json
from collections.abc import Sequence

from bouncer.core.present import as_value
from bouncer.model import Card


def as_contact_list(cards: Sequence[Card]) -> str:
    """Give every field that bouncer knows, in the order of the contact file."""
    return json.dumps({"contacts": [as_value(card.contact) for card in cards]}, ensure_ascii=False, indent=2) + "\n"
