"""`python -m train verdicts`: weigh the readers anew, after `edge` was changed.

The verdicts of the page and context networks say how much each reader's opinion counts.
They were fitted to one `edge`; beside another one they are fitted again, to the same
validation scenes, without training the networks. A page network that is not the default
one gets the context network's verdict beside it, too.
"""

import dataclasses
import itertools
import platform
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tqdm import tqdm

from edge_app.find.page.finder import PageFinder
from edge_app.find.page.page_file import BESIDE_CONTEXT, DEFAULT_NAME
from edge_app.model import classify, manifest, runtime
from edge_app.model.classify import MODELS, Classifier
from edge_app.model.manifest import CONTEXT
from edge_app.model.runtime import Model
from train.context import context_judge, patch_pool
from train.context.context_settings import ContextSettings
from train.context.context_weights import JudgedScene
from train.data import mnist
from train.data.data_options import DataOptions
from train.page import page_provenance
from train.page.crops import pool
from train.page.crops.pool import Rendered, SceneSources
from train.page.page_settings import PageSettings
from train.page.verdicts.seen import LARGE, large_scenes
from train.page.verdicts.thresholds import thresholds_of

_FORM = "float32.tflite"  # of the networks: closest to what was trained
_Judged = tuple[float, Mapping[str, Any]]  # F1 and thresholds


def refit(
    run: Path,
    sources: DataOptions,
    *,
    arch: str = DEFAULT_NAME,
    num_scenes: int,
    say: Callable[[str], None],
    models: Path = MODELS,
) -> int:
    """Fit both verdicts to the classifier in use; return the exit status.

    Args:
        run: Of a page network: its validation scenes are read, or rendered.
        sources: Where the data are, and how many processes render.
        arch: The page network whose verdict is fitted.
        num_scenes: How many of them.
        say: Takes what the user should know, a line each.
        models: The folder whose networks are judged and whose manifest is changed.

    Raises:
        DataError: The data are not where they were said to be, or damaged.
        ModelError: A network is missing.
    """
    # Before anything that takes minutes.
    page, context = models / f"{arch}-{_FORM}", models / f"{CONTEXT}-{_FORM}"
    network = runtime.load_pictures(page, manifest.read_model(page)[0])
    looks_again = runtime.load(context, manifest.read_model(context)[0])
    mnist.load(sources.data, "train")  # downloaded once, before processes ask for it
    writing = SceneSources(sources.data, sources.strokes, "validation")
    folder = run / "scenes" / "validation"
    _render(folder, writing, num_scenes, jobs=sources.jobs)
    second_reader = classify.load()
    page_f1, thresholds = thresholds_of(
        network, second_reader, (folder, num_scenes), writing
    )
    say(f"{arch}: F1 {page_f1:.4f} on scenes of other hands")
    finder = PageFinder(network, thresholds=thresholds)
    judged = partial(_judged, finder, second_reader, looks_again)
    f1, verdict = context_judge.best(
        judged(*_scenes(folder, num_scenes, writing)),
        judged(context_judge.cut_scenes(folder, num_scenes), num_scenes),
    )
    say(f"{CONTEXT}: F1 {f1:.4f} on them")
    found = _found(arch, (page_f1, thresholds), (f1, vars(verdict)))
    options = "" if arch == DEFAULT_NAME else f" --arch {arch}"
    options += " --strokes DIR" if sources.strokes else ""
    if num_scenes != PageSettings.validation_scenes:
        options += f" --validation-scenes {num_scenes}"
    _write(models, found, f"python -m train verdicts --page-run RUN{options}")
    say(f"{models / manifest.FILE_NAME}: has these verdicts")
    return 0


def _found(arch: str, of_page: _Judged, of_context: _Judged) -> Mapping[str, _Judged]:
    """Return what each network's manifest entry gets."""
    if arch == DEFAULT_NAME:
        return {arch: of_page, CONTEXT: of_context}
    f1, thresholds = of_page
    beside = {BESIDE_CONTEXT + name: value for name, value in of_context[1].items()}
    return {arch: (f1, {**thresholds, **beside})}


def _render(folder: Path, writing: SceneSources, count: int, *, jobs: int) -> None:
    """Render the scenes that are not there yet."""
    with tqdm(total=count, unit="scene", desc="rendering", leave=False) as bar:
        for more in pool.render(folder, writing, range(count), jobs=jobs):
            bar.update(more)


def _judged(
    finder: PageFinder,
    second_reader: Classifier,
    looks_again: Model,
    scenes: Iterable[Rendered],
    total: int,
) -> list[JudgedScene]:
    """Return what the context network says of what is found in so many scenes."""
    bar = tqdm(scenes, total=total, unit="scene", desc="judging", leave=False)
    return [
        context_judge.judged(
            patch_pool.labeled(scene, finder, second_reader), looks_again
        )
        for scene in bar
    ]


def _scenes(
    folder: Path, num_scenes: int, writing: SceneSources
) -> tuple[Iterable[Rendered], int]:
    """Return what networks are judged on, pages of single glyphs too, and how many."""
    settings = ContextSettings(page_run="any")
    with_strokes = bool(writing.strokes)
    num_pages = settings.counts("validation", with_strokes=with_strokes)[1]
    scenes = itertools.chain(
        (pool.read(folder, number) for number in range(num_scenes)),
        (patch_pool.glyph_scene(writing, number) for number in range(num_pages)),
        large_scenes(writing),
    )
    return scenes, num_scenes + num_pages + len(LARGE)


def _write(
    folder: Path,
    found: Mapping[str, _Judged],
    command: str,
) -> None:
    """Give all forms of the networks their new thresholds and F1."""
    made_by = {
        "command": command,
        "code": page_provenance.commit(),
        "versions": {
            "python": platform.python_version(),
            **{name: version(name) for name in ("scikit-learn", "numpy")},
        },
    }
    entries = manifest.read(folder)
    for name, entry in entries.items():
        if entry.arch in found:
            f1, thresholds = found[entry.arch]
            entries[name] = dataclasses.replace(
                entry,
                accuracy=f1,
                thresholds=dict(thresholds),
                made_by={**entry.made_by, "verdict": made_by},
            )
    with manifest.replacing(folder, entries):
        pass
