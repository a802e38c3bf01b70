"""The meaning of the page network's outputs, for training, conversion and reading.

All three lie at a quarter of the picture's size, `(H / 4, W / 4, channels)`:

- kinds: a logit for each `Kind`, high in the cell where the middle of its box lies.
- sizes: the box's log width and log height, in units of `UNIT` pixels, and the place
  of its middle within the cell, 0..1, across and down.
- ink: 4x4 logits of the cell's pixels, row by row, being a handwritten digit's ink.
"""

from enum import IntEnum

STRIDE = 4  # pixels of a cell's side
NUM_SIZES = 4
NUM_INK = STRIDE * STRIDE
UNIT = 16.0  # pixels; near the middle of the heights that are found
# Heights in pixels of the digits that one look finds: more than two octaves a look, and
# looks an octave apart: what one look cuts off, the next one sees whole.
LEAST_HEIGHT, MOST_HEIGHT = 9.0, 56.0


class Kind(IntEnum):
    """Contents of a cell: a digit's own value, or one of these."""

    DIGIT_0 = 0
    DIGIT_1 = 1
    DIGIT_2 = 2
    DIGIT_3 = 3
    DIGIT_4 = 4
    DIGIT_5 = 5
    DIGIT_6 = 6
    DIGIT_7 = 7
    DIGIT_8 = 8
    DIGIT_9 = 9
    LETTER = 10
    PRINT = 11
    SLASH = 12
    MINUS = 13
    POINT = 14
    COMMA = 15
    COLON = 16
    SYMBOL = 17
    # Digits that a finer or a coarser look would find.
    SMALL = 18
    LARGE = 19
