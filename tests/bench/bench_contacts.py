"""The contact file at scale: first load, one edit, a batch, a reload; beside a ruamel.yaml round trip where that is installed.

Run by hand: `.venv/bin/python tests/bench/bench_contacts.py [SIZE ...]` (default 1000 10000 100000). Memory is what the process's
peak grew by, over the size of the file; each row is measured in a process of its own.
"""

import gc
import importlib.util
import json
import multiprocessing
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bouncer.edge.contacts import open_contacts
from bouncer.model import Because, Change

WHY = Because("bench", "measured", "body")
_ENTRY = """\
  - name: Jane Doe {0}
    email: jane{0}@newco{1}.example
    also: [jane{0}@home.example]      # optional from here on
    company: NewCo {1}
    title: CTO
    phones: ["+44 20 7946 {2:04d}"]
    language: en
    country: GB
    timezone: Europe/London
    tags: [it, london]
    note: met at LISA {0}             # any other field is the owner's own
    previous:
      - {{email: jane{0}@acme.example, company: Acme, until: 2026-11-20, why: "auto-reply: my new address"}}
"""


def yaml_text(size: int) -> str:
    """Give a YAML file of *size* contacts."""
    return "# my people\ncontacts:\n" + "".join(_ENTRY.format(n, n % 97, n % 10000) for n in range(size))


def json_text(size: int) -> str:
    """Give a JSON file of *size* contacts."""
    people = [
        {"name": f"Jane Doe {n}", "email": f"jane{n}@newco.example", "company": "NewCo", "title": "CTO", "phones": ["+44 20 7946 0018"]}
        for n in range(size)
    ]
    return json.dumps({"contacts": people}, indent=2)


def peak() -> int:
    """Give the peak resident size of this process, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def timed(do: Callable[[], object]) -> float:
    """Give how many milliseconds *do* takes."""
    start = time.perf_counter()
    do()
    return (time.perf_counter() - start) * 1000


def row(suffix: str, size: int) -> str:
    """Measure one format at one size; gives a line of the table."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / f"contacts{suffix}"
        path.write_text(yaml_text(size) if suffix == ".yaml" else json_text(size), encoding="utf-8")
        length = path.stat().st_size
        store, before = open_contacts(path, Path(name) / "history"), peak()
        load = timed(store.load)
        loaded = peak()
        again = statistics.median(timed(store.load) for _ in range(20))
        emails = [contact.email for contact in store.load().contacts]
        edits = []
        for step in range(15):
            email = emails[(step * 7919 + size // 3) % size]
            fresh = [Change(email, "title", "CTO", f"Chief {step}", WHY), Change(email, "status", None, "probation", WHY)]
            edits.append(timed(lambda fresh=fresh: store.apply(fresh)))
        edited = peak()
        batch = [Change(email, "company", None, "x", WHY) for email in emails[:: max(size // 100, 1)]]
        book = {c.email: c.company for c in store.load().contacts}
        batch = [Change(c.contact, "company", book[c.contact], "Elsewhere", WHY) for c in batch]
        hundred = timed(lambda: store.apply(batch))
        reload = timed(store.load)
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("Jane Doe 7", "Jane Roe 7", 1), encoding="utf-8")
        owner = timed(store.load)
    grown = (edited - loaded - length) / 1e6
    return (
        f"{suffix[1:]:5} {size:8,d} {length / 1e6:8.2f} {load:9.1f} {again:8.3f} {statistics.median(edits):9.2f} {max(edits):9.2f} "
        f"{hundred:9.1f} {reload:9.1f} {owner:9.1f} {(loaded - before) / 1e6:9.1f} {max(grown, 0):9.1f}"
    )


def ruamel(size: int) -> str:
    """Measure one edit by a ruamel.yaml round trip; gives a line of the table."""
    from ruamel.yaml import YAML  # noqa: PLC0415 - not a dependency

    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "contacts.yaml"
        path.write_text(yaml_text(size), encoding="utf-8")
        before, yaml = peak(), YAML()
        yaml.preserve_quotes, yaml.width = True, 4096
        yaml.indent(mapping=2, sequence=4, offset=2)
        start = time.perf_counter()
        data = yaml.load(path.read_text(encoding="utf-8"))
        load = (time.perf_counter() - start) * 1000
        data["contacts"][size // 3]["title"] = "Chief"
        with path.open("w", encoding="utf-8") as file:
            edit = timed(lambda: yaml.dump(data, file))
        kept = sum(a == b for a, b in zip(yaml_text(size).splitlines(), path.read_text(encoding="utf-8").splitlines(), strict=False))
        lines = yaml_text(size).count("\n")
    return f"ruamel {size:7,d} {'':8} {load:9.1f} {'':8} {edit:9.2f} {'':52} {(peak() - before) / 1e6:9.1f}   {lines - kept} lines differ"


def apart(measure: Callable[..., str], *arguments: object) -> str:
    """Run *measure* in a process of its own."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(measure, arguments)


def main() -> None:
    """Print the table."""
    sizes = [int(argument) for argument in sys.argv[1:]] or [1000, 10_000, 100_000]
    gc.collect()
    print("               file MB   load ms  same ms   edit ms   worst ms  batch ms  after ms  owner ms  load +MB  edit +MB")
    for size in sizes:
        for suffix in (".yaml", ".json"):
            print(apart(row, suffix, size), flush=True)
        if importlib.util.find_spec("ruamel") and size <= 10_000:
            print(apart(ruamel, size), flush=True)
    print(
        "edit: two changes of one contact; batch: 100 contacts, one write; after: the load after it; owner: the load after an owner's save"
    )


if __name__ == "__main__":
    main()
