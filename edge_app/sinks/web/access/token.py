"""The token that is made where none is given, kept from one start to the next."""

import logging
import os
import secrets
import stat
import sys
from collections.abc import Mapping
from pathlib import Path

from edge_app.common.errors import in_words

log = logging.getLogger(__name__)

LEAST_TOKEN_LENGTH = 16  # characters
TOKEN_FILE_NAME = "web-token"


def kept(folder: Path | None = None) -> str:
    """Return the token in a file that its owner alone can read; made if it is missing.

    Where it cannot be kept, the log says so, and it is another one at each start.

    Args:
        folder: Where the file is; `None` for `state_folder()`.
    """
    path = (state_folder() if folder is None else folder) / TOKEN_FILE_NAME
    try:
        return _read(path) or _written(path)
    except (OSError, RuntimeError) as error:
        log.warning(
            "the web page's token is another one at each start, since it cannot be "
            "kept (%s); give one with --token or EDGE_DIGITS_TOKEN",
            in_words(error),
        )
        return secrets.token_urlsafe(LEAST_TOKEN_LENGTH)


def state_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Return the folder where this program keeps what shall outlive it.

    A service's own folder where systemd made one, else what the XDG Base Directory
    Specification or the system's custom says.

    Raises:
        RuntimeError: The user has no home.
    """
    if given := environment.get("STATE_DIRECTORY"):
        return Path(given.split(":")[0])  # systemd.exec(5): several, by colons
    if sys.platform == "win32" and (local := environment.get("LOCALAPPDATA")):
        return Path(local) / "edge-digits"
    if given := environment.get("XDG_STATE_HOME"):
        return Path(given) / "edge-digits"
    return Path.home() / ".local" / "state" / "edge-digits"


def _read(path: Path) -> str | None:
    """Return the token in a file; `None` if there is none that is fit for use."""
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            content = file.read(1024)
    except FileNotFoundError:
        return None
    token = content.decode("ascii", errors="replace").strip()
    if sys.platform != "win32" and mode & (stat.S_IRWXG | stat.S_IRWXO):
        log.warning("%s: others could read it, so a new token is made", path)
        return None
    if (
        len(token) < LEAST_TOKEN_LENGTH
        or not token.isascii()
        or not token.isprintable()
    ):
        return None
    return token


def _written(path: Path) -> str:
    """Return a new token, after it was written to a file, whole."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    token = secrets.token_urlsafe(LEAST_TOKEN_LENGTH)
    temporary = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
    try:
        # Never readable by others, not even while it is written.
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        with os.fdopen(os.open(temporary, flags, 0o600), "w") as file:
            file.write(f"{token}\n")
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    return token
