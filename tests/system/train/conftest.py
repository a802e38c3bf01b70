import pytest


@pytest.fixture
def few_anchors(monkeypatch):
    """An adaptation rehearses so little that it takes seconds."""
    from train.fit import adapt

    monkeypatch.setattr(adapt, "_ANCHORS", 1024)
    monkeypatch.setattr(adapt, "_NUM_MADE_ANCHORS", 200)


@pytest.fixture
def random_patches():
    """Patches of noise, as many as are asked for."""
    import numpy as np

    from edge_app.find.context.patches import NUM_CHANNELS, PATCH_SIZE

    def made(count):
        shape = count, PATCH_SIZE, PATCH_SIZE, NUM_CHANNELS
        return np.random.default_rng(1).integers(0, 256, shape, dtype=np.uint8)

    return made
