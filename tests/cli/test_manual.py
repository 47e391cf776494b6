"""Manual pages and completions say what `--help` says, and the programs that show them find nothing wrong with them."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer

from bouncer.cli.app import app
from bouncer.cli.manual import options, roff
from bouncer.cli.manual.__main__ import files, main
from bouncer.cli.manual.pages import pages
from bouncer.config import schema

needs_groff = pytest.mark.skipif(shutil.which("groff") is None, reason="groff is not installed")
ROOT: Any = typer.main.get_command(app)


def commands(command: Any = ROOT, name: str = "bouncer") -> dict[str, Any]:
    """Give every command by the name of its page."""
    found = {name: command}
    for word, below in getattr(command, "commands", {}).items():
        found |= commands(below, f"{name}-{word}")
    return found


def shown(path: Path) -> str:
    """Give a page as groff prints it, on lines without an end, and expect no warning."""
    done = subprocess.run(["groff", "-man", "-ww", "-Tutf8", "-P-c", "-rLL=2000n", path], capture_output=True, check=True)
    assert done.stderr == b""
    return re.sub(r".\x08", "", done.stdout.decode())


@pytest.fixture(scope="module")
def prefix(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a prefix in which everything was written."""
    made = tmp_path_factory.mktemp("prefix")
    assert main([str(made)]) == 0
    return made


def test_every_command_has_a_page() -> None:
    """Those below others as well, under the name that git has made usual."""
    assert [name for name, _ in pages("")] == list(commands())
    assert "bouncer-review-accept" in commands()


@needs_groff
def test_a_page_says_all_that_help_says(prefix: Path) -> None:
    """Of every command: its sentence, each argument, each option and what it means."""
    for name, command in commands().items():
        page = shown(prefix / "share" / "man" / "man1" / f"{name}.1")
        wanted = [command.help, *(word for param in command.params for word in (param.metavar or param.opts[0], param.help or ""))]
        plain = [" ".join(word.split()).replace("`", "") for word in wanted]
        assert [word for word in plain if word.lower() not in " ".join(page.split()).lower()] == [], name


@needs_groff
def test_the_page_on_the_configuration_names_every_option(prefix: Path) -> None:
    """With what it means and its default."""
    page = shown(prefix / "share" / "man" / "man5" / "bouncer.yaml.5")
    for name, option in schema()["properties"].items():
        assert re.search(rf"^ +{name}( |$)", page, re.MULTILINE), name
        assert option.get("description", "").replace("`", "") in page
    assert "accounts[].oauth.client_secret.keyring" in page
    assert "How far back the first look into a mailbox goes; it sends nothing. 0 to 3650. Default: 90." in " ".join(page.split())
    assert re.search(r"^ +pace +How many check-ins go out, at most\.$", page, re.MULTILINE)


@needs_groff
def test_the_six_topics_are_in_the_manual(prefix: Path) -> None:
    """As they stand, layout and all."""
    page = shown(prefix / "share" / "man" / "man1" / "bouncer-help.1")
    assert "3. bouncer init --address you@gmail.com\n" in page
    assert re.search(r"\n {10,}and put the sixteen letters", page)


@needs_groff
@pytest.mark.parametrize("odd", [".SH x", "'br", "\\fBx", "a\\nb", "`code` -- - \\", '"quoted"', "Müller “x” …", ".", "x\n.SH y", "`"])
def test_any_text_stays_text(tmp_path: Path, odd: str) -> None:
    """No request, no escape: it is printed as it is but for its backquotes."""
    path = tmp_path / "odd.1"
    body = roff.paragraph(odd) + roff.items([(odd, odd)]) + roff.as_typed([*odd.split("\n"), ""])
    path.write_text(roff.title("odd", 1, "", "0") + roff.heading("NAME") + roff.name("odd", "x") + roff.heading("ODD") + body)
    text = " ".join(odd.replace("`", "").split()) if odd != "`" else "`"
    assert " ".join(shown(path).split()).count(text) >= 4


def test_no_help_holds_what_rich_takes_for_markup() -> None:
    """A word in brackets would not be shown."""
    texts = {word for command in commands().values() for word in (command.help, *(param.help for param in command.params)) if word}
    assert [word for word in texts if re.search(r"\[[a-z/]", word)] == []


def test_a_build_can_be_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    """The only date in it is that of the sources."""
    assert dict(files()) == dict(files())
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1790000000")
    assert '"2026-09-21"' in dict(files())["man/man1/bouncer.1"].splitlines()[0]
    assert options.page("2026-09-21").startswith('.TH "BOUNCER.YAML" 5 "2026-09-21"')


@pytest.mark.parametrize("arguments", [[], ["a", "b"], ["--help"]])
def test_without_one_place_nothing_is_written(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """But how to say it."""
    assert main(arguments) == 64
    assert capsys.readouterr().err.startswith("Say where: python -m bouncer.cli.manual PREFIX")


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
@pytest.mark.parametrize(
    ("typed", "wanted"),
    [("re", {"resume", "review"}), ("review a", {"accept"}), ("once --log", {"--log-json"}), ("nonsense", set())],
)
def test_bash_completes_with_the_script(prefix: Path, typed: str, wanted: set[str]) -> None:
    """As when a person presses TAB."""
    words = ["bouncer", *typed.split()]
    script = f"""
        source {prefix}/share/bash-completion/completions/bouncer
        COMP_WORDS=({" ".join(words)}); COMP_CWORD={len(words) - 1}
        _bouncer_completion bouncer; printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    assert set(bash(script, Path(sys.executable).parent).split()) == wanted


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
def test_bash_installs_it_by_itself(tmp_path: Path) -> None:
    """The script lies in the home directory, and a new shell reads it."""
    said = bash("bouncer --install-completion", Path(sys.executable).parent, HOME=str(tmp_path))
    assert "bash completion installed in" in said
    again = bash(f"source {tmp_path}/.bashrc; complete -p bouncer", Path(sys.executable).parent, HOME=str(tmp_path))
    assert again == "complete -o default -F _bouncer_completion bouncer\n"


def bash(script: str, programs: Path, **environ: str) -> str:
    """Give what *script* prints with *programs* before all others."""
    path = f"{programs}:{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "--norc", "-c", script], capture_output=True, check=True, timeout=60, env={**os.environ, "PATH": path, **environ}
    )
    return done.stdout.decode()
