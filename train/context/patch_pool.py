"""Patches of candidates in a page network's scenes, on disk: cut once, read often."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_app.common import files
from edge_app.common.geometry import BoxF, overlap
from edge_app.find.candidate import Candidate, Finder
from edge_app.find.context.context_reader import context_opinions, plausible
from edge_app.find.context.context_verdict import CONTEXT_LABELS, ContextOpinions
from edge_app.find.context.patches import CONTEXT_GRAY, Patches, patches_of
from edge_app.find.page.maps import Kind
from edge_app.find.page.page_file import load_page
from edge_app.find.second_reader import SecondReader
from edge_app.find.touching import split_touching
from edge_app.model import classify
from edge_app.model.classify import NUM_DIGITS, Classifier
from train.context.context_settings import ContextSettings
from train.page.crops import pool
from train.page.crops.pool import Rendered, SceneSources
from train.page.verdicts.opinions import UNJUDGED
from train.page.verdicts.seen import matched
from train.patches.patch_batches import PatchSet, joined_sets
from train.scenes import glyph_page

NumberedScenes = Callable[[int], Rendered]
_LETTER_LABEL, _PRINT_LABEL, _SIGN_LABEL, _NOTHING_LABEL = range(
    NUM_DIGITS, len(CONTEXT_LABELS)
)
# Others are signs.
_CONTEXT_LABEL_OF_KIND = {
    int(Kind.LETTER): _LETTER_LABEL,
    int(Kind.PRINT): _PRINT_LABEL,
}


@dataclass(frozen=True)
class PatchPoolConstants:
    """Candidates that are looked at again, and those that are learned from.

    Attributes:
        least_share: Probability, at the first look, below which nothing is looked at
            again, and so nothing to learn from: half of all candidates.
        doubtful_shares: Between these probabilities the network decides.
        sure_step: Of what is surer without it, and so rarely looked at again, one in
            so many is enough to remember.
        least_overlap: Intersection over union from which a candidate that is no digit
            is what stands there.
    """

    least_share: float = 0.02
    doubtful_shares: tuple[float, float] = (0.05, 0.97)
    sure_step: int = 4
    least_overlap: float = 0.3


PATCH_POOL = PatchPoolConstants()


@dataclass(frozen=True)
class LabeledPatches:
    """The candidates of a scene that can be looked at again.

    Attributes:
        patches: Of each.
        labels: `(N,)` indexes of `CONTEXT_LABELS`; -1 for what is neither right nor
            wrong.
        opinions: What is known of them, without the context network's outputs.
        num_missed: Digits that are no candidate.
    """

    patches: Patches
    labels: NDArray[np.int64]
    opinions: ContextOpinions
    num_missed: int


def cut(
    source: NumberedScenes, folder: Path, numbers: range, *, jobs: int
) -> Iterator[int]:
    """Cut the patches of these scenes that are not there yet.

    Args:
        source: Gives a scene by its number; it is sent to processes.
        folder: Where the patches are kept, a file a scene.
        numbers: Of the scenes.
        jobs: Processes that read at once.

    Yields:
        How many more are there, each time some are.
    """
    yield from pool.in_processes(
        partial(_cut_chunk, source, folder), folder, numbers, jobs=jobs
    )


def folders(run: Path, part: str) -> tuple[Path, Path]:
    """Return where a run keeps the patches of scenes, and of pages of glyphs."""
    return run / "patches" / part, run / "patches" / f"{part}-glyphs"


def files_of(
    run: Path, settings: ContextSettings, sources: SceneSources, part: str
) -> list[Path]:
    """Return the files with the patches of a part, scenes first."""
    counts = settings.counts(part, with_strokes=bool(sources.strokes))
    return [
        pool.path(folder, number)
        for folder, count in zip(folders(run, part), counts, strict=True)
        for number in range(count)
    ]


def read(file: Path) -> LabeledPatches:
    """Return the patches of a scene."""
    with np.load(file) as stored:
        kept = {name: stored[name] for name in stored.files}
    patches, labels = kept.pop("patches"), kept.pop("labels")
    num_missed = int(kept.pop("num_missed"))
    return LabeledPatches(patches, labels, ContextOpinions(**kept), num_missed)


def judged_patches(files: Sequence[Path]) -> PatchSet:
    """Return the patches in files that are learned from: the doubtful, few sure ones.

    All of them are right or wrong.
    """

    def of_scene(file: Path) -> tuple[Patches, NDArray[np.int64]]:
        found = read(file)
        learned = learned_from(found)
        return found.patches[learned], found.labels[learned]

    return joined_sets(map(of_scene, files), CONTEXT_GRAY)


def learned_from(found: LabeledPatches) -> NDArray[np.intp]:
    """Return the indexes of a scene's candidates that are learned from, ascending."""
    least, most = PATCH_POOL.doubtful_shares
    shares = found.opinions.shares.max(axis=1, initial=0)
    is_judged = found.labels != UNJUDGED
    is_doubtful = (shares >= least) & (shares < most)
    (doubtful,) = np.nonzero(is_judged & is_doubtful)
    (sure,) = np.nonzero(is_judged & ~is_doubtful)
    return np.sort(np.concatenate([doubtful, sure[:: PATCH_POOL.sure_step]]))


