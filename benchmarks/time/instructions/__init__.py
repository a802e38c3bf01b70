"""The instructions that a board executes to read a frame, counted in an emulator."""

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.common import readers
from benchmarks.common.command import Commands, Result, Row, benchmark
from benchmarks.time.instructions import emulation
from benchmarks.time.instructions.emulation import BOARDS
from benchmarks.time.instructions.guest import WARMUP
from benchmarks.time.instructions.parts import in_millions
from edge_app.common import option_types

_COUNTED_SIZE_WH = (640, 480)
_FRAMES = ("10 spread digits", "demo scene, first frame", "blank")
_DEFAULT_BOARD = "pi4"  # the one that is measured unless another one is asked for
_FRAMES_SEED = 1  # of the frames, as `frames` has them


@benchmark
def add(chosen: Commands) -> None:
    """Add the command."""
    parser = chosen.add(
        "instructions",
        _run,
        text="count the instructions of a frame on an emulated board",
        example="--tools ../shared/tools/pi --cpu pi3 pi4",
    )
    parser.add_argument(
        "--tools",
        type=option_types.path,
        metavar="DIR",
        required=True,
        help="folder with sysroot.sh, wheels.sh, fakeboard.sh and icount.c",
    )
    parser.add_argument(
        "--cpu",
        nargs="+",
        choices=[*BOARDS, *BOARDS.values()],
        metavar="BOARD",
        help=f"emulated boards: {', '.join(BOARDS)}, or their processors' names, such "
        f"as {BOARDS[_DEFAULT_BOARD]} (default: {_DEFAULT_BOARD})",
    )
    parser.add_argument(
        "--work",
        type=option_types.path,
        metavar="DIR",
        default=_cache() / "edge-digits" / "boards",
        help="where what a board needs is kept",
    )
    readers.add_options(parser)


def _run(arguments: argparse.Namespace) -> Result:
    emulation.check_installed()
    tools, work = arguments.tools.resolve(), arguments.work.resolve()
    boards = dict.fromkeys(_board(name) for name in arguments.cpu or [_DEFAULT_BOARD])
    pins = emulation.pins()
    root = emulation.user_space(tools, work, pins)
    plugin = emulation.plugin(tools, work)
    choice = readers.chosen(arguments)
    frames = _frames()
    rows: list[Row] = []
    for board in boards:
        on_board = emulation.as_board(tools, root, board)
        counts, read = emulation.read(on_board, BOARDS[board], plugin, choice, frames)
        rows += [
            {
                "board": board,
                "content": content,
                "digits": digits,
                "rejects": rejects,
                **{f"{name}_million": value for name, value in sums.items()},
            }
            for content, (digits, rejects), sums in zip(
                _FRAMES, read, in_millions(counts), strict=True
            )
        ]
    emulated = ", ".join(f"{board} ({BOARDS[board]})" for board in boards)
    return Result(
        f"Instructions of reading a {_COUNTED_SIZE_WH[0]}x{_COUNTED_SIZE_WH[1]} frame, "
        "one thread, "
        f"after {WARMUP} others, on an emulated {emulated} with {', '.join(pins)}; the "
        f"reader is {choice}",
        rows,
        _turned(rows),
    )


def _turned(rows: Sequence[Row]) -> list[Row]:
    """Return a table for people: a column for each frame, as there are many parts."""
    heads = [f"{row['board']}: {row['content']}" for row in rows]
    return [
        {"": name, **{head: row[name] for head, row in zip(heads, rows, strict=True)}}
        for name in list(rows[0])[2:]
    ]


def _board(name: str) -> str:
    return next(board for board, cpu in BOARDS.items() if name in (board, cpu))


def _cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")


def _frames() -> NDArray[np.uint8]:
    from benchmarks.time import (
        frame_times as frames,  # draws with `train`, which a board does not have
    )

    return np.stack(
        [frames.CONTENTS[name](_FRAMES_SEED, _COUNTED_SIZE_WH) for name in _FRAMES]
    )
