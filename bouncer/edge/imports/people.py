"""From the rows of a table to people."""

from collections.abc import Iterator

from bouncer.edge.imports.columns import Columns, Role
from bouncer.edge.imports.days import day_of
from bouncer.edge.imports.fields import (
    addresses_in,
    country_of,
    language_of,
    line_of,
    listed,
    name_line,
    page_in,
    phones_in,
    tags_in,
    whole_name,
)
from bouncer.edge.imports.table import Row
from bouncer.model.importing import Fault, Imported, Record

_ANY = "there is neither a name nor an address in it"


def people(name: str, columns: Columns, encoding: str) -> Imported:
    """Give everybody in the table of *columns*, read from the file *name*, and every line that holds nobody."""
    records: list[Record] = []
    faults: list[Fault] = []
    for row in columns.grid.rows():
        if row.wrong:
            faults.append(Fault(row.line, row.wrong))
            continue
        record, wrong = _person(row, columns)
        faults += [Fault(row.line, said) for said in wrong]
        if record.name or record.emails:
            records.append(record)
        elif not wrong:
            faults.append(Fault(row.line, _ANY))
    return Imported(name, columns.source, tuple(records), tuple(faults), encoding)


def _person(row: Row, columns: Columns) -> tuple[Record, tuple[str, ...]]:
    def cells(role: Role) -> Iterator[str]:
        return (cell for place in columns.by_role.get(role, ()) if (cell := row.cells[place]).strip())

    def text(role: Role) -> str:
        if role not in columns.by_role:
            return ""
        return line_of(" ".join(cells(role)) if columns.joined else next(cells(role), ""))

    emails, no_address = addresses_in(cells("email"))
    phones, no_number = phones_in(cells("phone"))
    whole = name_line(text("name")) or whole_name(*(name_line(text(role)) for role in ("given", "middle", "family")))
    record = Record(
        number=row.line,
        name=whole,
        emails=emails,
        company=text("company") or None,
        title=text("title") or None,
        phones=phones,
        linkedin=page_in(cells("linkedin")),
        tags=tags_in(part for cell in cells("tags") for part in listed(cell)),
        language=language_of(text("language")),
        country=country_of(text("country")),
        connected=day_of(text("connected")) if "connected" in columns.by_role else None,
    )
    return record, (*no_address, *no_number)
