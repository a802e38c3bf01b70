"""What all runtimes' models have, so that nobody has to know which one it is."""

import numpy as np
import pytest

from edge_app.model import classify, runtime
from edge_app.model.runtime.models import Model, PictureModel

pytestmark = pytest.mark.device


def loaded(load, name, runtime_name):
    path = classify.MODELS / (name + runtime.RUNTIMES[runtime_name].suffix)
    return load(path, path.read_bytes(), runtime=runtime_name)


@pytest.mark.parametrize("name", runtime.installed())
@pytest.mark.parametrize(
    ("load", "file", "kind"),
    [
        (runtime.load, "edge-float32", Model),
        (runtime.load_pictures, "page-float32", PictureModel),
    ],
)
def test_each_runtime_s_models_have_what_is_promised(name, load, file, kind):
    model = loaded(load, file, name)
    assert callable(model)
    assert model.runtime == name
    for attribute, annotation in kind.__annotations__.items():
        value = getattr(model, attribute)
        if isinstance(value, tuple):
            assert annotation == tuple[int, ...]
            assert {type(side) for side in value} == {int}
        else:
            assert type(value) is annotation


@pytest.mark.skipif(len(runtime.installed()) < 2, reason="there is one runtime here")
def test_all_runtimes_see_the_same_in_a_picture():
    picture = np.random.default_rng(0).integers(0, 256, (64, 96)).astype(np.uint8)
    first, *others = (
        loaded(runtime.load_pictures, "page-float32", name)(picture)
        for name in runtime.installed()
    )
    for other in others:
        assert set(first) == set(other)
        for channels, (values, quantization) in other.items():
            expected = first[channels][1].dequantize(first[channels][0])
            # Sums in another order; the values go up to about 10.
            np.testing.assert_allclose(
                quantization.dequantize(values), expected, atol=1e-3
            )
