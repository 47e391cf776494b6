"""The trial letter: one mail to the owner's own mailbox, through the outbox like every other, and what became of it."""

import asyncio
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.parser import BytesHeaderParser
from email.utils import parseaddr

from bouncer.core.compose import compose_summary
from bouncer.daemon.mailing import TRIAL
from bouncer.edge.checkup.postbox import Came, Postbox
from bouncer.edge.checkup.servers import TIMING, WAITS, imap_wire
from bouncer.edge.imap import Timing
from bouncer.edge.smtp import SmtpSender, Waits
from bouncer.errors import UsageError
from bouncer.model import THE_OWNER, Account, Delivery, Keys, Letter, OutboxState, Owner, Planned
from bouncer.model.checkup import TrialSeen
from bouncer.ports import Ledger

_TEXT = """\
This is the trial letter of `bouncer doctor --roundtrip`. It shows what
your mail provider does with a letter of bouncer's on its way out and in.
Nothing has to be done with it.

{mark}
"""


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds to wait for the letter, for its copy in Sent after that, and between two looks."""

    letter: float = 60
    copy: float = 5
    step: float = 1


class Trial:
    """The trial of one account."""

    def __init__(
        self,
        account: Account,
        owner: Owner,
        ledger: Ledger,
        keys: Keys,
        password: Callable[[], str],
        patience: Patience | None = None,
        timing: Timing = TIMING,
        waits: Waits = WAITS,
    ) -> None:
        """Make ready; nothing is sent yet. The letter stands in *ledger* as one to the owner."""
        self._account, self._owner, self._ledger, self._keys, self._password = account, owner, ledger, keys, password
        self._patience, self._timing, self._waits = patience or Patience(), timing, waits

    def play(self) -> TrialSeen:
        """Send the letter and wait for it; raises ServerFault, TlsFault, LoginRefused, SecretMissing and StorageFault.

        It goes to a plus-address first, and to the plain one only where such an address takes none: one letter comes in, whatever happens.
        """
        local, _, domain = self._account.address.partition("@")
        with imap_wire(self._account, self._password, self._timing) as wire:
            plus = self._once(Postbox(wire, self._account), f"{local}+trial{secrets.token_hex(4)}@{domain}")
            if plus.outcome not in ("refused", "bounced"):
                return plus
            why = f'"{plus.said}"' if plus.said else "it was returned"
            return replace(self._once(Postbox(wire, self._account), self._account.address), plain_after=why)

    def _once(self, postbox: Postbox, to: str) -> TrialSeen:
        at = datetime.now(UTC)
        letter = self._letter(to, at)
        seen = TrialSeen(self._account, letter.message_id, letter.envid, to, "not-back")
        try:
            delivery = self._post(letter, at)
        except UsageError as fault:  # taken out of the outbox at this very moment, by a bouncer that found it lying there
            return replace(seen, outcome="not-sent", said=str(fault))
        if delivery.state is OutboxState.REFUSED:
            return replace(seen, outcome="refused", said=delivery.said)
        if delivery.state is OutboxState.READY:
            return replace(seen, outcome="not-sent", said=delivery.trouble or delivery.said)
        uncertain = delivery.state is OutboxState.UNKNOWN
        return self._await(
            postbox, replace(seen, outcome="uncertain" if uncertain else "not-back", said=delivery.text if uncertain else "")
        )

    def _letter(self, to: str, at: datetime) -> Letter:
        """Write the letter; the text bears its mark as well, for the headers may lose it."""
        entropy, owner = secrets.token_bytes(4), replace(self._owner, address=to)
        subject = f"The trial letter of bouncer, {at:%Y-%m-%d %H:%M} UTC"

        def made(mark: str) -> Letter:
            text = _TEXT.format(mark=mark)
            return compose_summary(subject, text, f"<pre>{text}</pre>", self._account, owner, self._keys, at, lambda _: entropy)

        return made(made("").envid)

    def _post(self, letter: Letter, at: datetime) -> Delivery:
        """Take *letter* through the outbox: due, ready, armed, and how it ended."""
        period = f"{TRIAL}{at.isoformat()}"
        planned = Planned(THE_OWNER, letter.to.address, "summary", at, "you asked for a trial", period)
        self._ledger.enqueue((planned,), at)
        outbox = next((number for number, due in self._ledger.due(at) if due.period == period), None)
        if outbox is None:
            raise UsageError("the outbox does not take it")
        self._ledger.ready(outbox, letter, at)
        delivery = asyncio.run(self._send(letter, lambda: self._ledger.arm(outbox, at)))
        self._ledger.delivered(outbox, delivery, datetime.now(UTC))
        if delivery.state is OutboxState.READY:
            self._ledger.drop(outbox, "the trial is over", datetime.now(UTC))
        return delivery

    async def _send(self, letter: Letter, arm: Callable[[], None]) -> Delivery:
        sender = SmtpSender(self._account, self._password, waits=self._waits)
        try:
            return await sender.send(letter, arm)
        finally:
            await sender.aclose()

    def _await(self, postbox: Postbox, seen: TrialSeen) -> TrialSeen:
        """Look for the letter until it or its bounce is there, then a little longer for a copy in Sent."""
        end, filed = time.monotonic() + self._patience.letter, postbox.filed(seen.token)
        while time.monotonic() < end:
            if came := postbox.came(seen.token):
                seen, end = self._back(seen, came[0]), 0.0
            else:
                time.sleep(self._patience.step)
        end = time.monotonic() + self._patience.copy
        while filed is False and time.monotonic() < end:
            filed = postbox.filed(seen.token)
            time.sleep(self._patience.step if not filed else 0)
        return replace(seen, filed=filed)

    def _back(self, seen: TrialSeen, came: Came) -> TrialSeen:
        """Tell the letter from a notice that it could not be delivered, which comes from somebody else."""
        header = BytesHeaderParser().parsebytes(came.data)
        if parseaddr(str(header.get("From")))[1].lower() != self._account.address.lower():
            return replace(seen, outcome="bounced", folder=came.folder)
        return replace(seen, outcome="back", data=came.data, folder=came.folder, received=came.received, found=datetime.now(UTC))
