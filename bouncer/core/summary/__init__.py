"""The owner's week: gathered from the ledger and the contact file, and told as text and as HTML."""

from bouncer.core.summary.alive import looking_back
from bouncer.core.summary.gather import eventless, summarise
from bouncer.core.summary.html import as_html
from bouncer.core.summary.text import as_text

__all__ = ["as_html", "as_text", "eventless", "looking_back", "summarise"]
