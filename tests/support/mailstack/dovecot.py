"""Dovecot's configuration, for 2.3 and for 2.4, whose words differ: IMAP, LMTP with Sieve, and the logins for Postfix."""

import subprocess
from pathlib import Path

_COMMON = """
base_dir = {base}/dovecot/run
state_dir = {base}/dovecot/state
log_path = {base}/dovecot/log
protocols = imap lmtp
listen = 127.0.0.1
ssl = yes
auth_mechanisms = plain login {bearer}
first_valid_uid = 8
mail_max_userip_connections = 100
submission_host = 127.0.0.1:{smtp}
postmaster_address = postmaster@people.test
hostname = mx.people.test
lda_mailbox_autocreate = yes
default_process_limit = 100
auth_failure_delay = 0
namespace inbox {{
  inbox = yes
  mailbox Spamverdacht {{
    special_use = \\Junk
    auto = create
  }}
  mailbox Outgoing {{
    special_use = \\Sent
    auto = create
  }}
}}
service imap-login {{
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    port = {lmtp}
  }}
}}
service auth {{
  unix_listener {base}/postfix/queue/private/auth {{
    mode = 0660
    user = postfix
    group = postfix
  }}
}}
"""

_OLD = """
ssl_cert = <{base}/tls/cert.pem
ssl_key = <{base}/tls/key.pem
disable_plaintext_auth = no
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
mail_location = maildir:~/Maildir
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {base}/dovecot/users
}}
userdb {{
  driver = passwd-file
  args = username_format=%u {base}/dovecot/users
}}
protocol lmtp {{
  mail_plugins = sieve
}}
plugin {{
  sieve = file:~/sieve;active=~/.dovecot.sieve
  sieve_vacation_min_period = 0
  sieve_vacation_send_from_recipient = yes
}}
"""

_NEW = """
ssl_server_cert_file = {base}/tls/cert.pem
ssl_server_key_file = {base}/tls/key.pem
auth_allow_cleartext = yes
mail_driver = maildir
mail_path = ~/Maildir
passdb passwd-file {{
  passwd_file_path = {base}/dovecot/users
}}
userdb passwd-file {{
  passwd_file_path = {base}/dovecot/users
}}
protocol lmtp {{
  mail_plugins {{
    sieve = yes
  }}
}}
sieve_script personal {{
  driver = file
  path = ~/sieve
  active_path = ~/.dovecot.sieve
}}
sieve_vacation_min_period = 0
sieve_vacation_send_from_recipient = yes
"""


def version() -> tuple[int, int]:
    """Give Dovecot's major and minor version."""
    said = subprocess.run(["dovecot", "--version"], capture_output=True, text=True, check=True).stdout
    major, minor = said.split(".")[:2]
    return int(major), int(minor)


_OLD_BEARER = """
passdb {{
  driver = oauth2
  mechanisms = {bearer}
  args = {base}/dovecot/oauth2.conf
}}
"""

_NEW_BEARER = """
passdb oauth2 {{
  mechanisms_filter = {bearer}
}}
oauth2 {{
  introspection_mode = post
  introspection_url = {introspection}
  username_attribute = username
  active_attribute = active
  active_value = true
}}
"""


def configuration(base: Path, ports: dict[str, int], introspection: str | None = None, bearer: str = "xoauth2 oauthbearer") -> str:
    """Give dovecot.conf for the Dovecot installed here; 2.4 wants its own version to be named first.

    With the URL of an *introspection* (RFC 7662) it takes access tokens by the mechanisms *bearer*; 2.3 reads that from `oauth2_file`.
    """
    bearer = bearer if introspection else ""
    if version() >= (2, 4):
        head = "dovecot_config_version = 2.4.0\ndovecot_storage_version = 2.4.0\n"
        parts = _COMMON + (_NEW_BEARER if introspection else "") + _NEW
        return head + parts.format(base=base, bearer=bearer, introspection=introspection, **ports)
    return (_COMMON + (_OLD_BEARER if introspection else "") + _OLD).format(base=base, bearer=bearer, **ports)


def oauth2_file(introspection: str) -> str:
    """Give what the oauth2 passdb of 2.3 reads."""
    return (
        f"introspection_mode = post\nintrospection_url = {introspection}\n"
        "username_attribute = username\nactive_attribute = active\nactive_value = true\n"
    )
