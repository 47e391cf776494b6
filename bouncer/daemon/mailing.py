"""A letter as it would leave, for whoever looks at it beforehand."""

from collections.abc import Mapping

from bouncer.core.asking import sought
from bouncer.core.compose import compose
from bouncer.core.plan import occasion
from bouncer.model import Account, Book, Contact, Conversation, Keys, Planned, Settings
from bouncer.ports import Ledger

TRIAL = "trial:"  # how the period of a trial letter begins, which is to the owner as a summary is
_NO_KEYS = Keys(b"\0" * 32)  # what is shown must not be taken for a letter of ours


def as_it_would_leave(
    planned: Planned,
    contact: Contact,
    settings: Settings,
    templates: Mapping[str, str],
    last: Conversation | None,
    about: Contact | None = None,
) -> bytes:
    """Give the bytes of *planned*, with `[token]` where its token will stand; *about* is whom it asks after.

    Raises OwnerFault where it cannot be written.
    """
    account = account_of(settings, contact.account)
    letter = compose(
        planned, contact, account, settings.owner, templates, _NO_KEYS, planned.not_before, bytes, about=about,
        occasion=occasion(planned), last=last,
    )  # fmt: skip
    return letter.data.replace(letter.envid.encode(), b"b.[token]")


def whom_it_asks_after(planned: Planned, ledger: Ledger, book: Book) -> tuple[Contact | None, str | None]:
    """Give the entry of whom *planned* asks after, or why it need not ask any more; two times None where it asks after nobody."""
    if planned.asks_after is None:
        return None, None
    try:
        return sought(ledger.remembered(planned.asks_after), book), None
    except LookupError as idle:
        return None, str(idle)


def account_of(settings: Settings, name: str | None) -> Account:
    """Give the account called *name*; the first where a contact names none."""
    return next((account for account in settings.accounts if account.name == name), settings.accounts[0])
