"""Which language a message is in, where the script alone does not tell."""

import pytest
from support.replies import reading


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("В Олени Коваль нова пошта. У мене все по-старому, бувай.\n\nМарко, Львів", "uk"),
        ("У Анны Ивановой новая почта. У меня всё по-старому.", "ru"),
        ("Мы встретились с Олексієм, он привёз новые книги и открытки.", "ru"),
    ],
)
def test_a_few_letters_tell_ukrainian_from_russian(text: str, language: str) -> None:
    """Each has letters that the other does not have; a name from next door settles nothing."""
    assert reading(text).language == language
