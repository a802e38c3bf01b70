"""The parts of reading a frame, and the instructions that marks tell of each."""

import importlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple


class ReaderPart(NamedTuple):
    """A function whose instructions are counted, less those of parts that it calls.

    Attributes:
        name: What it belongs to; `find/...` is a part of finding.
        module: Where its caller looks it up.
        function: Its name there.
    """

    name: str
    module: str
    function: str


CODE_PARTS = (
    ReaderPart("find/rest", "edge_app.find.page.finder", "PageFinder.__call__"),
    ReaderPart("find/rest", "edge_app.find.classic", "ClassicFinder.__call__"),
    ReaderPart("find/gray", "cv2", "cvtColor"),
    ReaderPart("find/resize", "edge_app.common.geometry", "scaled"),
    ReaderPart(
        "find/network", "edge_app.model.runtime.tflite_files", "TFLitePictures.__call__"
    ),
    ReaderPart("find/maps", "edge_app.find.page.decode", "maps_of"),
    ReaderPart("find/peaks", "edge_app.find.page.decode", "peaks"),
    ReaderPart("find/ink", "edge_app.find.page.finder", "candidate_of"),
    ReaderPart("find/contrast", "edge_app.find.classic", "_contrast"),
    ReaderPart("find/pieces", "edge_app.find.classic", "_pieces"),
    ReaderPart("find/join", "edge_app.find.classic", "_owners"),
    ReaderPart("normalize", "edge_app.find.second_reader", "normalize"),
    ReaderPart("touching", "edge_app.find.judge", "split_touching"),
    ReaderPart("classify", "edge_app.model.classify", "Classifier.scores"),
    ReaderPart("verdict", "edge_app.find.verdict", "Verdict.shares"),
    ReaderPart(
        "context",
        "edge_app.find.context.context_reader",
        "ContextReader.__call__",
    ),
    ReaderPart(
        "separators",
        "edge_app.find.separators.separator_reader",
        "SeparatorReader.__call__",
    ),
    ReaderPart("group", "edge_app.reader", "arranged"),
)
_REST = "rest"
# Marks: a mark's own cost, a read's begin and end, then each part's begin and end.
IDLE, BEGIN, END, FIRST_PART = range(4)


def located(part: ReaderPart) -> tuple[Any, str]:
    """Return what holds a part's function, a module or a class, and its name there."""
    owner: Any = importlib.import_module(part.module)
    *classes, name = part.function.split(".")
    for class_name in classes:
        owner = getattr(owner, class_name)
    return owner, name


def counted(marks: Sequence[tuple[int, int]]) -> list[dict[str, int]]:
    """Return the instructions of each part in each read, without the marks' own.

    Args:
        marks: Each mark and the instructions executed before it, in their order.
    """
    cost = min(
        (after - before for (a, before), (b, after) in pairwise(marks) if a == b == 0),
        default=0,
    )
    counts: list[dict[str, int]] = []
    within: list[str] = []
    for (mark, before), (_, after) in pairwise(marks):
        if mark == BEGIN:
            counts.append(defaultdict(int))
            within = [_REST]
        elif mark == END:
            within = []
        elif within and mark >= FIRST_PART:
            part, is_end = divmod(mark - FIRST_PART, 2)
            if is_end:
                within.pop()
            else:
                within.append(CODE_PARTS[part].name)
        if within:
            counts[-1][within[-1]] += after - before - cost
    return counts


def in_millions(counts: Sequence[Mapping[str, int]]) -> list[dict[str, float]]:
    """Return rows with a total, finding as a whole, and the parts that occur.

    Args:
        counts: From `counted`.
    """
    names = dict.fromkeys([*(part.name for part in CODE_PARTS), _REST])
    occurring = [name for name in names if any(count.get(name) for count in counts)]
    in_find = [name for name in occurring if name.startswith("find/")]
    rows = []
    for count in counts:
        sums = {
            "total": sum(count.values()),
            "find": sum(count.get(name, 0) for name in in_find),
        }
        sums |= {name: count.get(name, 0) for name in [*in_find, *occurring]}
        rows.append({name: round(value / 1e6, 2) for name, value in sums.items()})
    return rows
