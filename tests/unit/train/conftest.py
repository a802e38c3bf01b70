import pytest


@pytest.fixture(scope="session")
def hands(strokes_dir):
    """Real hands that no training learns from."""
    from train.scenes.writing.hands import Hands

    return Hands(strokes_dir, "validation")
