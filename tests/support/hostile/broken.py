"""Bouncers that believe too much: the harness has to find out each of them."""

from dataclasses import replace

from bouncer.edge.ledger import SqliteLedger
from bouncer.model import Handle, Known, RawMail, Reading
from support.hostile.draft import HOST
from support.hostile.stage import Stage
from support.household import Reader


class Credulous(Reader):
    """Takes every From for authenticated."""

    async def read(self, raw: RawMail) -> Reading:
        """Read, and add the provider's word."""
        reading = await super().read(raw)
        domain = reading.from_[0].domain if reading.from_ else ""
        return replace(reading, trace=(("authentication-results", f"{HOST}; dmarc=pass header.from={domain}"),))


class Generous(Reader):
    """Takes every message that names a contact for an answer to our letter to them."""

    stage: Stage | None = None

    async def read(self, raw: RawMail) -> Reading:
        """Read, and add the token of whoever is named."""
        reading = await super().read(raw)
        people = self.stage.people if self.stage else ()
        named = {a.address.lower() for a in reading.from_} | {r.address.lower() for r in reading.recipients}
        ids = tuple(Handle("reference", p.got.message_id) for p in people if p.contact.email in named)
        return replace(reading, handles=(*ids, *reading.handles), tokens=(*(i.value[3:43] for i in ids), *reading.tokens))


class Forgetful(SqliteLedger):
    """Does not remember which messages it has seen."""

    def has(self, raw: RawMail) -> bool:  # noqa: ARG002 - it has no memory
        """See everything for the first time."""
        return False

    def known(self, reading: Reading) -> Known:
        """Know everything but what came before."""
        return replace(super().known(reading), told={})
