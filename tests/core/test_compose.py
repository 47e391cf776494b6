"""A letter is exactly what was meant: one person writing to one other, with the token where answers bring it back."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from support.build import ACCOUNT, AT, JANE, OWNER

from bouncer.core.compose import SAMPLE, compose, compose_summary
from bouncer.core.letters import faults
from bouncer.core.names import given_name
from bouncer.core.tokens import verify
from bouncer.edge.templates import load_templates
from bouncer.errors import OwnerFault
from bouncer.model import Account, Contact, Conversation, Keys, Letter, Owner, Planned, Previous

SHIPPED = load_templates(Path(__file__).parents[2] / "config" / "templates")
KEYS = Keys(b"k" * 32)
PLANNED = Planned("00000000000a", "jane@acme.example", "checkin", AT, "last contact 200 days ago", "checkin:2026-W10")


def letter(
    contact: Contact = JANE,
    planned: Planned = PLANNED,
    account: Account = ACCOUNT,
    owner: Owner = OWNER,
    templates: Mapping[str, str] = SHIPPED,
    **more: object,
) -> Letter:
    """Compose with the shipped templates."""
    return compose(replace(planned, address=contact.email), contact, account, owner, templates, KEYS, AT, lambda n: b"r" * n, **more)


def read(made: Letter) -> EmailMessage:
    """Read the bytes as a mail program does."""
    message = message_from_bytes(made.data, policy=policy.SMTP)
    assert isinstance(message, EmailMessage)
    return message


def own(text: str) -> Mapping[str, str]:
    """Give one template of the owner's."""
    return {"checkin.en.txt": text}


def test_a_letter_has_the_fields_of_a_personal_mail_and_no_other() -> None:
    """Each of the missing ones would silence an auto-responder, which is what bouncer lives on."""
    message = read(letter())
    assert sorted(name.lower() for name in message.keys()) == sorted(  # noqa: SIM118
        ["message-id", "references", "from", "to", "subject", "date", "mime-version", "content-type", "content-transfer-encoding"]
    )
    assert (message["From"], message["To"]) == ("Olga Owner <olga@home.example>", "Jane Doe <jane@acme.example>")
    assert message["Date"] == "Wed, 04 Mar 2026 10:00:00 +0000"
    assert message.get_content_type() == "text/plain"


def test_the_token_stands_in_message_id_references_and_envid_and_proves_person_and_address() -> None:
    """Some providers rewrite one of them."""
    made = letter()
    token = made.envid.removeprefix("b.")
    message = read(made)
    assert message["Message-ID"] == message["References"] == made.message_id == f"<b.{token}@home.example>"
    proof = verify(token, KEYS, ("jane@acme.example",), AT.date())
    assert proof is not None
    assert (proof.person, proof.purpose) == (PLANNED.person, "checkin")
    assert verify(token, KEYS, ("jane@other.example",), AT.date()) is None


def test_lines_end_in_crlf_and_none_is_longer_than_a_mail_program_shows() -> None:
    """RFC 5322 section 2.1.1."""
    data = letter(replace(JANE, company="The Very Long And Winding Company Of Somewhere Rather Far Away Limited")).data
    assert data.count(b"\n") == data.count(b"\r\n")
    assert max(map(len, data.split(b"\r\n"))) <= 78


def test_a_plus_address_goes_into_reply_to_where_the_provider_has_them() -> None:
    """With a long local part there is no room for it (RFC 5321 section 4.5.3.1.1)."""
    plus = replace(ACCOUNT, plus_address=True)
    made = letter(account=plus)
    assert read(made)["Reply-To"] == f"Olga Owner <olga+{made.envid}@home.example>"
    assert "Reply-To" not in read(letter())
    assert "Reply-To" not in read(letter(account=replace(plus, address="o" * 22 + "@home.example")))


@pytest.mark.parametrize(
    ("language", "greeting"), [("de", "Guten Tag Jane Doe,"), ("de-AT", "Guten Tag Jane Doe,"), ("fr", "Bonjour Jane,")]
)
def test_a_contact_is_written_to_in_their_language(language: str, greeting: str) -> None:
    """A regional tag is its language."""
    assert greeting in read(letter(replace(JANE, language=language))).get_content()


