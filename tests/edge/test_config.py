"""The configuration: what it says, every problem at once, and the sample that names every option."""

import json
import typing
from dataclasses import MISSING, fields, is_dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bouncer.config import load, schema, survey, warnings
from bouncer.config.document import parse
from bouncer.config.warn import SAMPLE_NAME
from bouncer.errors import OwnerFault
from bouncer.model import Policy, Settings

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "config" / "bouncer.yaml"
SCHEMA = ROOT / "config" / "bouncer.schema.json"
GOOD = """\
owner: {name: Olga Owner, address: olga@home.test}
accounts:
  - name: main
    address: olga@home.test
    imap: {host: imap.home.test, port: 993}
    smtp: {host: smtp.home.test, port: 465}
    secret: {env: MAIL_PASSWORD}
    authserv_id: mx.home.test
live: true
"""


def wrote(folder: Path, text: str | bytes) -> Path:
    """Write *text* as a configuration in *folder*."""
    path = folder / "bouncer.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def problems(folder: Path, text: str | bytes) -> list[str]:
    """Give the problems of *text*, each without the name of its file."""
    path = wrote(folder, text)
    with pytest.raises(OwnerFault) as caught:
        load(path, {})
    assert caught.value.__context__ is None  # pydantic's own error holds every value, passwords too
    return [str(problem).removeprefix(f"{path}:") for problem in caught.value.problems]


def test_a_small_configuration_is_enough(tmp_path: Path) -> None:
    """What it does not say is as the types have it, and paths lie beside it."""
    settings = load(wrote(tmp_path, GOOD), {})
    assert settings.contacts == tmp_path / "contacts.yaml"
    assert settings.state == tmp_path / "state"
    assert settings.accounts[0].imap.tls == "implicit"
    assert settings.policy == Policy()
    assert warnings(settings) == ()


def test_every_value_is_the_text_that_was_written(tmp_path: Path) -> None:
    """YAML 1.1 would make 42798, false, 750 and a base-60 number of these; a number is one only where a number belongs."""
    text = GOOD.replace("Olga Owner", "NO").replace("name: main", "name: 0123456").replace("env: MAIL_PASSWORD", "inline: 0123")
    settings = load(wrote(tmp_path, text.replace("live: true", "live: no\npoll_minutes: 030\ntags: {12:30: {away: ask}, yes: {}}")), {})
    assert settings.owner.name == "NO"
    assert settings.accounts[0].name == "0123456"
    assert settings.accounts[0].secret.inline == "0123"
    assert (settings.live, settings.poll_minutes, settings.accounts[0].imap.port) == (False, 30, 993)
    assert set(settings.tags) == {"12:30", "yes"}


@pytest.mark.parametrize("written", ["no", "0123", "1e3", "0x1f", "12:30", "2026-03-04", "Null", "true", "1_000", ".inf", "+49 30"])
def test_a_password_stays_what_it_is(tmp_path: Path, written: str) -> None:
    """Whatever YAML would like to make of it."""
    assert load(wrote(tmp_path, GOOD.replace("env: MAIL_PASSWORD", f"inline: {written}")), {}).accounts[0].secret.inline == written


def test_an_empty_option_takes_its_default(tmp_path: Path) -> None:
    """As when a person has commented out all that stood under it."""
    text = GOOD.replace("live: true", "live:\npolicy:\n  # away: ask\nstate: ~\ntags: {vip: }\npace: {per_day: null}")
    settings = load(wrote(tmp_path, text), {})
    assert (settings.live, settings.policy, settings.pace.per_day, settings.state) == (False, Policy(), 5, tmp_path / "state")
    assert settings.tags == {"vip": Policy()}


def test_a_tag_changes_only_what_it_says(tmp_path: Path) -> None:
    """The rest of its policy is the owner's general one, not the shipped one."""
    settings = load(wrote(tmp_path, GOOD + "policy: {left: ask, away: E4}\ntags: {vip: {away: E3}}\n"), {})
    assert (settings.tags["vip"].away, settings.tags["vip"].left) == ("E3", "ask")


