"""Letters that people wrote (Omniglot), as images in MNIST's format."""

import io
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from edge_app.common.errors import DataError
from edge_app.model.normalize import normalize
from train.data.mnist_files import fetched

Images = NDArray[np.uint8]  # (N, 28, 28), ink bright on black

OMNIGLOT_URL = "https://raw.githubusercontent.com/brendenlake/omniglot/master/python"
OMNIGLOT_SHA256 = {
    "images_background_small1.zip": (
        "f38eb80f801274ac2b4dff5b24289016bfaba4a7d5bb50deebf27104ad6cb8a4"
    ),
    "images_background_small2.zip": (
        "3ccaa407515a8778e5d0861875af38b17e418f301ad5bb3b5a6b65d901a41c7f"
    ),
}
# Held out: no training, no validation. `python -m benchmarks unknowns` measures them.
TEST_ALPHABETS = ("Balinese", "Tagalog")
VALIDATION_ALPHABETS = ("Early_Aramaic",)
TRAINING_ALPHABETS = ("Greek", "Japanese_(katakana)", "Korean", "Latin", "Sanskrit")
# Characters that are fair to read as a digit, found by eye among those that a network
# without a reject output is surest of.
LOOK_ALIKE_CHARACTERS = frozenset(
    f"{alphabet}/character{number:02}"
    for alphabet, numbers in {
        "Balinese": (5,),
        "Early_Aramaic": (2, 3, 4, 6, 7, 12, 16, 17, 20),
        "Greek": (2, 4, 6, 8, 15, 18, 23),
        "Japanese_(katakana)": (24, 27, 46),
        "Korean": (10, 12, 21, 22, 27, 33, 37),
        "Latin": (2, 7, 9, 10, 12, 15, 17, 19, 26),
        "Sanskrit": (37,),
        "Tagalog": (3, 4),
    }.items()
    for number in numbers
)


def characters(folder: Path | None, alphabets: Sequence[str]) -> Images:
    """Return the drawings of some Omniglot alphabets, without look-alikes.

    Args:
        folder: Holds `images_background_small1.zip` and `...small2.zip`, from
            https://github.com/brendenlake/omniglot; `None` for Keras' cache, filled by
            a download when it is empty.
        alphabets: Their names, as the archives spell them.

    Raises:
        DataError: The archives are not there, damaged, or lack the alphabets.
    """
    # Two alphabets are in both archives.
    drawings = {
        name: normalize(255 - image)
        for path in _archives(folder)
        for name, image in _drawings(path, alphabets)
    }
    if not drawings:
        raise DataError(f"{folder}: no drawing of {', '.join(alphabets)} in it")
    return np.stack(list(drawings.values()))


def _archives(folder: Path | None) -> list[Path]:
    if folder is not None:
        return [folder / name for name in OMNIGLOT_SHA256]
    advice = "fetch Omniglot's two archives yourself and pass their folder: --unknowns"
    return [
        fetched(
            f"{OMNIGLOT_URL}/{name}", sha256=sha256, folder="omniglot", advice=advice
        )
        for name, sha256 in OMNIGLOT_SHA256.items()
    ]


def _drawings(
    path: Path, alphabets: Sequence[str]
) -> Iterator[tuple[str, NDArray[np.uint8]]]:
    """Yield `ALPHABET/characterNN/FILE` and image of an archive's wanted drawings.

    Raises:
        DataError: It is not there or damaged.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            for file in sorted(archive.namelist()):
                name = file.partition("/")[2]
                if (
                    file.endswith(".png")
                    and name.split("/")[0] in alphabets
                    and name.rsplit("/", 1)[0] not in LOOK_ALIKE_CHARACTERS
                ):
                    with Image.open(io.BytesIO(archive.read(file))) as image:
                        drawing = np.asarray(image.convert("L"), np.uint8)
                    yield name, drawing
    except (OSError, zipfile.BadZipFile) as error:
        raise DataError(
            f"{path}: cannot be read ({error}); --unknowns must name the folder with "
            f"Omniglot's {' and '.join(OMNIGLOT_SHA256)}"
        ) from error
