from dataclasses import replace

import numpy as np
import pytest
from needed import need

need("keras", reason="page networks are trained with Keras")

from edge_app.common.errors import TrainingError
from train.page import network, page_fit, page_provenance
from train.page.page_settings import PageSettings


@pytest.mark.slow  # a training
def test_a_run_starts_from_anothers_weights(tmp_path):
    other = network.build("page-lite")
    other.save(tmp_path / "best.keras")
    (tmp_path / "metrics.json").write_text('{"made_by": {"seed": 7}}')
    settings = PageSettings(arch="page-lite", start_from=str(tmp_path), scenes=4000)
    started = page_fit.compiled(settings).get_weights()
    for mine, its in zip(started, other.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, its)
    made_by = page_provenance.describe(settings, with_strokes=False)
    assert "--start-from" in made_by["command"]
    assert "--num-scenes 4000" in made_by["command"]
    assert made_by["start_from"] == {"seed": 7}
    with pytest.raises(TrainingError, match="holds no page network"):
        page_fit.compiled(replace(settings, arch="page"))


def test_the_rate_rises_to_its_peak_and_falls_to_nothing():
    settings = PageSettings(arch="page-lite", epochs=10, steps=40, learning_rate=0.01)
    optimizer = page_fit.compiled(settings).optimizer
    rates = []
    for step in (0, 10, 20, 210, 400):
        optimizer.iterations.assign(step)
        rates.append(float(optimizer.learning_rate))
    assert rates == pytest.approx([0, 0.005, 0.01, 0.005, 0], abs=1e-6)
