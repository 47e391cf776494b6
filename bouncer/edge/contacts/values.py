"""Between a Change's values and an entry's plain data."""

from collections.abc import Mapping

from bouncer.edge.contacts.entries import LISTS, ORDER, PREVIOUS, previous_of, text_of, texts_of
from bouncer.edge.contacts.tree import Data, Refused, is_list
from bouncer.model import Contact, Previous, Value


def value_of(entry: Mapping[str, Data], field: str) -> Value:
    """Give a field of *entry* as a Change holds it; an absent, empty or blank one is None."""
    if field == "previous":
        return previous_of(entry.get(field)) or None
    if field in LISTS:
        return texts_of(entry.get(field)) or None
    return text_of(entry.get(field))


def wanted(entry: Mapping[str, Data], field: str, after: Value) -> Data:
    """Give the plain data that *field* of *entry* shall have for *after*; items that stay keep the owner's own keys.

    Raises Refused where *after* has not the shape of the field.
    """
    if not after:
        return None
    if field == "previous":
        return _previous(entry.get(field), after)
    if field in LISTS:
        if not isinstance(after, tuple) or not all(isinstance(item, str) for item in after):
            raise Refused(f"`{field}` takes a list of texts")
        return _texts(entry.get(field), after)
    if not isinstance(after, str):
        raise Refused(f"`{field}` takes one text")
    return after.strip() or None


def same(one: Value, other: Value) -> bool:
    """Tell whether two values say the same: absent, empty and blank are one, and blanks around a text do not count."""
    return _bare(one) == _bare(other)


def _bare(value: Value) -> Value:
    return (value.strip() if isinstance(value, str) else value) or None


def as_entry(contact: Contact) -> dict[str, Data]:
    """Give the plain data of a Contact, without the fields it has not."""
    found: dict[str, Data] = {}
    for field in ORDER:
        value = getattr(contact, field)
        if field == "previous":
            found[field] = [_item(old) for old in value]
        elif value:
            found[field] = list(value) if field in LISTS else str(value)
    return {field: data for field, data in found.items() if data}


def _texts(had: Data, after: tuple[object, ...]) -> Data:
    """Keep each item that only differs in outer blanks as it is written."""
    written = {text_of(item): item for item in had} if is_list(had) else {}
    return [written.get(str(item), str(item)) for item in after]


def _previous(had: Data, after: Value) -> Data:
    if not isinstance(after, tuple) or not all(isinstance(item, Previous) for item in after):
        raise Refused("`previous` takes a list of former addresses")
    items = [item for item in had if isinstance(item, Mapping)] if is_list(had) else []
    same = {previous_of([item])[0]: item for item in items}
    by_email = {text_of(item.get("email")): item for item in items}
    found: list[Data] = []
    for item in after:
        if isinstance(item, Previous):
            old = by_email.get(item.email, {})
            found.append(same.get(item) or {**_item(item), **{k: v for k, v in old.items() if k not in PREVIOUS}})
    return found


def _item(previous: Previous) -> dict[str, Data]:
    return {key: value for key in PREVIOUS if (value := getattr(previous, key))}
