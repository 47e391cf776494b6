PRAGMA application_id = 1651401586;
PRAGMA user_version = 1;
BEGIN TRANSACTION;
CREATE TABLE address (address TEXT PRIMARY KEY, person TEXT NOT NULL REFERENCES person (id), present INTEGER NOT NULL)
           STRICT, WITHOUT ROWID;
INSERT INTO "address" VALUES('bob@corp.example','bbbbbbbbbbbb',1);
INSERT INTO "address" VALUES('jane@acme.example','aaaaaaaaaaaa',0);
INSERT INTO "address" VALUES('jane@newco.example','aaaaaaaaaaaa',1);
CREATE TABLE alias (was TEXT PRIMARY KEY, person TEXT NOT NULL REFERENCES person (id)) STRICT, WITHOUT ROWID;
CREATE TABLE change (id INTEGER PRIMARY KEY AUTOINCREMENT, batch INTEGER NOT NULL, at TEXT NOT NULL, state TEXT NOT NULL,
           person TEXT, name TEXT NOT NULL, change TEXT NOT NULL, why TEXT NOT NULL, level INTEGER NOT NULL, message_id TEXT,
           undoes INTEGER REFERENCES event (id), event INTEGER REFERENCES event (id)) STRICT;
INSERT INTO "change" VALUES(1,1,'2026-03-04T10:00:00.000000+00:00','applied','aaaaaaaaaaaa','Jane Doe','{"contact":"jane@acme.example","field":"email","before":"jane@acme.example","after":"jane@newco.example","because":{"rule":"my-new-address","quote":"my new address is jane@newco.example","where":"body"}}','moved',4,'<5e34ce2b82a5@acme.example>',NULL,3);
INSERT INTO "change" VALUES(2,1,'2026-03-04T10:00:00.000000+00:00','applied','aaaaaaaaaaaa','Jane Doe','{"contact":"jane@acme.example","field":"previous","before":null,"after":{"previous":[["jane@acme.example","Acme","2026-03-04","moved"]]},"because":{"rule":"my-new-address","quote":"my new address is jane@newco.example","where":"body"}}','moved',4,'<5e34ce2b82a5@acme.example>',NULL,4);
INSERT INTO "change" VALUES(3,1,'2026-03-04T10:00:00.000000+00:00','applied','aaaaaaaaaaaa','Jane Doe','{"contact":"jane@acme.example","field":"title","before":null,"after":"CTO","because":{"rule":"signature","quote":"CTO","where":"signature"}}','moved',4,'<5e34ce2b82a5@acme.example>',NULL,5);
CREATE TABLE claim (period TEXT PRIMARY KEY, at TEXT NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO "claim" VALUES('summary:2026-W10','2026-03-04T10:00:00.000000+00:00');
CREATE TABLE event (id INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, kind TEXT NOT NULL, person TEXT,
           name TEXT NOT NULL, change TEXT, because TEXT, level INTEGER, detail TEXT NOT NULL, message_id TEXT) STRICT;
INSERT INTO "event" VALUES(1,'2026-03-04T10:00:00.000000+00:00','received','aaaaaaaaaaaa','Jane Doe',NULL,'{"rule":"auto-submitted","quote":"auto-replied","where":"header"}',4,'auto-reply','<5e34ce2b82a5@acme.example>');
INSERT INTO "event" VALUES(2,'2026-03-04T10:00:00.000000+00:00','alive','aaaaaaaaaaaa','Jane Doe',NULL,'{"rule":"auto-submitted","quote":"auto-replied","where":"header"}',4,'moved','<5e34ce2b82a5@acme.example>');
INSERT INTO "event" VALUES(3,'2026-03-04T10:00:00.000000+00:00','changed','aaaaaaaaaaaa','Jane Doe','{"contact":"jane@acme.example","field":"email","before":"jane@acme.example","after":"jane@newco.example","because":{"rule":"my-new-address","quote":"my new address is jane@newco.example","where":"body"}}','{"rule":"my-new-address","quote":"my new address is jane@newco.example","where":"body"}',4,'moved','<5e34ce2b82a5@acme.example>');
INSERT INTO "event" VALUES(4,'2026-03-04T10:00:00.000000+00:00','changed','aaaaaaaaaaaa','Jane Doe','{"contact":"jane@acme.example","field":"previous","before":null,"after":{"previous":[["jane@acme.example","Acme","2026-03-04","moved"]]},"because":{"rule":"my-new-address","quote":"my new address is jane@newco.example","where":"body"}}','{"rule":"my-new-address","quote":"my new address is jane@newco.example","where":"body"}',4,'moved','<5e34ce2b82a5@acme.example>');
INSERT INTO "event" VALUES(5,'2026-03-04T10:00:00.000000+00:00','changed','aaaaaaaaaaaa','Jane Doe','{"contact":"jane@acme.example","field":"title","before":null,"after":"CTO","because":{"rule":"signature","quote":"CTO","where":"signature"}}','{"rule":"signature","quote":"CTO","where":"signature"}',4,'moved','<5e34ce2b82a5@acme.example>');
INSERT INTO "event" VALUES(6,'2026-03-04T10:00:00.000000+00:00','received','bbbbbbbbbbbb','Bob Ray',NULL,'{"rule":"auto-submitted","quote":"auto-replied","where":"header"}',1,'auto-reply','<d24f1fa16d12@acme.example>');
INSERT INTO "event" VALUES(7,'2026-03-04T10:00:00.000000+00:00','hold','bbbbbbbbbbbb','Bob Ray',NULL,'{"rule":"signature","quote":"CTO","where":"signature"}',1,'a number','<d24f1fa16d12@acme.example>');
INSERT INTO "event" VALUES(8,'2026-03-04T10:00:00.000000+00:00','review','bbbbbbbbbbbb','Bob Ray',NULL,'{"rule":"signature","quote":"CTO","where":"signature"}',1,'a number','<d24f1fa16d12@acme.example>');
INSERT INTO "event" VALUES(9,'2026-03-05T10:00:00.000000+00:00','received','bbbbbbbbbbbb','Bob Ray',NULL,'{"rule":"auto-submitted","quote":"auto-replied","where":"header"}',3,'opt-out','<cc4810eb2815@acme.example>');
INSERT INTO "event" VALUES(10,'2026-03-05T10:00:00.000000+00:00','stopped','bbbbbbbbbbbb','Bob Ray',NULL,'{"rule":"auto-submitted","quote":"auto-replied","where":"header"}',3,'asks not to be written to','<cc4810eb2815@acme.example>');
INSERT INTO "event" VALUES(11,'2026-03-04T10:00:00.000000+00:00','received','aaaaaaaaaaaa','Jane Doe',NULL,'{"rule":"auto-submitted","quote":"auto-replied","where":"header"}',4,'human','<30b6a9187108@acme.example>');
INSERT INTO "event" VALUES(12,'2026-03-04T10:00:00.000000+00:00','quarantined',NULL,'',NULL,NULL,NULL,'INBOX/5: it took too long',NULL);
INSERT INTO "event" VALUES(13,'2026-03-04T10:00:00.000000+00:00','sent','aaaaaaaaaaaa','Jane Doe',NULL,NULL,NULL,'jane@acme.example: 250 said the server','<b.abcdefghabcdefghabcdefghabcdefghabcdefgh@home.example>');
CREATE TABLE failing (digest TEXT PRIMARY KEY, at TEXT NOT NULL, source TEXT NOT NULL, account TEXT, folder TEXT,
           uidvalidity INTEGER, uid INTEGER, tries INTEGER NOT NULL, why TEXT NOT NULL) STRICT;
INSERT INTO "failing" VALUES('eb0afd90509c50678e298bdf1b15f195b2b77c31466211f5f9118be1a9788e1f','2026-03-04T10:00:00.000000+00:00','INBOX/5','main','INBOX',1,5,3,'it took too long');
CREATE TABLE folder (account TEXT NOT NULL, folder TEXT NOT NULL, uidvalidity INTEGER NOT NULL, uid INTEGER NOT NULL,
           PRIMARY KEY (account, folder)) STRICT, WITHOUT ROWID;
INSERT INTO "folder" VALUES('main','INBOX',1,5);
CREATE TABLE inbound (id INTEGER PRIMARY KEY, at TEXT NOT NULL, digest TEXT NOT NULL, account TEXT, folder TEXT,
           uidvalidity INTEGER, uid INTEGER, kind TEXT NOT NULL, message_id TEXT, person TEXT) STRICT;
INSERT INTO "inbound" VALUES(1,'2026-03-04T10:00:00.000000+00:00','5e34ce2b82a5f253eb6fbf3c04bd528159c63bc5e6e3dfc037c8d0ca8b8ce08f','main','INBOX',1,1,'auto-reply','<5e34ce2b82a5@acme.example>','aaaaaaaaaaaa');
INSERT INTO "inbound" VALUES(2,'2026-03-04T10:00:00.000000+00:00','d24f1fa16d122006f321b3a3a1ff0bfbecaa44af0d4c34f78e8d795183495969','main','INBOX',1,2,'auto-reply','<d24f1fa16d12@acme.example>','bbbbbbbbbbbb');
INSERT INTO "inbound" VALUES(3,'2026-03-05T10:00:00.000000+00:00','cc4810eb28154ffcae09c1dacb43949a4717aea39b132a3b7253fc97e09e9d15','main','INBOX',1,3,'opt-out','<cc4810eb2815@acme.example>','bbbbbbbbbbbb');
INSERT INTO "inbound" VALUES(4,'2026-03-04T10:00:00.000000+00:00','30b6a91871088bb9f0a972bdefb2aaacc60085af72545596b60748eacf900191','main','INBOX',1,4,'human','<30b6a9187108@acme.example>','aaaaaaaaaaaa');
INSERT INTO "inbound" VALUES(5,'2026-03-04T10:00:00.000000+00:00','eb0afd90509c50678e298bdf1b15f195b2b77c31466211f5f9118be1a9788e1f','main','INBOX',1,5,'quarantined',NULL,NULL);
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO "meta" VALUES('apart','1');
INSERT INTO "meta" VALUES('doubled','[]');
CREATE TABLE outbox (id INTEGER PRIMARY KEY AUTOINCREMENT, person TEXT NOT NULL, period TEXT NOT NULL, address TEXT NOT NULL,
           purpose TEXT NOT NULL, not_before TEXT NOT NULL, why TEXT NOT NULL, state TEXT NOT NULL, queued TEXT NOT NULL, tried TEXT,
           uncertain TEXT, resolved TEXT, attempts INTEGER NOT NULL DEFAULT 0, letter TEXT, message_id TEXT, subject TEXT NOT NULL
           DEFAULT '', account TEXT NOT NULL DEFAULT '', text TEXT NOT NULL DEFAULT '', reason TEXT, status TEXT,
           UNIQUE (person, period)) STRICT;
INSERT INTO "outbox" VALUES(1,'aaaaaaaaaaaa','checkin:2026-W10','jane@acme.example','checkin','2026-03-04T10:00:00.000000+00:00','180 days','sent','2026-03-04T10:00:00.000000+00:00','2026-03-04T10:00:00.000000+00:00',NULL,NULL,0,NULL,'<b.abcdefghabcdefghabcdefghabcdefghabcdefgh@home.example>','Hello','main','250 said the server',NULL,NULL);
CREATE TABLE outbox_name (name TEXT PRIMARY KEY, outbox INTEGER NOT NULL REFERENCES outbox (id)) STRICT, WITHOUT ROWID;
INSERT INTO "outbox_name" VALUES('<b.abcdefghabcdefghabcdefghabcdefghabcdefgh@home.example>',1);
INSERT INTO "outbox_name" VALUES('b.abcdefghabcdefghabcdefghabcdefghabcdefgh',1);
CREATE TABLE paused (domain TEXT PRIMARY KEY, until TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE person (id TEXT PRIMARY KEY, name TEXT NOT NULL, fields TEXT NOT NULL, listed INTEGER NOT NULL,
           shared INTEGER NOT NULL DEFAULT 0, last_contact TEXT) STRICT, WITHOUT ROWID;
INSERT INTO "person" VALUES('aaaaaaaaaaaa','Jane Doe','jane@acme.exampleAcme',1,0,'2026-03-04T10:00:00.000000+00:00');
INSERT INTO "person" VALUES('bbbbbbbbbbbb','Bob Ray','bob@corp.example',1,0,NULL);
CREATE TABLE question (id INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, closed TEXT, accepted INTEGER, person TEXT,
           name TEXT NOT NULL, changes TEXT NOT NULL, because TEXT NOT NULL, why TEXT NOT NULL, level INTEGER NOT NULL,
           hold INTEGER NOT NULL, identity TEXT NOT NULL, same TEXT, message_id TEXT) STRICT;
INSERT INTO "question" VALUES(1,'2026-03-04T10:00:00.000000+00:00',NULL,NULL,'bbbbbbbbbbbb','Bob Ray','[{"contact":"bob@corp.example","field":"phones","before":null,"after":{"list":["+44 20 7946 0018"]},"because":{"rule":"signature","quote":"CTO","where":"signature"}}]','{"rule":"signature","quote":"CTO","where":"signature"}','a number',1,1,'["bbbbbbbbbbbb",[["bob@corp.example","phones",null,{"list":["+44 20 7946 0018"]}]]]',NULL,'<d24f1fa16d12@acme.example>');
CREATE TABLE suppressed (address TEXT PRIMARY KEY, at TEXT NOT NULL, why TEXT NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO "suppressed" VALUES('bob@corp.example','2026-03-05T10:00:00.000000+00:00','asks not to be written to');
CREATE TABLE suspect (address TEXT PRIMARY KEY, since TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE waiting (id INTEGER PRIMARY KEY, person TEXT NOT NULL, name TEXT NOT NULL, display TEXT NOT NULL,
           address TEXT NOT NULL, message_id TEXT, at TEXT NOT NULL, answered TEXT) STRICT;
INSERT INTO "waiting" VALUES(1,'aaaaaaaaaaaa','Jane Doe','Jane Doe','jane@acme.example','<30b6a9187108@acme.example>','2026-03-04T10:00:00.000000+00:00',NULL);
CREATE INDEX person_listed ON person (id) WHERE listed = 1;
CREATE INDEX address_person ON address (person);
CREATE UNIQUE INDEX inbound_key ON inbound (account, folder, uidvalidity, uid);
CREATE INDEX inbound_digest ON inbound (digest);
CREATE INDEX event_at ON event (at);
CREATE INDEX event_person ON event (person, id);
CREATE INDEX event_breaker ON event (id) WHERE kind IN ('tripped', 'resumed');
CREATE TRIGGER event_kept BEFORE UPDATE OF id, at, kind, name, change, because, level, detail, message_id ON event
           BEGIN SELECT RAISE(ABORT, 'events are never rewritten'); END;
CREATE TRIGGER event_stays BEFORE DELETE ON event BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END;
CREATE INDEX change_batch ON change (batch);
CREATE INDEX change_event ON change (event);
CREATE INDEX change_pending ON change (id) WHERE state = 'pending';
CREATE INDEX change_address ON change (at) WHERE level < 6 AND json_extract(change, '$.field') = 'email';
CREATE UNIQUE INDEX change_undoes ON change (undoes) WHERE state <> 'refused';
CREATE UNIQUE INDEX question_open ON question (identity) WHERE closed IS NULL;
CREATE INDEX question_held ON question (person) WHERE closed IS NULL AND hold = 1;
CREATE INDEX outbox_due ON outbox (not_before, id) WHERE state IN ('due', 'ready');
CREATE INDEX outbox_open ON outbox (person) WHERE state IN ('due', 'ready', 'armed', 'unknown');
CREATE INDEX outbox_tried ON outbox (tried);
CREATE INDEX outbox_address ON outbox (lower(address));
CREATE INDEX outbox_names ON outbox_name (outbox);
CREATE INDEX waiting_open ON waiting (person, at) WHERE answered IS NULL;
CREATE INDEX waiting_id ON waiting (message_id);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('event',13);
INSERT INTO "sqlite_sequence" VALUES('change',3);
INSERT INTO "sqlite_sequence" VALUES('question',1);
INSERT INTO "sqlite_sequence" VALUES('outbox',1);
COMMIT;
