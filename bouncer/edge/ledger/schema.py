"""The tables, as an ordered tuple of migrations: the n-th brings a ledger from version n - 1 to n (`PRAGMA user_version`)."""

from dataclasses import dataclass
from pathlib import Path

from bouncer.edge.ledger.database import Database
from bouncer.errors import OwnerFault, Problem

APPLICATION_ID = 0x626E6372  # "bncr", in the file's header: what this database is


@dataclass(frozen=True, slots=True)
class Migration:
    """One step of the schema: *statements* run in one transaction with the new version number."""

    why: str
    statements: tuple[str, ...]


# Times are ISO 8601 in UTC with microseconds, so that they sort as text. A released migration is never edited: add the next one.
_FIRST = Migration(
    "the tables of the first release",
    (
        """CREATE TABLE person (id TEXT PRIMARY KEY, name TEXT NOT NULL, fields TEXT NOT NULL, listed INTEGER NOT NULL,
           shared INTEGER NOT NULL DEFAULT 0, last_contact TEXT) STRICT, WITHOUT ROWID""",
        "CREATE INDEX person_listed ON person (id) WHERE listed = 1",
        """CREATE TABLE address (address TEXT PRIMARY KEY, person TEXT NOT NULL REFERENCES person (id), present INTEGER NOT NULL)
           STRICT, WITHOUT ROWID""",
        "CREATE INDEX address_person ON address (person)",
        "CREATE TABLE alias (was TEXT PRIMARY KEY, person TEXT NOT NULL REFERENCES person (id)) STRICT, WITHOUT ROWID",
        """CREATE TABLE inbound (id INTEGER PRIMARY KEY, at TEXT NOT NULL, digest TEXT NOT NULL, account TEXT, folder TEXT,
           uidvalidity INTEGER, uid INTEGER, kind TEXT NOT NULL, message_id TEXT, person TEXT) STRICT""",
        "CREATE UNIQUE INDEX inbound_key ON inbound (account, folder, uidvalidity, uid)",
        "CREATE INDEX inbound_digest ON inbound (digest)",
        """CREATE TABLE folder (account TEXT NOT NULL, folder TEXT NOT NULL, uidvalidity INTEGER NOT NULL, uid INTEGER NOT NULL,
           PRIMARY KEY (account, folder)) STRICT, WITHOUT ROWID""",
        """CREATE TABLE failing (digest TEXT PRIMARY KEY, at TEXT NOT NULL, source TEXT NOT NULL, account TEXT, folder TEXT,
           uidvalidity INTEGER, uid INTEGER, tries INTEGER NOT NULL, why TEXT NOT NULL) STRICT""",
        """CREATE TABLE event (id INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, kind TEXT NOT NULL, person TEXT,
           name TEXT NOT NULL, change TEXT, because TEXT, level INTEGER, detail TEXT NOT NULL, message_id TEXT) STRICT""",
        "CREATE INDEX event_at ON event (at)",
        "CREATE INDEX event_person ON event (person, id)",
        "CREATE INDEX event_breaker ON event (id) WHERE kind IN ('tripped', 'resumed')",
        # Two entries of the file found to be one person is the only thing that moves an event, to that person.
        """CREATE TRIGGER event_kept BEFORE UPDATE OF id, at, kind, name, change, because, level, detail, message_id ON event
           BEGIN SELECT RAISE(ABORT, 'events are never rewritten'); END""",
        "CREATE TRIGGER event_stays BEFORE DELETE ON event BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END",
        """CREATE TABLE change (id INTEGER PRIMARY KEY AUTOINCREMENT, batch INTEGER NOT NULL, at TEXT NOT NULL, state TEXT NOT NULL,
           person TEXT, name TEXT NOT NULL, change TEXT NOT NULL, why TEXT NOT NULL, level INTEGER NOT NULL, message_id TEXT,
           undoes INTEGER REFERENCES event (id), event INTEGER REFERENCES event (id)) STRICT""",
        "CREATE INDEX change_batch ON change (batch)",
        "CREATE INDEX change_event ON change (event)",
        "CREATE INDEX change_pending ON change (id) WHERE state = 'pending'",
        # What bouncer itself did to addresses: the breakers count it.
        "CREATE INDEX change_address ON change (at) WHERE level < 6 AND json_extract(change, '$.field') = 'email'",
        "CREATE UNIQUE INDEX change_undoes ON change (undoes) WHERE state <> 'refused'",
        """CREATE TABLE question (id INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, closed TEXT, accepted INTEGER, person TEXT,
           name TEXT NOT NULL, changes TEXT NOT NULL, because TEXT NOT NULL, why TEXT NOT NULL, level INTEGER NOT NULL,
           hold INTEGER NOT NULL, identity TEXT NOT NULL, same TEXT, message_id TEXT) STRICT""",
        "CREATE UNIQUE INDEX question_open ON question (identity) WHERE closed IS NULL",
        "CREATE INDEX question_held ON question (person) WHERE closed IS NULL AND hold = 1",
        "CREATE TABLE suppressed (address TEXT PRIMARY KEY, at TEXT NOT NULL, why TEXT NOT NULL) STRICT, WITHOUT ROWID",
        "CREATE TABLE suspect (address TEXT PRIMARY KEY, since TEXT NOT NULL) STRICT, WITHOUT ROWID",
        "CREATE TABLE paused (domain TEXT PRIMARY KEY, until TEXT NOT NULL) STRICT, WITHOUT ROWID",
        """CREATE TABLE outbox (id INTEGER PRIMARY KEY AUTOINCREMENT, person TEXT NOT NULL, period TEXT NOT NULL, address TEXT NOT NULL,
           purpose TEXT NOT NULL, not_before TEXT NOT NULL, why TEXT NOT NULL, state TEXT NOT NULL, queued TEXT NOT NULL, tried TEXT,
           uncertain TEXT, resolved TEXT, attempts INTEGER NOT NULL DEFAULT 0, letter TEXT, message_id TEXT, subject TEXT NOT NULL
           DEFAULT '', account TEXT NOT NULL DEFAULT '', text TEXT NOT NULL DEFAULT '', reason TEXT, status TEXT,
           UNIQUE (person, period)) STRICT""",
        "CREATE INDEX outbox_due ON outbox (not_before, id) WHERE state IN ('due', 'ready')",
        "CREATE INDEX outbox_open ON outbox (person) WHERE state IN ('due', 'ready', 'armed', 'unknown')",
        "CREATE INDEX outbox_tried ON outbox (tried)",
        "CREATE INDEX outbox_address ON outbox (lower(address))",
        "CREATE TABLE outbox_name (name TEXT PRIMARY KEY, outbox INTEGER NOT NULL REFERENCES outbox (id)) STRICT, WITHOUT ROWID",
        "CREATE INDEX outbox_names ON outbox_name (outbox)",
        """CREATE TABLE waiting (id INTEGER PRIMARY KEY, person TEXT NOT NULL, name TEXT NOT NULL, display TEXT NOT NULL,
           address TEXT NOT NULL, message_id TEXT, at TEXT NOT NULL, answered TEXT) STRICT""",
        "CREATE INDEX waiting_open ON waiting (person, at) WHERE answered IS NULL",
        "CREATE INDEX waiting_id ON waiting (message_id)",
        "CREATE TABLE claim (period TEXT PRIMARY KEY, at TEXT NOT NULL) STRICT, WITHOUT ROWID",
        "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID",
    ),
)
_FORGETTING = Migration(
    "people can be forgotten, and a stop goes along with the person to every address they come to have",
    (
        "CREATE TABLE forgotten (hash TEXT PRIMARY KEY, at TEXT NOT NULL) STRICT, WITHOUT ROWID",
        # Somebody who is being forgotten; without traces where only the emptied places are still to be wiped.
        "CREATE TABLE forgetting (id INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, traces TEXT) STRICT",
        "DROP TRIGGER event_kept",
        """CREATE TRIGGER event_kept BEFORE UPDATE OF id, at, kind, name, change, because, level, detail, message_id ON event
           WHEN NOT EXISTS (SELECT 1 FROM forgetting WHERE traces IS NOT NULL) OR (old.id, old.at, old.kind) <> (new.id, new.at, new.kind)
           BEGIN SELECT RAISE(ABORT, 'events are never rewritten'); END""",
        "ALTER TABLE person ADD COLUMN stopped TEXT",
        "UPDATE person SET stopped = (SELECT min(at) FROM event WHERE kind = 'stopped' AND event.person = person.id)",
        "CREATE INDEX person_stopped ON person (id) WHERE stopped IS NOT NULL",
        """INSERT INTO suppressed (address, at, why) SELECT a.address, p.stopped, 'asked not to be written to'
           FROM person p JOIN address a ON a.person = p.id WHERE p.stopped IS NOT NULL ON CONFLICT DO NOTHING""",
    ),
)
_PLANNING = Migration(
    "the owner's word on single people is found without reading the whole history, and a letter answers the last mail",
    (
        "CREATE INDEX event_planning ON event (kind, person, id) WHERE kind IN ('snoozed', 'hint')",
        "ALTER TABLE waiting ADD COLUMN subject TEXT NOT NULL DEFAULT ''",
        "CREATE INDEX waiting_subject ON waiting (person, at) WHERE subject <> ''",
    ),
)
_SUMMARIES = Migration(
    "what a summary said is kept, so that it can be shown again; how people fared is found without reading the whole history",
    (
        "CREATE TABLE summary (week TEXT PRIMARY KEY, at TEXT NOT NULL, said TEXT NOT NULL) STRICT, WITHOUT ROWID",
        "CREATE INDEX event_alive ON event (person, at) WHERE kind = 'alive'",
        "CREATE INDEX event_changed ON event (at, id) WHERE kind = 'changed'",
    ),
)
_ADDING = Migration(
    "whole entries are added to the file; who was added is nobody before the next reading of it, and is found then",
    ("CREATE INDEX event_added ON event (id) WHERE person IS NULL AND kind = 'changed' AND json_extract(change, '$.field') = 'entry'",),
)
_JOBS = Migration(
    "two exports of LinkedIn are held against each other",
    ("CREATE TABLE job (person TEXT PRIMARY KEY, company TEXT, title TEXT, at TEXT NOT NULL) STRICT, WITHOUT ROWID",),
)
MIGRATIONS: tuple[Migration, ...] = (_FIRST, _FORGETTING, _PLANNING, _SUMMARIES, _ADDING, _JOBS)  # in the order they were released


