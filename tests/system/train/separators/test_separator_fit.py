import numpy as np
from needed import need

need("keras", reason="separator networks are trained with Keras")

from edge_app.find.context.patches import PATCH_SIZE
from edge_app.find.separators.separator_patches import NUM_GAP_CHANNELS
from edge_app.find.separators.separator_reader import SEPARATOR_LABELS
from train.page.crops import pool
from train.page.crops.pool import SceneSources
from train.separators import gap_pool, separator_fit
from train.separators.separator_settings import SeparatorSettings


def test_the_network_gives_a_logit_a_label():
    gaps = np.zeros((3, PATCH_SIZE, PATCH_SIZE, NUM_GAP_CHANNELS), np.float32)
    model = separator_fit.build()
    assert tuple(model(gaps).shape) == (3, len(SEPARATOR_LABELS))
    assert model.name == "separator"


def test_a_part_has_as_many_scenes_as_its_settings_say():
    settings = SeparatorSettings(scenes=40, validation_scenes=7)
    assert separator_fit.parts(settings) == (("train", 40), ("validation", 7))


def test_gaps_that_are_there_are_not_cut_again(tmp_path):
    folder = gap_pool.gaps_folder(tmp_path, "validation")
    folder.mkdir(parents=True)
    kept = [pool.path(folder, number) for number in range(3)]
    for path in kept:
        path.write_bytes(b"as it was")
    sources = SceneSources(tmp_path / "no MNIST", None)
    assert kept == separator_fit.cut_files(tmp_path, "validation", 3, sources, jobs=1)
    assert all(path.read_bytes() == b"as it was" for path in kept)
