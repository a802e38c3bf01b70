"""Numbers of one camera that a person may correct."""

import pytest

from edge_app.common.errors import CorrectionError
from edge_app.sinks.corrections import offered
from edge_app.sinks.corrections.corrections_folder import CorrectionsFolder
from edge_app.sinks.corrections.offered import Corrections
from train.data import extra


@pytest.mark.parametrize("text", ["12a", "-1", "١٢", "1" * 41, "../0"])
def test_what_is_no_number_is_refused(corrections, specimens, text):
    with pytest.raises(CorrectionError, match="digits 0 to 9 expected"):
        corrections.give(specimens[0].name, text)
    assert corrections.newest() == []


def test_what_was_read_long_ago_is_forgotten(corrections, specimens, monkeypatch):
    monkeypatch.setattr(offered, "_OFFERED_SPECIMENS", 1)
    corrections.offer(specimens[1])
    with pytest.raises(CorrectionError, match="too long ago"):
        corrections.give(specimens[0].name, "1")
    with pytest.raises(CorrectionError, match="too long ago"):
        corrections.give("../../etc", "1")


def test_cameras_have_a_folder_in_common(tmp_path, specimens):
    folder = CorrectionsFolder(tmp_path / "kept")
    cameras = [Corrections(folder, camera=name) for name in ("attic", "cellar_2")]
    first, second, *_ = specimens  # of one moment: both cameras' are called the same
    for camera in cameras:
        for sample in specimens:
            camera.offer(sample)
    attic, cellar = cameras
    assert attic.give(first.name, first.text).name == first.name
    cellar.give(first.name, "")
    cellar.give(second.name, second.text)
    assert [correction.name for correction in attic.newest()] == [first.name]
    assert [correction.name for correction in cellar.newest()] == [
        second.name,
        first.name,
    ]
    assert (attic.given(first.name), cellar.given(first.name)) == (first.text, "")
    assert attic.given(second.name) is None
    pictures = {path.name for path in (folder.path / "numbers").iterdir()}
    assert f"attic.{first.name}_{first.text}_{first.text}.jpg" in pictures
    assert f"cellar_2.{first.name}_{first.text}_none.jpg" in pictures
    again = CorrectionsFolder(folder.path)
    assert Corrections(again).newest() == []  # of no camera that has a name
    assert Corrections(again, camera="attic").newest() == attic.newest()
    assert cellar.undo(first.name)
    assert attic.given(first.name) == first.text
    assert attic.picture(first.name) == first.picture
    split = extra.read(folder.path, num_outputs=11)
    assert sorted(split.labels) == sorted(map(int, first.text + second.text))


def test_a_busy_camera_leaves_the_numbers_of_others(tmp_path, specimens, monkeypatch):
    monkeypatch.setattr(offered, "_OFFERED_SPECIMENS", 2)
    folder = CorrectionsFolder(tmp_path)
    quiet, busy = (Corrections(folder, camera=name) for name in ("quiet", "busy"))
    quiet.offer(specimens[0])
    for sample in specimens[:3]:
        busy.offer(sample)
    assert quiet.give(specimens[0].name, "1").given == "1"
    with pytest.raises(CorrectionError, match="too long ago"):
        busy.give(specimens[0].name, "1")
