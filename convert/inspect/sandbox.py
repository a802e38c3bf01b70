"""Files of unknown origin, parsed in a child process with limits, and nowhere else.

A parser that a crafted file crashes, fills or keeps busy then ends the child, and the
parent says so. Of `inspect`, one child reads many files, one after another; after a
crash the next one goes on. A conversion, which builds on what was parsed, is the
child's altogether. The limits hold on Linux and macOS; elsewhere the time limit alone
does.
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

from edge_app.common.errors import ConversionError, EdgeDigitsError

_PATHS = [Path(__file__).parents[2]]  # where the packages are


@dataclass(frozen=True)
class Limits:
    """Limits of what a child may use.

    Attributes:
        memory_mb: Address space of the process.
        seconds: For one file or one conversion, including the child's start.
    """

    memory_mb: int = 4096
    seconds: float = 60.0


@dataclass(frozen=True)
class Answer:
    """A child's answer about one file.

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
    """Yield what each file holds (`inspection.describe`), found in child processes.

    Args:
        paths: `.tflite` and `.onnx` files.
        limits: Of a child.
        sha256: What the bytes must have, as for `inspection.read_checked`.
    """
    limits = limits or Limits()
    child: _InspectingChild | None = None
    try:
        for path in paths:
            child = child or _InspectingChild(limits)
            line = child.ask(
                json.dumps({"path": str(path.absolute()), "sha256": sha256})
            )
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


def convert(words: Sequence[str], path: Path, *, limits: Limits) -> int:
    """Run `python -m convert` in a child process; return its exit status.

    What it says is seen as if there were no child.

    Args:
        words: The command's arguments.
        path: The model among them, for messages.
        limits: Of the child.

    Raises:
        ConversionError: The model ends the child, or takes it too long.
    """
    process = subprocess.Popen(_command("convert", limits, words), env=_environment())
    try:
        status = process.wait(timeout=limits.seconds)
    except subprocess.TimeoutExpired as error:
        raise ConversionError(
            f"{path}: converting it took more than {limits.seconds:.0f} s; give up on "
            "it, or give it more with --time-limit"
        ) from error
    finally:
        process.kill()
        process.wait()
    if status < 0:
        raise ConversionError(f"{path}: {_crashed(status)}")
    return status


def _command(what: str, limits: Limits, words: Sequence[str] = ()) -> list[str]:
    module = [sys.executable, "-m", "convert.inspect.sandbox"]
    return [*module, what, str(limits.memory_mb), *words]


def _environment() -> dict[str, str]:
    """Return the child's environment variables."""
    # The libraries' threads would fill the address space with their stacks.
    threads = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "TF_NUM_INTRAOP_THREADS")
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(map(str, _PATHS)),
        "MALLOC_ARENA_MAX": "2",
        **dict.fromkeys(threads, "1"),
    }


def _crashed(status: int) -> str:
    """Return why a child ended, by the status of its process."""
    how = f"exit status {status}"
    if status < 0:
        with contextlib.suppress(ValueError):
            how = signal.Signals(-status).name
    return f"it crashed its parser ({how}); it is damaged or made to do harm"


class _InspectingChild:
    """A process that answers one line for each line."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._timed_out = False
        self._process = subprocess.Popen(
            _command("inspect", limits),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
            text=True,
        )
        self._lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def ask(self, question: str) -> str | None:
        """Return the child's answer; `None` if it ended or had to be ended."""
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
        """Return why there is no answer."""
        if self._timed_out:
            return f"parsing it took more than {self.limits.seconds:.0f} s; refused"
        return _crashed(self._process.wait())

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
    from convert.inspect import inspection

    path = Path(question["path"])
    content = inspection.read_checked(path, sha256=question["sha256"])
    return inspection.describe(path, content)


def _serve(memory_mb: int) -> None:
    """Answer questions until stdin ends; only answers go to the real stdout."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
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


def _child(what: str, memory: str, *words: str) -> int:
    _limit(int(memory))
    if what == "inspect":
        _serve(int(memory))
        return 0
    from convert.__main__ import main

    return main(words)


if __name__ == "__main__":
    raise SystemExit(_child(*sys.argv[1:]))