def test_a_language_without_templates_falls_back_to_the_owners_then_english() -> None:
    """Nobody goes without a letter for their language."""
    owner = replace(OWNER, language="de")
    assert "Guten Tag" in read(letter(replace(JANE, language="tlh"), owner=owner)).get_content()
    assert "Jane" in read(letter(replace(JANE, language="tlh"))).get_content()


def test_who_is_tagged_so_is_addressed_informally() -> None:
    """The tag is the owner's."""
    assert "Hallo Jane," in read(letter(replace(JANE, language="de", tags=("du",)))).get_content()


def test_not_everybody_gets_the_same_words_but_a_second_try_does() -> None:
    """The variant hangs on person and period alone."""
    bodies = {letter(planned=replace(PLANNED, person=f"{n:012x}")).data.partition(b"\r\n\r\n")[2] for n in range(30)}
    assert len(bodies) == 3
    assert letter() == letter()


@pytest.mark.parametrize("purpose", ["checkin", "probation", "recheck", "ask", "card", "bounced"])
@pytest.mark.parametrize("language", ["en", "de", "fr"])
def test_every_shipped_letter_reads_well_for_a_full_and_for_a_bare_contact(purpose: str, language: str) -> None:
    """No hole, no doubled space, no leftover of a template; signed by the owner."""
    full = replace(JANE, language=language, title="CTO", previous=(Previous("jane@old.example"),), tags=("du", "tu"))
    for contact in (full, Contact(name="Jane Doe", email="jane@acme.example", language=language)):
        for person in range(12):
            occasion = purpose if purpose in {"card", "bounced"} else None
            planned = replace(PLANNED, purpose="checkin" if occasion else purpose, person=f"{person:012x}")
            made = letter(
                contact, planned, about=Contact(name="Ann Lost", email="ann@x.example", company=contact.company), occasion=occasion
            )
            body = read(made).get_content()
            assert not any(hole in body for hole in ("  ", "{", "}", "None", " ,", "\n\n\n", " .", "\r\n?"))
            assert body.rstrip().endswith("Olga Owner")
            assert 150 < len(body) < 900
            assert ("jane@acme.example" in body.replace("\r\n", " ")) is (purpose not in {"checkin", "ask"})
            assert ("Ann Lost" in body) is (purpose == "ask")


def test_the_signature_may_have_several_lines() -> None:
    """It is the owner's own text."""
    made = letter(owner=replace(OWNER, signature="Olga\n+44 20 7946 0018"))
    assert made.data.endswith(b"\r\nOlga\r\n+44 20 7946 0018\r\n")


def test_other_scripts_arrive_as_they_are() -> None:
    """In the name, in the subject and in the text."""
    contact = replace(JANE, name="Ærøskøbing Łukasz", company="Çelik ve Oğulları")
    message = read(letter(contact, templates=own("Subject: Grüße, {{ name }}\n\nHow are things at {{ company }}?\n")))
    assert message["To"].addresses[0].display_name == "Ærøskøbing Łukasz"
    assert message["Subject"] == "Grüße, Ærøskøbing Łukasz"
    assert "Çelik ve Oğulları" in message.get_content()


def test_a_domain_in_another_script_is_written_in_idna() -> None:
    """RFC 5890; the part before the @ has no such form."""
    assert letter(replace(JANE, email="jane@bücher.example")).to.address == "jane@xn--bcher-kva.example"
    with pytest.raises(OwnerFault, match="no address"):
        letter(replace(JANE, email="jané@acme.example"))


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "Jane\r\nBcc: all@acme.example"},
        {"name": "Jane =?utf-8?q?=0ABcc:_all@acme.example?="},
        {"name": "Jane\x00"},
        {"name": "\u202eenaJ"},
        {"name": "J" * 500},
        {"email": "jane@acme.example>\r\nRCPT TO:<all@acme.example"},
        {"email": "jane@acme.example, all@acme.example"},
        {"email": "jane acme.example"},
        {"email": '"a b"@acme.example'},
        {"email": "jane@[127.0.0.1]"},
        {"email": "jane@-acme.example"},
    ],
)
def test_what_could_become_another_header_or_recipient_is_refused(fields: Mapping[str, str]) -> None:
    """With the line of the contact; nothing is quietly repaired."""
    with pytest.raises(OwnerFault, match="contacts:7"):
        letter(replace(JANE, line=7, **fields))


