"""Postfix's configuration: delivery to Dovecot by LMTP, bounces and delays of every kind, and two ports for submission."""

import shutil
import subprocess
from pathlib import Path

_MAIN = """
compatibility_level = 3.6
queue_directory = {base}/postfix/queue
data_directory = {base}/postfix/data
command_directory = /usr/sbin
daemon_directory = {daemons}
mail_owner = postfix
setgid_group = postdrop
myhostname = mx.people.test
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
smtp_host_lookup = native
lmtp_host_lookup = native
disable_dns_lookups = yes
maillog_file = {base}/postfix/log/maillog
maillog_file_prefixes = {base}
virtual_mailbox_domains = bouncer.test, people.test
virtual_transport = lmtp:inet:127.0.0.1:{lmtp}
relocated_maps = inline:{{ {{ moved@people.test=moved.new@elsewhere.test }} }}
transport_maps = inline:{{ {{ nowhere.test=error:5.1.1 User unknown here }}
  {{ discard.test=discard: }} {{ slow.test=retry:4.2.2 Mailbox full }} }}
minimal_backoff_time = 1s
maximal_backoff_time = 10s
queue_run_delay = 1s
delay_warning_time = 1s
in_flow_delay = 0
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_recipient_restrictions =
smtpd_reject_unlisted_recipient = no
smtpd_client_connection_rate_limit = 0
smtpd_client_connection_count_limit = 0
smtpd_sasl_type = dovecot
smtpd_sasl_path = private/auth
smtpd_tls_cert_file = {base}/tls/cert.pem
smtpd_tls_key_file = {base}/tls/key.pem
smtpd_tls_security_level = may
smtputf8_enable = yes
alias_maps =
local_recipient_maps =
default_database_type = hash
"""

_MASTER = """
127.0.0.1:{smtp} inet n - n - - smtpd
127.0.0.1:{submissions} inet n - n - - smtpd
  -o smtpd_tls_wrappermode=yes
  -o smtpd_sasl_auth_enable=yes
  -o smtpd_relay_restrictions=permit_sasl_authenticated,reject
127.0.0.1:{submission} inet n - n - - smtpd
  -o smtpd_tls_security_level=encrypt
  -o smtpd_sasl_auth_enable=yes
  -o smtpd_relay_restrictions=permit_sasl_authenticated,reject
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
lmtp unix - - n - - lmtp
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


def configure(base: Path, ports: dict[str, int]) -> Path:
    """Write Postfix's configuration under *base*/postfix and give its directory."""
    etc = base / "postfix" / "etc"
    for name in ("etc", "queue", "data", "log"):
        (base / "postfix" / name).mkdir(parents=True)
    shutil.chown(base / "postfix" / "data", "postfix")
    for name in ("postfix-files", "dynamicmaps.cf"):
        if Path("/etc/postfix", name).exists():
            shutil.copy(Path("/etc/postfix", name), etc)
    daemons = subprocess.run(["postconf", "-dh", "daemon_directory"], capture_output=True, text=True, check=True).stdout.strip()
    (etc / "main.cf").write_text(_MAIN.format(base=base, daemons=daemons, **ports))
    (etc / "master.cf").write_text(_MASTER.format(**ports))
    return etc
