"""Made-up scenes on which a context network was judged."""

import numpy as np

from edge_app.find.context.context_verdict import CONTEXT_LABELS, ContextOpinions
from edge_app.find.page.maps import Kind
from train.context.context_weights import JudgedScene


def made_up(count, *, sure):
    """Return what a network says that knows digits, after others that are unsure.

    Args:
        count: Of candidates.
        sure: How much larger than the others its right output is.
    """
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
