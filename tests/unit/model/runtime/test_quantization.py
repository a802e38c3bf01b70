import numpy as np
import pytest

from edge_app.model.runtime.quantization import Quantization

pytestmark = pytest.mark.device


def test_quantization_follows_scale_and_zero_point():
    quantization = Quantization(np.dtype(np.int8), 1 / 255, -128)
    real = np.array([0.0, 1 / 255, 0.4, 1.0, 2.0, -1.0], np.float32)
    integers = quantization.quantize(real)
    assert integers.dtype == np.int8
    np.testing.assert_array_equal(integers, [-128, -127, -26, 127, 127, -128])
    np.testing.assert_allclose(
        quantization.dequantize(integers)[:4], real[:4], atol=0.5 / 255 + 1e-6
    )


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int16])
def test_each_integer_comes_back_from_its_real_number(dtype):
    limits = np.iinfo(dtype)
    quantization = Quantization(np.dtype(dtype), 0.0078125, 3)
    integers = np.arange(limits.min, limits.max + 1).astype(dtype)
    real = quantization.dequantize(integers)
    assert real.dtype == np.float32
    assert real[integers == 3] == 0
    assert set(np.diff(real)) == {0.0078125}
    np.testing.assert_array_equal(quantization.quantize(real), integers)


def test_quantization_leaves_floats_alone():
    quantization = Quantization(np.dtype(np.float32), 0.0, 0)
    real = np.array([0.25, -3.0], np.float32)
    np.testing.assert_array_equal(quantization.quantize(real), real)
    np.testing.assert_array_equal(quantization.dequantize(real), real)


def test_other_floats_are_taken_as_the_file_has_them():
    quantization = Quantization(np.dtype(np.float64), 1.0, 0)
    assert quantization.quantize(np.zeros(2, np.float32)).dtype == np.float64
    assert quantization.dequantize(np.zeros(2, np.float64)).dtype == np.float32
