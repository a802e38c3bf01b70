"""Pages that take long to read."""

import cv2
import numpy as np

LINE = "the quick brown fox jumps over 12 lazy dogs of 345 and then 6789 more "


def page_of_print(width, height):
    """A page full of small print: 3 s of a desktop's processor at 1920x1080."""
    page = np.full((height, width, 3), 245, np.uint8)
    for y in range(20, height, 20):
        where = (10 - 7 * (y % 60), y)
        cv2.putText(page, 8 * LINE, where, cv2.FONT_HERSHEY_SIMPLEX, 0.5, (30,) * 3)
    return page
