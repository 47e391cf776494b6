"""A real mail system for tests: Postfix, Dovecot and Pigeonhole in a temporary directory, on free ports of the loopback.

Mail for bouncer.test and people.test is delivered to Dovecot by LMTP; an unknown user there is bounced (5.1.1). `moved@people.test`
is bounced as moved (5.1.6), everybody at `nowhere.test` as unknown (5.1.1), and mail for `slow.test` waits and yields a delay notice.
`left@people.test` and `away@people.test` answer by themselves (RFC 5230), once to each message.
"""

import imaplib
import os
import shutil
import smtplib
import subprocess
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

import trustme

from bouncer.model import Account, Secret, Server
from support.mailstack import dovecot, postfix
from support.servers import eventually, free_ports, missing

PASSWORD = 'correct "horse" \\battery'
CHECKER = "checker@bouncer.test"
OWNER = "owner@bouncer.test"
USERS = (CHECKER, OWNER, "alice@people.test", "left@people.test", "away@people.test", "gone@people.test")
_SPARE = tuple(f"user{number}@bouncer.test" for number in range(1, 200))  # Dovecot sees a later change of the list only after a second
_PORTS = ("imap", "imaps", "lmtp", "smtp", "submissions", "submission")
_VACATION = 'require ["vacation"];\nvacation :days 0 :subject "{subject}" :addresses ["{address}"] "{text}";\n'
_ANSWERS = {
    "left@people.test": ("Out of office: moved on", "Hello, I have left People Inc. Please write to left.new@elsewhere.test from now on."),
    "away@people.test": ("Out of office", "Thank you for your message. I am out of the office until Monday."),
}


