"""What the ledger holds of one person: shown whole for an export, and taken out for good.

A row that is theirs alone goes. What other things rest on stays without them: how many letters went out, that something happened on a day,
which messages were read.
"""

from collections.abc import Iterator, Mapping

from bouncer.edge.ledger import said
from bouncer.edge.ledger.codec import dump
from bouncer.edge.ledger.database import Cell, Transaction
from bouncer.edge.ledger.people import look_again
from bouncer.edge.mentions import Mentions
from bouncer.model import FORGOTTEN, Traces

_THEIRS = "person IN (SELECT id FROM who)"
_AT_THEIRS = "address IN (SELECT address FROM at)"
_WHO = "WITH who (id) AS (SELECT value FROM json_each(?1)), at (address) AS (SELECT value FROM json_each(?2)) "
_ADDS_THEM = "json_extract(change, '$.field') = 'entry' AND json_extract(change, '$.contact') COLLATE NOCASE IN (SELECT address FROM at)"
# Order: what points to a row goes before that row.
_ROWS: Mapping[str, str] = {
    "outbox_name": f"outbox IN (SELECT id FROM outbox WHERE {_THEIRS} OR lower(address) IN (SELECT address FROM at))",  # noqa: S608
    "outbox": f"{_THEIRS} OR lower(address) IN (SELECT address FROM at)",  # noqa: S608
    "change": f"{_THEIRS} OR {_ADDS_THEM}",
    "event": f"{_THEIRS} OR {_ADDS_THEM}",
    "question": f"{_THEIRS} OR same IN (SELECT id FROM who)",  # noqa: S608
    "waiting": f"{_THEIRS} OR {_AT_THEIRS}",
    "inbound": _THEIRS,
    "address": _THEIRS,
    "alias": _THEIRS,
    "job": _THEIRS,
    "suppressed": _AT_THEIRS,
    "suspect": _AT_THEIRS,
    "person": "id IN (SELECT id FROM who)",
}
# What is kept of a row, where it is not deleted. A letter that may be on its way at this moment keeps its state.
_KEPT: Mapping[str, str] = {
    "outbox": f"""person = '{FORGOTTEN}', period = '{FORGOTTEN}:' || id, address = '', why = '', letter = NULL, message_id = NULL,
        subject = '', text = '', state = CASE WHEN state IN ('due', 'ready') THEN 'dropped' ELSE state END""",
    "event": f"person = '{FORGOTTEN}', name = '', change = NULL, because = NULL, detail = '', message_id = NULL",
    "inbound": "person = NULL, message_id = NULL",
}
# Columns of other rows in which somebody may be named: plain text, and JSON.
_TEXTS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "event": (("name", "detail"), ("because", "change")),
    "change": (("name", "why"), ("change",)),
    "question": (("name", "why"), ("because", "changes", "identity")),
    "outbox": (("why", "text", "subject"), ()),
    "waiting": (("name", "display", "subject"), ()),
    "failing": (("source", "why"), ()),
}
_KEY = {"failing": "digest"}  # of the tables above; `id` elsewhere


def held(tx: Transaction, traces: Traces) -> dict[str, list[dict[str, Cell]]]:
    """Give every row on the person of *traces* by table, and under `mentions` the columns of other rows that name them."""
    rows = {table: _as_dicts(tx, table, condition, traces) for table, condition in _ROWS.items()}
    theirs = {(table, row["id"]) for table, found in rows.items() for row in found if "id" in row}
    named: list[dict[str, Cell]] = [
        {"table": table, _KEY.get(table, "id"): key, **dict(old)}
        for table, key, old, _ in _mentions(tx, traces)
        if (table, key) not in theirs
    ]
    told = said.about(tx, _values(tx, traces)[0], Mentions(traces))
    return {table: found for table, found in {**rows, "mentions": named, "summary": told}.items() if found}


def erase(tx: Transaction, traces: Traces) -> dict[str, int]:
    """Take the person of *traces* out of every table; gives how many rows that concerned, by table, and `mentions` in rows of others."""
    ids, *values = _values(tx, traces)
    done: dict[str, int] = {"summary": said.erase(tx, ids, Mentions(traces))}
    for table, condition in _ROWS.items():
        act = f"UPDATE {table} SET {_KEPT[table]}" if table in _KEPT else f"DELETE FROM {table}"  # noqa: S608
        tx.run(f"{_WHO}{act} WHERE {condition}", *values)
        ((done[table],),) = tx.rows("SELECT changes()")  # the driver does not count behind a WITH
    mentions = list(_mentions(tx, traces))
    for table, key, old, new in mentions:
        _redact(tx, table, key, {name: new[name] for name in new if new[name] != old[name]})
    tx.run("DELETE FROM meta WHERE key = 'doubled'")  # sentences with names
    look_again(tx)
    return {table: count for table, count in {**done, "mentions": len(mentions)}.items() if count}


def _redact(tx: Transaction, table: str, key: Cell, columns: Mapping[str, Cell]) -> None:
    where = f"{_KEY.get(table, 'id')} = ?"
    if "identity" in columns and tx.run(f"DELETE FROM question WHERE {where} AND closed IS NULL", key):  # noqa: S608
        return  # a proposal to write a forgotten address down
    texts = ", ".join(f"{name} = ?" for name in columns)
    tx.run(f"UPDATE {table} SET {texts} WHERE {where}", *columns.values(), key)  # noqa: S608 - names from the tables above


def _mentions(tx: Transaction, traces: Traces) -> Iterator[tuple[str, Cell, dict[str, Cell], dict[str, Cell]]]:
    """Give table, key, and the texts as they are and as they are without the person, of every row that names them."""
    found = Mentions(traces)
    for table, (plain, coded) in _TEXTS.items():
        names = (*plain, *coded)
        for key, *cells in tx.rows(f"SELECT {_KEY.get(table, 'id')}, {', '.join(names)} FROM {table}"):  # noqa: S608 - names from above
            if not any(cell and found.found(cell) for cell in cells):
                continue
            old = dict(zip(names, cells, strict=True))
            new = {name: cell and (found.redacted_json(cell) if name in coded else found.redacted(cell)) for name, cell in old.items()}
            if new != old:
                yield table, key, old, new


def _values(tx: Transaction, traces: Traces) -> tuple[list[str], str, str]:
    """Give every id that the person has or had, and ids and addresses as JSON."""
    merged = [was for (was,) in tx.rows("SELECT was FROM alias WHERE person = ?", traces.person)]
    ids = [traces.person, *merged] if traces.person else []
    return ids, dump(ids), dump(list(traces.addresses))


def _as_dicts(tx: Transaction, table: str, condition: str, traces: Traces) -> list[dict[str, Cell]]:
    names = [name for (name,) in tx.rows("SELECT name FROM pragma_table_info(?)", table)]
    _, *values = _values(tx, traces)
    rows = tx.rows(f"{_WHO}SELECT {', '.join(names)} FROM {table} WHERE {condition}", *values)  # noqa: S608
    return [dict(zip(names, row, strict=True)) for row in rows]
