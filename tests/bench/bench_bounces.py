"""Reading notices, side by side with flufl.bounce on the same bytes: `python tests/bench/bench_bounces.py [DIRECTORY [LABELS]]`.

DIRECTORY holds one message a file (the shipped samples where it is left out). Times are CPU time, the best of several rounds.
"""

import gc
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from email import message_from_bytes
from pathlib import Path

from flufl.bounce import all_failures

sys.path.insert(0, str(Path(__file__).parent.parent))
from support.notices import CORPUS, wording

from bouncer.core.bounces import read_notice
from bouncer.core.handles import handles
from bouncer.core.parse import parse
from bouncer.core.read import read
from bouncer.core.wording import Wording, compile_packs
from bouncer.edge.packs import load_packs
from bouncer.edge.shipped import directory
from bouncer.model import Pack, RawMail

ROUNDS = 9
SIZES = (2_000, 20_000, 200_000, 1_000_000)


def main() -> None:
    """Print the tables."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else CORPUS
    mails = [path.read_bytes() for path in sorted(folder.iterdir()) if path.suffix != ".json" and path.is_file()]
    words, every = wording(), compile_packs(load_packs(directory("rules")))
    for mail in mails:
        read_notice(parse(RawMail(mail)), words)
        read(RawMail(mail), every)
    gc.collect()
    gc.freeze()
    size = sum(map(len, mails)) // len(mails)
    print(f"{len(mails)} messages of {size} bytes on average: microseconds a message, times flufl.bounce, messages a second")
    ours, theirs, parsing = _best(lambda mail: read_notice(parse(RawMail(mail)), words), mails), _best(_flufl, mails), _best(_parse, mails)
    rows = {
        "the standard parse": _best(message_from_bytes, mails),
        "flufl.bounce: parse and all_failures": theirs,
        "bouncer: parse": parsing,
        "bouncer: parse to verdict": ours,
        "bouncer: handles as well": ours + _best(lambda mail: handles(parse(RawMail(mail))), mails) - parsing,
        "bouncer: parse to findings, every pack": _best(lambda mail: read(RawMail(mail), every), mails),
    }
    for name, spent in rows.items():
        print(f"  {name:40} {spent:8.0f}   {spent / theirs:5.2f}   {1e6 / spent:8.0f}/s")
    _by_rules(mails, words)
    _by_size(mails, words)


def _best(work: Callable[[bytes], object], mails: Sequence[bytes]) -> float:
    best = float("inf")
    for _ in range(ROUNDS):
        begin = time.process_time()
        for mail in mails:
            work(mail)
        best = min(best, time.process_time() - begin)
    return best / len(mails) * 1e6


def _parse(mail: bytes) -> None:
    parse(RawMail(mail))


def _flufl(mail: bytes) -> None:
    try:
        all_failures(message_from_bytes(mail))
    except IndexError:  # it needs a From
        return


def _by_rules(mails: Sequence[bytes], words: Wording) -> None:
    print("by the number of phrases, microseconds a message")
    packs = [pack for pack in words.packs if pack.kind == "bounces"]
    count = sum(len(rule.phrases) for pack in packs for rule in pack.rules)
    print(f"  {count:6} phrases {_best(lambda mail: read_notice(parse(RawMail(mail)), words), mails):8.0f}")
    more = compile_packs([*packs, _made_up(packs[0], 1000)])
    for mail in mails:
        read_notice(parse(RawMail(mail)), more)
    print(f"   +1000 phrases {_best(lambda mail: read_notice(parse(RawMail(mail)), more), mails):8.0f}")


def _made_up(pack: Pack, count: int) -> Pack:
    phrases = tuple(f"zyxwv{number} (?:is|was) wvuts{number * 7}" for number in range(count))
    zones = ("diagnostic", "body")
    rules = tuple(replace(pack.rules[0], name=f"made-up-{within}", within=within, phrases=phrases) for within in zones)
    return replace(pack, name="made-up", rules=rules)


def _by_size(mails: Sequence[bytes], words: Wording) -> None:
    print("by size, one report with a longer and longer returned message, microseconds")
    report = next(mail for mail in mails if b"message/delivery-status" in mail and b"message/rfc822" in mail)
    for size in SIZES:
        filler = b"The quick brown fox jumps over the lazy dog again and again.\n" * (size // 61)
        end = report.rstrip().rfind(b"\n--")
        mail = report[:end] + b"\n" + filler + report[end:]
        ours, theirs = _best(lambda one: read_notice(parse(RawMail(one)), words), [mail]), _best(_flufl, [mail])
        print(
            f"  {len(mail):9} bytes {ours:8.0f}   flufl.bounce {theirs:8.0f}   {ours / theirs:5.2f}   {ours / len(mail) * 1000:6.1f} a KB"
        )


if __name__ == "__main__":
    main()
