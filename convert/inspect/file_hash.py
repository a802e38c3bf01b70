"""The hash that a user expects of a file, checked before anything parses it."""

import hashlib
from pathlib import Path

from edge_app.common.errors import ModelError


def check(content: bytes, path: Path, sha256: str | None) -> None:
    """Check the hash of a file's bytes, if one is expected.

    Args:
        content: The bytes, which are also what is parsed.
        path: Where they were read, for the message.
        sha256: What they must have, hexadecimal; `None` for any.

    Raises:
        ModelError: They have another one.
    """
    found = hashlib.sha256(content).hexdigest()
    if sha256 is not None and found != sha256.lower():
        raise ModelError(
            f"{path}: SHA-256 {sha256[:12]}... expected, got {found[:12]}...; it is "
            "another file than you mean"
        )
