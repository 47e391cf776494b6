"""Folders by their use rather than their name (RFC 6154)."""

Listed = tuple[tuple[frozenset[str], str, str], ...]  # attributes in lower case, delimiter, name

# What folders without the attribute are commonly called, in lower case; the commonest first.
_USUAL = {
    "\\junk": ("junk", "spam", "junk e-mail", "junk email", "junk mail", "bulk mail", "spamverdacht", "indésirables", "correo no deseado"),
    "\\sent": ("sent", "sent items", "sent mail", "sent messages", "gesendet", "gesendete elemente", "envoyés", "enviados"),
    "\\drafts": ("drafts",),
    "\\trash": ("trash", "deleted items", "deleted messages"),
    "\\archive": ("archive", "archives"),
}
_CLOSED = frozenset({"\\noselect", "\\nonexistent"})


def resolve(wanted: str, listed: Listed) -> str | None:
    r"""Give the name of the folder that the configuration calls *wanted*: a name, or an attribute such as `\Junk`.

    An attribute that no folder has is looked for under the usual names. None where there is no such folder.
    """
    open_ones = tuple((flags, delimiter, name) for flags, delimiter, name in listed if not flags & _CLOSED)
    if not wanted.startswith("\\"):
        return wanted if any(name == wanted for _, _, name in open_ones) else None
    use = wanted.lower()
    for flags, _, name in open_ones:
        if use in flags:
            return name
    for usual in _USUAL.get(use, ()):
        for _, delimiter, name in open_ones:
            if usual in {name.lower(), _last_of_two(name, delimiter).lower()}:
                return name
    return None


def _last_of_two(name: str, delimiter: str) -> str:
    """Give `Junk` for `INBOX.Junk` and `[Gmail]/Junk`, and nothing for what lies deeper or elsewhere."""
    parts = name.split(delimiter) if delimiter else [name]
    return parts[1] if len(parts) == 2 and parts[0].lower() in {"inbox", "[gmail]", "[google mail]"} else ""  # noqa: PLR2004