def migrate(database: Database, migrations: tuple[Migration, ...] = MIGRATIONS) -> None:
    """Bring *database* to the newest version, keeping a copy of what it was beside it.

    Raises OwnerFault where the file is another program's, or of a newer bouncer.
    """
    version = _version(database)
    if version > len(migrations):
        raise _fault(database, f"is of schema version {version}; this bouncer knows up to {len(migrations)}: install a newer bouncer")
    if 0 < version < len(migrations) and database.path is not None:
        database.copy_to(backup_path(database.path, version))
    for number, migration in enumerate(migrations[version:], start=version + 1):
        with database.writing() as tx:
            if tx.rows("PRAGMA user_version")[0][0] >= number:  # another process was quicker
                continue
            for statement in migration.statements:
                tx.run(statement)
            tx.run(f"PRAGMA application_id = {APPLICATION_ID}")
            tx.run(f"PRAGMA user_version = {number}")


def backup_path(path: Path, version: int) -> Path:
    """Give where the copy of a ledger of *version* is kept when it is migrated."""
    return path.with_name(f"{path.name}.v{version}")


def _version(database: Database) -> int:
    with database.reading() as tx:
        version = int(tx.rows("PRAGMA user_version")[0][0])
        application = tx.rows("PRAGMA application_id")[0][0]
        if application != APPLICATION_ID and (version or application or tx.row("SELECT 1 FROM sqlite_master")):
            raise _fault(database, "is a database of another program")
    return version


def _fault(database: Database, message: str) -> OwnerFault:
    return OwnerFault((Problem(str(database.path), 0, "", message),))
