"""Files of unknown origin, parsed in a child process with limits.

A parser that a crafted file crashes, fills or keeps busy then ends the child, and the
parent says so. One child reads many files, one after another; after a crash the next
one goes on. The limits hold on Linux and macOS; elsewhere the time limit alone does.
"""

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edge_app.common.errors import EdgeDigitsError, ModelError

_PATHS = [Path(__file__).parents[2]]  # where the packages are


@dataclass(frozen=True)
class Limits:
    """What a child may use.

    Attributes:
        memory_mb: Address space of the process.
        seconds: For one file, including the child's start.
    """

    memory_mb: int = 4096
    seconds: float = 60.0


@dataclass(frozen=True)
class Answer:
    """What came of one file.

    Attributes:
        path: The file.
        value: What the child found; `None` after an error.
        error: What went wrong, in one line; empty if nothing did.
    """

    path: Path
    value: Any = None
    error: str = ""


def inspected(
    paths: Sequence[Path], *, limits: Limits | None = None, sha256: str | None = None
) -> Iterator[Answer]:
    """What each file holds (`inspection.describe`), found in child processes.

    Args:
        paths: `.tflite` and `.onnx` files.
        limits: Of a child.
        sha256: What the bytes must have, as for `inspection.read_checked`.
    """
    yield from _asked("inspect", paths, limits or Limits(), sha256)


def check_keras(
    path: Path, *, takes_pictures: bool = False, limits: Limits | None = None
) -> None:
    """Load a `.keras` file in a child process, to see that it does no harm.

    Args:
        path: The file.
        takes_pictures: Whether it holds a page network; else a classifier.
        limits: Of a child.

    Raises:
        ModelError: It is refused, or ends the child.
    """
    what = "page network" if takes_pictures else "keras"
    (answer,) = _asked(what, [path], limits or Limits(memory_mb=16384), None)
    if answer.error:
        raise ModelError(answer.error)


def _asked(
    what: str, paths: Sequence[Path], limits: Limits, sha256: str | None
) -> Iterator[Answer]:
    child: _Child | None = None
    try:
        for path in paths:
            child = child or _Child(limits)
            question = {"what": what, "path": str(path.absolute()), "sha256": sha256}
            line = child.ask(json.dumps(question))
            if line is None:
                yield Answer(path, error=f"{path}: {child.ended()}")
                child = None
                continue
            answer = json.loads(line)
            error = answer["error"].replace(str(path.absolute()), str(path))
            yield Answer(path, answer["value"], error)
    finally:
        if child is not None:
            child.kill()


class _Child:
    """A process that answers one line for each line."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._timed_out = False
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(map(str, _PATHS)),
            "MALLOC_ARENA_MAX": "2",
        }
        # The libraries' threads would fill the address space with their stacks.
        environment |= dict.fromkeys(
            ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "TF_NUM_INTRAOP_THREADS"), "1"
        )
        self._process = subprocess.Popen(
            [sys.executable, "-m", "convert.inspect.sandbox", str(limits.memory_mb)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            text=True,
        )
        self._lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def ask(self, question: str) -> str | None:
        """The child's answer; `None` if it ended or had to be ended."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(question + "\n")
            self._process.stdin.flush()
            line = self._lines.get(timeout=self.limits.seconds)
        except BrokenPipeError:
            return None
        except queue.Empty:
            self._timed_out = True
            self.kill()
            return None
        return line or None

    def ended(self) -> str:
        """Why there is no answer."""
        if self._timed_out:
            return f"parsing it took more than {self.limits.seconds:.0f} s; refused"
        code = self._process.wait()
        how = f"exit status {code}"
        if code < 0:
            with contextlib.suppress(ValueError):
                how = signal.Signals(-code).name
        return f"it crashed its parser ({how}); it is damaged or made to do harm"

    def kill(self) -> None:
        """End it."""
        self._process.kill()
        with contextlib.suppress(BrokenPipeError):
            self._process.communicate()

    def _read(self) -> None:
        assert self._process.stdout is not None
        with contextlib.suppress(ValueError):  # the pipe was closed meanwhile
            for line in self._process.stdout:
                self._lines.put(line)
        self._lines.put("")


def _limit(memory_mb: int) -> None:
    try:
        import resource
    except ImportError:  # Windows
        return
    size = memory_mb * 2**20
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))  # Keras unpacks weights
    with contextlib.suppress(ValueError, OSError):  # macOS knows no such limit
        resource.setrlimit(resource.RLIMIT_AS, (size, size))


def _answer(question: dict[str, Any]) -> Any:
    path = Path(question["path"])
    if question["what"] in ("keras", "page network"):
        from convert.formats import prepare
        from convert.inspect import load

        takes_pictures = question["what"] == "page network"
        check = prepare.check_pictures if takes_pictures else prepare.check
        load.read(path, check=check)
        return None
    from convert.inspect import inspection

    content = inspection.read_checked(path, sha256=question["sha256"])
    return inspection.describe(path, content)


def _serve(memory_mb: int) -> None:
    """Answer questions until stdin ends; only answers go to the real stdout."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    _limit(memory_mb)
    for line in sys.stdin:
        value, error = None, ""
        try:
            value = _answer(json.loads(line))
        except EdgeDigitsError as failure:
            error = " ".join(str(failure).split())
        except MemoryError:
            error = f"parsing it needs more than {memory_mb} MB; refused"
        answers.write(json.dumps({"value": value, "error": error}) + "\n")
        answers.flush()


if __name__ == "__main__":
    _serve(int(sys.argv[1]))