def test_paths_are_relative_to_the_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A home directory is meant by ~, and a program without a slash is left to $PATH."""
    monkeypatch.setenv("HOME", "/home/olga")
    text = GOOD.replace("{env: MAIL_PASSWORD}", "{command: [./bin/password, ./x]}").replace("port: 993", "port: 993, ca_file: ca.pem")
    settings = load(wrote(tmp_path, text + "contacts: ~/people.json\nstate: /var/lib/b\ntemplates: mine\nrules: ../rules\n"), {})
    assert (settings.contacts, settings.state) == (Path("/home/olga/people.json"), Path("/var/lib/b"))
    assert (settings.templates, settings.rules) == (tmp_path / "mine", tmp_path / "../rules")
    assert settings.accounts[0].imap.ca_file == tmp_path / "ca.pem"
    assert settings.accounts[0].secret.command == (str(tmp_path / "bin/password"), "./x")
    bare = load(wrote(tmp_path, GOOD.replace("{env: MAIL_PASSWORD}", "{command: [pass, show]}")), {})
    assert bare.accounts[0].secret.command == ("pass", "show")


def test_systemd_says_where_the_state_is_unless_the_configuration_does(tmp_path: Path) -> None:
    """$STATE_DIRECTORY may hold several directories (systemd.exec); the first is ours."""
    environ = {"STATE_DIRECTORY": "/var/lib/bouncer:/var/lib/other"}
    assert load(wrote(tmp_path, GOOD), environ).state == Path("/var/lib/bouncer")
    assert load(wrote(tmp_path, GOOD + "state:\n"), environ).state == Path("/var/lib/bouncer")
    assert load(wrote(tmp_path, GOOD + "state: mine\n"), environ).state == tmp_path / "mine"
    assert load(wrote(tmp_path, GOOD), {"STATE_DIRECTORY": ""}).state == tmp_path / "state"


def test_every_problem_is_said_at_once(tmp_path: Path) -> None:
    """In the order of the file, each with its line and its path."""
    text = """\
owner:
  name: [Olga]
  adress: olga@home.test
  timezone: Europe/Lodnon
  language: english
accounts:
  - name: main
    address: Olga <olga@home.test>
    imap: {host: "imaps://imap.home.test:993", port: 99x, tls: no}
    smtp: smtp.home.test
    secret: {command: [], env: A, file: b}
    folders: INBOX
  - name: main
    address: olga@home.test
    imap: {host: mail.home.test, port: 70000, tls: loopback-none}
    smtp: {host: "127.0.0.1", port: 25, tls: loopback-none}
    secret: {}
    folders: [INBOX, INBOX, \\junk]
per_day: 4
pace:
  hours: [17, 9]
  days: []
  per_day: 5
  per_week: 3
