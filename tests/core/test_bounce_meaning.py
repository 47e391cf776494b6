"""What servers say, and what it means: one line each, in the words of many mail systems."""

import pytest
from support.notices import wording

from bouncer.core.bounces.smtp import read_refusal
from bouncer.model import Delivery, Kind, OutboxState

WORDS = """
userunknown | 550 sorry, this recipient is in my badrcptto list
userunknown | 550 there is no one at this address
userunknown | 550 This mailbox has been deleted
userunknown | 550 5.1.1 <jane@acme.example>: Recipient address rejected: Access denied
userunknown | 554 RCPT (jane@acme.example) dosn't exist
userunknown | 550 no existe la cuenta
userunknown | 550 在 acme.example 找不到 jane
hostunknown | 550 5.4.4 Unable to route: no mail hosts for domain
mailboxfull | 550 Mailbox space not enough or too many mails in mailbox
mailboxfull | 550 La casella del destinatario è piena
mailboxfull | 552 5.1.1 Boite du destinataire pleine. OFR_417 [417]
mesgtoobig | 552 Message trop volumineux
mesgtoobig | 550 Die Nachricht ist zu groß
suspend | 550 5.2.1 This mailbox has been blocked due to inactivity
suspend | 550 Konto zablokowane
suspend | 550 utente disabilitato per inattivita
suspend | 550 帐号已停用
authfailure | 550 5.7.515 Access denied, sending domain home.example does not meet the required authentication level.
authfailure | 550 MI:SPF mx12, please see http://help.example/spam
failedstarttls | 550 5.7.323 tlsa-invalid: The domain failed DANE validation
blocked | 550 5.7.0 Blocked - see https://lookup.example/?ip=192.0.2.1
blocked | 554 isp 192.0.2.1 blocked. AUP#Out-1000
blocked | 451 4.7.500 Server busy. Please try again later from [192.0.2.1]. (AS77712505)
spamdetected | 554 DT:SPM mx8, please see http://help.example/spam
spamdetected | 550 Ihre Nachricht wurde als Spam eingestuft
toomanyconn | 550 This IP has sent too many messages this hour. IB504
requireptr | 421 Temporarily rejected. Reverse DNS for 192.0.2.1 failed. IB108
rejected | 550 5.7.1 Client does not have permissions to send as this sender
rejected | 554 Message rejected: Email address is not verified.
norelaying | 550 relaying mail to acme.example is not allowed
filtered | 550 message rejected due to user rules
notaccept | 521 mx.acme.example does not accept mail
securityerror | 550 5.7.1 Access denied
userunknown | 550 5.1.1 <jane@acme.example>: Recipient address rejected: User unknown in virtual mailbox table
userunknown | 550 5.1.1 The email account that you tried to reach does not exist. Please try double-checking the recipient's email address
userunknown | 550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient jane@acme.example not found by SMTP address lookup
userunknown | 550 jane@acme.example... No such user
userunknown | 550 No such user - pp
userunknown | 553 sorry, this recipient is not in my validrcptto list (#5.1.1)
userunknown | 550 5.1.1 sorry, no mailbox here by that name
userunknown | 554 delivery error: dd This user doesn't have a mail.example account (jane@mail.example) [0]
userunknown | 550 Invalid recipient jane@acme.example
userunknown | 550 5.1.1 User Unknown
userunknown | 550 Recipient unknown
userunknown | 550 unknown mailbox jane@acme.example
userunknown | 550 5.1.1 <jane@acme.example> Account not found
userunknown | 550 Address unknown
userunknown | 550 account jane@acme.example is unknown
userunknown | 550 5.1.0 Address rejected
userunknown | 511 sorry, no mailbox here by that name (#5.1.1 - chkuser)
userunknown | 550 Requested action not taken: mailbox unavailable
userunknown | 550 User not found: jane@acme.example
userunknown | 550 5.1.1 Adresse d au moins un destinataire invalide. Invalid recipient.
userunknown | 550 #5.1.0 Address rejected jane@acme.example
userunknown | 550 that is not a valid mailbox
userunknown | 550 5.1.1 Mailbox "jane" does not exist
userunknown | 550 Mailbox does not exist!
userunknown | 550 There is no such user here
userunknown | 550 jane@acme.example is not a valid mailbox
userunknown | 550 5.1.1 unknown or illegal alias: jane@acme.example
userunknown | 550 RCPT TO:<jane@acme.example> User not exist
userunknown | 550 Benutzer unbekannt
userunknown | 550 5.1.1 Destinatario inexistente
userunknown | 550 用户不存在
userunknown | 550 invalid address
userunknown | 554 5.1.1 Empfänger unbekannt
hostunknown | 550 5.1.2 <jane@acme.example>: Recipient address rejected: Domain not found
hostunknown | 553 5.1.2 Unknown domain
hostunknown | 550 5.4.310 DNS domain acme.example does not exist
hostunknown | 550 5.4.4 Host not found
hostunknown | Unrouteable mail domain "acme.example"
notaccept | 556 5.1.10 Recipient address has null MX
hasmoved | 551 5.1.6 User has moved; please try jane@new.example
hasmoved | 550 5.1.6 recipient no longer on server: jane@acme.example
mailboxfull | 552 5.2.2 The email account that you tried to reach is over quota
mailboxfull | 452 4.2.2 The email account that you tried to reach is over quota. Please direct the recipient to https://support.example/?p=OverQuotaTemp
mailboxfull | 550 5.2.2 Quota exceeded (mailbox for user is full)
mailboxfull | 552 Mailbox full
mailboxfull | 552 5.2.2 Mailbox size limit exceeded
mailboxfull | 550 5.7.1 Requested mail action aborted: exceeded storage allocation of the mailbox quota
mailboxfull | 452 4.2.2 jane@acme.example Mailbox quota exceeded
mailboxfull | 550 5.2.2 STOREDRV.Deliver; mailbox full. The following information should help identify the cause
mailboxfull | 522 mailbox of jane is full
mailboxfull | 550 user has exceeded their quota
mailboxfull | 552 5.7.0 Número máximo alcanzado: buzón lleno
suspend | 550 5.2.1 The email account that you tried to reach is disabled.
suspend | 554 30 Sorry, your message to jane@mail.example cannot be delivered. This mailbox is disabled (554.30).
suspend | 550 5.2.1 jane@acme.example account is inactive
suspend | 550 Account suspended
suspend | 550 5.2.1 Mailbox disabled, not accepting messages
suspend | 550 user account disabled
suspend | 550 5.1.1 <jane@acme.example> account is locked
mesgtoobig | 552 5.3.4 Message size exceeds fixed limit
mesgtoobig | 552 5.3.4 Message too big for system
mesgtoobig | 552 message exceeds fixed maximum message size
mesgtoobig | 550 5.3.4 SMTPSEND.OverAdvertisedSize; message too large
exceedlimit | 552 5.2.3 Message length exceeds administrative limit
systemfull | 452 4.3.1 Insufficient system storage
systemfull | 452 4.3.1 Insufficient disk space; try again later
authfailure | 550 5.7.26 This message does not have authentication information or fails to pass authentication checks.
authfailure | 550 5.7.26 Unauthenticated email from home.example is not accepted due to domain's DMARC policy.
authfailure | 550 5.7.1 SPF check failed
authfailure | 550 5.7.23 The message was rejected because of Sender Policy Framework violation
authfailure | 550 5.7.509 Access denied, sending domain home.example does not pass DMARC verification
authfailure | 550 5.7.20 No passing DKIM signature found
authfailure | 554 5.7.9 Message not accepted for policy reasons: SPF fail
requireptr | 550 5.7.25 The IP address sending this message does not have a PTR record setup
requireptr | 450 4.7.1 Client host rejected: cannot find your reverse hostname, [192.0.2.1]
requireptr | 554 5.7.1 Your IP address has no reverse DNS
notcompliantrfc | 550 5.7.1 Our system has detected that this message is not RFC 5322 compliant
badreputation | 554 5.7.1 The message was refused because of the poor reputation of your IP
badreputation | 421 4.7.0 our system has detected that this message is suspicious due to the very low reputation of the sending domain
blocked | 554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using dnsbl.example
blocked | 550 5.7.606 Access denied, banned sending IP [192.0.2.1]
blocked | 550 5.7.511 Access denied, banned sender
blocked | 550 SC-001 (BAY0) Unfortunately, messages from 192.0.2.1 weren't sent. Please contact your Internet service provider
blocked | 554 5.7.1 <unknown[192.0.2.1]>: Client host rejected: Access denied
blocked | 421 4.7.0 Your IP address has been blocked for abuse
blocked | 550 Your host is listed in our block list
blocked | 554 Denied [CS] (Mode: normal): your IP is blacklisted
spamdetected | 554 5.7.1 Message rejected as spam by content filter
spamdetected | 550 5.7.1 this message has been identified as SPAM
spamdetected | 552 spam score too high
spamdetected | 550 High probability of spam
spamdetected | 554 5.7.1 [192.0.2.1] Our system has detected that this message is likely unsolicited mail
spamdetected | 550 Message refused, it looks like spam
virusdetected | 554 5.7.1 virus Eicar-Test-Signature detected
virusdetected | 552 5.7.0 Message infected by a virus
norelaying | 554 5.7.1 <jane@acme.example>: Relay access denied
norelaying | 550 5.7.1 Unable to relay for jane@acme.example
norelaying | 550 5.7.64 TenantAttribution; Relay Access Denied
norelaying | 553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)
norelaying | 550 relay not permitted
speeding | 421 4.7.28 Our system has detected an unusual rate of unsolicited mail originating from your IP address
speeding | 450 4.2.1 The user you are trying to contact is receiving mail too quickly
speeding | 452 4.5.3 Your message rate is too high: rate limit exceeded
speeding | 550 5.4.5 Daily user sending limit exceeded
toomanyconn | 421 4.7.0 Too many concurrent SMTP connections from this IP address
toomanyconn | 421 Too many connections
policyviolation | 554 5.7.1 Message rejected due to local policy
policyviolation | 552 5.7.0 This message was blocked because its content presents a potential security issue
policyviolation | 550 Administrative prohibition
policyviolation | 554 5.7.1 The file type attachment .exe is prohibited
failedstarttls | 530 5.7.0 Must issue a STARTTLS command first
failedstarttls | 451 4.7.5 TLS is required, but was not offered
securityerror | 530 5.7.0 Authentication required
securityerror | 535 5.7.8 Error: authentication failed
rejected | 550 5.1.8 <olga@home.example>: Sender address rejected: Domain not found
rejected | 550 5.1.7 invalid sender address
filtered | 550 5.7.1 RESOLVER.RST.AuthRequired; authentication required
filtered | 550 5.7.129 RESOLVER.RST.RestrictedToRecipientsPermission; not authenticated
contenterror | 550 5.6.0 Improper use of 8-bit data in message header: invalid MIME content
networkerror | 554 5.4.6 Hop count exceeded - possible mail loop
networkerror | 554 5.4.14 Hop count exceeded - possible mail loop
networkerror | connect to mx.acme.example[192.0.2.5]:25: No route to host
networkerror | 550 5.4.1 connection refused
networkerror | mail for acme.example loops back to myself
expired | connect to mx.acme.example[192.0.2.5]:25: Connection timed out
expired | 550 4.4.7 QUEUE.Expired; message expired
expired | 450 4.4.316 Connection timed out
expired | retry timeout exceeded
systemerror | 451 4.3.5 Server configuration error
systemerror | 451 4.3.0 Error: queue file write error
systemerror | 451 Requested action aborted: local error in processing
mailererror | 554 5.3.0 unknown mailer error 2
mailererror | Command died with status 1: "/usr/bin/filter"
userunknown | 550 5.4.1 Recipient address rejected: Access denied. AS(201806281)
userunknown | 550 5.1.1 Adresse d au moins un destinataire invalide. Invalid recipient. OFR_416
blocked | 550 5.7.708 Service unavailable. Access denied, traffic not accepted from this IP
blocked | 553 5.7.1 [BL21] Connections will not be accepted from 192.0.2.1
blocked | 554 (RTR:BL) see our postmaster page
badreputation | 421 4.7.0 [TSS04] Messages from 192.0.2.1 temporarily deferred due to unexpected volume or user complaints
filtered | 550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required; Delivery restriction check failed
speeding | 550 5.2.122 RESOLVER.ADR.RecipLimit; the recipient has exceeded their limit for the number of messages they can receive per hour
speeding | 550 Ip frequency limited
spamdetected | 550 Mail content denied
spamdetected | 554 Message not allowed - [299]
authfailure | 550 Rejected by header based Anti-Spoofing policy: olga@home.example
authfailure | 550-5.7.27 Your email has been blocked because the sender is unauthenticated. gsmtp
requireptr | 421 4.7.23 The IP address sending this message has no matching name. gsmtp
onhold | 450 4.0.0 Temporary failure
onhold | 451 4.7.1 Greylisting in action, please come back later
"""
LINES = [tuple(part.strip() for part in line.split(" | ", 1)) for line in WORDS.strip().splitlines()]


