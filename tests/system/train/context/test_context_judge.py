from dataclasses import replace

import numpy as np
from needed import need

need("keras", reason="context networks are trained with Keras")

from judged_scenes import made_up

from edge_app.find.context.patches import to_context_input
from train.context import context_judge
from train.context.context_weights import looked_at
from train.context.patch_pool import LabeledPatches


def test_as_few_are_looked_at_again_as_read_as_well():
    scene = made_up(200, sure=8.0)
    shares = scene.opinions.shares.copy()
    shares[scene.labels < 10] = 0.15  # nothing between 0.15 and 0.3 changes anything
    sure = replace(scene, opinions=replace(scene.opinions, shares=shares))
    f1, verdict = context_judge.best([sure])
    assert f1 > 0.98
    assert verdict.least == 0.1
    few = looked_at(sure, 0.2)
    assert len(few.labels) == 0
    assert few.num_missed == (scene.labels < 10).sum()


def test_nothing_is_looked_at_that_is_sure_and_right():
    scene = made_up(300, sure=8.0)
    is_digit = scene.labels < 10

    def sure_of(labels):
        shares = scene.opinions.shares.copy()
        shares[is_digit, labels[is_digit]] = 0.92
        known = replace(scene, opinions=replace(scene.opinions, shares=shares))
        return context_judge.best([known])

    f1, verdict = sure_of(scene.labels)
    assert f1 > 0.99
    assert verdict.sure == 0.85  # the lowest that is tried
    f1, verdict = sure_of((scene.labels + 1) % 10)  # wrong, as the network knows
    assert f1 > 0.98
    assert verdict.sure > 0.92


def test_each_candidate_is_judged_in_its_place(random_patches):
    patches = random_patches(600)  # more than a batch
    opinions = replace(made_up(600, sure=1.0).opinions, logits=np.zeros((0, 14)))
    labels = np.arange(600) % 14

    def logits_of(inputs):
        """Say of each patch how bright it is."""
        return np.repeat(inputs.mean(axis=(1, 2, 3))[:, np.newaxis], 14, axis=1)

    found = context_judge.judged(
        LabeledPatches(patches, labels, opinions, 3), logits_of
    )
    expected = to_context_input(patches).mean(axis=(1, 2, 3))
    assert found.opinions.logits.shape == (600, 14)
    np.testing.assert_allclose(found.opinions.logits[:, 5], expected, rtol=1e-5)
    assert found.labels is labels
    assert found.num_missed == 3
