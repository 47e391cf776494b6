"""Reading answers, side by side with mail-parser's bare parse of the same bytes: `python tests/bench/bench_replies.py [DIRECTORY]`.

DIRECTORY holds one message a file (the shipped samples where it is left out). Times are CPU time, the best of several rounds. Then the
same with three packs and with all of them, and one answer in growing sizes.
"""

import gc
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import mailparser

sys.path.insert(0, str(Path(__file__).parent.parent))
from support.replies import RULES

from bouncer.core.parse import parse
from bouncer.core.read import read
from bouncer.core.wording import Wording, compile_packs
from bouncer.edge.packs import load_packs
from bouncer.model import Pack, RawMail

CORPUS = Path(__file__).parents[1] / "corpus" / "replies"
ROUNDS = 7
SIZES = (1_000, 10_000, 100_000, 1_000_000)
FEW = ("en", "de", "fr")


def main() -> None:
    """Print the tables."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else CORPUS
    mails = [path.read_bytes() for path in sorted(folder.iterdir()) if path.suffix != ".json" and path.is_file()]
    packs = load_packs(RULES)
    words = compile_packs(packs)
    words.warm()
    gc.collect()
    gc.freeze()
    print(f"{len(mails)} messages of {sum(map(len, mails)) // len(mails)} bytes on average, microseconds a message")
    bare = best(mailparser.parse_from_bytes, mails)
    row("mail-parser, bare", bare, bare)
    row("bouncer, parse", best(lambda data: parse(RawMail(data)), mails), bare)
    row(f"bouncer, read ({len(_languages(packs))} languages)", best(lambda data: read(RawMail(data), words), mails), bare)
    few = compile_packs(_only(packs, FEW))
    row(f"bouncer, read ({len(FEW)} languages)", best(lambda data: read(RawMail(data), few), mails), bare)
    growth(words)


def best(act: Callable[[bytes], object], mails: Sequence[bytes]) -> float:
    """Give the microseconds a message that *act* takes in the best round; one round before warms up."""
    rounds = []
    for _ in range(ROUNDS + 1):
        start = time.process_time()
        for data in mails:
            act(data)
        rounds.append((time.process_time() - start) / len(mails) * 1e6)
    return min(rounds[1:])


def row(what: str, taken: float, bare: float) -> None:
    """Print one line: time, messages a second, and how many times mail-parser's."""
    print(f"{what:32} {taken:9.0f} {1e6 / taken:9.0f}/s {taken / bare:6.2f} x")


def growth(words: Wording) -> None:
    """Print how the time grows with the size of the text."""
    head = b"From: Jane Doe <jane@acme.example>\nSubject: Automatic reply: Hello\nDate: Wed, 04 Mar 2026 10:00:00 +0000\n\n"
    text = b"I am out of the office until 12 March. Please contact Bo Kim (bo@acme.example).\nAll else is as it was, thank you.\n\n"
    for size in SIZES:
        data = head + (text * (size // len(text) + 1))[:size]
        print(f"{size:>9} bytes of text {best(lambda one: read(RawMail(one), words), [data]) / 1000:9.1f} ms")


def _languages(packs: Sequence[Pack]) -> list[str]:
    return [pack.language for pack in packs if pack.kind == "replies" and pack.language]


def _only(packs: Sequence[Pack], languages: Sequence[str]) -> list[Pack]:
    return [pack for pack in packs if pack.language is None or pack.language in languages]


if __name__ == "__main__":
    main()
