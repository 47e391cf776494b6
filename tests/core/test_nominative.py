"""Names without the endings that sentences give them."""

import pytest

from bouncer.core.extract.nominative import nominative


@pytest.mark.parametrize(
    ("name", "address", "found"),
    [
        ("Tomaszem Nowickim", "tomasz.nowicki@acme.example", "Tomasz Nowicki"),
        ("Petra Dvo\u0159\u00e1ka", "petr.dvorak@acme.example", "Petr Dvo\u0159\u00e1k"),
        ("Piotra Wilka", "piotr.wilk@acme.example", "Piotr Wilk"),
        ("Antti Hallin", "antti.hall@acme.example", "Antti Hall"),
        ("Ew\u0105 Kaczmarek", "ewa.kaczmarek@acme.example", "Ewa Kaczmarek"),
        ("Agnieszce Lewandowskiej", "agnieszka.lewandowska@acme.example", "Agnieszka Lewandowska"),
        ("Paw\u0142em Dudkiem", "pawel.dudek@acme.example", "Pawe\u0142 Dudek"),
        ("Agnieszki Lewandowskiej", "agnieszka.lewandowska@acme.example", "Agnieszka Lewandowska"),
        ("Markiem D\u0105bkiem", "marek.dabek@acme.example", "Marek D\u0105bek"),
        ("Evu Malou", "eva.mala@acme.example", "Eva Mal\u00e1"),
        ("Lenkou Hor\u00e1kovou", "lenka.horakova@acme.example", "Lenka Hor\u00e1kov\u00e1"),
        ("Karla Nov\u00e1ka", "karel.novak@acme.example", "Karel Nov\u00e1k"),
        ("Jaroslavem Svobodou", "jaroslav.svoboda@acme.example", "Jaroslav Svoboda"),
        ("Mikko Lahtiseen", "mikko.lahtinen@acme.example", "Mikko Lahtinen"),
        ("Jaana Korhoselle", "jaana.korhonen@acme.example", "Jaana Korhonen"),
        ("Pekka Lehdolta", "pekka.lehto@acme.example", "Pekka Lehto"),
        ("Sari M\u00e4keen", "sari.maki@acme.example", "Sari M\u00e4ki"),
    ],
)
def test_the_address_tells_what_a_name_is_at_home(name: str, address: str, found: str) -> None:
    """The letters of the word are kept, with their accents, as far as the address goes along."""
    assert nominative(name, address) == found


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("Anna Jensen", "anna.jensen@acme.example"),
        ("Anna Jensen", "annika.jensen@acme.example"),
        ("Jens Jensen", "jens.jensen@acme.example"),
        ("Anna Lis", "biuro@acme.example"),
        ("Annika", "an@acme.example"),
        ("Maria Berg", "marko.berg@acme.example"),
        ("Tiina Virtanen", "tiina.virtala@acme.example"),
    ],
)
def test_a_name_stays_as_written_where_the_address_does_not_tell(name: str, address: str) -> None:
    """Where it is whole, and where the address is another's."""
    assert nominative(name, address) == name
