"""Places of fields, looked for again only when the frame changes."""

import cv2
import numpy as np
import pytest
from cameras import knocked

from edge_app.common.errors import SettingsError
from edge_app.live.fields.field import Field
from edge_app.live.fields.locating.align import Fixed, Marks, Reference
from edge_app.live.fields.locating.located import Located, opened
from edge_app.live.fields.setup import Setup

FIELD = Field("water", (0, 0, 1, 1))
CORNERS = ((0.1, 0.1), (0.9, 0.1), (0.9, 0.9), (0.1, 0.9))


def test_a_frame_that_stays_is_not_looked_at_again(page, tmp_path):
    image, places = page
    cv2.imwrite(str(tmp_path / "reference.png"), image)
    fields = (Field("first", next(iter(places.values()))),)
    located = Located(Setup(fields=fields, reference=tmp_path / "reference.png"))
    first = located.matrix(image)
    noise = np.random.default_rng(1).normal(0, 4, image.shape)
    noisy = np.clip(image + noise, 0, 255).astype(np.uint8)
    assert located.matrix(noisy) is first
    moved, _ = knocked(image, (3, 0), 0)
    assert located.matrix(moved) is not first


def test_a_reference_that_is_no_picture_is_one_line(tmp_path):
    (tmp_path / "reference.jpg").write_text("no picture")
    setup = Setup(fields=(FIELD,), reference=tmp_path / "reference.jpg")
    with pytest.raises(SettingsError, match=r"reference: .*reference\.jpg"):
        Located(setup)


def test_fields_are_found_as_the_setup_says(page, tmp_path):
    cv2.imwrite(str(tmp_path / "reference.png"), page[0])
    reference = Setup(fields=(FIELD,), reference=tmp_path / "reference.png")
    assert isinstance(opened(Setup(fields=(FIELD,))), Fixed)
    assert isinstance(opened(reference), Reference)
    assert isinstance(opened(Setup(fields=(FIELD,), marks=CORNERS)), Marks)


def test_fields_that_follow_nothing_are_where_each_frame_s_size_puts_them():
    located = Located(Setup(fields=(FIELD,)))
    for size_wh in ((640, 480), (320, 240)):
        frame = np.zeros((*size_wh[::-1], 3), np.uint8)
        assert np.array_equal(located.matrix(frame), np.diag([*size_wh, 1.0]))
