"""Letters, signs and words of held-out hands, of which none is a digit."""

import argparse
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from tqdm import tqdm

from benchmarks.common import benchmark_options, heldout, readers
from benchmarks.common.command import Commands, Result, Row, benchmark
from edge_app.reader import Reader
from train.scenes.glyph_page import (
    HEIGHTS,
    KINDS_WITHOUT_DIGITS,
    LIKE_DIGITS,
    glyph_page,
)
from train.scenes.writing.hands import CLEAR_LETTERS

if TYPE_CHECKING:  # it is only passed on
    from train.scenes.writing.hands import Hands


def measure(reader: Reader, hands: "Hands", *, pages: int) -> Iterator[Row]:
    """Count digits read where there is none, by kind and height, then in all.

    Args:
        reader: What reads.
        hands: Who write.
        pages: Of each kind and height.
    """
    every: dict[str, list[tuple[int, int]]] = {
        kind: [] for kind in KINDS_WITHOUT_DIGITS
    }
    for kind in tqdm(KINDS_WITHOUT_DIGITS, leave=False):
        for height in HEIGHTS:
            counts = []
            for seed in range(pages):
                written = glyph_page(kind, height, seed, hands)
                num_read = len(reader.read(written.scene.frame).digits)
                counts.append((written.num_glyphs, num_read))
            every[kind] += counts
            yield _row(kind, str(height), counts)
    for kind, counts in every.items():
        yield _row(kind, "all", counts)
    yield _row("all", "all", [count for counts in every.values() for count in counts])


def _row(kind: str, height: str, counts: Sequence[tuple[int, int]]) -> Row:
    glyphs, read = (sum(column) for column in zip(*counts, strict=True))
    return {
        "kind": kind,
        "height_px": height,
        "glyphs": glyphs,
        "read_as_digits": read,
        "share": round(read / glyphs, 4),
    }


@benchmark
def add(chosen: Commands) -> None:
    """Add the command."""
    parser = chosen.add(
        "letters",
        _run,
        text="count letters and signs of held-out hands that are read as digits",
        example="--strokes ../shared/data/strokes",
    )
    heldout.add_options(parser, required=True)
    benchmark_options.add_count(parser, "pages of each kind and height", default=6)
    readers.add_options(parser)


def _run(arguments: argparse.Namespace) -> Result:
    choice = readers.chosen(arguments)
    hands = heldout.hands(arguments.strokes, arguments.part)
    reader = readers.open_reader(choice)
    rows = list(measure(reader, hands, pages=arguments.count))
    return Result(
        f"handwriting of the part {arguments.part} that is no digit, read with "
        f"{choice}; letters {CLEAR_LETTERS} alone and in words, no {LIKE_DIGITS}",
        rows,
        shown=[row | {"share": f"{row['share']:.2%}"} for row in rows],
    )
