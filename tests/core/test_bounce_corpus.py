"""Every sample notice is read as the file beside it says: `NAME.eml` with `NAME.json`, whose kind is null where there is no notice."""

import json
from pathlib import Path

import pytest
from support.notices import CORPUS, wording

from bouncer.core.bounces import read_notice
from bouncer.core.handles import handles, tokens
from bouncer.core.parse import parse
from bouncer.model import RawMail

TOKEN = "abcdefghijklmnopqrstuvwxyz234567abcdefgh"


@pytest.mark.parametrize("sample", sorted(CORPUS.glob("*.eml")), ids=lambda path: path.stem)
def test_a_sample_is_read_as_expected(sample: Path) -> None:
    """Kind and recipients agree; of a recipient, the fields that the expectation names."""
    want = json.loads(sample.with_suffix(".json").read_text(encoding="utf-8"))
    notice = read_notice(parse(RawMail(sample.read_bytes())), wording())
    assert (str(notice.verdict.kind) if notice else None) == want["kind"]
    recipients = notice.recipients if notice else ()
    assert [{name: getattr(one, name) for name in wanted} for one, wanted in zip(recipients, want["recipients"], strict=True)] == want[
        "recipients"
    ]


@pytest.mark.parametrize(
    "sample", [path for path in sorted(CORPUS.glob("*.eml")) if TOKEN.encode() in path.read_bytes()], ids=lambda path: path.stem
)
def test_a_sample_that_gives_our_message_back_gives_its_token(sample: Path) -> None:
    """However the message comes back: attached, as fields, or written into the text."""
    assert TOKEN in tokens(handles(parse(RawMail(sample.read_bytes()))))


def test_a_third_of_the_samples_are_no_notices() -> None:
    """What must be left alone is tested as much as what must be read."""
    kinds = [json.loads(path.read_text(encoding="utf-8"))["kind"] for path in CORPUS.glob("*.json")]
    assert kinds.count(None) * 3 >= len(kinds)
