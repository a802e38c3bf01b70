import pytest


@pytest.fixture
def few_anchors(monkeypatch):
    """An adaptation rehearses so little that it takes seconds."""
    from train.fit import adapt

    few = adapt.AnchorConstants(num_anchors=1024, num_made=200)
    monkeypatch.setattr(adapt, "_ANCHOR", few)


@pytest.fixture
def random_patches():
    """Patches of noise, as many as are asked for."""
    import numpy as np

    from edge_app.find.context.patches import NUM_CHANNELS, PATCH_SIZE

    def made(count):
        shape = count, PATCH_SIZE, PATCH_SIZE, NUM_CHANNELS
        return np.random.default_rng(1).integers(0, 256, shape, dtype=np.uint8)

    return made
