"""The images of a network with a reject output: digits, more digits, non-digits."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from edge_app.model.classify import NUM_DIGITS
from train.data import drawings, negatives, omniglot, scene_crops, variants
from train.data.mnist import Split, joined
from train.data.omniglot import Images
from train.scenes.writing.hands import Hands
from train.scenes.writing.trajectories import Part

REJECT_LABEL = NUM_DIGITS  # the label of what is no digit
# Drawings of what is no digit, for each of a digit.
_WRITING: dict[drawings.DrawnKind, float] = {
    "letters": 0.5,
    "symbols": 0.2,
    "words": 0.2,
}


@dataclass(frozen=True)
class RejectConstants:
    """Shares and numbers of the images of each origin that are fitted.

    Attributes:
        european_share: Of the ones and sevens.
        legged_share: Of the fours, sevens and nines.
        slashed_share: Of the zeros.
        num_made: Negatives made from 54,000 digits; in proportion from fewer.
        num_scenes: Of 54,000 digits, those whose crops are fitted.
        close_share: Parts of digits may be whole ones by chance, and letters O are
            zeros to who sees no word: what is nearer to a digit than so many of the
            digits are is left out.
        letter_copies: Each letter is seen so often an epoch, varied each time.
        digit_copies: Drawings of each digit of the hands.
    """

    european_share: float = 0.4
    legged_share: float = 0.2
    slashed_share: float = 0.25
    num_made: int = 16_000
    num_scenes: int = 3000
    close_share: float = 0.8
    letter_copies: int = 3
    digit_copies: int = 6


REJECTS = RejectConstants()


@dataclass(frozen=True)
class RejectSources:
    """Folders of handwriting, beside MNIST's.

    Attributes:
        unknowns: Folder with Omniglot's archives; `None` to download them once.
        strokes: Folder with pen strokes of real hands; `None` for none.
        jobs: Processes that draw and render.
    """

    unknowns: Path | None = None
    strokes: Path | None = None
    jobs: int = 1


def with_rejects(
    training: Split, validation: Split, sources: RejectSources, *, seed: int
) -> tuple[Split, Split]:
    """Add to training and validation images what a reject output needs.

    Args:
        training: Digits that are fitted.
        validation: Digits that choose the epoch.
        sources: Whose other handwriting.
        seed: Decides everything random.

    Raises:
        DataError: What is in a folder cannot be read.
    """
    letters = omniglot.characters(sources.unknowns, omniglot.TRAINING_ALPHABETS)
    fitted = [
        training,
        variants.european(training, share=REJECTS.european_share, seed=seed),
        variants.long_legged(training, share=REJECTS.legged_share, seed=seed),
        *[_rejected(letters)] * REJECTS.letter_copies,
        *_of_part("train", training, sources, against=training, seed=seed),
        variants.slashed(training, share=REJECTS.slashed_share, seed=seed),
    ]
    held_letters = omniglot.characters(sources.unknowns, omniglot.VALIDATION_ALPHABETS)
    held = [
        validation,
        _rejected(held_letters),
        *_of_part("validation", validation, sources, against=training, seed=seed + 1),
    ]
    return joined(fitted), joined(held)


def odds(training: Split, digit_share: float) -> float:
    """Return how much likelier digits are than among the images that are fitted.

    Args:
        training: What is fitted.
        digit_share: Of what will be read, within 0..1.
    """
    fitted = float(np.mean(training.labels < REJECT_LABEL))
    return digit_share / (1 - digit_share) * (1 - fitted) / fitted


def _of_part(
    part: Part, digits: Split, sources: RejectSources, *, against: Split, seed: int
) -> list[Split]:
    """Make the rejects of one part, from MNIST's digits and the part's hands."""
    hands = None if sources.strokes is None else Hands(sources.strokes, part)
    jobs = sources.jobs
    size = len(digits) / 54_000
    made = negatives.made(
        digits, count=max(10, round(REJECTS.num_made * size)), seed=seed
    )
    scenes = max(10, round(REJECTS.num_scenes * size))
    found = scene_crops.of_scenes(
        digits, count=scenes, seed=seed, hands=hands, jobs=jobs
    )
    is_digit = found.labels < REJECT_LABEL
    unclear = [made, found.images[~is_digit]]
    parts = [found.only(is_digit)]
    if hands is not None:
        drawn = drawings.drawn(
            hands, "digits", copies=REJECTS.digit_copies, seed=seed, jobs=jobs
        )
        parts.append(drawn)
        for kind, share in _WRITING.items():
            count = round(share * len(drawn))
            other = drawings.drawn(hands, kind, count=count, seed=seed, jobs=jobs)
            if kind == "words":
                unclear.append(other.images)
            else:
                parts.append(other)
    return parts + [
        _rejected(
            negatives.without_look_alikes(images, against, share=REJECTS.close_share)
        )
        for images in unclear
    ]


def _rejected(images: Images) -> Split:
    return Split(images, np.full(len(images), REJECT_LABEL, np.uint8))
