"""How many instructions a board executes to read a frame, counted in an emulator.

Time under emulation says nothing of a board; the instructions that its processor
executes are the same here as there. The board's own user space, wheels and
`/proc/cpuinfo` are prepared once and kept; this checkout is what reads.
"""

import argparse
import gc
import hashlib
import importlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.common import readers
from benchmarks.common.command import Commands, Result, Row, benchmark
from edge_app.common.errors import EdgeDigitsError

SIZE_WH = (640, 480)
FRAMES = ("10 spread digits", "demo scene, first frame", "blank")
BOARDS = {"pi3": "cortex-a53", "pi4": "cortex-a72", "pi5": "cortex-a76"}
PACKAGES = ("numpy", "opencv-python-headless", "ai-edge-litert")

_CHECKOUT = Path(__file__).resolve().parents[2]
_PINS = _CHECKOUT / "requirements" / "headless.txt"
_ARCHITECTURE, _SUITE, _PYTHON = "arm64", "bookworm", "3.11"
# What runs the guest and compiles the counter, and the packages that hold them.
_NEEDED = {"qemu-aarch64": "qemu-user", "gcc": "gcc"}
_DEFAULT_BOARD = "pi4"  # the one that is measured unless another one is asked for
_SEED = 1  # of the frames, as `frames` has them
_WARMUP = 2  # reads; the third one differs from the second one by less than 0.1%
_ROUGHLY = 20  # marks that find out what a mark itself takes


class Part(NamedTuple):
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
    Part("find/rest", "edge_app.find.page.finder", "PageFinder.__call__"),
    Part("find/rest", "edge_app.find.classic", "ClassicFinder.__call__"),
    Part("find/gray", "cv2", "cvtColor"),
    Part("find/resize", "edge_app.common.geometry", "scaled"),
    Part("find/network", "edge_app.model.runtime", "TFLitePictures.__call__"),
    Part("find/maps", "edge_app.find.page.finder", "maps_of"),
    Part("find/peaks", "edge_app.find.page.decode", "peaks"),
    Part("find/ink", "edge_app.find.page.finder", "_candidate"),
    Part("find/contrast", "edge_app.find.classic", "_contrast"),
    Part("find/pieces", "edge_app.find.classic", "_pieces"),
    Part("find/join", "edge_app.find.classic", "_owners"),
    Part("normalize", "edge_app.find.second_reader", "normalize"),
    Part("touching", "edge_app.find.judge", "split_touching"),
    Part("classify", "edge_app.model.classify", "Classifier.scores"),
    Part("verdict", "edge_app.find.verdict", "Verdict.shares"),
    Part("group", "edge_app.reader", "_in_reading_order"),
)
_REST = "rest"
# Marks: a mark's own cost, a read's begin and end, then each part's begin and end.
_IDLE, _BEGIN, _END, _FIRST_PART = range(4)
_MARKER = 0x50430000  # of icount.c
_MARK = re.compile(r"^icount mark (\d+) insns=(\d+)$", re.MULTILINE)


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
        type=Path,
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
        type=Path,
        metavar="DIR",
        default=_cache() / "edge-digits" / "boards",
        help="where what a board needs is kept",
    )
    readers.add_options(parser)


def pinned(requirements: str, packages: Sequence[str]) -> list[str]:
    """Return `name==version` of packages, as a lock file has them for 64-bit ARM.

    Args:
        requirements: The lock file's text.
        packages: Their names.

    Raises:
        EdgeDigitsError: One is not there.

    Example:
        >>> pinned("numpy==2.4.6 ; platform_machine == 'aarch64' --hash=...", ["numpy"])
        ['numpy==2.4.6']
    """
    found = {}
    for line in requirements.splitlines():
        match = re.match(r"([\w.-]+)==([\w.]+)(.*)", line)
        if match and ("platform_machine" not in match[3] or "aarch64" in match[3]):
            found[match[1]] = f"{match[1]}=={match[2]}"
    if missing := [name for name in packages if name not in found]:
        raise EdgeDigitsError(
            f"requirements: a version of {missing[0]} for aarch64 expected, found none"
        )
    return [found[name] for name in packages]


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
        if mark == _BEGIN:
            counts.append(defaultdict(int))
            within = [_REST]
        elif mark == _END:
            within = []
        elif within and mark >= _FIRST_PART:
            part, is_end = divmod(mark - _FIRST_PART, 2)
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


