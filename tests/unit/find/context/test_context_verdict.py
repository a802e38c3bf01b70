import numpy as np
import pytest

from edge_app.find.context.context_verdict import (
    CONTEXT_LABELS,
    NUM_CONTEXT_FEATURES,
    ContextOpinions,
    ContextVerdict,
    context_features,
    is_sure,
    known_logits,
)
from edge_app.find.page.maps import Kind


def opinions_on(logits, *, share=0.5, near=None):
    """ContextOpinions at glyphs that both other readers take for a three or a five."""
    count = len(logits)
    shares = np.zeros((count, 10), np.float32)
    shares[:, 3] = share
    page = np.zeros((count, Kind.SYMBOL + 1), np.float32)
    page[:, [3, 5]] = 0.4
    return ContextOpinions(
        shares=shares,
        near_log_odds=np.zeros(count, np.float32),
        near=np.zeros((count, count), np.float32) if near is None else near,
        page=page,
        edge=page[:, :10],
        logits=np.array(logits, np.float32),
    )


def seen_as(label, sureness=5.0):
    return sureness * np.eye(len(CONTEXT_LABELS))[CONTEXT_LABELS.index(label)]


def test_what_looks_like_a_digit_in_its_place_is_one():
    opinions = opinions_on([seen_as("5"), seen_as("print"), seen_as("nothing")])
    digit, print_, nothing = ContextVerdict().shares(opinions)
    assert digit.sum() > 0.9 > 0.1 > print_.sum()
    assert nothing.sum() < 0.1
    assert digit.argmax() == 5


def weighed(*, before=1.0, context=1.0, near_context=0.0):
    """ContextVerdict by weights of three features' sum."""
    weight = np.zeros(NUM_CONTEXT_FEATURES + 1)
    weight[[0, 2, 3]] = before, context, near_context
    return ContextVerdict(hidden=np.column_stack([weight, -weight]).tolist())


def test_no_share_is_more_than_one():
    opinions = opinions_on([seen_as("5", 50.0)], share=1.0)
    shares = weighed(before=5.0, context=5.0).shares(opinions)
    assert shares.dtype == np.float32
    assert 0.9 < shares.sum() <= 1.0


def test_digits_near_it_speak_for_it():
    alone = opinions_on([seen_as("5", 1.0), seen_as("3")])
    near = np.array([[0, 0.9], [0, 0]], np.float32)
    beside = opinions_on([seen_as("5", 1.0), seen_as("3")], near=near)
    verdict = weighed(near_context=2.0)
    before, after = verdict.shares(alone), verdict.shares(beside)
    assert after[0].sum() > before[0].sum()
    assert after[1] == pytest.approx(before[1])


def test_how_sure_the_network_is_counts_up_to_a_limit():
    features = context_features(
        opinions_on([seen_as("5", 30.0), seen_as("sign", 30.0)])
    )
    assert features[:, 2] == pytest.approx([6, -6])
    letter, print_, sign, nothing = features[0, 4:8]
    assert letter == print_ == sign == nothing == -8
    assert features[1, 6] == pytest.approx(0, abs=1e-9)


def test_what_each_reader_sees_is_a_feature():
    opinions = opinions_on([seen_as("5"), seen_as("3")])
    features = context_features(opinions)
    assert features.shape == (2, NUM_CONTEXT_FEATURES)
    page, second = np.split(features[0, 8:], [Kind.SYMBOL + 1])
    assert np.flatnonzero(page > -1).tolist() == [3, 5]
    assert np.flatnonzero(second).tolist() == [3]


def test_weights_of_other_features_are_refused():
    with pytest.raises(ValueError, match=f"{NUM_CONTEXT_FEATURES} features and a bias"):
        ContextVerdict(hidden=[[1.0]], output=[1.0, 0.0])


def test_no_opinions_have_no_shares():
    opinions = opinions_on(np.zeros((0, len(CONTEXT_LABELS))))
    assert ContextVerdict().shares(opinions).shape == (0, 10)


def test_what_is_known_already_is_said_as_the_network_would():
    shares = np.zeros((2, 10), np.float32)
    shares[0, 3], shares[0, 5] = 0.9, 0.06
    shares[1, 7] = 1.0
    logits = known_logits(shares)
    assert logits.shape == (2, len(CONTEXT_LABELS))
    said = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    assert said[0, [3, 5]] == pytest.approx([0.9, 0.06], abs=1e-3)
    assert said[0, 10:] == pytest.approx(0.01, abs=1e-4)
    # The features count how sure it is up to a limit.
    features = context_features(opinions_on(logits))
    assert features[0, 2] == pytest.approx(np.log(0.96 / 0.04), abs=1e-3)
    assert features[1, 2] == pytest.approx(6)


def test_sure_is_what_reaches_the_threshold():
    shares = np.array([[0.5, 0.3], [0.95, 0.0], [0.2, 0.96]], np.float32)
    assert is_sure(shares, 0.95).tolist() == [False, True, True]
    usual = ContextVerdict().sure
    assert not is_sure(np.ones((1, 10), np.float32), usual).any()
    assert is_sure(np.zeros((0, 10), np.float32), usual).shape == (0,)