def test_a_name_with_angle_brackets_and_commas_stays_a_name() -> None:
    """CPython once made a second recipient of it."""
    message = read(letter(replace(JANE, name='Doe, "J" <x@y.example>, Jane')))
    assert [a.addr_spec for a in message["To"].addresses] == ["jane@acme.example"]


def test_values_are_data_and_one_line() -> None:
    """Template syntax in a value is text, a line end is a space, and what is long is cut."""
    contact = replace(JANE, company="{{ 7*7 }}\n\nSubject: x", title="t" * 5000)
    body = read(letter(contact, templates=own("Subject: Hello\n\n{{ company }}|{{ title }}\n"))).get_content()
    assert " ".join(body.split()).startswith("{{ 7*7 }} Subject: x|t")
    assert len(body) < 300


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Subject: Hi\n\nDear {{ firstname }}\n", 3),
        ("Subject: Hi\n\n\n{{ 'a' * 2000000000 }}\n", 4),
        ("Subject: Hi\n\n{{ 9 ** 9 ** 9 }}\n", 3),
        ("Subject: Hi\n\n{% for i in range(9) %}x{% endfor %}\n", 3),
        ("Subject: Hi\n\n{{ '%999999999d' % 1 }}\n", 3),
        (f"Subject: Hi\n\n{'x' * 10_001}\n", 0),
        ("Subject: Hi\n\n{{ ''.__class__.__mro__ }}\n", 3),
        ("Subject: Hi\n\n{{ name.nothing }}\n", 3),
        ("Subject: Hi\n\n{{ 1 // 0 }}\n", 3),
        ("Hello there\n", 1),
        ("Subject:\n\nHello\n", 1),
        ("Subject: Hi\n\n", 1),
        ("Subject: =?utf-8?q?Hi?=\n\nHello\n", 1),
    ],
)
def test_a_template_that_fails_is_named_with_its_line(text: str, line: int) -> None:
    """And no letter is made of it."""
    with pytest.raises(OwnerFault) as caught:
        letter(templates=own(text))
    assert [(p.file, p.line) for p in caught.value.problems] == [("checkin.en.txt", line)]


def test_a_question_about_somebody_never_falls_back_to_a_check_in() -> None:
    """Other occasions may: a plain hello serves as a second letter as well."""
    plain = own("Subject: Hi\n\nHello\n")
    with pytest.raises(OwnerFault, match=r"ask\.en\.txt"):
        letter(planned=replace(PLANNED, purpose="ask"), templates=plain, about=JANE)
    assert letter(planned=replace(PLANNED, purpose="recheck"), templates=plain).subject == "Hi"
    assert letter(templates=plain, occasion="card").subject == "Hi"


def test_without_any_template_the_fault_says_which_is_missing() -> None:
    """An empty directory is the owner's to fill."""
    with pytest.raises(OwnerFault, match=r"checkin\.en\.txt"):
        letter(templates={"notes.txt": "Subject: x\n\ny\n", "checkin.en.old.txt": "Subject: x\n\ny\n"})


def test_every_template_can_be_tried_before_it_is_needed() -> None:
    """On a full and on a bare contact; what fails on both is said once, and what the shipped ones lack is nothing."""
    assert faults(SHIPPED, OWNER) == ()
    good, bad, bare = "Subject: x\n\n{{ name }}\n", "Subject: x\n\n\n{{ nmae }}\n", "Subject: {{ company }}\n\nx\n"
    found = faults({"checkin.en.txt": good, "checkin.it.txt": bad, "checkin.es.txt": bare}, OWNER)
    assert [(p.file, p.line) for p in found] == [("checkin.it.txt", 4), ("checkin.es.txt", 1)]