def read_on_guest() -> None:
    """Read frames and mark the parts of it: this runs on the emulated board.

    The first argument is JSON: `frames`, a file of `(N, H, W, 3)` uint8, and `finder`
    and `model` as `readers.Choice` takes them. Prints JSON, too: of each frame how many
    digits and rejects were read.
    """
    options = json.loads(sys.argv[1])
    cv2.setNumThreads(1)
    for index, part in enumerate(CODE_PARTS):
        owner, name = located(part)
        setattr(owner, name, _marked(getattr(owner, name), _FIRST_PART + 2 * index))
    choice = readers.Choice(options["finder"], options["model"])
    reader = readers.open_reader(choice)
    for _ in range(_ROUGHLY):
        _mark(_IDLE)
    found = []
    for frame in np.load(options["frames"]):
        for _ in range(_WARMUP):
            reader.read(frame)
        gc.collect()
        _mark(_BEGIN)
        reading = reader.read(frame)
        _mark(_END)
        found.append((len(reading.digits), len(reading.rejects)))
    sys.stdout.write(json.dumps(found))


def located(part: Part) -> tuple[Any, str]:
    """Return what holds a part's function, a module or a class, and its name there."""
    owner: Any = importlib.import_module(part.module)
    *classes, name = part.function.split(".")
    for class_name in classes:
        owner = getattr(owner, class_name)
    return owner, name


def _marked(function: Callable[..., Any], begin: int) -> Callable[..., Any]:
    @wraps(function)
    def marked(*args: Any, **options: Any) -> Any:
        _mark(begin)
        try:
            return function(*args, **options)
        finally:
            _mark(begin + 1)

    return marked


def _mark(number: int) -> None:
    try:
        os.getpriority(_MARKER, number)
    except OSError:  # always: there is no such kind of priority
        return