live: perhaps
live: true
"""
    secrets = "`file`, `env`, `command`, `credential`, `keyring`, `inline`"
    server = "`host`, `port`, `tls`, `ca_file`, `user`"
    assert problems(tmp_path, text) == [
        "1: owner.address: is missing: Where the weekly summary goes.",
        "2: owner.name: must be a single text",
        "3: owner.adress: is no option; did you mean `address`?",
        "4: owner.timezone: `Europe/Lodnon` is no time zone, such as Europe/London; did you mean `Europe/London`?",
        "5: owner.language: `english` is no language, such as en or de; did you mean `en`?",
        "8: accounts[0].address: is no mail address: A display name and angle brackets around the email address are not permitted here.",
        "9: accounts[0].imap.port: must be a whole number, not `99x`",
        "9: accounts[0].imap.tls: must be implicit, starttls or loopback-none, not `no`",
        "9: accounts[0].imap.host: `imaps://imap.home.test:993` is no host name; write it bare, like mail.home.example, the port beside it",
        f"10: accounts[0].smtp: must hold options of its own; there are {server}",
        "11: accounts[0].secret.command: must have at least one entry",
        "11: accounts[0].secret: must say one source only, not `file`, `env`, `command`",
        "12: accounts[0].folders: must be a list: `[one, two]`, or one a line after `- `",
        "13: accounts[1].name: `main` is the name of another account",
        "15: accounts[1].imap.port: must be at most 65535, not `70000`",
        "15: accounts[1].imap.tls: `loopback-none` sends the password in clear, so the host must be 127.0.0.1 or ::1, not `mail.home.test`",
        f"17: accounts[1].secret: must say where the password comes from: one of {secrets}",
        "18: accounts[1].folders[2]: `\\junk` is no SPECIAL-USE attribute (RFC 6154); did you mean `\\Junk`?",
        "18: accounts[1].folders[1]: `INBOX` is given twice",
        "19: per_day: is no option here; it belongs under `pace`",
        "21: pace.hours: from 17 to 9 is no time of the day; the first must be the earlier",
        "22: pace.days: must have at least one entry",
        "25: live: must be true or false, not `perhaps`",
        "26: live: is given twice, first in line 25",
    ]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("pace: {per_week: 3}", "10: pace.per_week: 3 a week is less than `per_day`, 5"),
        ("pace: {hours: [9]}", "10: pace.hours[1]: is missing"),
        ("pace: {hours: [9, 12, 17]}", "10: pace.hours: must have 2 entries, not 3"),
        ("pace: {hours: [nine, 17]}", "10: pace.hours[0]: must be a whole number, not `nine`"),
        ("pace: {per_day: -1}", "10: pace.per_day: must be at least 0, not `-1`"),
        ("pace: {days: [monday, monday]}", "10: pace.days[1]: `monday` is given twice"),
        ("policy: {away: E1}", "10: policy.away: must be E2, E3, E4 or ask, not `E1`"),
        ("policy: [away]", "10: policy: must hold options of its own; there are `away`, "),
        ("tags: {vip: ask}", "10: tags.vip: must hold options of its own; there are `away`, "),
        ("tags: [vip]", "10: tags: must hold options of its own"),
        ("tags: {vip: {awya: E2}}", "10: tags.vip.awya: is no option; did you mean `away`?"),
        ("summary: {day: Monday}", "10: summary.day: must be monday, tuesday, "),
        ("summary: {hour: 7.5}", "10: summary.hour: must be a whole number, not `7.5`"),
        ("contacts: [a]", "10: contacts: must be a single text"),
        ('contacts: ""', "10: contacts: is empty; leave it out, or write nothing after the colon, for the default"),
        ("contacts: ~nobody-of-that-name/a", "10: contacts: begins with a home directory that does not exist"),
        ('state: "a\\0b"', "10: state: must be one line without control characters"),
        ("nonsense:", "10: nonsense: is no option; there are `owner`, `accounts`, "),
        ("host: x", "10: host: is no option here; it belongs under `accounts[].imap` or `accounts[].smtp`"),
        ("poll_minutes: [5]", "10: poll_minutes: must be a whole number"),
        ("live: [yes]", "10: live: must be true or false"),
    ],
)
def test_a_wrong_value_is_said_in_plain_words(tmp_path: Path, written: str, said: str) -> None:
    """One problem, and only the one."""
    (problem,) = problems(tmp_path, f"{GOOD.replace('live: true', '#') if 'live' in written else GOOD}{written}\n")
    assert problem.startswith(said)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("Olga Owner", '"Olga\\r\\nBcc: x@y.test"', "1: owner.name: must be one line without control characters"),
        ("Olga Owner", '"=?utf-8?q?x?="', "1: owner.name: must not hold `=?`, which mail programs take for encoded text"),
        ("address: olga@home.test}", "address: olga}", "1: owner.address: is no mail address: "),
        ("address: olga@home.test}", "address: olga@bücher.test}", "1: owner.address: must be written in ASCII: olga@xn--bcher-kva.test"),
        ("address: olga@home.test}", "address: ölga@home.test}", "1: owner.address: is no mail address: "),
        ("host: imap.home.test", "host: -imap-", "5: accounts[0].imap.host: `-imap-` is no host name"),
        ("env: MAIL_PASSWORD", "env: MAIL PASSWORD", "7: accounts[0].secret.env: is no name of an environment variable"),
        ("env: MAIL_PASSWORD", "credential: ../x", "7: accounts[0].secret.credential: must be a plain file name"),
        ("mx.home.test", "mx.home.test; spf=pass", "8: accounts[0].authserv_id: must be one word"),
        ("    secret: {env: MAIL_PASSWORD}\n", "", "3: accounts[0].secret: is missing: The password of both servers."),
    ],
)
def test_a_wrong_account_is_said_in_plain_words(tmp_path: Path, old: str, new: str, said: str) -> None:
    """One problem, and only the one."""
    (problem,) = problems(tmp_path, GOOD.replace(old, new))
    assert problem.startswith(said)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", " is empty; see the sample config/bouncer.yaml"),
        ("# nothing\n", " is empty; see the sample config/bouncer.yaml"),
        ("hello\n", "1: must hold options such as `owner:`"),
        ("- owner\n", "1: must hold options such as `owner:`"),
        ("owner:\n\tname: x\n", "2: a tab; YAML is indented with spaces"),
        (b"owner:\n  name: J\xfcrgen\n", "2: is not UTF-8; save the file as UTF-8"),
        ("owner: x\n".encode("utf-16"), "1: is not UTF-8; save the file as UTF-8"),
        ("owner: {name: x\n", "2: a bracket or brace that is never closed, or a comma missing before this"),
        ("owner: a: b\n", "1: a colon where none can stand; put the value in quotes, or mend the indentation"),
        ("owner:\n  name: 'x\n", "3: a quote that is never closed"),
        ('folders: ["\\Junk"]\n', "1: in double quotes a backslash begins an escape; use single quotes, or none"),
        ("secret: {inline: @x}\n", "1: a text that begins with @, %, ` or a control character must stand in quotes"),
        ("live: true\nstray\n\n", "4: a line that is no `option: value`"),
        ("a: \x01\n", "1: a control character; take it out"),
        ("[" * 1000, "1: nested more than 20 levels deep"),
        ("x" * 300_000, " is longer than 262144 bytes, so it is no configuration"),
    ],
)
def test_a_file_of_the_wrong_form_is_said_with_its_line(tmp_path: Path, text: str | bytes, said: str) -> None:
    """In plain words, not in those of a parser."""
    assert problems(tmp_path, text) == [said]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("state: &here x", "10: state: anchors are not allowed; take it out, or put a text that begins with & in quotes"),
        ("state: *here", "10: state: aliases are not allowed; write the value out, or put a text that begins with * in quotes"),
        ("state: !!python/object x", "10: state: tags are not allowed; take it out, or put a text that begins with ! in quotes"),
        ("<<: {live: false}", "10: merge keys (`<<`) are not allowed; write the options out"),
        ("? [live]\n: true", "10: the name of an option must be a plain word"),
        ("---\nlive: false", "10: a second document (`---`); a configuration is one"),
    ],
)
def test_what_yaml_hides_is_refused(tmp_path: Path, written: str, said: str) -> None:
    """One problem, and only the one."""
    assert problems(tmp_path, f"{GOOD}{written}\n") == [said]


def test_a_bomb_of_aliases_is_not_expanded(tmp_path: Path) -> None:
    """A billion laughs is one problem for each anchor and alias, and no work."""
    levels = "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12))
    said = problems(tmp_path, f"a0: &a0 [ha]\n{levels}")
    assert sum("aliases are not allowed" in line for line in said) == 99
    assert sum("anchors are not allowed" in line for line in said) == 12


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """A directory in its place as well."""
    with pytest.raises(OwnerFault, match=r"none\.yaml: cannot be read: No such file or directory"):
        load(tmp_path / "none.yaml", {})
    with pytest.raises(OwnerFault, match="cannot be read: Is a directory"):
        load(tmp_path, {})


@pytest.mark.parametrize(
    "written",
    ["c4nary", "{c4nary: }", "{env: c4nary-x}", "{inline: [c4nary]}", "{inline: *c4nary}", "{inline: &c4nary x}", "{inline: !c4nary x}"],
)
def test_no_problem_shows_a_password_that_stands_in_the_wrong_place(tmp_path: Path, written: str) -> None:
    """Nor do the parser's own words, which quote what they stumble over."""
    for text in (GOOD.replace("{env: MAIL_PASSWORD}", written), GOOD.replace("{env: MAIL_PASSWORD}", written + "}")):
        assert "c4nary" not in "\n".join(problems(tmp_path, text))


