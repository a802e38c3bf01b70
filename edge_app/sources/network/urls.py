"""URLs of streams, which may hold a password."""

from urllib.parse import unquote, urlsplit, urlunsplit


def without_password(url: str) -> str:
    """Return the URL as it may be shown and logged."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def login(url: str) -> tuple[str, str] | None:
    """User and password in the URL, if there are any."""
    parts = urlsplit(url)
    if parts.username is None:
        return None
    return unquote(parts.username), unquote(parts.password or "")