@pytest.mark.parametrize(("reason", "words"), LINES)
def test_a_refusal_means_what_its_words_say(reason: str, words: str) -> None:
    """The reason is that of the words; the address is to blame only where it is the address that failed, and never for a 4xx."""
    code = int(words[:3]) if words[:3].isdigit() else 550
    notice = read_refusal("jane@acme.example", Delivery(OutboxState.REFUSED, "rcpt", code=code, text=words), wording())
    recipient = notice.recipients[0]
    assert recipient.reason == reason
    assert recipient.permanent is (reason in {"userunknown", "hostunknown", "hasmoved"} and code >= 500)
    assert notice.verdict.kind is (Kind.DELAY if code < 500 else Kind.BOUNCE)


@pytest.mark.parametrize("status", ["5.7.1", "5.7.26", "5.7.509", "5.7.606", "5.7.64"])
def test_a_policy_status_is_never_about_the_address(status: str) -> None:
    """RFC 3463 section 3.8, whatever the words say."""
    words = f"550 {status} <jane@acme.example>: Recipient address rejected: User unknown"
    notice = read_refusal("jane@acme.example", Delivery(OutboxState.REFUSED, "rcpt", code=550, status=status, text=words), wording())
    assert not notice.recipients[0].permanent
    assert notice.recipients[0].reason not in {"userunknown", "hostunknown", "hasmoved"}


@pytest.mark.parametrize(("phase", "reason"), [("connect", "blocked"), ("mail", "rejected"), ("rcpt", "userunknown")])
def test_what_is_refused_before_the_recipient_is_named_is_not_about_the_address(phase: str, reason: str) -> None:
    """The same words in answer to HELO or MAIL FROM are about us (RFC 5321 section 3.3)."""
    notice = read_refusal("jane@acme.example", Delivery(OutboxState.REFUSED, phase, code=550, text="550 unknown user"), wording())  # type: ignore[arg-type]
    assert notice.recipients[0].reason == reason
    assert notice.recipients[0].permanent is (phase == "rcpt")


def test_a_refusal_without_words_says_only_that_it_is_one() -> None:
    """Nothing is guessed."""
    recipient = read_refusal("jane@acme.example", Delivery(OutboxState.REFUSED, "rcpt", code=550), wording()).recipients[0]
    assert (recipient.reason, recipient.permanent, recipient.reply_code) == ("onhold", False, "550")
