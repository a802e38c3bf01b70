"""MNIST's images corrupted in the ways of MNIST-C, each as strongly as there.

Mu and Gilmer, MNIST-C: A robustness benchmark for computer vision, 2019 (arXiv
1906.02337). The severities are the defaults of the code that the authors published
(https://github.com/google-research/mnist-c); the implementation is our own, so figures
compare among themselves and only roughly with those of the authors' files.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_app.model.normalize import INPUT_SIZE

Images = NDArray[np.uint8]  # (N, 28, 28), ink bright on black
Ink = NDArray[np.float32]  # the same in 0..1


@dataclass(frozen=True)
class _Severities:
    """Strength of each corruption: MNIST-C's defaults.

    Attributes:
        noise_deviation: Of full ink.
        full_ink_photons: How many are counted where there is full ink.
        impulse_share: Of the pixels.
        blur_sigma_px: Of the Gaussian blur.
        glass_sigma_px: Before and after pixels change places,
        glass_reach_px: as far as this,
        glass_passes: so often.
        motion_radius_px: Where the smear ends,
        motion_sigma_px: how fast it gets weaker,
        motion_most_deg: and how far its line is off the level.
        contrast_factor: On the difference to the mean.
        shear: Of a row's place by its height.
        rotation_deg: Asked for; MNIST-C turns by 0.4, which is 23 degrees.
        scale_factor: On both sides.
        shift_px: In x and y.
        spatter_mean: Of the noise that becomes drops,
        spatter_deviation: its deviation,
        spatter_sigma_px: its blur,
        spatter_from: and from where it is a drop.
        drop_sigma_px: Blur of the drops,
        drop_from: from where on they cover what is below,
        drop_ink: with so much of full ink.
        line_reach_px: From a line's middle, to where MNIST-C's have faded.
        dash_px: Of a dotted line, and its gaps.
        zigzag_height_px: From its middle to its edges,
        zigzag_step_px: which are so far apart;
        zigzag_rise_px: how much higher or lower it ends, at most.
        zigzag_columns: Where it begins and ends.
    """

    noise_deviation: float = 0.38
    full_ink_photons: int = 3
    impulse_share: float = 0.17
    blur_sigma_px: float = 2.0
    glass_sigma_px: float = 0.7
    glass_reach_px: int = 1
    glass_passes: int = 2
    motion_radius_px: int = 10
    motion_sigma_px: float = 3.0
    motion_most_deg: float = 45.0
    contrast_factor: float = 0.1
    shear: float = 0.4
    rotation_deg: float = 20.0
    scale_factor: float = 0.7
    shift_px: int = 3
    spatter_mean: float = 0.65
    spatter_deviation: float = 0.3
    spatter_sigma_px: float = 1.0
    spatter_from: float = 0.65
    drop_sigma_px: float = 1.5
    drop_from: float = 0.8
    drop_ink: float = 63 / 255
    line_reach_px: float = 1.45
    dash_px: int = 2
    zigzag_height_px: float = 2.0
    zigzag_step_px: float = 4.0
    zigzag_rise_px: int = 5
    zigzag_columns: tuple[int, int] = (2, 25)


_SEVERITY = _Severities()


@dataclass(frozen=True)
class Corruption:
    """One way of corrupting images.

    Attributes:
        name: What it is called.
        kind: What it is a form of; the mean over all counts a kind once.
        severity: How strong it is, in words.
        apply: Corrupts `(N, 28, 28)` float32 in 0..1 with what the generator draws.
    """

    name: str
    kind: str
    severity: str
    apply: Callable[[Ink, np.random.Generator], NDArray[Any]]

    def __call__(self, images: Images, *, seed: int) -> Images:
        """Corrupt each image in its own way; all of it follows from `seed`."""
        ink = np.asarray(images / np.float32(255), np.float32)
        corrupted = self.apply(ink, np.random.default_rng(seed))
        return np.asarray(np.rint(np.clip(corrupted, 0, 1) * 255), np.uint8)


def _gaussian_noise(ink: Ink, rng: np.random.Generator) -> NDArray[Any]:
    return ink + rng.normal(0, _SEVERITY.noise_deviation, ink.shape)


def _shot_noise(ink: Ink, rng: np.random.Generator) -> NDArray[Any]:
    return rng.poisson(ink * _SEVERITY.full_ink_photons) / _SEVERITY.full_ink_photons


def _impulse_noise(ink: Ink, rng: np.random.Generator) -> NDArray[Any]:
    hit = rng.random(ink.shape) < _SEVERITY.impulse_share
    return np.where(hit, rng.integers(0, 2, ink.shape), ink)


def _gaussian_blur(ink: Ink, _: np.random.Generator) -> NDArray[Any]:
    return _blurred(ink, _SEVERITY.blur_sigma_px)


def _glass_blur(ink: Ink, rng: np.random.Generator) -> NDArray[Any]:
    """Blur as through frosted glass: pixels change places with near ones."""
    seen = _blurred(ink, _SEVERITY.glass_sigma_px)
    places, reach = np.arange(INPUT_SIZE), _SEVERITY.glass_reach_px
    number = np.arange(len(ink))[:, None, None]
    for _ in range(_SEVERITY.glass_passes):
        moved = rng.random(ink.shape) < 0.5
        dy, dx = rng.integers(-reach, reach + 1, (2, *ink.shape)) * moved
        row = np.clip(places[:, None] + dy, 0, INPUT_SIZE - 1)
        column = np.clip(places + dx, 0, INPUT_SIZE - 1)
        seen = seen[number, row, column]
    return _blurred(seen, _SEVERITY.glass_sigma_px)


def _motion_blur(ink: Ink, rng: np.random.Generator) -> NDArray[Any]:
    """Smear to one side along a line, ever weaker."""
    radius, most_deg = _SEVERITY.motion_radius_px, _SEVERITY.motion_most_deg
    far = np.arange(radius + 1)
    weights = np.exp(-0.5 * (far / _SEVERITY.motion_sigma_px) ** 2)
    smeared = []
    angles = np.radians(rng.uniform(-most_deg, most_deg, len(ink)))
    for image, angle in zip(ink, angles, strict=True):
        kernel = np.zeros((2 * radius + 1,) * 2, np.float32)
        rows = np.rint(radius + far * np.sin(angle)).astype(int)
        columns = np.rint(radius + far * np.cos(angle)).astype(int)
        kernel[rows, columns] = weights
        smeared.append(cv2.filter2D(image, -1, kernel / kernel.sum()))
    return np.stack(smeared)


def _contrast(ink: Ink, _: np.random.Generator) -> NDArray[Any]:
    mean = ink.mean(axis=(1, 2), keepdims=True)
    return np.asarray((ink - mean) * _SEVERITY.contrast_factor + mean)


def _shear(ink: Ink, rng: np.random.Generator) -> NDArray[Any]:
    shears = _SEVERITY.shear * _signs(len(ink), rng)
    return _warped(ink, [[[1, shear], [0, 1]] for shear in shears])


def _rotation(ink: Ink, rng: np.random.Generator) -> NDArray[Any]:
    angle = np.radians(_SEVERITY.rotation_deg)
    cosine, sine = np.cos(angle), np.sin(angle)
    signs = _signs(len(ink), rng)
    return _warped(ink, [[[cosine, -s * sine], [s * sine, cosine]] for s in signs])


def _scale(ink: Ink, _: np.random.Generator) -> NDArray[Any]:
    factor = _SEVERITY.scale_factor
    return _warped(ink, [[[factor, 0], [0, factor]]] * len(ink))


def _translation(ink: Ink, rng: np.random.Generator) -> NDArray[Any]:
    shifts = _SEVERITY.shift_px * _signs((len(ink), 2), rng)
    return _warped(ink, [[[1, 0], [0, 1]]] * len(ink), shifts)


def _spatter(ink: Ink, rng: np.random.Generator) -> NDArray[Any]:
    """Draw gray drops that hide what is below them."""
    noise = rng.normal(_SEVERITY.spatter_mean, _SEVERITY.spatter_deviation, ink.shape)
    soft = _blurred(noise.astype(np.float32), _SEVERITY.spatter_sigma_px)
    drops = soft > _SEVERITY.spatter_from
    cover = _blurred(drops.astype(np.float32), _SEVERITY.drop_sigma_px)
    cover[cover < _SEVERITY.drop_from] = 0
    return np.asarray(ink * (1 - cover) + _SEVERITY.drop_ink * cover)


def _dotted_line(ink: Ink, rng: np.random.Generator) -> NDArray[Any]:
    """Draw a dotted line from the left edge to the right one."""
    start, end = rng.integers(0, INPUT_SIZE - 1, (2, len(ink), 1))
    columns = np.arange(INPUT_SIZE)
    line = _line(start + (end - start) * columns / (INPUT_SIZE - 1))
    return ink + line * (columns // _SEVERITY.dash_px % 2)


def _zigzag(ink: Ink, rng: np.random.Generator) -> NDArray[Any]:
    start = rng.integers(0, INPUT_SIZE - 1, (len(ink), 1))
    most_rise = _SEVERITY.zigzag_rise_px
    rise = rng.integers(-most_rise, most_rise, (len(ink), 1))
    columns = np.arange(INPUT_SIZE)
    first, end = _SEVERITY.zigzag_columns
    along = columns - first
    # Between -1 and 1, 0 at the left end, an edge every step.
    wave = 2 / np.pi * np.arcsin(np.sin(np.pi * along / _SEVERITY.zigzag_step_px))
    slope = rise / (end - first)
    line = _line(start + slope * along + _SEVERITY.zigzag_height_px * wave)
    return ink + line * ((columns >= first) & (columns < end))


def _line(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Draw lines `(N, 28, 28)` in 0..1 whose middle is at row `rows[n, column]`."""
    distance = np.abs(np.arange(INPUT_SIZE)[:, None] - rows[:, None, :])
    return np.clip(1 - distance / _SEVERITY.line_reach_px, 0, 1)


