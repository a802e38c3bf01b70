"""URLs of streams, which may hold a password."""

import string
from urllib.parse import quote, unquote, urlsplit, urlunsplit


def without_password(url: str) -> str:
    """Return the URL as it may be shown and logged."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def login(url: str) -> tuple[str, str] | None:
    """Return the user and password in the URL, if there are any."""
    parts = urlsplit(url)
    if parts.username is None:
        return None
    return unquote(parts.username), unquote(parts.password or "")


def percent_encoded(url: str) -> str:
    """Return a URL with blanks, and what is not ASCII, as browsers send them.

    What is percent-encoded already stays so. FFmpeg encodes by itself.
    """
    parts = urlsplit(url)
    path, query = (
        quote(text, safe=string.punctuation) for text in (parts.path, parts.query)
    )
    return urlunsplit(parts._replace(path=path, query=query))