def _run(arguments: argparse.Namespace) -> Result:
    _check_installed()
    tools, work = arguments.tools.resolve(), arguments.work.resolve()
    boards = dict.fromkeys(_board(name) for name in arguments.cpu or [_DEFAULT_BOARD])
    pins = pinned(_PINS.read_text(encoding="utf-8"), PACKAGES)
    root = _root(tools, work, pins)
    plugin = _plugin(tools, work)
    choice = readers.chosen(arguments)
    frames = _frames()
    rows: list[Row] = []
    for board in boards:
        on_board = _as_board(tools, root, board)
        counts, read = _emulated(on_board, BOARDS[board], plugin, choice, frames)
        rows += [
            {
                "board": board,
                "content": content,
                "digits": digits,
                "rejects": rejects,
                **{f"{name}_million": value for name, value in sums.items()},
            }
            for content, (digits, rejects), sums in zip(
                FRAMES, read, in_millions(counts), strict=True
            )
        ]
    emulated = ", ".join(f"{board} ({BOARDS[board]})" for board in boards)
    return Result(
        f"Instructions of reading a {SIZE_WH[0]}x{SIZE_WH[1]} frame, one thread, after "
        f"{_WARMUP} others, on an emulated {emulated} with {', '.join(pins)}; the "
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


def _check_installed() -> None:
    """Check that what emulates and compiles is there.

    Raises:
        EdgeDigitsError: It is not.
    """
    missing = [name for name in _NEEDED if shutil.which(name) is None]
    if missing:
        raise EdgeDigitsError(
            f"{' and '.join(missing)} not found; try: apt-get install "
            f"{' '.join(_NEEDED[name] for name in missing)}"
        )


def _board(name: str) -> str:
    return next(board for board, cpu in BOARDS.items() if name in (board, cpu))


def _cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")


def _frames() -> NDArray[np.uint8]:
    from benchmarks.time import (
        frame_times as frames,  # draws with `train`, which a board does not have
    )

    return np.stack([frames.CONTENTS[name](_SEED, SIZE_WH) for name in FRAMES])


def _root(tools: Path, work: Path, pins: Sequence[str]) -> Path:
    """Return a board's user space with the packages, made unless it was before."""
    scripts = [tools / "sysroot.sh", tools / "wheels.sh"]
    recipe = "\n".join([*pins, *(script.read_text() for script in scripts)])
    digest = hashlib.sha256(recipe.encode()).hexdigest()[:12]
    root = work / f"{_ARCHITECTURE}-{_SUITE}-{digest}"
    if not root.exists():
        partial = root.with_name(f"{root.name}.partial")
        downloads = root.with_name(f"{partial.name}.apt")  # as sysroot.sh names it
        shutil.rmtree(partial, ignore_errors=True)
        work.mkdir(parents=True, exist_ok=True)
        _execute("bash", scripts[0], _ARCHITECTURE, _SUITE, partial)
        _execute("bash", scripts[1], partial / "opt" / "site", _PYTHON, *pins)
        shutil.rmtree(downloads, ignore_errors=True)
        partial.rename(root)
    return root


def _as_board(tools: Path, root: Path, board: str) -> Path:
    """Return the user space as a board shows it: its own `/proc` and `/sys`."""
    folder = root.with_name(f"{root.name}-{board}")
    folder.mkdir(exist_ok=True)
    for entry in root.iterdir():
        link = folder / entry.name
        if not link.is_symlink():
            link.symlink_to(entry)
    _execute("bash", tools / "fakeboard.sh", board, folder)
    return folder


def _plugin(tools: Path, work: Path) -> Path:
    """Return the emulator's plugin that counts, compiled unless it was before."""
    source = tools / "icount.c"
    digest = hashlib.sha256(source.read_bytes()).hexdigest()[:12]
    plugin = work / f"icount-{digest}.so"
    if not plugin.exists():
        partial = plugin.with_suffix(".partial")
        _execute("gcc", "-O2", "-shared", "-fPIC", "-o", partial, source)
        partial.rename(plugin)
    return plugin


def _emulated(
    root: Path,
    cpu: str,
    plugin: Path,
    choice: readers.Choice,
    frames: NDArray[np.uint8],
) -> tuple[list[dict[str, int]], list[tuple[int, int]]]:
    """Return the instructions of each frame's parts, and its digits and rejects."""
    environment = {
        "PYTHONPATH": f"{root / 'opt' / 'site'}:{_CHECKOUT}",
        "PYTHONPYCACHEPREFIX": str(plugin.with_name("pycache")),
        "PYTHONHASHSEED": "0",
        "PYTHONNOUSERSITE": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "LANG": "C.UTF-8",
    }
    with tempfile.TemporaryDirectory(dir=plugin.parent) as folder:
        stored, marks = Path(folder) / "frames.npy", Path(folder) / "marks.txt"
        np.save(stored, frames)
        options = {
            "frames": str(stored),
            "finder": _absolute(choice.finder),
            "model": _absolute(choice.model),
        }
        printed = _execute(
            "qemu-aarch64",
            *("-cpu", cpu, "-L", root, "-plugin", f"{plugin},out={marks}"),
            *(root / "usr" / "bin" / "python3", "-c"),
            "from benchmarks.time import instructions; instructions.read_on_guest()",
            json.dumps(options),
            environment=environment,
        )
        found = _MARK.findall(marks.read_text())
    return counted([(int(n), int(before)) for n, before in found]), json.loads(printed)


def _absolute(name: str | None) -> str | None:
    """Return a model's name, or its path as the guest finds it, too."""
    return str(Path(name).resolve()) if name and Path(name).is_file() else name


def _execute(*command: str | Path, environment: dict[str, str] | None = None) -> str:
    """Return what a command printed.

    Raises:
        EdgeDigitsError: It failed; the message has the end of what it said.
    """
    done = subprocess.run(
        [str(word) for word in command], env=environment, capture_output=True, text=True
    )
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines() or ["nothing"]
        raise EdgeDigitsError(
            f"{Path(command[0]).name} {Path(command[1]).name} ended with status "
            f"{done.returncode} and said: {said[-1]}"
        )
    return done.stdout