@given(st.text(alphabet="abc:-[]{}&*!|>'\"%@`#,? \n\t\\~<é", max_size=60))
def test_any_text_is_read_or_refused_with_a_line(text: str) -> None:
    """Never an exception, and never nothing where there is no document."""
    document, said = parse("x.yaml", text)
    assert document is not None or said
    assert all(problem.message for problem in said)


def _paths(kind: Any, tree: Any, path: str = "") -> list[str]:
    """Give every field of *kind* that *tree* does not name."""
    kind = typing.get_args(kind)[0] if typing.get_origin(kind) in (typing.Annotated, tuple) else kind
    kind = typing.get_args(kind)[0] if typing.get_origin(kind) is tuple else kind
    if not is_dataclass(kind):
        return []
    hints = typing.get_type_hints(kind, include_extras=True)
    missing = [f"{path}{name}" for name in hints if name not in tree and not name.startswith("__")]
    for name in hints.keys() & tree.keys():
        for entry in tree[name] if isinstance(tree[name], list) else [tree[name]]:
            missing += _paths(hints[name], entry, f"{path}{name}.")
    return missing


def test_the_sample_names_every_option() -> None:
    """So that nobody has to read the source to learn what there is."""
    assert _paths(Settings, parse("", SAMPLE.read_text())[0].value) == []