def _blurred(ink: NDArray[Any], sigma: float) -> NDArray[Any]:
    return np.stack([cv2.GaussianBlur(image, (0, 0), sigma) for image in ink])


def _signs(
    shape: int | tuple[int, ...], rng: np.random.Generator
) -> NDArray[np.float64]:
    return rng.choice([-1.0, 1.0], shape)


def _warped(
    ink: Ink, matrices: list[Any], shifts: NDArray[np.float64] | None = None
) -> NDArray[Any]:
    """Move each image by its matrix around the center, then by its shift (x, y)."""
    moved = []
    center = np.full(2, (INPUT_SIZE - 1) / 2)
    for number, (image, matrix) in enumerate(zip(ink, matrices, strict=True)):
        linear = np.array(matrix, float)
        shift = center - linear @ center
        if shifts is not None:
            shift += shifts[number]
        transform = np.column_stack([linear, shift])
        moved.append(cv2.warpAffine(image, transform, (INPUT_SIZE, INPUT_SIZE)))
    return np.stack(moved)


CORRUPTIONS = tuple(
    Corruption(*row)
    for row in (
        (
            "gaussian noise",
            "noise",
            f"deviation {_SEVERITY.noise_deviation}",
            _gaussian_noise,
        ),
        ("shot noise", "noise", f"{_SEVERITY.full_ink_photons} photons", _shot_noise),
        (
            "impulse noise",
            "noise",
            f"{_SEVERITY.impulse_share:.0%} of pixels",
            _impulse_noise,
        ),
        (
            "gaussian blur",
            "blur",
            f"sigma {_SEVERITY.blur_sigma_px} px",
            _gaussian_blur,
        ),
        ("glass blur", "blur", f"sigma {_SEVERITY.glass_sigma_px} px", _glass_blur),
        ("motion blur", "blur", f"sigma {_SEVERITY.motion_sigma_px} px", _motion_blur),
        ("contrast", "contrast", f"times {_SEVERITY.contrast_factor}", _contrast),
        ("shear", "shear", f"{_SEVERITY.shear}", _shear),
        ("rotation", "rotation", f"{_SEVERITY.rotation_deg:.0f} degrees", _rotation),
        ("scale", "scale", f"times {_SEVERITY.scale_factor}", _scale),
        (
            "translation",
            "translation",
            f"{_SEVERITY.shift_px} px in x and y",
            _translation,
        ),
        ("spatter", "spatter", f"over {_SEVERITY.spatter_from}", _spatter),
        ("dotted line", "dotted line", "edge to edge", _dotted_line),
        ("zigzag", "zigzag", f"{_SEVERITY.zigzag_height_px:.0f} px high", _zigzag),
    )
)
