"""A finished training of a page network as one HTML page with pictures."""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from edge_app.common.draw import draw
from edge_app.common.geometry import overlap
from edge_app.find.page.finder import PageFinder
from edge_app.model import classify
from edge_app.reader import Reader
from edge_app.reading import Reading
from train import scenes
from train.page import network
from train.page.crops import pool
from train.page.crops.pool import SceneSources
from train.page.keras_pictures import KerasPictures
from train.page.verdicts.seen import SEEN, matched
from train.report import plots, training_report
from train.scenes import RenderedScene


@dataclass(frozen=True)
class _PageReport:
    """The scenes of a report, and how they are shown.

    Attributes:
        scenes_a_condition: That are read.
        first_seed: Of theirs, beyond the scenes of the training and its validation.
        num_shown: Of the best and of the worst scenes.
        picture_width_px: Of a scene's picture.
        unread_bgr: Color around digits that were not read.
    """

    scenes_a_condition: int = 2
    first_seed: int = 3 * 10**7
    num_shown: int = 6
    picture_width_px: int = 420
    unread_bgr: tuple[int, int, int] = (40, 40, 230)


_REPORT = _PageReport()


@dataclass(frozen=True)
class SceneResult:
    """The result of reading one scene.

    Attributes:
        condition: What it shows.
        picture: `(H, W, 3)` uint8, BGR, with what was read and missed drawn on it.
        digits, right, false: Counts.
    """

    condition: str
    picture: NDArray[np.uint8]
    digits: int
    right: int
    false: int

    @property
    def f1(self) -> float:
        """Return F1 of its digits; 1 for a scene without any where none was read."""
        return _f1(self.digits, self.right, self.false)


def write(run: Path, sources: SceneSources) -> None:
    """Write `report.html` into a run folder whose training has ended.

    Args:
        run: The folder, with its metrics.
        sources: Where its handwriting comes from.
    """
    metrics = json.loads((run / "metrics.json").read_text())
    model = network.load(run / "best.keras")
    finder = PageFinder(KerasPictures(model), thresholds=metrics["thresholds"])
    reader = Reader(classify.load(), finder)
    names = [*scenes.CONDITIONS, *scenes.WITHOUT_DIGITS]
    mnist, hands = pool.writing(replace(sources, part="validation"))
    read = [
        _read(
            reader,
            name,
            scenes.make(name, _REPORT.first_seed + number, mnist=mnist, hands=hands),
        )
        for name in tqdm(names, unit="condition", desc="report", leave=False)
        if name not in scenes.TURNED
        for number in range(_REPORT.scenes_a_condition)
    ]
    ranked = sorted(read, key=lambda scene: (scene.f1, -scene.false))
    history = json.loads((run / "history.json").read_text())
    training_report.page(
        "page-network.html",
        run / "report.html",
        settings=json.loads((run / "settings.json").read_text()),
        metrics=metrics,
        history=history,
        curves=plots.svg(plots.losses(history)),
        conditions=_by_condition(read),
        worst=[_shown(scene) for scene in ranked[: _REPORT.num_shown]],
        best=[_shown(scene) for scene in ranked[-_REPORT.num_shown :]],
    )


def _read(reader: Reader, condition: str, scene: RenderedScene) -> SceneResult:
    reading = reader.read(scene.frame)
    truth = pool.rendered(scene)
    labels, missed = matched([digit.box_xywh for digit in reading.digits], truth)
    right = sum(
        digit.label == label
        for digit, label in zip(reading.digits, labels, strict=True)
    )
    judged = sum(label is not None for label in labels)
    digits = missed + sum(label in range(10) for label in labels if label is not None)
    picture = _drawn(scene, reading)
    return SceneResult(condition, picture, digits, right, judged - right)


def _drawn(scene: RenderedScene, reading: Reading) -> NDArray[np.uint8]:
    picture = draw(scene.frame, replace(reading, rejects=()))
    boxes = [digit.box_xywh for digit in reading.digits]
    for digit in scene.truth.digits:
        found = [overlap(digit.box, box) for box in boxes]
        if max(found, default=0) < SEEN.least_overlap_share:
            x, y, w, h = (round(n) for n in digit.box)
            cv2.rectangle(
                picture, (x - 4, y - 4), (x + w + 4, y + h + 4), _REPORT.unread_bgr, 2
            )
    return picture


def _by_condition(read: list[SceneResult]) -> list[dict[str, Any]]:
    rows = []
    for condition in dict.fromkeys(scene.condition for scene in read):
        of_condition = [scene for scene in read if scene.condition == condition]
        digits, right, false = (
            sum(getattr(scene, name) for scene in of_condition)
            for name in ("digits", "right", "false")
        )
        rows.append(
            {
                "name": condition,
                "digits": digits,
                "right": right,
                "false": false,
                "f1": _f1(digits, right, false) if digits else None,
            }
        )
    return rows


def _f1(digits: int, right: int, false: int) -> float:
    return 2 * right / max(1, digits + right + false) if digits else float(not false)


def _shown(read: SceneResult) -> dict[str, Any]:
    scale = _REPORT.picture_width_px / read.picture.shape[1]
    small = cv2.resize(
        read.picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA
    )
    return {
        "name": read.condition,
        "picture": plots.jpeg(np.asarray(small, np.uint8)),
        "digits": read.digits,
        "right": read.right,
        "false": read.false,
    }
