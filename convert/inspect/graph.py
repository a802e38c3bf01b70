"""The graph of a model file, whatever its format."""

from dataclasses import dataclass

Shape = tuple[int | str, ...]  # a free dimension has a name

_FLOATS = ("float16", "float32", "float64")


@dataclass(frozen=True)
class TensorQuantization:
    """Scale and zero point by which a tensor's integers stand for real numbers.

    Attributes:
        scales: One, or one for each channel.
        zero_points: As many.
    """

    scales: tuple[float, ...]
    zero_points: tuple[int, ...]


@dataclass(frozen=True)
class Tensor:
    """One tensor.

    Attributes:
        name: As the file has it.
        shape: Its dimensions; `"batch"` or another name where one is free.
        dtype: NumPy's name of it.
        size_bytes: Bytes of a constant in the file; 0 for what is computed.
        quantization: Where it has one.
    """

    name: str
    shape: Shape
    dtype: str
    size_bytes: int = 0
    quantization: TensorQuantization | None = None


@dataclass(frozen=True)
class Operator:
    """One operator, in the order of execution.

    Attributes:
        kind: The format's own name for it.
        inputs: What it reads.
        outputs: What it writes.
        macs: Multiply-accumulates of one inference of one input.
    """

    kind: str
    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]
    macs: int = 0

    @property
    def size_bytes(self) -> int:
        """Return the bytes of the constants it reads."""
        return sum(tensor.size_bytes for tensor in self.inputs)

    @property
    def is_integer(self) -> bool:
        """Return whether it reads and writes no floating-point number."""
        return not any(t.dtype in _FLOATS for t in (*self.inputs, *self.outputs))


@dataclass(frozen=True)
class Graph:
    """A model file.

    Attributes:
        file_format: `"TFLite"` or `"ONNX"`, with the version of schema or opset.
        inputs: What it takes.
        outputs: What it gives.
        operators: In the order of execution.
        metadata: What the file says of itself.
    """

    file_format: str
    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]
    operators: tuple[Operator, ...]
    metadata: dict[str, str]


def product(shape: Shape) -> int:
    """Return the number of elements, a free dimension counted as one."""
    total = 1
    for size in shape:
        total *= size if isinstance(size, int) else 1
    return total
