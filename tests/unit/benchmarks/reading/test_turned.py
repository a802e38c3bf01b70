import numpy as np

from benchmarks.reading import turned
from edge_app.common.geometry import QUARTERS, back
from edge_app.common.geometry import turned as turned_frame


def test_turns_are_counted():
    found = [(0, 0), (0, 90), (90, 90), (180, 0), (270, 90), (270, 270)]
    upright, *_, all_turned = turned.summary(found)
    assert upright["scenes"] == 2
    assert upright["turned_wrongly"] == 0.5
    assert all_turned["scenes"] == 4
    assert all_turned["left_or_made_upright"] == 0.5
    assert all_turned["turned_wrongly"] == all_turned["left_lying"] == 0.25


def test_turned_scenes_need_the_turn_that_counts_as_right(monkeypatch):
    class Sideways:
        """Knows which corner is marked."""

        def read(self, frame):
            corners = {turn: turned_frame(frame, turn)[0, 0].max() for turn in QUARTERS}
            return type("Read", (), {"rotation": max(corners, key=corners.get)})

    frame = np.zeros((40, 60, 3), np.uint8)
    frame[:10, :10] = 255
    scene = type("Scene", (), {"frame": frame})
    monkeypatch.setattr(turned.scenes, "make", lambda *_: scene)
    assert turned_frame(turned_frame(frame, back(90)), 90)[0, 0].max() == 255
    found = list(turned.measure(Sideways(), count=3))
    assert [needed for needed, _ in found] == [0, 90, 0, 180, 0, 270]
    assert all(needed == taken for needed, taken in found)