def test_an_option_that_the_sample_forgets_is_found() -> None:
    """The test above can fail, at any depth."""
    tree = parse("", SAMPLE.read_text())[0].value
    del tree["accounts"][0]["smtp"]["ca_file"], tree["policy"]["left"], tree["live"]
    assert sorted(_paths(Settings, tree)) == ["accounts.smtp.ca_file", "live", "policy.left"]


def _differences(value: Any, path: str = "") -> dict[str, object]:
    """Give every field of *value* that has a default and is not at it."""
    found: dict[str, object] = {}
    for field in fields(value):
        have = getattr(value, field.name)
        default = field.default if field.default_factory is MISSING else field.default_factory()
        for entry in have if isinstance(have, tuple) and have and is_dataclass(have[0]) else (have,):
            if is_dataclass(entry):
                found |= _differences(entry, f"{path}{field.name}.")
            elif default not in (MISSING, entry):
                found[f"{path}{field.name}"] = entry
    return found


def test_the_sample_parses_to_the_defaults() -> None:
    """But for the paths, which lie beside it, and the one source of a password that it must name."""
    settings = load(SAMPLE, {})
    here = SAMPLE.parent
    expected = {"contacts": here / "contacts.yaml", "state": here / "state", "accounts.secret.file": here / "password"}
    assert _differences(settings) == expected
    assert settings.owner.name == SAMPLE_NAME


def test_every_option_of_the_sample_is_explained() -> None:
    """A comment stands above it, or above its section where the names say it all."""
    lines = SAMPLE.read_text().splitlines()
    assert lines[0] == "# yaml-language-server: $schema=bouncer.schema.json"
    bare = [
        line.strip().partition(":")[0]
        for before, line in pairwise(lines)
        if ":" in line and not line.strip().startswith("#") and not before.strip().startswith("#")
    ]
    sources = ["file", "env", "command", "credential", "keyring", "inline"]  # of the client's secret, as of the password
    assert bare == ["host", "tls", "ca_file", "user", *sources, "day", "hour"]


