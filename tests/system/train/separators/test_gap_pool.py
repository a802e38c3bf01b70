import numpy as np
import pytest
from needed import need

need("keras", reason="which of MNIST's digits are whose is known to training")

from edge_app.find.page.maps import Kind
from edge_app.find.separators.separator_reader import SEPARATOR_LABELS
from train.page.crops.pool import Rendered, SceneSources
from train.separators import gap_pool

LEFT, RIGHT = (100, 50, 20, 40), (150, 52, 20, 40)  # between 120 and 150


def scene(*others):
    blank = np.zeros((0, 0), np.uint8)
    return Rendered(
        blank,
        blank,
        np.array([box for box, _ in others], np.float32).reshape(-1, 4),
        np.array([int(kind) for _, kind in others], np.int64),
        np.zeros((0, 4), np.float32),
    )


@pytest.mark.parametrize(
    ("box", "kind", "expected"),
    [
        ((133, 86, 4, 4), Kind.POINT, "point"),
        ((130, 86, 6, 12), Kind.COMMA, "comma"),
        ((128, 70, 14, 3), Kind.MINUS, "minus"),
        ((115, 48, 40, 46), Kind.SLASH, "slash"),  # leans over both
        ((133, 66, 4, 22), Kind.COLON, "colon"),
        ((133, 86, 4, 4), Kind.LETTER, "none"),
        ((90, 86, 4, 4), Kind.POINT, "none"),  # before the first digit
        ((133, 120, 4, 4), Kind.POINT, "none"),  # of the next line
        ((133, 30, 4, 4), Kind.MINUS, "none"),
    ],
)
def test_what_stands_between_two_digits_is_their_separator(box, kind, expected):
    label = gap_pool.label_of(LEFT, RIGHT, scene((box, kind)))
    assert SEPARATOR_LABELS[label] == expected


def test_half_of_the_scenes_show_separators_and_parts_share_none(tiny_mnist_dir):
    sources = SceneSources(tiny_mnist_dir, None, "train")
    separators = {int(Kind.POINT), Kind.COMMA, Kind.MINUS, Kind.SLASH, Kind.COLON}
    shown = [gap_pool.gap_scene(sources, number) for number in range(0, 16, 2)]
    assert (
        sum(
            not separators.isdisjoint(drawn_scene.kinds.tolist())
            for drawn_scene in shown
        )
        >= 4
    )
    again = gap_pool.gap_scene(sources, 0)
    held = gap_pool.gap_scene(gap_pool.of_part(sources, "validation"), 0)
    assert (again.gray == shown[0].gray).all()
    assert not np.array_equal(held.gray, again.gray)


def test_gaps_are_read_as_they_were_kept(tmp_path):
    patches, labels = np.ones((2, 3, 3, 2), np.uint8), np.array([1, 5])
    np.savez(tmp_path / "gaps.npz", patches=patches, labels=labels)
    found = gap_pool.read(tmp_path / "gaps.npz")
    np.testing.assert_array_equal(found.patches, patches)
    np.testing.assert_array_equal(found.labels, labels)
