"""From the words of a reply to findings."""
