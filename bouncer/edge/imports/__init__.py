"""Address books kept elsewhere, one file per format: bytes in, people out, and whatever could not be read is named by its number."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from bouncer.edge.imports import google, linkedin, outlook, plain, vcard
from bouncer.edge.imports.columns import Kind
from bouncer.edge.imports.decoding import decoded
from bouncer.edge.imports.people import people
from bouncer.edge.imports.table import Grid, grids
from bouncer.errors import UsageError
from bouncer.model.importing import Imported, Source

__all__ = ["columns_wanted", "read_file", "read_import"]

_MOST = 256 * 1024 * 1024  # bytes; no address book is that long
columns_wanted = plain.wanted
# Order: whoever has signs of its own comes before whoever has fewer.
KINDS: Sequence[Kind] = (linkedin.KIND, google.KIND, outlook.KIND, plain.KIND)


def read_file(
    path: Path, source: Source | None = None, mapping: Mapping[str, Sequence[str]] | None = None, encoding: str | None = None
) -> Imported:
    """Give what the export at *path* holds; see `read_import`. Raises UsageError where it cannot be read or is in no known format."""
    try:
        if path.stat().st_size > _MOST:
            raise UsageError(f"{path} is longer than {_MOST >> 20} MB, and so is no address book.")
        data = path.read_bytes()
    except OSError as fault:
        raise UsageError(f"{path} cannot be read: {fault.strerror or fault}.") from fault
    return read_import(path.name, data, source, mapping, encoding)


def read_import(
    name: str, data: bytes, source: Source | None = None, mapping: Mapping[str, Sequence[str]] | None = None, encoding: str | None = None
) -> Imported:
    """Give what *data*, an export called *name*, holds. Format and encoding are recognised where they are not given.

    *mapping* says for any CSV file which columns make up a field: `email`, `name`, `company`, `title`, `phone`, `linkedin`, `tags`,
    `language`, `country`. Raises UsageError where no header is known.
    """
    if source == "vcard" or (source is None and mapping is None and vcard.recognises(data)):
        return vcard.read(name, data, encoding)
    text, called = decoded(data, encoding)
    if mapping is not None:
        return people(name, plain.mapped(grids(text), mapping), called)
    for kind in KINDS:
        if source in (None, kind.source):
            for grid in grids(text):
                if grid.under(kind.recognises):
                    return people(name, kind.columns(grid), called)
    raise UsageError(_unknown(name, source, text))


def _unknown(name: str, source: Source | None, text: str) -> str:
    wanted = f"no header of {source} is found in it" if source else "it is no vCard, and no header of a CSV file is found in it"
    widest: Grid | None = max(grids(text), key=lambda grid: len(grid.header), default=None)
    header = ", ".join(cell.strip()[:30] for cell in widest.header[:12]) if widest else ""
    columns = f" Its first line has the columns {header}." if header.strip(", ") else ""
    return f"{name}: {wanted}.{columns} Say which column is what, as in --map 'email=Mail,name=First+Last'."
