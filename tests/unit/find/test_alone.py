import cv2
import numpy as np
import pytest

from edge_app import alone
from edge_app.reading import Digit
from edge_app.segment import Region
from train import scenes

_PAPER, _INK = (215, 225, 230), (50, 45, 45)


def page(*, label=0, thickness=6):
    """A digit in the middle of blank paper, and its ink."""
    frame = np.full((240, 320, 3), _PAPER, np.uint8)
    ink = np.zeros((50, 30 if label != 1 else 8), np.uint8)
    if label == 1:
        ink[:] = 255
    else:
        half = 14 - thickness // 2, 24 - thickness // 2
        cv2.ellipse(ink, (15, 25), half, 0, 0, 360, 255, thickness)
    frame[100 : 100 + len(ink), 150 : 150 + ink.shape[1]][ink > 0] = _INK
    region = Region((150, 100, ink.shape[1], len(ink)), ink)
    return frame, region


def written(frame, box):
    """A digit's strokes, put there, too."""
    x, y, w, h = box
    ink = np.zeros((h, w), np.uint8)
    cv2.ellipse(ink, (w // 2, h // 2), (w // 2 - 4, h // 2 - 4), 0, 0, 360, 255, 6)
    frame[y : y + h, x : x + w][ink > 0] = _INK
    return Region(box, ink)


def is_doubtful(frame, region, *, label=0, confidence=0.99, others=(), rejected=()):
    digits = [Digit(region.box_xywh, label, confidence)]
    digits += [Digit(box, 4, 0.99) for box in others]
    regions = [region, *(written(frame, box) for box in others)]
    return 0 in alone.doubtful(frame, digits, regions, rejected)


@pytest.mark.parametrize("label", [0, 1])
def test_digit_on_blank_paper_is_believed(label):
    assert not is_doubtful(*page(label=label), label=label)


def test_nothing_is_no_trouble():
    assert alone.doubtful(page()[0], [], [], []) == set()


def test_digit_where_surfaces_meet_is_doubtful():
    frame, region = page()
    frame[:, 165:][frame[:, 165:].min(axis=2) > 200] = (110, 120, 125)
    assert is_doubtful(frame, region)
    company = [(90, 100, 30, 50), (210, 100, 30, 50)]
    assert not is_doubtful(frame, region, others=company)


def test_stroke_that_goes_on_is_no_one():
    frame, region = page(label=1)
    frame[:98, 150:158] = frame[152:, 150:158] = _INK
    assert is_doubtful(frame, region, label=1)


def is_doubtful_among_zeros(*, colour=_INK, width=6, lines=(), goes_on=False):
    """Whether a stroke between zeros is, with lines across the page at such rows."""
    frame, zero = page()
    boxes = [(60, 100, 30, 50), (220, 100, 30, 50)]
    regions = [zero, *(Region(box, zero.ink) for box in boxes)]
    for x, y, w, h in boxes:
        frame[y : y + h, x : x + w] = frame[100:150, 150:180]
    rows = slice(70, 190) if goes_on else slice(100, 150)
    frame[rows, 110 : 110 + width] = colour
    for y in lines:
        frame[y : y + 6, 95:135] = colour
    regions.append(Region((110, 100, width, 50), np.full((50, width), 255, np.uint8)))
    digits = [Digit(each.box_xywh, 4, 0.99) for each in regions[:3]]
    digits.append(Digit(regions[3].box_xywh, 1, 0.99))
    return 3 in alone.doubtful(frame, digits, regions, [])


def test_one_among_digits_is_believed():
    assert not is_doubtful_among_zeros()
    assert not is_doubtful_among_zeros(lines=(150,))  # it stands on a ruled line


@pytest.mark.parametrize(("colour", "width"), [((150, 150, 155), 6), (_INK, 2)])
def test_line_of_another_pen_among_digits_is_no_one(colour, width):
    assert is_doubtful_among_zeros(colour=colour, width=width, goes_on=True)


def test_wall_between_boxes_is_no_one():
    assert is_doubtful_among_zeros(lines=(94, 150))


def test_other_digits_are_no_other_ink():
    frame, region = page(label=1)
    frame[100:150, 160:170] = _INK
    assert is_doubtful(frame, region, label=1)
    assert not is_doubtful(frame, region, label=1, others=[(160, 100, 10, 50)])


def test_blot_is_doubtful():
    assert is_doubtful(*page(thickness=24))


def test_one_among_other_things_is_doubtful():
    things = [(10, 10, 40, 50)]
    assert is_doubtful(*page(label=1), label=1, rejected=things)
    dirt = [(10, 10, 40, 10)]
    assert not is_doubtful(*page(label=1), label=1, rejected=dirt)


def test_part_of_a_higher_stroke_is_no_one():
    frame, region = page(label=1)
    higher = [(60, 80, 40, 90), (230, 80, 40, 90)]
    assert is_doubtful(frame, region, label=1, others=higher)
    assert not is_doubtful(frame, region, label=0, others=higher)


def test_pieces_of_a_scribble_do_not_vouch_for_each_other():
    frame, zero = page()
    boxes = [(x, 100, 30, 50) for x in (150, 190, 230)]
    regions = [Region(box, zero.ink) for box in boxes]
    for x, y, w, h in boxes[1:]:
        frame[y : y + h, x : x + w] = frame[100:150, 150:180]
    digits = [Digit(box, 0, 0.8) for box in boxes]
    assert alone.doubtful(frame, digits, regions, []) == set()
    doubtful = alone.doubtful(frame, digits, regions, [], origins=[0, 0, 0])
    assert doubtful == {0, 1, 2}


def test_more_things_around_need_more_confidence():
    things = [(60 * n, 20, 40, 50) for n in range(5)]
    assert not is_doubtful(*page(), confidence=0.95)
    assert is_doubtful(*page(), confidence=0.95, rejected=things)
    assert not is_doubtful(*page(), confidence=0.995, rejected=things)
    assert is_doubtful(*page(), confidence=0.85)


@pytest.mark.parametrize("kind", ["objects", "leaves", "faces", "windows", "scribbles"])
def test_nothing_is_read_where_no_digits_are(reader, kind):
    read = [
        reader.read(scenes.make(f"no digits: {kind}", seed).frame).digits
        for seed in range(1000, 1012)
    ]
    assert sum(map(len, read)) == 0


def test_lone_digits_are_read(reader):
    seen = wanted = 0
    for seed in range(1000, 1020):
        scene = scenes.make("lone", seed)
        wanted += len(scene.truth.digits)
        seen += len(reader.read(scene.frame).digits)
    assert seen >= 0.9 * wanted


def fill(frame, region):
    """Give what a zero encloses another colour."""
    x, y, w, h = region.box_xywh
    inside = np.all(frame == _PAPER, axis=2).astype(np.uint8)
    _, parts = cv2.connectedComponents(inside, connectivity=4)
    frame[parts == parts[y + h // 2, x + w // 2]] = (170, 200, 160)


def test_disc_with_a_rim_is_no_zero():
    frame, region = page(label=0)
    assert not is_doubtful(frame, region, label=0)
    fill(frame, region)
    assert is_doubtful(frame, region, label=0)


def test_low_zero_beside_higher_digits_has_company():
    frame, region = page(label=0)
    x, y, w, h = region.box_xywh
    higher = [(x + n * 2 * w, y - h, w, 2 * h) for n in (1, 2)]
    assert not is_doubtful(frame, region, label=0, confidence=0.905, others=higher)
    assert is_doubtful(frame, region, label=6, confidence=0.905, others=higher)


def test_discs_with_rims_in_a_row_are_no_zeros():
    frame, region = page(label=0)
    x, y, w, h = region.box_xywh
    regions = [Region((x + n * 2 * w, y, w, h), region.ink) for n in range(3)]
    for each in regions[1:]:
        left = each.box_xywh[0]
        frame[y : y + h, left : left + w] = frame[y : y + h, x : x + w]
    digits = [Digit(each.box_xywh, 0, 0.99) for each in regions]
    assert alone.doubtful(frame, digits, regions, []) == set()
    fill(frame, region)
    assert alone.doubtful(frame, digits, regions, []) == {0}


def test_what_is_doubted_vouches_for_nobody():
    frame, region = page(label=0)
    x, y, w, h = region.box_xywh
    regions = [region, *(Region((x + n * 2 * w, y, w, h), region.ink) for n in (1, 2))]
    labels = (5, 0, 0)
    digits = [
        Digit(each.box_xywh, label, 0.89)
        for each, label in zip(regions, labels, strict=True)
    ]
    for each in regions[1:]:
        left = each.box_xywh[0]
        frame[y : y + h, left : left + w] = frame[y : y + h, x : x + w]
    assert alone.doubtful(frame, digits, regions, []) == set()
    fill(frame, regions[1])
    assert alone.doubtful(frame, digits, regions, []) == {0, 1, 2}


def test_rim_of_a_thing_a_little_darker_is_no_zero():
    frame, region = page(label=0)
    x, y, w, h = region.box_xywh
    before = frame.copy()
    fill(frame, region)
    within = (frame != before).any(axis=2)[y : y + h, x : x + w]
    region.ink[within] = 25  # ink, but far fainter than the rim
    assert is_doubtful(frame, region, label=0)


def test_things_of_two_colours_are_no_digit():
    frame, region = page(label=0, thickness=8)
    frame[:125][frame[:125].max(axis=2) < 100] = (40, 110, 60)
    frame[125:][frame[125:].max(axis=2) < 100] = (40, 60, 130)
    assert is_doubtful(frame, region, label=0)
    frame[frame.max(axis=2) < 160] = (40, 60, 130)
    assert not is_doubtful(frame, region, label=0)