def test_the_shipped_sample_signs_no_letter() -> None:
    """Who copies the configuration and changes nothing writes to nobody; the sample still has that name."""
    sample = (Path(__file__).parents[2] / "config" / "bouncer.yaml").read_text()
    assert f"\n  name: {SAMPLE}\n" in sample
    with pytest.raises(OwnerFault, match=r"owner\.name"):
        letter(owner=replace(OWNER, name=SAMPLE))
    with pytest.raises(OwnerFault, match=r"owner\.signature"):
        letter(owner=replace(OWNER, signature=f"Best,\n{SAMPLE}"))
    assert letter(owner=replace(OWNER, signature=f"{SAMPLE}s truly"))


def test_a_letter_answers_the_persons_last_mail() -> None:
    """In-Reply-To and References as RFC 5322 section 3.6.4 has them, our own id beside theirs; a question about somebody else does not."""
    last = Conversation("<hello-7@acme.example>", "Lunch in May?", AT - timedelta(days=30))
    made, message = letter(last=last), read(letter(last=last))
    assert message["In-Reply-To"] == "<hello-7@acme.example>"
    assert message["References"] == f"<hello-7@acme.example> {made.message_id}"
    assert message["Subject"] == made.subject == "Re: Lunch in May?"
    question = read(letter(planned=replace(PLANNED, purpose="ask"), about=JANE, last=last))
    assert question["In-Reply-To"] is None
    assert read(letter(last=replace(last, at=AT - timedelta(days=900))))["In-Reply-To"] is None


def test_a_tag_has_templates_of_its_own() -> None:
    """The first of the contact's tags that has one; a number in the file's name is a variant and never a tag."""
    given = {
        name: f"Subject: {name}\n\nHello.\n"
        for name in ("checkin.en.txt", "checkin.en.client.txt", "checkin.en.friend.txt", "checkin.de.friend.txt", "checkin.en.2.txt")
    }

    def used(*tags: str, language: str = "en") -> str:
        return letter(replace(JANE, tags=tags, language=language), templates=given).subject

    assert used("Client", "friend") == "checkin.en.client.txt"
    assert used("it", "friend") == "checkin.en.friend.txt"
    assert used("friend", language="de") == "checkin.de.friend.txt"
    assert used("2") in {"checkin.en.txt", "checkin.en.2.txt"}
    assert used() in {"checkin.en.txt", "checkin.en.2.txt"}


@pytest.mark.parametrize(
    ("name", "language", "given"),
    [
        ("Jane Doe", "en", "Jane"),
        ("Doe, Jane", "en", "Jane"),
        ("Dr. Jane van Doe", "en", "Jane"),
        ("Prof. Dr. Ada Beispiel", "de", "Ada"),
        ("J. Doe", "en", "J. Doe"),
        ("Nagy Anna", "hu", "Nagy Anna"),
        ("山田太郎", "ja", "山田太郎"),
        ("山田 太郎", "en", "山田 太郎"),
        ("Cher", "en", "Cher"),
        ("jane@acme.example", "en", ""),
        ("12345", "en", ""),
        ("Acme Ltd, London, UK", "en", "Acme"),
    ],
)
def test_people_are_greeted_by_the_name_that_is_theirs(name: str, language: str, given: str) -> None:
    """Where that cannot be told, by the whole name."""
    assert given_name(name, language) == given


def test_the_summary_carries_every_header_that_keeps_machines_from_answering() -> None:
    """And both forms, to the owner alone."""
    made = compose_summary("Your week 10", "Hello\n", "<p>Hello ünd</p>\n", ACCOUNT, OWNER, KEYS, AT, lambda n: b"r" * n)
    message = read(made)
    assert message["Auto-Submitted"] == "auto-generated"
    assert (message["X-Auto-Response-Suppress"], message["Precedence"]) == ("All", "bulk")
    assert message["To"] == "Olga Owner <olga@home.example>"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert [part.get_content().strip() for part in message.iter_parts()] == ["Hello", "<p>Hello ünd</p>"]
    assert verify(made.envid.removeprefix("b."), KEYS, (OWNER.address,), AT.date()) is not None
    assert made.data == compose_summary("Your week 10", "Hello\n", "<p>Hello ünd</p>\n", ACCOUNT, OWNER, KEYS, AT, lambda n: b"r" * n).data
