"""Where people work as LinkedIn last said: what its next export is held against."""

from collections.abc import Mapping
from datetime import datetime

from bouncer.edge.ledger import history
from bouncer.edge.ledger.codec import stamp
from bouncer.edge.ledger.database import Database, Transaction
from bouncer.edge.ledger.people import person
from bouncer.model import EventKind
from bouncer.model.importing import Job


class Jobs:
    """The part of a ledger that keeps them."""

    _database: Database

    def jobs(self) -> Mapping[str, Job]:
        """Give what LinkedIn said last of whoever is known by an address (lower case)."""
        with self._database.reading() as tx:
            rows = tx.rows("SELECT a.address, j.company, j.title FROM job j JOIN address a ON a.person = j.person")
        return {address: Job(company, title) for address, company, title in rows}

    def keep_jobs(self, jobs: Mapping[str, Job], reasons: Mapping[str, str], at: datetime) -> None:
        """Keep what LinkedIn says now, by an address of each person (lower case), and *reasons* to write to some of them.

        Of whom the ledger does not know, nothing is kept: `sync` comes first.
        """
        with self._database.writing() as tx:
            tx.many(
                """INSERT INTO job (person, company, title, at) SELECT person, ?, ?, ? FROM address WHERE address = ?
                   ON CONFLICT DO UPDATE SET company = excluded.company, title = excluded.title, at = excluded.at
                   WHERE (company, title) IS NOT (excluded.company, excluded.title)""",
                ((job.company, job.title, stamp(at), address) for address, job in jobs.items()),
            )
            for address, reason in reasons.items():
                _give_reason(tx, address, reason, at)


def _give_reason(tx: Transaction, address: str, reason: str, at: datetime) -> None:
    if (who := person(tx, address)) is not None:
        history.append(tx, EventKind.HINT, at, person=who, detail=reason)
