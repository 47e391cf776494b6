"""Forged mail, and the bouncer it is thrown at."""
