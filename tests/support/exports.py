"""Address books as programs write them, of invented people."""

LINKEDIN_REMARKS = """\
Notes:
"When exporting your connection data, you may notice that some of the email addresses are missing. You will only see email addresses \
for connections who have allowed their connections to see or download their email address
using this setting. You can learn more here."

"""
LINKEDIN_HEADER = "First Name,Last Name,URL,Email Address,Company,Position,Connected On\n"
GOOGLE = """\
First Name,Middle Name,Last Name,Phonetic First Name,Phonetic Middle Name,Phonetic Last Name,Name Prefix,Name Suffix,Nickname,File As,\
Organization Name,Organization Title,Organization Department,Birthday,Notes,Photo,Labels,E-mail 1 - Label,E-mail 1 - Value,\
E-mail 2 - Label,E-mail 2 - Value,Phone 1 - Label,Phone 1 - Value,Website 1 - Label,Website 1 - Value
Jane,Q.,Doe,,,,Dr.,,,,Acme,CTO,R&D,,"met in Rome
and in Oslo",,Friends ::: * myContacts,* Work,jane@acme.example ::: jane@club.example,Home,jane@home.example,Mobile,+44 20 7946 0018,,\
https://www.linkedin.com/in/janedoe
,,,,,,,,,,Bolt,,,,,,* myContacts,,info@bolt.example,,,,,,
"""
GOOGLE_OLD = """\
Name,Given Name,Additional Name,Family Name,Group Membership,E-mail 1 - Type,E-mail 1 - Value,Phone 1 - Type,Phone 1 - Value,\
Organization 1 - Type,Organization 1 - Name,Organization 1 - Title
Bob Best,Bob,,Best,* My Contacts ::: IT,* Work,bob@bolt.example,Work,030 1234567 ::: 030 7654321,,Bolt,Boss
"""
OUTLOOK_DE = """\
"Anrede","Vorname","Weitere Vornamen","Nachname","Suffix","Firma","Abteilung","Position","Telefon geschäftlich","Mobiltelefon",\
"E-Mail-Adresse","E-Mail-Typ","E-Mail: Angezeigter Name","E-Mail 2: Adresse","Kategorien"
"Frau","Jörgine","","Müller","","Größe & Söhne","","Geschäftsführerin","+49 30 1234567","","jm@groesse.example","SMTP","x",\
"jm@home.example","Presse;Köln"
"Herr","Otto","","Ohne","","","","","","","/o=Exchange/ou=x/cn=otto","EX","","",""
"""
OUTLOOK_EN = """\
Title,First Name,Middle Name,Last Name,Suffix,Company,Department,Job Title,Business Phone,Mobile Phone,E-mail Address,E-mail Type,\
E-mail Display Name,E-mail 2 Address,Categories
Mr.,Bob,,Best,,Bolt,,Boss,+44 20 7946 0018,4.42079E+11,bob@bolt.example,SMTP,Bob Best,,IT
"""
VCARDS = (
    b"BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:M=FCller;J=F6rg\r\n"
    b"FN;CHARSET=ISO-8859-1;QUOTED-PRINTABLE:J=F6rg M=FC=\r\nller\r\nTEL;CELL;PREF:+49 30 1234567\r\nTEL;FAX:+49 30 1234568\r\n"
    b"EMAIL;INTERNET:joerg@m.example\r\nAGENT:\r\nBEGIN:VCARD\r\nVERSION:2.1\r\nFN:His Assistant\r\nEND:VCARD\r\nEND:VCARD\r\n"
    b"BEGIN:VCARD\r\nVERSION:3.0\r\nN:Lee\\, Jr.;Ann;;;\r\nFN:Ann Lee\\, Jr.\r\nORG:Lee\\; Sons;Sales\r\nTITLE:CTO\r\n"
    b"item1.EMAIL;TYPE=INTERNET:ann@home.example\r\nitem2.EMAIL;TYPE=INTERNET;TYPE=pref:ann@lee.exam\r\n ple\r\n"
    b"X-SOCIALPROFILE;type=linkedin:https://www.linkedin.com/in/annlee\r\n"
    b"PHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQSk\r\n ZJRgABAQ\r\nEND:VCARD\r\n"
    b"BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Zo\xc3\xab Zimt\r\nEMAIL;PREF=2:two@z.example\r\n"
    b'EMAIL;PREF=1;TYPE="work,home":mailto:one@z.example\r\n'
    b'TEL;VALUE=uri;TYPE="voice,home":tel:+44-20-7946-0018;ext=5\r\nCATEGORIES:a\\,b,c\r\nLANG:de\r\nADR:;;Street;Town;;;de\r\nEND:VCARD\r\n'
)


def linkedin(*rows: str, header: str = LINKEDIN_HEADER) -> bytes:
    """Give LinkedIn's file with *rows* from line 6 on."""
    return (LINKEDIN_REMARKS + header + "".join(f"{row}\n" for row in rows)).encode()
