"""Single digits as picture files: MNIST's test images, as people hand them over."""

import argparse
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from benchmarks.common import benchmark_options, readers, test_digits
from benchmarks.common.command import Commands, Result, Row, benchmark, in_percent
from edge_app.cli.read_photos import PhotoReader, PictureFolders
from edge_app.common import files
from train.data.mnist import Split


@dataclass(frozen=True)
class SingleDigitConstants:
    """Pictures that are made of an image, and the choice of images.

    Attributes:
        margin_shares: Of the image's side, on each side.
        largest_factor: By which an image is enlarged at most.
        seed: Of the choice.
    """

    margin_shares: tuple[float, ...] = (0.0, 0.1, 0.4)
    largest_factor: int = 10
    seed: int = 1


SINGLE_DIGITS = SingleDigitConstants()


@dataclass(frozen=True)
class DigitForm:
    """A form that an image of a digit is given.

    Attributes:
        name: Of the form.
        scale: How many times larger it is.
        is_inverted: Whether it is dark on light.
    """

    name: str
    scale: int
    is_inverted: bool

    def __call__(self, image: NDArray[np.uint8], margin: float) -> NDArray[np.uint8]:
        """Return the picture of an image `(28, 28)` uint8, bright on black.

        Args:
            image: The digit.
            margin: Around it, a share of its side on each side.
        """
        room = round(margin * len(image))
        wide = np.pad(image, room)
        size = len(wide) * self.scale
        large = cv2.resize(wide, (size, size), interpolation=cv2.INTER_CUBIC)
        return np.asarray(255 - large if self.is_inverted else large, np.uint8)


DIGIT_FORMS = (
    DigitForm("28x28", 1, is_inverted=False),
    DigitForm("x10", SINGLE_DIGITS.largest_factor, is_inverted=False),
    DigitForm("28x28 inverted", 1, is_inverted=True),
    DigitForm("x10 inverted", SINGLE_DIGITS.largest_factor, is_inverted=True),
)


def measure(reader: PhotoReader, digits: Split, *, folder: Path) -> Iterator[Row]:
    """Yield shares of digits read right in each form with each margin, a row each.

    Args:
        reader: Reads the files.
        digits: Images and labels.
        folder: Where a file is written, time and again.
    """
    path = folder / "digit.png"
    for form in DIGIT_FORMS:
        for margin in SINGLE_DIGITS.margin_shares:
            read = []
            for image in tqdm(digits.images, unit="digit", leave=False):
                _, content = cv2.imencode(".png", form(image, margin))
                files.write_bytes(path, content.tobytes())
                found = reader.read(path).digits
                read.append("".join(str(digit.label) for digit in found))
            yield _row(form.name, margin, read, digits.labels.tolist())


def _row(form: str, margin: float, read: list[str], labels: list[int]) -> Row:
    count = len(read)
    is_right = [text == str(label) for text, label in zip(read, labels, strict=True)]
    return {
        "form": form,
        "margin": margin,
        "digits": count,
        "right": sum(is_right) / count,
        "misread": sum(len(text) == 1 for text in read) / count - sum(is_right) / count,
        "nothing_read": sum(not text for text in read) / count,
        "several_read": sum(len(text) > 1 for text in read) / count,
    }


@benchmark
def add(chosen: Commands) -> None:
    """Add the command."""
    parser = chosen.add(
        "single",
        _run,
        text="read MNIST's test images as single picture files",
        example="--data ../shared/data/mnist --count 300",
    )
    benchmark_options.add_data(parser)
    benchmark_options.add_count(parser, "how many of the images", default=300)
    readers.add_options(parser)


def _run(arguments: argparse.Namespace) -> Result:
    choice = readers.chosen(arguments)
    reader = PhotoReader(readers.open_reader(choice), PictureFolders())
    digits = subset(test_digits.test_images(arguments.data), arguments.count)
    with tempfile.TemporaryDirectory() as folder:
        rows = list(measure(reader, digits, folder=Path(folder)))
    return Result(
        f"{len(digits)} MNIST test images as files, each a picture; read as one digit, "
        f"the right one, with {choice}",
        rows,
        shown=in_percent(rows),
    )


def subset(digits: Split, count: int) -> Split:
    """Return so many of the digits, drawn with a fixed seed; all if there are fewer."""
    order = np.random.default_rng(SINGLE_DIGITS.seed).permutation(len(digits))[:count]
    return Split(digits.images[order], digits.labels[order])
