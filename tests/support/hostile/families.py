"""The families of forgeries: each a genuine message, and what makes it worthless."""

import random
from dataclasses import dataclass

from support.hostile import claims, lies, orders
from support.hostile.draft import Flaw, Make, arf, dsn
from support.hostile.payloads import (
    asks_for_confirmation,
    delivered,
    free_mail,
    from_the_past,
    homograph,
    look_alike,
    nested,
    never_sent,
    other_contacts,
    own_form,
    owners,
    read_receipt,
    refuses_us,
    reply_to,
    retouched,
    role_address,
    second_person,
    still_trying,
    storm,
    two_addresses,
    verbatim,
)
from support.hostile.stage import Stage


@dataclass(frozen=True)
class Family:
    """A kind of forgery; *make* alone is believed (the control), and with *flaw* it must not be."""

    name: str
    make: Make
    flaw: Flaw

    def hostile(self, chance: random.Random, stage: Stage) -> bytes:
        """Give one forgery, in the name of somebody of *stage*."""
        draft = self.make(chance, stage, chance.choice(stage.people))
        self.flaw(chance, stage, draft)
        return draft.data()

    def genuine(self, chance: random.Random, stage: Stage) -> bytes:
        """Give the same without the flaw."""
        return self.make(chance, stage, chance.choice(stage.people)).data()


_TOKENS: dict[str, Flaw] = {
    "no token": lies.no_token,
    "a foreign token": lies.foreign_token,
    "another contact's token": lies.token_of_another,
    "a token of no address": lies.token_of_another_address,
    "a token of another purpose": lies.token_of_another_purpose,
    "an expired token": lies.expired_token,
    "a truncated token": lies.truncated_token,
    "a mutated token": lies.mutated_token,
    "a retargeted token": lies.retargeted_token,
    "a mutated token in capitals": lies.shouted(lies.mutated_token),
    "a foreign token over two lines": lies.wrapped(lies.foreign_token),
}
_AUTHENTICATION: dict[str, Flaw] = {
    "nobody's word": lies.from_elsewhere,
    "the provider's no": lies.refused_by_dmarc,
    "the provider's word forged below": lies.forged_below,
    "the word of a wrong authserv-id": lies.wrong_id,
    "the word in another field": lies.other_header,
    "a word for another domain": lies.misaligned,
    "two words that contradict each other": lies.contradicting,
    "results injected into others": lies.injected,
    "a HELO that plays an inner hop": lies.helo_tricks,
    "two From": lies.two_froms,
    "a disguised From": lies.disguised_from,
}
_UNSIGNED = lies.both(lies.from_elsewhere, lies.no_token)
_SENDERS: dict[str, tuple[Make, Flaw]] = {
    "a stolen token, from a stranger": (claims.weighty, lies.by_a_stranger),
    "a stolen token, from a look-alike sender": (claims.weighty, lies.by_a_double),
    "a stolen token, from a homograph sender": (claims.weighty, lies.by_a_homograph),
    "a stolen token, with two From": (claims.weighty, lies.two_froms),
    "a stolen token, with a disguised From": (claims.weighty, lies.disguised_from),
    "a stolen token, with the provider's no": (claims.any_claim, lies.refused_by_dmarc),
    "a stolen token, with the provider's no, from a stranger": (claims.any_claim, lies.disowned_stranger),
    "a stolen token in capitals, from a stranger": (claims.weighty, lies.both(lies.by_a_stranger, lies.shouted(lambda *_: None))),
    "a mailing list's echo": (claims.weighty, lies.in_a_list),
    "our own letter come back": (claims.any_claim, lies.our_own_letter),
    "a third person's claim": (claims.moved, lies.by_another_contact),
    "the owner's orders in plain words": (orders.yes, orders.loose_orders),
    "the owner's yes with a wrong token": (orders.yes, orders.wrong_token),
    "the owner's yes in other words": (orders.yes, orders.other_subject),
    "the owner's yes from somebody else": (orders.yes, orders.by_somebody_else),
    "the owner's yes by a machine": (orders.yes, orders.by_a_machine),
    "a stolen yes with nobody's word": (orders.yes, lies.from_elsewhere),
    "a stolen yes with the provider's no": (orders.yes, lies.refused_by_dmarc),
    "a stolen yes with the word forged below": (orders.yes, lies.forged_below),
    "a stolen yes with a wrong authserv-id": (orders.yes, lies.wrong_id),
    "a stolen yes with results injected": (orders.yes, lies.injected),
    "a stolen yes with two From": (orders.yes, lies.two_froms),
    "a spoofed stop": (claims.stop, _UNSIGNED),
    "a spoofed stop the provider refuses": (claims.stop, lies.both(lies.refused_by_dmarc, lies.no_token)),
    "a vacation storm": (claims.away, lies.both(_UNSIGNED, storm)),
}
_PAYLOADS: dict[str, Flaw] = {
    "a look-alike domain": look_alike,
    "a homograph": homograph,
    "a free-mail address": free_mail,
    "another contact's address": other_contacts,
    "the owner's address": owners,
    "a role address": role_address,
    "the same mailbox in another form": own_form,
    "two new addresses": two_addresses,
    "a Reply-To elsewhere": reply_to,
    "a second person's address": second_person,
}
_NOTICES: dict[str, tuple[Make, Flaw]] = {
    "backscatter of letters never sent": (claims.any_bounce, never_sent),
    "a forged refusal of us": (claims.dsn, lies.both(refuses_us, lies.no_token)),
    "a forged delay": (claims.dsn, still_trying),
    "a forged success": (claims.dsn, delivered),
    "a nested report": (claims.any_bounce, lies.both(lies.foreign_token, nested)),
    "a nested report about another letter": (claims.any_bounce, lies.both(lies.token_of_another, nested)),
    "a forged complaint": (arf, lies.no_token),
    "a complaint with a foreign token": (arf, lies.foreign_token),
    "a read receipt": (claims.dsn, read_receipt),
    "a challenge": (claims.said_moved, asks_for_confirmation),
    "a bounce from years ago": (dsn, from_the_past),
    "a replay, byte for byte": (claims.moved, verbatim),
    "a replay, retouched": (claims.moved, retouched),
}

FAMILIES: tuple[Family, ...] = (
    *(Family(f"a forged bounce with {name}", claims.any_bounce, flaw) for name, flaw in _TOKENS.items()),
    *(
        Family(f"a claim with {name}", claims.any_claim, lies.both(lies.from_elsewhere, flaw))
        for name, flaw in _TOKENS.items()
        if name != "another contact's token"
    ),
    *(Family(f"a claim with {name}", claims.any_claim, lies.both(lies.no_token, flaw)) for name, flaw in _AUTHENTICATION.items()),
    *(Family(name, make, flaw) for name, (make, flaw) in _SENDERS.items()),
    *(Family(f"a hijack by {name}", claims.moved, flaw) for name, flaw in _PAYLOADS.items()),
    *(Family(name, make, flaw) for name, (make, flaw) in _NOTICES.items()),
)
