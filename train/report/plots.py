"""Figures of a training, and images as text that an HTML page can hold."""

import base64
import io
from collections.abc import Sequence

import cv2
import numpy as np
from matplotlib import colormaps, rc_context
from matplotlib.figure import Figure
from numpy.typing import NDArray

from train.report.reliability import Bin

# Told apart by people who see no red or green, too (Okabe and Ito 2008,
# https://jfly.uni-koeln.de/color/).
_BLUE, _ORANGE, _GRAY = "#0072b2", "#d55e00", "#999999"
# Decorates what draws.
_styled = rc_context(
    {
        "font.size": 10,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "svg.hashsalt": "edge-digits",  # the same figure gives the same bytes
    }
)


@_styled
def svg(figure: Figure) -> str:
    """Return a figure as a `data:` address."""
    content = io.StringIO()
    figure.savefig(content, format="svg", bbox_inches="tight", metadata={"Date": None})
    return _address("image/svg+xml", content.getvalue().encode())


def png(image: NDArray[np.uint8]) -> str:
    """Return an image, `(H, W)` or `(H, W, 3)` BGR uint8, as a `data:` address."""
    return _address("image/png", cv2.imencode(".png", image)[1].tobytes())


def jpeg(image: NDArray[np.uint8]) -> str:
    """Return a photograph `(H, W, 3)` uint8, BGR, as a `data:` address."""
    return _address("image/jpeg", cv2.imencode(".jpg", image)[1].tobytes())


@_styled
def losses(history: Sequence[dict[str, float]]) -> Figure:
    """Return the loss of training and validation, epoch by epoch, as a figure.

    Args:
        history: A row an epoch with `epoch`, `loss` and `val_loss`.
    """
    figure = Figure(figsize=(9.5, 3.6), layout="constrained")
    axes = figure.subplots()
    epochs = [row["epoch"] for row in history]
    for name, label in (("loss", "training"), ("val_loss", "validation")):
        axes.plot(epochs, [row[name] for row in history], label=label)
    axes.set(xlabel="epoch", ylabel="loss", yscale="log")
    axes.legend()
    return figure


@_styled
def learning_curves(history: Sequence[dict[str, float]], *, best: int) -> Figure:
    """Plot loss and accuracy of training and validation by epoch.

    Args:
        history: A row an epoch with `epoch`, `loss`, `accuracy`, `val_loss` and
            `val_accuracy`.
        best: The epoch that was kept.
    """
    epochs = [row["epoch"] for row in history]
    marker = "o" if len(epochs) < 20 else ""
    figure = Figure(figsize=(9.5, 3.6), layout="constrained")
    for axes, name, title in zip(
        figure.subplots(1, 2),
        ("accuracy", "loss"),
        ("Accuracy", "Loss"),
        strict=True,
    ):
        for key, label, color, line in (
            (name, "training", _BLUE, "--"),
            (f"val_{name}", "validation", _ORANGE, "-"),
        ):
            values = [row[key] for row in history]
            axes.plot(epochs, values, line, color=color, label=label, marker=marker)
        axes.axvline(best, color=_GRAY, linestyle=":", label=f"kept: epoch {best}")
        axes.set(title=title, xlabel="epoch")
        axes.xaxis.get_major_locator().set_params(integer=True)
        axes.grid(alpha=0.3)
        axes.legend(frameon=False)
        if name == "accuracy":
            axes.yaxis.set_major_formatter(lambda value, _: f"{value:.1%}")
    return figure


@_styled
def confusion_heat_map(matrix: NDArray[np.int64]) -> Figure:
    """Plot how often each digit (row) was read as each digit (column).

    Only mistakes are colored: next to a thousand right readings they would be pale.
    """
    mistakes = matrix.astype(float)
    np.fill_diagonal(mistakes, np.nan)
    worst = max(1.0, float(np.nanmax(mistakes)))
    figure = Figure(figsize=(6.6, 5.6), layout="constrained")
    axes = figure.subplots()
    colors = colormaps["Oranges"].with_extremes(bad="#e8f1e8")
    drawn = axes.imshow(mistakes, cmap=colors, vmin=0, vmax=worst)
    for (row, column), count in np.ndenumerate(matrix):
        dark = row != column and mistakes[row, column] > 0.6 * worst
        axes.text(
            column,
            row,
            str(count) if count else "·",
            ha="center",
            va="center",
            color="white" if dark else "black" if count else _GRAY,
            weight="bold" if row == column else "normal",
        )
    digits = range(len(matrix))
    axes.set(xticks=digits, yticks=digits, xlabel="read as", ylabel="true digit")
    axes.tick_params(length=0)
    figure.colorbar(drawn, ax=axes, label="images read wrongly", shrink=0.8)
    return figure


@_styled
def reliability_diagram(bins: Sequence[Bin]) -> Figure:
    """Plot accuracy against confidence, and how frequent a confidence is."""
    filled = [bin_range for bin_range in bins if bin_range.count]
    width = bins[0].high - bins[0].low
    centers = [(bin_range.low + bin_range.high) / 2 for bin_range in filled]
    figure = Figure(figsize=(6.2, 5.6), layout="constrained")
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    upper.bar(
        centers,
        [bin_range.accuracy for bin_range in filled],
        width=0.92 * width,
        color=_BLUE,
        alpha=0.75,
        label="readings of the network",
    )
    upper.plot([0, 1], [0, 1], "--", color=_GRAY, label="perfectly calibrated")
    upper.set(ylabel="share that is right", xlim=(0, 1), ylim=(0, 1.15))
    upper.legend(frameon=False, loc="upper left", ncols=2)
    lower.bar(
        centers,
        [bin_range.count for bin_range in filled],
        width=0.92 * width,
        color=_GRAY,
    )
    lower.set(xlabel="confidence", ylabel="readings", yscale="log", ylim=(0.5, None))
    lower.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    for axes in (upper, lower):
        axes.grid(alpha=0.3)
    return figure


@_styled
def sheet(rows: Sequence[tuple[str, NDArray[np.uint8]]], *, title: str) -> Figure:
    """Plot rows of images, each with its name.

    Args:
        rows: Name and images `(N, H, W)` uint8, ink bright.
        title: Above them.
    """
    columns = max(len(images) for _, images in rows)
    figure = Figure(
        figsize=(0.8 + 0.5 * columns, 0.5 + 0.5 * len(rows)), layout="constrained"
    )
    figure.suptitle(title)
    all_axes = np.ravel(figure.subplots(len(rows), 1, squeeze=False))
    for axes, (name, images) in zip(all_axes, rows, strict=True):
        padded = np.zeros((columns, *images.shape[1:]), np.uint8)
        padded[: len(images)] = images
        strip = 255 - np.hstack(list(padded))
        axes.imshow(strip, cmap="gray", vmin=0, vmax=255, interpolation="nearest")
        axes.set_ylabel(name, rotation=0, ha="right", va="center")
        axes.set(xticks=[], yticks=[])
        axes.spines[:].set_visible(False)
    return figure


def _address(kind: str, content: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"
