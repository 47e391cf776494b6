"""What the columns of an address book are called, and which parts of a person they hold."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from bouncer.edge.imports.table import Grid
from bouncer.model.importing import Source

Role = Literal[
    "given", "middle", "family", "name", "email", "company", "title", "phone", "linkedin", "tags", "language", "country", "connected"
]

# As programs write them in their languages, without digits and punctuation: `E-mail 2 Address` is `e mail address`.
_CALLED: Mapping[Role, str] = {
    "given": (
        "first name|given name|forename|vorname|prénom|prenom|nombre|nombre de pila|nome|primeiro nome|voornaam|förnamn|fornavn|etunimi|"
        "imię|jméno|křestní jméno|utónév|prenume|имя|ім'я|ad|ad\u0131|όνομα|שם פרטי|الاسم الأول|名|名前|이름"
    ),
    "middle": (
        "middle name|additional name|weitere vornamen|zweiter vorname|deuxième prénom|"
    "segundo nombre|secondo nome|middelste naam|отчество"
    ),
    "family": (
        "last name|family name|surname|nachname|familienname|nom|nom de famille|apellidos|apellido|cognome|sobrenome|último nome|apelido|"
        "achternaam|efternamn|efternavn|etternavn|sukunimi|nazwisko|příjmení|vezetéknév|nume de familie|фамилия|прізвище|soyad\u0131|soyad|"
        "επώνυμο|שם משפחה|اسم العائلة|姓|성"
    ),
    "name": (
        "name|full name|display name|fn|vollständiger name|angezeigter name|nom complet|nombre completo|nome completo|"
        "volledige naam|полное имя|氏名|姓名"
    ),
    "email": (
        "email|e mail|mail|email address|e mail address|e mail value|email value|primary email|work email|e mail adresse|email adresse|"
        "adresse e mail|adresse email|courriel|adresse de messagerie|dirección de correo electrónico|dirección del correo electrónico|"
        "correo electrónico|correo|indirizzo posta elettronica|indirizzo e mail|indirizzo email|endereço de email|endereço de e mail|"
        "e mailadres|emailadres|e postadress|e mailadresse|sähköpostiosoite|adres e mail|e mailová adresa|адрес электронной почты|"
        "электронная почта|e posta adresi|電子メール アドレス|電子メール|メールアドレス|邮箱|电子邮件地址|이메일 주소"
    ),
    "company": (
        "company|organization|organisation|organization name|employer|firma|unternehmen|société|societe|entreprise|organización|empresa|"
        "compañía|società|azienda|bedrijf|företag|virksomhed|firma|yritys|společnost|компания|организация|şirket|会社|会社名|公司|회사"
    ),
    "title": (
        "job title|position|organization title|role|berufsbezeichnung|stelle|funktion|poste|fonction|puesto|cargo|posizione|qualifica|"
        "functie|befattning|stilling|tehtävänimike|stanowisko|pozice|должность|unvan|役職|职位|직위"
    ),
    "phone": (
        "phone|phone number|telephone|phone value|business phone|mobile phone|home phone|primary phone|company main phone|other phone|"
        "mobile|telefon|telefon geschäftlich|telefon privat|mobiltelefon|telefon firma|handy|téléphone|téléphone bureau|téléphone domicile|"
        "tél mobile|téléphone mobile|teléfono|teléfono del trabajo|teléfono móvil|telefono|telefono ufficio|cellulare|telefone|"
        "telefoon op werk|mobiele telefoon|телефон|рабочий телефон|電話|电话"
    ),
    "linkedin": (
        "url|linkedin|linkedin url|profile url|linkedin profile|public profile url|profil url|"
        "url del perfil|url do perfil|url profilo|website value|web page|webseite"
    ),
    "tags": "labels|group membership|categories|tags|kategorien|catégories|categorías|categorie|categorias|etiketten|labels",
    "language": "language|sprache|langue|idioma|lingua|taal",
    "country": "country code|address country code",
    "connected": (
        "connected on|verbunden am|verknüpft am|kontakt seit|en relation depuis le|entré en relation le|fecha de conexión|conectado el|"
        "data di collegamento|collegato il|conectado em|conectada em|verbonden op|kopplade den|forbundet den|połączono|"
        "дата установления контакта|bağlant\u0131 kurulma tarihi|つながった日|联系日期"
    ),
}  # fmt: skip
ROLE_OF: Mapping[str, Role] = {called: role for role, names in reversed(list(_CALLED.items())) for called in names.split("|")}
_NOISE = re.compile(r"[\W\d_]+(?<!')")


@dataclass(frozen=True, slots=True)
class Columns:
    """A table whose columns are known, by role.

    Of several for one text the first that is not empty counts, or, where *joined*, all of them.
    """

    source: Source
    grid: Grid
    by_role: Mapping[Role, tuple[int, ...]]
    joined: bool = False


@dataclass(frozen=True, slots=True)
class Kind:
    """A program that writes CSV: how its header is recognised, and what its columns hold."""

    source: Source
    recognises: Callable[[Sequence[str]], bool]
    columns: Callable[[Grid], Columns]


def folded(header: str) -> str:
    """Give the name of a column for comparing: its words, without digits and punctuation, in lower case."""
    return " ".join(_NOISE.sub(" ", header.replace("\ufeff", "").replace("\u2019", "'").casefold()).split())


def roles(header: Sequence[str]) -> frozenset[Role]:
    """Give the roles that the columns of *header* have."""
    return frozenset(role for name in header if (role := ROLE_OF.get(folded(name))))


def usual(source: Source, grid: Grid) -> Columns:
    """Give the columns of *grid* by what they are called."""
    found: dict[Role, list[int]] = {}
    for place, name in enumerate(grid.header):
        if role := ROLE_OF.get(folded(name)):
            found.setdefault(role, []).append(place)
    return Columns(source, grid, {role: tuple(places) for role, places in found.items()})
