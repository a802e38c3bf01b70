"""The operators that LiteRT hands to XNNPACK, its library of fast kernels."""

from typing import Any

from edge_app.common.errors import ModelError
from edge_app.common.process.quiet import quiet


def outside(content: bytes) -> list[int] | None:
    """Return which operators stay with LiteRT's own, slower kernels, by position.

    LiteRT itself is asked, so that the answer is true for this version and machine.

    Args:
        content: A .tflite file.

    Returns:
        Positions in the order of execution; `None` where LiteRT is not installed.

    Raises:
        ModelError: LiteRT refuses the file.
    """
    try:
        from ai_edge_litert.interpreter import Interpreter
    except ImportError:
        return None
    try:
        with quiet():
            interpreter = Interpreter(model_content=content, num_threads=1)
            interpreter.allocate_tensors()
            details = interpreter._get_ops_details()
    except Exception as error:  # whatever its C++ gives Python
        reason = " ".join(str(error).split())[:200]
        raise ModelError(f"LiteRT refuses it ({reason})") from error
    operators = [operator for operator in details if operator["op_name"] != "DELEGATE"]
    delegates = [operator for operator in details if operator["op_name"] == "DELEGATE"]
    taken: set[int] = set()
    for delegate in delegates:
        taken |= _between(delegate, operators)
    return [position for position in range(len(operators)) if position not in taken]


def _between(delegate: Any, operators: list[Any]) -> set[int]:
    """Return the operators that a delegate replaces, from its outputs to its inputs."""
    producers = {
        int(t): i for i, operator in enumerate(operators) for t in operator["outputs"]
    }
    border = {int(tensor) for tensor in delegate["inputs"]}
    found: set[int] = set()
    waiting = [int(tensor) for tensor in delegate["outputs"]]
    while waiting:
        tensor = waiting.pop()
        position = producers.get(tensor)
        if tensor in border or position is None or position in found:
            continue
        found.add(position)
        waiting += [int(tensor) for tensor in operators[position]["inputs"]]
    return found
