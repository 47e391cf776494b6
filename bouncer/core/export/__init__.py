"""The contact file as other programs read it: one file per format."""

from collections.abc import Callable, Mapping, Sequence

from bouncer.core.export.contact_list import as_contact_list
from bouncer.core.export.google import as_google
from bouncer.core.export.vcard import as_vcards
from bouncer.model import Card

FORMATS: Mapping[str, Callable[[Sequence[Card]], str]] = {"vcard": as_vcards, "google": as_google, "json": as_contact_list}

__all__ = ["FORMATS", "as_contact_list", "as_google", "as_vcards"]
