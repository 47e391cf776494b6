"""OAuth for mail: a login that somebody made once (`bouncer login`), kept, and an access token from it for each connection."""

from bouncer.edge.oauth.keeping import Grant, Keeping
from bouncer.edge.oauth.tokens import Tokens, ending

__all__ = ["Grant", "Keeping", "Tokens", "ending"]
