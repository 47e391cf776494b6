"""bouncer keeps a professional network reachable by e-mail."""

__version__ = "0.1.0"
