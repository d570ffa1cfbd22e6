"""Tags of answers to searches: a program that asks again and again is told in a moment that nothing has changed."""

import hashlib

from directory.domain.errors import EngineUnavailable
from directory.web.services import Services


class Revalidating:
    """Makes tags from all that decides an answer, so that none has to be searched to be recognised.

    A tag is keyed: which search it belongs to cannot be tried out without asking this server, within its limits.
    """

    def __init__(self, services: Services) -> None:
        self._services = services
        self._key = hashlib.blake2b(services.settings.secret_key.encode(), digest_size=32).digest()

    def tag(self, query: str) -> str:
        """The tag of what a search with these parameters is answered now; empty where nobody can tell."""
        services = self._services
        try:
            state = services.state()
        except EngineUnavailable:
            return ""
        if not state:
            return ""
        decided = f"{state}\n{services.now().date()}\n{services.demonstration()}\n{query}"
        return hashlib.blake2b(decided.encode("utf-8", "surrogatepass"), key=self._key, digest_size=16).hexdigest()

    def still_holds(self, tags: str, query: str) -> str:
        """The tag of the answer where it is among those that a client has (If-None-Match); else empty."""
        tag = self.tag(query)
        return tag if tag and f'"{tag}"' in tags else ""
