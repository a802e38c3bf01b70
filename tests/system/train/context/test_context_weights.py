from dataclasses import replace

import numpy as np
from needed import need

need("scipy", reason="weights are fitted with it")

from judged_scenes import made_up

from edge_app.find.context.context_verdict import ContextVerdict, known_logits
from train.context import context_weights
from train.context.context_weights import JudgedScene
from train.page.verdicts.thresholds import NEVER


def test_a_network_that_knows_digits_is_believed():
    found = [made_up(200, sure=8.0), made_up(100, sure=8.0)]
    verdict = context_weights.fitted(found)
    assert verdict.context_label > 0.5
    accept, f1 = context_weights.accepted_from(found, verdict)
    assert f1 > 0.98
    shares = verdict.shares(found[0].opinions).max(axis=1)
    is_digit = found[0].labels < 10
    assert ((shares >= accept) == is_digit).mean() > 0.98


def test_what_the_border_cuts_off_is_accepted_if_enough_of_it_is_right():
    scene = made_up(400, sure=8.0)
    verdict = context_weights.fitted([scene])
    assert context_weights.accepted_cut_from([scene], verdict) < 1
    is_digit = scene.labels < 10
    others = np.where(is_digit, (scene.labels + 1) % 10, scene.labels)
    misread = replace(scene, labels=others)
    assert context_weights.accepted_cut_from([misread], verdict) > 1
    assert context_weights.accepted_cut_from([], verdict) > 1


def test_a_network_that_saw_no_digit_keeps_the_first_weights():
    opinions = made_up(20, sure=1.0).opinions
    found = [JudgedScene(opinions, np.full(20, 10), num_missed=3)]
    assert context_weights.fitted(found) == ContextVerdict()


def with_shares(scene, shares):
    return replace(scene, opinions=replace(scene.opinions, shares=shares))


def test_what_is_sure_is_taken_at_its_word():
    scene = made_up(200, sure=8.0)
    shares = scene.opinions.shares.copy()
    shares[:50, 7] = 0.97
    found = context_weights.unless_sure(with_shares(scene, shares), 0.9)
    expected = known_logits(shares[:50])
    np.testing.assert_allclose(found.opinions.logits[:50], expected)
    assert (found.opinions.logits[50:] == scene.opinions.logits[50:]).all()
    assert found.labels is scene.labels


def test_the_accepted_confidence_of_what_is_sure_is_the_one_before():
    scene = made_up(200, sure=8.0)
    shares = scene.opinions.shares.copy()
    is_digit = scene.labels < 10
    shares[is_digit, scene.labels[is_digit]] = 0.96
    sure = with_shares(scene, shares)
    blind = replace(sure, opinions=replace(sure.opinions, logits=np.zeros((200, 14))))
    verdict = ContextVerdict(sure=0.95, output=(0.0, 0.0, -9.0))  # sees no digit
    accept, f1 = context_weights.accepted_from([blind], verdict)
    assert f1 == 1
    assert accept < 0.96
    assert context_weights.accepted_from([blind], replace(verdict, sure=NEVER))[1] < 1


def test_nothing_is_learned_from_what_is_decided():
    scene = made_up(200, sure=8.0)
    shares = scene.opinions.shares.copy()
    shares[:100, 3] = 0.99
    decided = with_shares(scene, shares)
    unjudged = replace(decided, labels=np.where(shares[:, 3] > 0.9, -1, scene.labels))
    from_half = context_weights.fitted([decided], sure=0.9)
    assert from_half != context_weights.fitted([decided])
    evidence = ("page_label", "edge_label", "context_label")
    same = context_weights.fitted([unjudged])
    for name in evidence:
        assert getattr(from_half, name) == getattr(same, name)
