"""What a client shows that logs in with an access token, read by a server (XOAUTH2; OAUTHBEARER, RFC 7628)."""

import json
from base64 import b64decode, b64encode

REFUSED = b64encode(json.dumps({"status": "401", "schemes": "Bearer"}).encode()).decode()


def shown(said: str) -> tuple[str, str]:
    """Give user and token of a first message in base64; raises ValueError where it is none."""
    text = b64decode(said, validate=True).decode()
    parts = dict(part.partition("=")[::2] for part in text.split("\x01") if part)
    user = parts["user"] if "user" in parts else text.partition("a=")[2].partition(",\x01")[0]
    kind, _, token = parts["auth"].partition(" ")
    if kind != "Bearer" or not text.endswith("\x01\x01"):
        raise ValueError(text)
    return user, token