def glyph_scene(sources: SceneSources, number: int) -> Rendered:
    """Return a page of single glyphs by its number: every kind, every height."""
    _, hands = pool.writing(sources)
    assert hands is not None
    kinds, heights = glyph_page.GLYPH_KINDS, glyph_page.HEIGHTS
    rest, kind = divmod(number, len(kinds))
    seed, height = divmod(rest, len(heights))
    page = glyph_page.glyph_page(kinds[kind], heights[height], seed, hands)
    return pool.rendered(page.scene)


def labeled(scene: Rendered, finder: Finder, classifier: Classifier) -> LabeledPatches:
    """Return what reading would look at again in a scene, and what that is.

    Args:
        scene: With its pictures.
        finder: With a verdict.
        classifier: The second reader.
    """
    assert finder.verdict is not None
    frame = np.asarray(cv2.cvtColor(scene.gray, cv2.COLOR_GRAY2BGR), np.uint8)
    second = SecondReader(classifier)
    seen = second(finder(frame))
    if finder.splitting is not None:
        seen = split_touching(seen, second, finder.verdict, finder.splitting)
    shares = finder.verdict.of(seen)
    chosen = plausible(seen, shares, PATCH_POOL.least_share)
    looked = [seen[index] for index in chosen]
    labels, num_missed = _labels(looked, scene)
    blank = np.zeros((len(chosen), len(CONTEXT_LABELS)), np.float32)
    return LabeledPatches(
        patches_of(looked),
        labels,
        context_opinions(seen, shares, chosen, blank),
        num_missed,
    )


def _labels(looked: list[Candidate], scene: Rendered) -> tuple[NDArray[np.int64], int]:
    digits, num_missed = matched([one.box_xywh for one in looked], scene)
    labels = [
        UNJUDGED if label is None
        else label if label < NUM_DIGITS
        else _other(candidate, scene)
        for candidate, label in zip(looked, digits, strict=True)
    ]  # fmt: skip
    return np.array(labels, np.int64), num_missed


def _other(candidate: Candidate, scene: Rendered) -> int:
    """Return what stands where something that is no digit was found."""
    x, y, w, h = map(float, candidate.box_xywh)
    best, label = PATCH_POOL.least_overlap, _NOTHING_LABEL
    for box, kind in zip(scene.boxes.tolist(), scene.kinds.tolist(), strict=True):
        there: BoxF = tuple(box)
        if kind >= NUM_DIGITS and (share := overlap((x, y, w, h), there)) > best:
            best, label = share, _CONTEXT_LABEL_OF_KIND.get(kind, _SIGN_LABEL)
    return label


@cache
def readers() -> tuple[Finder, Classifier]:
    """Return the page network that is in use, and the second reader."""
    cv2.setNumThreads(1)
    return load_page(with_context=False), classify.load()


def _cut_chunk(source: NumberedScenes, folder: Path, numbers: list[int]) -> int:
    for number in numbers:
        found = labeled(source(number), *readers())
        arrays = vars(found.opinions) | {
            "patches": found.patches,
            "labels": found.labels,
            "num_missed": np.array(found.num_missed),
        }
        with files.replacing(pool.path(folder, number)) as temporary:
            np.savez(temporary, allow_pickle=False, **arrays)
    return len(numbers)
