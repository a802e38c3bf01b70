"""The status with which the reading of a page ended."""

from typing import Literal, get_args

# Read; in a file that cannot be fetched; torn; with more pixels than are decoded; no
# picture, or locked; an error of ours; in a file that ended the process that read it.
Status = Literal[
    "ok", "missing", "damaged", "too-large", "unreadable", "failed", "crashed"
]
STATUSES: tuple[Status, ...] = get_args(Status)
