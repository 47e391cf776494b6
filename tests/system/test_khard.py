"""The vCards as khard, an address book of Debian's, reads them."""

import shutil
import subprocess
from pathlib import Path

import pytest
from support.servers import missing

from bouncer.core.export import as_vcards
from bouncer.model import Card, Contact

pytestmark = pytest.mark.servers

PEOPLE = (
    Contact(
        name="Jane Doe",
        email="jane@acme.example",
        also=("jane@home.example",),
        company="Acme, Bolt & Sons; Ltd",
        title="Head of R, D",
        phones=("+44 20 7946 0018", "020 7946 0019 ext. 7"),
        linkedin="https://www.linkedin.com/in/janedoe",
        tags=("it", "Paris, Texas"),
    ),
    Contact(name="山田 太郎", email="taro@nihon.example", company="株式会社サンプル"),
    Contact(name="ليلى حسن", email="layla@arab.example", phones=("+20 2 7946 0018",)),
    Contact(name="Zoë " + "van der Merwe-" * 8 + "Ødegård", email="zoe@long.example", title="Chief " * 20 + "of Staff"),
)


@pytest.fixture
def khard(tmp_path: Path) -> list[str]:
    """Give the command, set upon an address book of what was exported, a file for each person."""
    program = shutil.which("khard") or missing("khard is not installed")
    book = tmp_path / "book"
    book.mkdir()
    for number, contact in enumerate(PEOPLE):
        (book / f"{number}.vcf").write_bytes(as_vcards([Card(contact, f"{number:012x}")]).encode())
    config = tmp_path / "khard.conf"
    config.write_text(f"[addressbooks]\n[[book]]\npath = {book}\n[contact table]\ndisplay = formatted_name\n", encoding="utf-8")
    return [program, "--config", str(config)]


def says(command: list[str], *arguments: str) -> str:
    """Run it and give what it prints; a word of complaint is a failure."""
    done = subprocess.run([*command, *arguments], capture_output=True, text=True, encoding="utf-8", check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def columns(listing: str) -> set[tuple[str, str]]:
    """Give value and name of each line of a listing for other programs."""
    return {(line.split("\t")[0], line.split("\t")[1]) for line in listing.splitlines() if "\t" in line}


def test_it_shows_the_same_names_and_addresses(khard: list[str]) -> None:
    """Of everybody, in every script, and no address besides."""
    wanted = {(address, contact.name) for contact in PEOPLE for address in (contact.email, *contact.also)}
    assert columns(says(khard, "email", "--parsable")) == wanted


def test_it_shows_the_same_telephones(khard: list[str]) -> None:
    """As they are written."""
    assert columns(says(khard, "phone", "--parsable")) == {(number, contact.name) for contact in PEOPLE for number in contact.phones}


def test_it_shows_employer_title_tags_and_profile(khard: list[str]) -> None:
    """With the commas and semicolons that they have, and no backslash before them."""
    shown = says(khard, "show", "Jane Doe")
    for line in (
        "Organisation: Acme, Bolt & Sons; Ltd", "Title: Head of R, D", "- it", "- Paris, Texas", "Webpage: https://www.linkedin.com/in/janedoe"
    ):  # fmt: skip
        assert f"{line}\n" in shown
    assert f"Title: {PEOPLE[3].title}" in says(khard, "show", "zoe@long.example")


def test_it_finds_nothing_wrong(khard: list[str]) -> None:
    """Every card can be read and has a name and an id of its own: it lists all of them without a word of complaint."""
    listed = says(khard, "list", "--parsable").splitlines()
    assert {line.split("\t")[1] for line in listed} == {contact.name for contact in PEOPLE}
    assert len({line.split("\t")[0] for line in listed}) == len(PEOPLE)
