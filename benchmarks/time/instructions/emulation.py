"""An emulated board: its user space, made once and kept, and what runs on it.

Time under emulation says nothing of a board; the instructions that its processor
executes are the same here as there. The board's own user space, wheels and
`/proc/cpuinfo` are prepared; this checkout is what reads.
"""

import hashlib
import json
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.common import readers
from benchmarks.time.instructions.parts import counted
from edge_app.common.errors import EdgeDigitsError

BOARDS = {"pi3": "cortex-a53", "pi4": "cortex-a72", "pi5": "cortex-a76"}
PACKAGES = ("numpy", "opencv-python-headless", "ai-edge-litert")

_CHECKOUT = Path(__file__).resolve().parents[3]
_PINS = _CHECKOUT / "requirements" / "headless.txt"
_ARCHITECTURE, _SUITE, _PYTHON = "arm64", "bookworm", "3.11"
# What runs the guest and compiles the counter, and the packages that hold them.
_NEEDED = {"qemu-aarch64": "qemu-user", "gcc": "gcc"}
_MARK = re.compile(r"^icount mark (\d+) insns=(\d+)$", re.MULTILINE)


def check_installed() -> None:
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


def pins() -> list[str]:
    """Return the versions of what is installed on a board, as devices have them."""
    return pinned(_PINS.read_text(encoding="utf-8"), PACKAGES)


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


def user_space(tools: Path, work: Path, pins: Sequence[str]) -> Path:
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


def as_board(tools: Path, root: Path, board: str) -> Path:
    """Return the user space as a board shows it: its own `/proc` and `/sys`."""
    folder = root.with_name(f"{root.name}-{board}")
    folder.mkdir(exist_ok=True)
    for entry in root.iterdir():
        link = folder / entry.name
        if not link.is_symlink():
            link.symlink_to(entry)
    _execute("bash", tools / "fakeboard.sh", board, folder)
    return folder


def plugin(tools: Path, work: Path) -> Path:
    """Return the emulator's plugin that counts, compiled unless it was before."""
    source = tools / "icount.c"
    digest = hashlib.sha256(source.read_bytes()).hexdigest()[:12]
    plugin = work / f"icount-{digest}.so"
    if not plugin.exists():
        partial = plugin.with_suffix(".partial")
        _execute("gcc", "-O2", "-shared", "-fPIC", "-o", partial, source)
        partial.rename(plugin)
    return plugin


def read(
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
            "from benchmarks.time.instructions import guest; guest.read()",
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
