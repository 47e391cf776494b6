"""Whatever stands in the contact file, a letter has one recipient and the fields that were meant, or is not written."""

from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage

from hypothesis import example, given, settings
from hypothesis import strategies as st
from support.build import ACCOUNT, AT, OWNER

from bouncer.core.compose import compose, compose_summary
from bouncer.core.plain import one_line
from bouncer.errors import OwnerFault
from bouncer.model import Contact, Keys, Planned

TEMPLATES = {"checkin.en.txt": "Subject: Hello {{ name }}\n\nDear {{ first_name }}, how is {{ company }}?\n\n{{ signature }}\n"}
KEYS = Keys(b"k" * 32)
HOSTILE = st.text(st.sampled_from('aÜ山\r\n\x00\x85\u2028\u202e <>,;:"()@=?_.\\-+{}%#'), max_size=60)
FIELDS = ["content-transfer-encoding", "content-type", "date", "from", "message-id", "mime-version", "references", "subject", "to"]


@settings(deadline=None)
@given(name=HOSTILE | st.text(max_size=150), local=HOSTILE | st.just("jane"), company=st.text(max_size=300))
@example(name="=?utf-8?q?=0ABcc:_x@y.example?=", local="jane", company="")
@example(name="Ü" * 120, local="jane", company="\r\nBcc: x@y.example\r\n")
@example(name="a" * 119 + " Ü", local="jane", company="x" * 300)
def test_a_letter_is_read_as_it_was_meant_or_refused(name: str, local: str, company: str) -> None:
    """No input adds a field or a recipient, loses a character of the text, or ends a line by a bare CR or LF."""
    contact = Contact(name=name, email=f"{local}@acme.example", company=company)
    planned = Planned("00000000000a", contact.email, "checkin", AT, "", "checkin:2026-W10")
    try:
        made = compose(planned, contact, ACCOUNT, OWNER, TEMPLATES, KEYS, AT, lambda n: b"r" * n)
    except OwnerFault:
        return
    message = message_from_bytes(made.data, policy=policy.SMTP)
    assert isinstance(message, EmailMessage)
    assert sorted(key.lower() for key in message.keys()) == FIELDS  # noqa: SIM118
    assert [a.addr_spec for a in message["To"].addresses] == [made.to.address]
    assert message["Subject"] == made.subject == one_line(f"Hello {one_line(name)}")
    assert one_line(company) in " ".join(message.get_content().split())
    bare = made.data.replace(b"\r\n", b"")
    assert b"\r" not in bare
    assert b"\n" not in bare


@settings(deadline=None)
@given(text=st.text(st.characters(exclude_categories=["Cs"]), max_size=400))
@example(text="0\u0800\u0800\u0800\u0800\u0800\u0800\u0800\u0800\u0800\u0898\u0898 \xa1")  # a space that CPython loses
def test_every_summary_can_be_mailed(text: str) -> None:
    """Its words come from strangers, so none of them may keep it from its owner."""
    body = "\n".join(text.splitlines()) + "\n"
    made = compose_summary(f"Week 10: {text}", body, f"<p>{len(text)}</p>", ACCOUNT, OWNER, KEYS, AT, lambda n: b"r" * n)
    assert made.data.count(b"\nTo: ") == 1


_WORD = st.text(st.characters(categories=["L"]), min_size=1, max_size=12)


@settings(deadline=None)
@given(words=st.lists(_WORD, min_size=1, max_size=8))
@example(words=["Ærøskøbing", "Łukasz"] * 4)
@example(words=["\u0800" * 9, "\xa1"])
def test_a_name_in_any_script_is_a_name(words: list[str]) -> None:
    """However long and mixed, it is written and comes out again, in the address and in the subject."""
    name = " ".join(words)
    contact = Contact(name=name, email="jane@acme.example")
    planned = Planned("00000000000a", contact.email, "checkin", AT, "", "checkin:2026-W10")
    made = compose(planned, contact, ACCOUNT, OWNER, TEMPLATES, KEYS, AT, lambda n: b"r" * n)
    message = message_from_bytes(made.data)
    assert str(make_header(decode_header(message["To"]))) == f"{name} <jane@acme.example>"
    assert str(make_header(decode_header(message["Subject"]))) == f"Hello {name}"
    assert max(map(len, made.data.split(b"\r\n"))) <= 120


@given(text=st.text(max_size=900))
def test_one_line_is_one_short_line(text: str) -> None:
    """Without control or direction characters, and the same when done twice."""
    once = one_line(text, 50)
    assert once == one_line(once, 50)
    assert len(once) <= 50
    assert len(once.splitlines()) <= 1
    assert not set(once) & set("\u202a\u202b\u202d\u202e\u2066\u2067\u200e\u200f\x00\x1b")
