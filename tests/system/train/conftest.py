import pytest


@pytest.fixture
def few_anchors(monkeypatch):
    """An adaptation rehearses so little that it takes seconds."""
    from train.fit import adapt

    monkeypatch.setattr(adapt, "_ANCHORS", 1024)
    monkeypatch.setattr(adapt, "_NUM_MADE_ANCHORS", 200)
