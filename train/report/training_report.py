"""A finished training as one HTML page that explains itself."""

import json
from pathlib import Path
from typing import Any

import jinja2
import numpy as np
from numpy.typing import NDArray

from edge_app.common import files
from train.data.mnist import Split
from train.fit import runs
from train.report import evaluate, plots, reliability

NUM_MISTAKES = 60  # of the worst are shown
_SURE_FROM = 0.9


def write(run: Path, test: Split) -> None:
    """Write `report.html` into a run folder whose training has ended.

    The page needs no other file and no network.

    Args:
        run: The folder, with its metrics.
        test: The images that the metrics are of.

    Raises:
        TrainingError: A file of the run is damaged.
    """
    write_page(
        run / "report.html",
        settings=json.loads((run / "settings.json").read_text()),
        metrics=json.loads((run / "metrics.json").read_text()),
        history=runs.history_of(run),
        scores=evaluate.scores_of(runs.load_model(run / "model.keras"), test),
        test=test,
    )


def write_page(
    path: Path,
    *,
    settings: dict[str, Any],
    metrics: dict[str, Any],
    history: list[dict[str, float]],
    scores: NDArray[np.float32],
    test: Split,
) -> None:
    """Write the page from what is known of a training.

    Args:
        path: The file.
        settings: Name and value of each.
        metrics: As in `metrics.json`.
        history: A row an epoch.
        scores: `(N, 10 or more)` probabilities of the test images.
        test: The N test images.
    """
    page(
        "report.html",
        path,
        settings=settings,
        metrics=metrics,
        test=metrics["test"],
        history=history,
        **_learning(history),
        **_reading(metrics["test"]),
        **_mistakes(scores, test),
        **_confidence(scores, test.labels),
    )


def page(template: str, path: Path, **values: Any) -> None:
    """Fill in a template of `train/pages` and write it to `path`."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "pages"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
    )
    text = environment.get_template(template).render(values)
    files.write_bytes(path, text.encode())


def _learning(history: list[dict[str, float]]) -> dict[str, Any]:
    best = runs.best_epoch(history)
    epoch = int(best["epoch"])
    note = (
        f"Epoch {epoch} read the validation images best ({best['val_accuracy']:.2%}), "
        "so its network was kept. "
    )
    since = len(history) - epoch
    if since > len(history) / 3:
        note += f"The {since} epochs after it brought nothing: fewer would have done."
    elif since == 0:
        note += "It was the last one: more epochs might have brought more."
    return {
        "best": best,
        "curves": plots.svg(plots.learning_curves(history, best=epoch)),
        "curves_note": note,
    }


def _reading(test: dict[str, Any]) -> dict[str, Any]:
    matrix = np.array(test["confusion_matrix"])
    digits = test["digits"]
    hardest = min(digits, key=lambda digit: digits[digit]["f1-score"])
    easiest = max(digits, key=lambda digit: digits[digit]["f1-score"])
    mistakes = matrix - np.diag(np.diag(matrix))
    label, read = np.unravel_index(mistakes.argmax(), mistakes.shape)
    times = mistakes[label, read]
    return {
        "confusion": plots.svg(plots.confusion_heat_map(matrix)),
        "digits_note": f"Best read is the {easiest}, worst the {hardest}.",
        "confusion_note": (
            f"Most frequent mistake: a {label} read as a {read}, {times} times."
            if times > 1
            else "No mistake was made twice."
        ),
    }


def _mistakes(scores: NDArray[np.float32], test: Split) -> dict[str, Any]:
    worst = evaluate.worst_mistakes(scores, test.labels, count=NUM_MISTAKES)
    read, _ = evaluate.readings(scores)
    return {
        "wrong": int(np.sum(read != test.labels)),
        "mistakes": [
            {**vars(mistake), "picture": plots.png(255 - test.images[mistake.index])}
            for mistake in worst
        ],
    }


def _confidence(
    scores: NDArray[np.float32], labels: NDArray[np.uint8]
) -> dict[str, Any]:
    read, confidences = evaluate.readings(scores)
    right = read == labels
    error = reliability.expected_calibration_error(confidences, right)
    difference = float(confidences.mean() - right.mean())
    how = "overconfident" if difference > 0 else "too modest"
    sure = confidences >= _SURE_FROM
    note = (
        f"On average confidence and accuracy lie {error:.2%} apart (the expected "
        f"calibration error); all in all the network is {abs(difference):.2%} {how}. "
    )
    if sure.any():
        note += (
            f"It was at least {_SURE_FROM:.0%} sure of {sure.mean():.1%} of the "
            f"images, and right in {right[sure].mean():.2%} of those."
        )
    bins = reliability.bins(confidences, right)
    return {
        "reliability": plots.svg(plots.reliability_diagram(bins)),
        "reliability_note": note,
    }
