import pytest

from convert.inspect import graph
from convert.inspect.graph import Operator, Tensor


@pytest.mark.parametrize(
    ("shape", "count"),
    [((2, 3, 4), 24), (("batch", 28, 28), 784), (("batch",), 1), ((), 1), ((3, 0), 0)],
)
def test_free_sides_count_once(shape, count):
    assert graph.product(shape) == count


def test_an_operator_has_the_bytes_of_the_constants_that_it_reads():
    pixels = Tensor("pixels", ("batch", 4), "int8")
    weights, bias = Tensor("w", (2, 4), "int8", 8), Tensor("b", (2,), "int32", 8)
    scores = Tensor("scores", ("batch", 2), "int8", 99)
    product = Operator("FULLY_CONNECTED", (pixels, weights, bias), (scores,))
    assert product.size_bytes == 16
    assert product.is_integer


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_an_operator_that_reads_or_writes_a_float_is_no_integer_one(dtype):
    exact, rounded = Tensor("exact", (4,), dtype), Tensor("rounded", (4,), "int8")
    assert not Operator("QUANTIZE", (exact,), (rounded,)).is_integer
    assert not Operator("DEQUANTIZE", (rounded,), (exact,)).is_integer
    assert Operator("RESHAPE", (rounded,), (rounded,)).is_integer
