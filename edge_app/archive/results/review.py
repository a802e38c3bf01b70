"""A page on which a person corrects the numbers that were read with least certainty."""

import base64
import heapq
from importlib import resources
from typing import Any

import jinja2

from edge_app.archive.results import corrections, search
from edge_app.archive.results.crops import Cutter
from edge_app.archive.store import rows
from edge_app.archive.store.rows import Row
from edge_app.archive.store.stored import Store
from edge_app.common import files
from edge_app.common.errors import ImageError

_REVIEW_NAME = "review.html"


def write(store: Store, fingerprint: str, *, count: int, dpi: int) -> tuple[Any, int]:
    """Write the page: one file that needs no connection.

    Args:
        store: The archive.
        fingerprint: Which of its parts.
        count: How many numbers it has, of those that nobody has checked.
        dpi: What PDF pages were drawn with.

    Returns:
        Where it is, and how many numbers are on it.
    """
    checked = {correction.place for correction in corrections.load(store.corrections)}
    unsure = _least_certain(store, fingerprint, count, checked)
    turns = search.rotations(store, fingerprint, [row["file"] for row in unsure])
    cutter, shown = Cutter(dpi=dpi), []
    for row in sorted(unsure, key=lambda row: (row["path"], row["page"])):
        try:
            crop = cutter.png(row, turns[row["file"], row["page"]])
        except ImageError:  # the scan is gone, or changed, since it was read
            continue
        shown.append({**row, "png": base64.b64encode(crop).decode()})
    shown.sort(key=lambda row: row["confidence"])
    template = resources.files("edge_app.archive.results").joinpath("review.html.jinja")
    page = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    text = page.from_string(template.read_text(encoding="utf-8")).render(
        numbers=shown, fingerprint=fingerprint
    )
    path = store.folder / _REVIEW_NAME
    files.write_bytes(path, text.encode())
    return path, len(shown)


def _least_certain(
    store: Store, fingerprint: str, count: int, checked: set[Any]
) -> list[Row]:
    columns = [name for name in rows.NUMBER_COLUMNS if name != "digits"]
    found = (
        row
        for batch in search.scanned(store, fingerprint, rows.NUMBER, columns=columns)
        for row in batch.to_pylist()
        if (fingerprint, row["file"], row["page"], row["number"]) not in checked
    )
    # Of equally certain ones those that the page shows first.
    return heapq.nsmallest(
        count, found, key=lambda row: (row["confidence"], row["path"], row["page"])
    )
