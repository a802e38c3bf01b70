"""The material of several benchmarks: MNIST's test images, and the models."""

from pathlib import Path

from edge_app.model import classify, manifest, runtime
from train.data.mnist import Split, load


def test_images(path: Path | None) -> Split:
    """Return MNIST's 10,000 test images.

    Raises:
        DataError: They are not there.
    """
    return load(path, "t10k")


def classifiers(names: list[str] | None) -> dict[str, classify.Classifier]:
    """Load models by file name, or by path where they are not shipped.

    Args:
        names: Which ones; `None` for all shipped ones that run here.

    Raises:
        ModelError: No such model.
        RuntimeMissingError: Nothing installed here executes a named one.
    """
    suffixes = {runtime.RUNTIMES[name].suffix for name in runtime.installed()}
    chosen = names or [
        name
        for name, entry in manifest.read(classify.MODELS).items()
        if entry.is_classifier and Path(name).suffix in suffixes
    ]
    paths = {name: classify.find(name) for name in chosen}
    return {
        path.name if path.parent == classify.MODELS else str(path): classify.load(name)
        for name, path in paths.items()
    }
