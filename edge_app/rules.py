"""Read by rules: connected ink, cut and judged by what surrounds it.

One of the two ways of reading by default; the page network (`find.page`) is the other.
"""

import itertools
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from edge_app import choose, cuts, geometry
from edge_app.classify import NUM_DIGITS, Classification, Classifier
from edge_app.cuts import Piece
from edge_app.geometry import Box, Quarter
from edge_app.normalise import INPUT_SIZE, normalise, to_model_input
from edge_app.reading import Digit
from edge_app.segment import Region, segment
from edge_app.stages import Stages

_MOST_TURNED = 40  # regions that decide which way is up


@dataclass
class Judged:
    """What is read in a frame by rules.

    Attributes:
        digits: In no order; what was seen but is none with its reason.
        images: `(28, 28)` uint8 by box, what the model saw.
        normalize_s: Seconds that went into model inputs.
        classify_s: Seconds that the model took.
    """

    digits: list[Digit]
    images: dict[Box, NDArray[np.uint8]] = field(default_factory=dict)
    normalize_s: float = 0.0
    classify_s: float = 0.0


def read(
    frame: NDArray[np.uint8],
    classifier: Classifier,
    *,
    printed: bool = False,
    stages: Stages | None = None,
) -> Judged:
    """Return what is read in an upright frame `(H, W, 3)` uint8, BGR.

    Args:
        frame: The frame.
        classifier: Says what each piece of ink is.
        printed: Whether printed digits are read, too, where they can be told.
        stages: Filled with a picture of each stage.
    """
    judged = Judged([])
    passed_over: list[Box] = []
    regions = segment(frame, stages, passed_over=passed_over)
    wholes = _classified(regions, classifier, judged)
    context = choose.context(regions, wholes)
    several = choose.perhaps_several(regions, wholes, context)
    candidates = [
        cuts.pieces(region) if index in several else [Piece(0, 1, region)]
        for index, region in enumerate(regions)
    ]
    parts = [each.region for some in candidates for each in some[1:]]
    of_parts = iter(_classified(parts, classifier, judged))
    readings = [
        [whole, *itertools.islice(of_parts, len(some) - 1)]
        for whole, some in zip(wholes, candidates, strict=True)
    ]
    accepted, rejected = choose.chosen(
        candidates,
        readings,
        context,
        passed_over,
        frame,
        printed=printed,
        accept_threshold=classifier.accept_threshold,
    )
    every = [each.region for some in candidates for each in some]
    if stages is not None:
        said = itertools.chain.from_iterable(readings)
        stages.add_cuts(frame, [region.box_xywh for region in every])
        stages.add_inputs(
            [
                Digit(
                    region.box_xywh,
                    each.label,
                    each.confidence,
                    reject=None if each.accepted else "unsure",
                    image=judged.images[region.box_xywh],
                )
                for region, each in zip(every, said, strict=True)
            ]
        )
    inks = {region.box_xywh: region.ink for region in every}
    accepted += [replace(each, reject="unsure") for each in rejected]
    judged.digits = [
        replace(
            each,
            ink=inks.get(each.box_xywh),
            image=judged.images.get(each.box_xywh),
        )
        for each in accepted
    ]
    return judged


def upright(frame: NDArray[np.uint8], classifier: Classifier) -> Quarter:
    """Return the turn after which a frame's regions read best."""
    regions = segment(frame)
    regions = sorted(regions, key=lambda each: -each.ink.shape[0])[:_MOST_TURNED]
    if not regions:
        return 0
    images = [
        normalise(geometry.turned(region.ink, rotation))
        for rotation in geometry.QUARTERS
        for region in regions
    ]
    scores = classifier.scores(to_model_input(np.stack(images)))
    confidences = scores[:, :NUM_DIGITS].max(axis=1).reshape(4, -1)
    return geometry.QUARTERS[int(confidences.mean(axis=1).argmax())]


def _classified(
    regions: Sequence[Region], classifier: Classifier, judged: Judged
) -> Sequence[Classification]:
    """Return what the model says of each; `judged` is told what it saw, how long."""
    started = time.perf_counter()
    images = [normalise(region.ink) for region in regions]
    boxes = [region.box_xywh for region in regions]
    judged.images |= dict(zip(boxes, images, strict=True))
    stacked = np.array(images, np.uint8).reshape(-1, INPUT_SIZE, INPUT_SIZE)
    inputs = to_model_input(stacked)
    normalized = time.perf_counter()
    readings = classifier(inputs)
    judged.normalize_s += normalized - started
    judged.classify_s += time.perf_counter() - normalized
    return readings
