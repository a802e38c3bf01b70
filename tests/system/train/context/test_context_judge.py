from dataclasses import replace

import numpy as np
from needed import need

need("keras", reason="context networks are trained with Keras")

from edge_app.find.context.context_verdict import (
    CONTEXT_LABELS,
    ContextOpinions,
    ContextVerdict,
)
from edge_app.find.context.patches import to_context_input
from edge_app.find.page.maps import Kind
from train.context import context_judge
from train.context.context_judge import JudgedScene
from train.context.patch_pool import LabeledPatches


def made_up(count, *, sure):
    """What a network says that knows digits, before which another is unsure."""
    rng = np.random.default_rng(1)
    labels = rng.integers(0, 11, count)
    logits = rng.normal(0, 1, (count, len(CONTEXT_LABELS)))
    logits[np.arange(count), labels] += sure
    even = np.full((count, 10), 0.05, np.float32)
    opinions = ContextOpinions(
        shares=even,
        near_log_odds=np.zeros(count, np.float32),
        near=np.zeros((count, count), np.float32),
        page=np.full((count, Kind.SYMBOL + 1), 0.05, np.float32),
        edge=even,
        logits=logits.astype(np.float32),
    )
    return JudgedScene(opinions, labels, num_missed=0)


def test_a_network_that_knows_digits_is_believed():
    found = [made_up(200, sure=8.0), made_up(100, sure=8.0)]
    verdict = context_judge.fitted(found)
    assert verdict.context_label > 0.5
    accept, f1 = context_judge.accepted_from(found, verdict)
    assert f1 > 0.98
    shares = verdict.shares(found[0].opinions).max(axis=1)
    is_digit = found[0].labels < 10
    assert ((shares >= accept) == is_digit).mean() > 0.98


def test_as_few_are_looked_at_again_as_read_as_well():
    scene = made_up(200, sure=8.0)
    shares = scene.opinions.shares.copy()
    shares[scene.labels < 10] = 0.15  # nothing between 0.15 and 0.3 changes anything
    sure = replace(scene, opinions=replace(scene.opinions, shares=shares))
    f1, verdict = context_judge.best([sure])
    assert f1 > 0.98
    assert verdict.least == 0.1
    few = context_judge.looked_at(sure, 0.2)
    assert len(few.labels) == 0
    assert few.num_missed == (scene.labels < 10).sum()


def test_what_the_border_cuts_off_is_accepted_if_enough_of_it_is_right():
    scene = made_up(400, sure=8.0)
    verdict = context_judge.fitted([scene])
    assert context_judge.accepted_cut_from([scene], verdict) < 1
    is_digit = scene.labels < 10
    others = np.where(is_digit, (scene.labels + 1) % 10, scene.labels)
    misread = replace(scene, labels=others)
    assert context_judge.accepted_cut_from([misread], verdict) > 1
    assert context_judge.accepted_cut_from([], verdict) > 1


def test_a_network_that_saw_no_digit_keeps_the_first_weights():
    opinions = made_up(20, sure=1.0).opinions
    found = [JudgedScene(opinions, np.full(20, 10), num_missed=3)]
    assert context_judge.fitted(found) == ContextVerdict()


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
