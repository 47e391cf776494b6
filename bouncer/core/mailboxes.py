"""Addresses that are not one person's: never written to."""

_ROLES = (
    "abuse admin administrator billing career careers contact customerservice dpo enquiries events feedback finance hello help "
    "helpdesk hostmaster hr info inquiries invoice invoices jobs legal mail mailer-daemon marketing media news newsletter no-reply noc "
    "nobody noreply office orders postmaster press pr privacy recruiting recruitment reception root sales secretariat security service "
    "services shop staff subscribe support team tech unsubscribe usenet webmaster welcome "
    "bewerbung buchhaltung datenschutz empfang kontakt personal rechnung sekretariat vertrieb verwaltung zentrale "
    "accueil comptabilite commercial recrutement secretaire contabilidad contacto informacion ventas amministrazione segreteria "
    "donotreply do-not-reply listserv majordomo"
)
_PROVIDERS = (
    "aol.com fastmail.com fastmail.fm free.fr freenet.de gmail.com gmx.at gmx.ch gmx.de gmx.net googlemail.com hey.com hotmail.com "
    "hotmail.co.uk hotmail.fr icloud.com laposte.net libero.it live.com mac.com mail.com mail.ru mailbox.org me.com msn.com orange.fr "
    "outlook.com outlook.de pm.me posteo.de proton.me protonmail.com qq.com t-online.de web.de yahoo.co.uk yahoo.com yahoo.de "
    "yahoo.fr yandex.ru ymail.com zoho.com 163.com 126.com"
)
ROLES = frozenset(_ROLES.split())
PROVIDERS = frozenset(_PROVIDERS.split())
_LIST_ENDS = ("-request", "-owner", "-bounces", "-subscribe", "-unsubscribe", "-l", "-list", "-announce")
_LIST_HOSTS = ("lists.", "list.", "groups.", "listserv.")
_LIST_DOMAINS = frozenset({"googlegroups.com", "groups.io", "freelists.org"})


def domain_of(address: str) -> str:
    """Give the part after the last @, in lower case; empty where there is none."""
    return address.rpartition("@")[2].lower() if "@" in address else ""


def not_a_person(address: str) -> str | None:
    """Say what *address* is, where it is not one person's mailbox (RFC 2142 and customs of the field); None where it may be one."""
    local, domain = address.rpartition("@")[0].lower().partition("+")[0], domain_of(address)
    if not local or not domain:
        return "no address"
    if local in ROLES or local.startswith(("no-reply", "noreply", "donotreply")):
        return "a role address"
    if local.startswith("owner-") or local.endswith(_LIST_ENDS) or domain in _LIST_DOMAINS or domain.startswith(_LIST_HOSTS):
        return "a mailing list"
    return None


def shared_provider(address: str) -> bool:
    """Tell whether the domain is a mail provider's, so that it says nothing of an employer."""
    return domain_of(address) in PROVIDERS