def test_the_schema_beside_the_sample_is_current() -> None:
    """Where this fails: `bouncer check --schema > config/bouncer.schema.json`."""
    assert json.loads(SCHEMA.read_text()) == schema()


def test_the_schema_is_one_and_takes_the_sample_as_an_editor_reads_it() -> None:
    """Every option has its description there, or refers to a section that has, for the editor to show."""
    jsonschema.Draft202012Validator.check_schema(schema())
    validator = jsonschema.Draft202012Validator(schema())
    assert list(validator.iter_errors(yaml.safe_load(SAMPLE.read_text()))) == []
    nodes = (schema(), *schema()["$defs"].values())
    options = [option for node in nodes for option in node["properties"].values()]
    assert all("description" in option or "$ref" in json.dumps(option) for option in options)


@pytest.mark.parametrize("wrong", ["live: perhaps", "lvie: true", "pace: {per_day: 1000}", "policy: {away: E9}", "owner: {name: x}"])
def test_the_schema_refuses_what_bouncer_refuses(wrong: str) -> None:
    """A wrong value, a wrong name, a number out of bounds, something missing."""
    tree = {**yaml.safe_load(SAMPLE.read_text()), **yaml.safe_load(wrong)}
    assert list(jsonschema.Draft202012Validator(schema()).iter_errors(tree))


def test_answers_by_mail_that_nothing_could_vouch_for_are_said_to_stay_off(tmp_path: Path) -> None:
    """With an authserv-id, or with DKIM verified here, they are on and nothing is said."""
    text = GOOD + "summary: {answers_by_mail: true}\n"
    bare = "".join(line for line in text.splitlines(keepends=True) if "authserv_id" not in line)
    assert any("answers_by_mail: stays off" in said for said in warnings(load(wrote(tmp_path, bare), {})))
    vouched = bare.replace("  - name: main\n", "  - name: main\n    verify_dkim: true\n", 1)
    for fine in (text, vouched):
        assert not any("answers_by_mail" in said for said in warnings(load(wrote(tmp_path, fine), {})))


def test_what_works_but_is_probably_not_meant_is_a_warning(tmp_path: Path) -> None:
    """One sentence each, the path first; nothing of it fails."""
    said = [line.partition(":")[0] for line in warnings(load(SAMPLE, {}))]
    assert said == [
        "owner.name",
        "owner.address",
        *(f"accounts[0].{name}" for name in ("address", "authserv_id", "imap.host", "smtp.host")),
        "live",
    ]
    odd = (
        GOOD.replace("env: MAIL_PASSWORD", "inline: c4nary")
        .replace("port: 993", "port: 143")
        .replace("port: 465", "port: 465, tls: starttls")
    )
    odd = odd.replace("Olga Owner,", "Olga Owner, signature: Your Name & Co,")
    signature, inline, imap, smtp = warnings(load(wrote(tmp_path, odd), {}))
    assert signature == "owner.signature: is still the sample's"
    assert inline.startswith("accounts[0].secret.inline: ")
    assert "c4nary" not in inline
    assert imap.startswith("accounts[0].imap.tls: port 143 speaks STARTTLS")
    assert smtp.startswith("accounts[0].smtp.tls: port 465 speaks TLS from the first byte")
    near = GOOD.replace("imap.home.test, port: 993", "127.0.0.1, port: 143")
    assert warnings(load(wrote(tmp_path, near), {})) == ()


def test_a_broken_configuration_still_shows_what_is_right_in_it(tmp_path: Path) -> None:
    """So that `check` can look at the other files in the same go."""
    seen = survey(wrote(tmp_path, GOOD + "contacts: people.yaml\nlive: perhaps\n"), {})
    assert seen.settings is None
    assert seen.path("contacts") == tmp_path / "people.yaml"
    assert [account.name for _, account in seen.accounts()] == ["main"]
    assert seen.line("accounts", 0, "secret", "env") == 7
    assert seen.line("accounts", 0, "imap", "user") == 5
    assert list(survey(wrote(tmp_path, GOOD.replace("port: 993", "port: x")), {}).accounts()) == []