class MailStack:
    """The mail system, running between `with` and its end."""

    def __init__(self, introspection: str | None = None, bearer: str = "xoauth2 oauthbearer") -> None:
        """Choose a place and ports; nothing runs yet.

        With the URL of an *introspection* access tokens are taken, too, by the mechanisms *bearer*.
        """
        self._introspection, self._bearer = introspection, bearer
        self.base = Path(tempfile.mkdtemp(prefix="bouncer-mail-", dir="/tmp"))  # short, for the paths of sockets
        self.ports = dict(zip(_PORTS, free_ports(len(_PORTS)), strict=True))
        self.ca_file = self.base / "tls" / "ca.pem"
        self._spare = iter(_SPARE)
        self._dovecot: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        """Write the configuration and start the servers; ready for mail when it returns."""
        try:
            self._prepare()
            self._start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Stop the servers and remove the directory."""
        self.stop()

    def stop(self) -> None:
        """Stop what runs; harmless where nothing does."""
        if (self.base / "postfix" / "queue" / "pid" / "master.pid").exists():
            subprocess.run(["postfix", "-c", str(self.base / "postfix" / "etc"), "stop"], capture_output=True, check=False)
        if self._dovecot is not None:
            self._dovecot.terminate()
            self._dovecot.wait(20)
            self._dovecot = None
        shutil.rmtree(self.base, ignore_errors=True)

    # -- for tests

    def user(self, sieve: str | None = None) -> str:
        """Give an address of bouncer.test whose mailbox is empty and nobody else's, with a Sieve script where one is given."""
        address = next(self._spare)
        self._move_in(address, sieve)
        return address

    def account(
        self,
        address: str = CHECKER,
        *,
        tls: Literal["implicit", "starttls", "loopback-none"] = "implicit",
        folders: tuple[str, ...] = ("INBOX", "\\Junk"),
        password: str = PASSWORD,
    ) -> Account:
        """Give the account of *address* as a configuration would."""
        imap = {"implicit": "imaps", "starttls": "imap", "loopback-none": "imap"}[tls]
        smtp = {"implicit": "submissions", "starttls": "submission", "loopback-none": "smtp"}[tls]
        ca_file = None if tls == "loopback-none" else self.ca_file
        return Account(
            name="main",
            address=address,
            imap=Server(host="127.0.0.1", port=self.ports[imap], tls=tls, ca_file=ca_file),
            smtp=Server(host="127.0.0.1", port=self.ports[smtp], tls=tls, ca_file=ca_file),
            secret=Secret(inline=password),
            folders=folders,
            authserv_id="mx.people.test",
        )

    def deliver(self, data: bytes, to: str, sender: str = "someone@people.test") -> None:
        """Put *data* into the Inbox of *to* at once, past Postfix."""
        with smtplib.LMTP("127.0.0.1", self.ports["lmtp"]) as lmtp:
            lmtp.sendmail(sender, [to], data)

    def append(self, user: str, folder: str, data: bytes, at: datetime | None = None) -> None:
        """Put *data* into a folder of *user* as a mail program would, dated *at*."""
        with imaplib.IMAP4("127.0.0.1", self.ports["imap"]) as imap:
            imap.login(user, PASSWORD)
            said, words = imap.append(folder, "", imaplib.Time2Internaldate(at or datetime.now(UTC)), data)
            if said != "OK":
                raise RuntimeError(words)

    def submit(self, data: bytes, to: str, sender: str = "someone@people.test") -> None:
        """Hand *data* to Postfix as any other mail server would."""
        with smtplib.SMTP("127.0.0.1", self.ports["smtp"]) as smtp:
            smtp.sendmail(sender, [to], data)

    def mails(self, user: str, folder: str = "INBOX") -> list[bytes]:
        """Give what lies in a folder of *user*, oldest first."""
        maildir = self.base / "vmail" / user / "Maildir" / ("" if folder == "INBOX" else f".{folder}")
        found = [path for part in ("new", "cur") if (maildir / part).is_dir() for path in (maildir / part).iterdir()]
        return [path.read_bytes() for path in sorted(found, key=lambda path: path.name)]

    def wait_for_mail(self, user: str, holding: bytes, patience: float = 30) -> bytes:
        """Give the first mail in the Inbox of *user* that holds these bytes, once it is there."""
        return eventually(lambda: next((mail for mail in self.mails(user) if holding in mail), b""), patience)

    def kick(self, user: str) -> None:
        """Throw *user* out of IMAP, as a server does when it restarts."""
        subprocess.run(["doveadm", "-c", self._dovecot_conf, "kick", user], capture_output=True, check=False)

    def doveadm(self, *words: str) -> str:
        """Run doveadm with *words* and give what it prints."""
        return subprocess.run(["doveadm", "-c", self._dovecot_conf, *words], capture_output=True, text=True, check=True).stdout

    def logs(self) -> str:
        """Give what the servers wrote into their logs."""
        logs = (self.base / "dovecot" / "log", self.base / "postfix" / "log" / "maillog")
        return "\n".join(log.read_text(errors="replace") for log in logs if log.exists())

    # -- starting

    @property
    def _dovecot_conf(self) -> str:
        return str(self.base / "dovecot" / "dovecot.conf")

    def _prepare(self) -> None:
        self.base.chmod(0o755)
        for name in ("dovecot/run", "dovecot/state", "vmail", "tls"):
            (self.base / name).mkdir(parents=True)
        shutil.chown(self.base / "vmail", "mail", "mail")
        authority = trustme.CA()
        certificate = authority.issue_cert("127.0.0.1", "localhost")
        authority.cert_pem.write_to_path(self.ca_file)
        certificate.private_key_pem.write_to_path(self.base / "tls" / "key.pem")
        for blob in certificate.cert_chain_pems:
            blob.write_to_path(self.base / "tls" / "cert.pem", append=True)
        postfix.configure(self.base, self.ports)
        Path(self._dovecot_conf).write_text(dovecot.configuration(self.base, self.ports, self._introspection, self._bearer))
        if self._introspection:
            (self.base / "dovecot" / "oauth2.conf").write_text(dovecot.oauth2_file(self._introspection))
        homes = ((user, self.base / "vmail" / user) for user in USERS + _SPARE)
        (self.base / "dovecot" / "users").write_text("".join(f"{user}:{{PLAIN}}{PASSWORD}:8:8::{home}::\n" for user, home in homes))
        for user in USERS:
            subject, text = _ANSWERS.get(user, ("", ""))
            self._move_in(user, _VACATION.format(subject=subject, text=text, address=user) if text else None)

    def _move_in(self, address: str, sieve: str | None) -> None:
        home = self.base / "vmail" / address
        home.mkdir()
        if sieve is not None:
            (home / ".dovecot.sieve").write_text(sieve)
        for path in (home, *home.iterdir()):
            shutil.chown(path, "mail", "mail")

    def _start(self) -> None:
        started = subprocess.run(
            ["postfix", "-c", str(self.base / "postfix" / "etc"), "start"], capture_output=True, text=True, check=False
        )
        if started.returncode != 0:
            raise RuntimeError(f"Postfix does not start: {started.stderr}\n{self.logs()}")
        self._dovecot = subprocess.Popen(["dovecot", "-F", "-c", self._dovecot_conf], stderr=subprocess.DEVNULL)
        end = time.monotonic() + 30
        while not self._answers():
            if self._dovecot.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"Dovecot does not start: {self.logs()}")
            time.sleep(0.02)

    def _answers(self) -> bool:
        """Tell whether the last of the chain answers: LMTP behind Dovecot's login."""
        try:
            with (
                smtplib.LMTP("127.0.0.1", self.ports["lmtp"], timeout=5) as lmtp,
                smtplib.SMTP("127.0.0.1", self.ports["smtp"], timeout=5) as smtp,
            ):
                return lmtp.ehlo()[0] == smtp.ehlo()[0] == 250
        except (OSError, smtplib.SMTPException):
            return False


def need_mail_servers() -> None:
    """Skip, or fail where servers are required, unless Postfix, Dovecot, LMTP and Sieve are installed and we are root."""
    if os.geteuid() != 0:
        missing("Postfix needs root")
    for program in ("postfix", "dovecot", "doveadm"):
        if shutil.which(program) is None:
            missing(f"{program} is not installed")
    for part, package in (("/usr/lib/dovecot/lmtp", "dovecot-lmtpd"), ("/usr/lib/dovecot/modules/lib90_sieve_plugin.so", "dovecot-sieve")):
        if not Path(part).exists():
            missing(f"{package} is not installed")
