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
    ],
)
def test_the_address_tells_where_a_name_ends(name: str, address: str, found: str) -> None:
    """As far as letters need only be left out."""
    assert nominative(name, address) == found


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("Evu Malou", "eva.mala@acme.example"),
        ("Karla Nov\u00e1ka", "karel.novak@acme.example"),
        ("Anna Jensen", "anna.jensen@acme.example"),
        ("Jens Jensen", "jens.jensen@acme.example"),
        ("Anna Lis", "biuro@acme.example"),
        ("Annika", "an@acme.example"),
    ],
)
def test_a_name_stays_as_written_where_the_address_does_not_tell(name: str, address: str) -> None:
    """Where another letter would have to be put in, where it is whole, and where the address is another's."""
    assert nominative(name, address) == name
