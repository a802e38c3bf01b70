from dataclasses import replace
from functools import partial

import cv2
import numpy as np
import pytest
from needed import need

need("keras", reason="context networks are trained with Keras")

from edge_app.find.context.context_verdict import CONTEXT_LABELS
from edge_app.find.context.patches import NUM_CHANNELS, PATCH_SIZE
from edge_app.find.page.maps import Kind
from train import scenes
from train.context import patch_pool
from train.context.context_settings import ContextSettings
from train.page.crops import pool
from train.page.crops.pool import SceneSources
from train.page.verdicts.opinions import UNJUDGED
from train.scenes.glyph_page import GLYPH_KINDS

LETTER, PRINT = CONTEXT_LABELS.index("letter"), CONTEXT_LABELS.index("print")


@pytest.fixture
def readers():
    """What is shipped; it reads in one thread, as a process of many does."""
    threads = cv2.getNumThreads()
    yield patch_pool.readers()
    cv2.setNumThreads(threads)


def rendered(condition, seed=1):
    return pool.rendered(scenes.make(condition, seed))


def store(scene, folder, number):
    folder.mkdir(exist_ok=True)
    np.savez(pool.path(folder, number), **vars(scene))


def test_files_of_a_part_are_scenes_then_pages_of_glyphs(tmp_path):
    settings = ContextSettings(page_run="x", validation_scenes=2, glyph_pages=10)
    strokes = SceneSources(None, tmp_path / "strokes")
    names = [
        path.relative_to(tmp_path).as_posix()
        for path in patch_pool.files_of(tmp_path, settings, strokes, "validation")
    ]
    assert names == [
        "patches/validation/000000.npz",
        "patches/validation/000001.npz",
        "patches/validation-glyphs/000000.npz",
    ]
    alone = patch_pool.files_of(
        tmp_path, settings, SceneSources(None, None), "validation"
    )
    assert len(alone) == 2


def test_candidates_are_labeled_by_what_stands_there(readers):
    scene = rendered("letters nearby", 1)
    found = patch_pool.labeled(scene, *readers)
    count = len(found.labels)
    assert found.patches.shape == (count, PATCH_SIZE, PATCH_SIZE, NUM_CHANNELS)
    assert len(found.opinions.shares) == count
    digits = scene.kinds[scene.kinds < 10]
    labels = found.labels[(found.labels >= 0) & (found.labels < 10)]
    assert len(labels) == len(digits) - found.num_missed
    assert found.num_missed <= 0.2 * len(digits)
    assert not set(labels) - set(digits)
    assert (found.labels == LETTER).any()
    # What was surely no digit at the first look is not looked at again.
    least = patch_pool.PATCH_POOL.least_share
    assert (found.opinions.shares.max(axis=1) >= least).all()


def test_what_is_doubtful_is_learned_from_and_a_quarter_of_what_is_sure(readers):
    found = patch_pool.labeled(rendered("letters nearby", 2), *readers)
    count = len(found.labels)
    assert count >= 9
    shares = np.zeros_like(found.opinions.shares)
    shares[:, 3] = 0.03  # one time in three, else surely a digit
    shares[::3, 3], shares[1::3, 3] = 0.5, 0.98
    labels = np.arange(count) % 14
    labels[3] = UNJUDGED
    opinions = replace(found.opinions, shares=shares)
    learned = patch_pool.learned_from(replace(found, labels=labels, opinions=opinions))
    sure = [index for index in range(count) if index % 3]
    assert set(learned) == {*range(0, count, 3), *sure[::4]} - {3}
    assert list(learned) == sorted(learned)


def test_print_is_labeled_as_print(readers):
    scene = rendered("print nearby", 1)
    assert (scene.kinds == Kind.PRINT).any()
    found = patch_pool.labeled(scene, *readers)
    assert (found.labels == PRINT).any()
    assert not (found.labels == LETTER).any()


def test_patches_are_cut_once_and_read_again(tmp_path, readers):
    scene = rendered("letters nearby", 2)
    sources, patches = tmp_path / "scenes", tmp_path / "patches"
    store(scene, sources, 0)
    store(scene, sources, 1)
    read = partial(pool.read, sources)
    assert sum(patch_pool.cut(read, patches, range(2), jobs=1)) == 2
    kept = patch_pool.read(pool.path(patches, 1))
    found = patch_pool.labeled(scene, *readers)
    assert np.array_equal(kept.patches, found.patches)
    assert np.array_equal(kept.labels, found.labels)
    assert kept.num_missed == found.num_missed
    for name, values in vars(found.opinions).items():
        assert np.allclose(getattr(kept.opinions, name), values, atol=1e-6)
    before = pool.path(patches, 0).stat().st_mtime_ns
    assert list(patch_pool.cut(read, patches, range(2), jobs=1)) == [2]
    assert pool.path(patches, 0).stat().st_mtime_ns == before


def test_pages_of_glyphs_are_of_every_kind(tiny_mnist_dir, strokes_dir):
    sources = SceneSources(tiny_mnist_dir, strokes_dir, "validation")
    kinds = {}
    for number, name in enumerate(GLYPH_KINDS):
        page = patch_pool.glyph_scene(sources, number)
        again = patch_pool.glyph_scene(sources, number)
        assert np.array_equal(page.gray, again.gray)
        kinds[name] = set(page.kinds.tolist())
    assert kinds["digits"] <= set(range(10))
    assert kinds["letters"] == kinds["words"] == {int(Kind.LETTER)}
    assert not kinds["symbols"] & {*range(10), int(Kind.LETTER)}
    # The next page of a kind is of another height.
    heights = [
        np.median(patch_pool.glyph_scene(sources, n).boxes[:, 3])
        for n in (0, len(GLYPH_KINDS))
    ]
    assert heights[1] > 1.2 * heights[0]
