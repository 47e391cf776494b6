"""A letter as it would leave, for whoever looks at it beforehand."""

from collections.abc import Mapping

from bouncer.core.compose import compose
from bouncer.core.plan import occasion
from bouncer.model import Account, Contact, Conversation, Keys, Planned, Settings

_NO_KEYS = Keys(b"\0" * 32)  # what is shown must not be taken for a letter of ours


def as_it_would_leave(
    planned: Planned, contact: Contact, settings: Settings, templates: Mapping[str, str], last: Conversation | None
) -> bytes:
    """Give the bytes of *planned*, with `[token]` where its token will stand; raises OwnerFault where it cannot be written."""
    account = account_of(settings, contact.account)
    letter = compose(
        planned, contact, account, settings.owner, templates, _NO_KEYS, planned.not_before, bytes, occasion=occasion(planned), last=last
    )
    return letter.data.replace(letter.envid.encode(), b"b.[token]")


def account_of(settings: Settings, name: str | None) -> Account:
    """Give the account called *name*; the first where a contact names none."""
    return next((account for account in settings.accounts if account.name == name), settings.accounts[0])
