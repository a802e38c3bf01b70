"""The images of a network with a reject output: digits, more digits, non-digits."""

from pathlib import Path

import numpy as np

from edge_app.classify import NUM_DIGITS
from train import crops, negatives, variants
from train.data import Split, joined

REJECT = NUM_DIGITS  # the label of what is no digit
_EUROPEAN_SHARE = 0.4  # of the ones and sevens
_LEGGED_SHARE = 0.2  # of the fours, sevens and nines
_MADE = 16_000  # negatives made from 54,000 digits; in proportion from fewer
_SCENES = 1600  # of 54,000 digits, those whose crops are fitted; 18 crops each
# Parts of digits may be whole ones by chance, and letters O are zeros to who sees no
# word: what is nearer to a digit than so many of the digits are is left out.
_CLOSE_SHARE = 0.8
_LETTER_COPIES = 3  # each letter is seen so often an epoch, varied each time


def with_rejects(
    training: Split, validation: Split, *, unknowns: Path | None, seed: int
) -> tuple[Split, Split]:
    """Training and validation images with what a reject output needs.

    Args:
        training: Digits that are fitted.
        validation: Digits that choose the epoch.
        unknowns: Folder with Omniglot's archives; `None` to download them once.
        seed: Decides everything random.

    Raises:
        DataError: The archives cannot be read.
    """
    letters = negatives.omniglot(unknowns, negatives.TRAINING_ALPHABETS)
    made = _made(training, against=training, seed=seed)
    fitted = [
        training,
        variants.european(training, share=_EUROPEAN_SHARE, seed=seed),
        variants.long_legged(training, share=_LEGGED_SHARE, seed=seed),
        *[_rejected(letters)] * _LETTER_COPIES,
        _rejected(made),
        _of_scenes(training, against=training, seed=seed),
    ]
    held_letters = negatives.omniglot(unknowns, negatives.VALIDATION_ALPHABETS)
    held_made = _made(validation, against=training, seed=seed + 1)
    held = [
        validation,
        _rejected(held_letters),
        _rejected(held_made),
        _of_scenes(validation, against=training, seed=seed + 1),
    ]
    return joined(fitted), joined(held)


def odds(training: Split, digit_share: float) -> float:
    """How many times likelier digits are than among the images that are fitted.

    Args:
        training: What is fitted.
        digit_share: Of what will be read, within 0..1.
    """
    fitted = float(np.mean(training.labels < REJECT))
    return digit_share / (1 - digit_share) * (1 - fitted) / fitted


def _of_scenes(digits: Split, *, against: Split, seed: int) -> Split:
    count = max(10, round(_SCENES * len(digits) / 54_000))
    found = crops.of_scenes(digits, count=count, seed=seed)
    is_digit = found.labels < REJECT
    none = negatives.without_look_alikes(
        found.images[~is_digit], against, share=_CLOSE_SHARE
    )
    return joined(
        [Split(found.images[is_digit], found.labels[is_digit]), _rejected(none)]
    )


def _made(digits: Split, *, against: Split, seed: int) -> negatives.Images:
    count = max(10, round(_MADE * len(digits) / 54_000))
    found = negatives.made(digits, count=count, seed=seed)
    return negatives.without_look_alikes(found, against, share=_CLOSE_SHARE)


def _rejected(images: negatives.Images) -> Split:
    return Split(images, np.full(len(images), REJECT, np.uint8))
