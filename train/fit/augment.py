"""Training images varied as hands, pens and cameras vary them."""

import math
from typing import Any

import keras
from keras import layers, ops

from edge_app.model.normalize import INPUT_SIZE

_CENTER_PX = (INPUT_SIZE - 1) / 2


class RandomLayer(layers.Layer):
    """Images `(N, 28, 28, 1)` float32 in 0..1 in and out, varied at random."""

    def __init__(self, *, seed: int) -> None:
        """Seed all that is random."""
        super().__init__()
        self.generator = keras.random.SeedGenerator(seed)

    def uniform(
        self, images: keras.KerasTensor, low: float, high: float
    ) -> keras.KerasTensor:
        """Return a uniform number for each image: `(N, 1, 1, 1)`."""
        shape = (ops.shape(images)[0], 1, 1, 1)
        return keras.random.uniform(shape, low, high, seed=self.generator)

    def sometimes(
        self, images: keras.KerasTensor, varied: keras.KerasTensor, share: Any
    ) -> keras.KerasTensor:
        """Return `varied` for a share of the images, the others as they were."""
        return ops.where(self.uniform(images, 0, 1) < share, varied, images)

    def field(self, images: keras.KerasTensor, points: int) -> keras.KerasTensor:
        """Return smooth noise `(N, 28, 28, 1)` from numbers on a grid of `points`."""
        coarse = keras.random.normal(
            (ops.shape(images)[0], points, points, 1), seed=self.generator
        )
        return ops.image.resize(
            coarse, (INPUT_SIZE, INPUT_SIZE), interpolation="bicubic"
        )


class RandomWarp(RandomLayer):
    """Rotation, shear, zoom, translation and elastic distortion in one resampling.

    Keras has a layer for each, but five resamplings in a row blur a stroke of two
    pixels until it no longer looks like one.
    """

    def call(self, images: keras.KerasTensor, strength: Any = 1.0) -> keras.KerasTensor:
        """Warp each image in its own way, with 0 where nothing was.

        Args:
            images: `(N, 28, 28, 1)`.
            strength: How far, as a share of what hands and cameras do.
        """

        def between(low: float, high: float) -> keras.KerasTensor:
            return self.uniform(images, low, high)[..., 0] * strength

        angle = between(-math.pi / 11, math.pi / 11)
        shear = between(-0.25, 0.25)
        # Above 1 is smaller. Pens often write narrower digits than MNIST's.
        size = between(-0.1, 0.22)
        width, height = 1 + size + between(-0.05, 0.15), 1 + size
        # Strong distortion for some, little for most.
        elastic = 1.3 * ops.square(self.uniform(images, 0, 1)) * strength
        bend_x, bend_y = ((elastic * self.field(images, 6))[..., 0] for _ in range(2))
        shift_x, shift_y = between(-2, 2), between(-2, 2)
        y, x = ops.meshgrid(
            ops.arange(INPUT_SIZE, dtype="float32") - _CENTER_PX,
            ops.arange(INPUT_SIZE, dtype="float32") - _CENTER_PX,
            indexing="ij",
        )
        x, y = x[None] - shift_x, y[None] - shift_y
        from_x = width * (ops.cos(angle) * x + (shear - ops.sin(angle)) * y)
        from_y = height * (ops.sin(angle) * x + ops.cos(angle) * y)
        return _sampled(
            images, from_x + bend_x + _CENTER_PX, from_y + bend_y + _CENTER_PX
        )


class RandomStrokeWidth(RandomLayer):
    """Thicker or thinner strokes: a share of a 3x3 dilation or erosion is mixed in."""

    def __init__(self, factor: float, *, seed: int) -> None:
        """Mix in at most `factor` (0..1) of the dilated or eroded image."""
        super().__init__(seed=seed)
        self.factor = factor

    def call(self, images: keras.KerasTensor) -> keras.KerasTensor:
        """Give the images new stroke widths."""
        amount = self.uniform(images, -self.factor, self.factor)
        dilated = ops.max_pool(images, 3, 1, padding="same")
        eroded = -ops.max_pool(-images, 3, 1, padding="same")
        other = ops.where(amount > 0, dilated, eroded)
        return images + ops.abs(amount) * (other - images)


class RandomInk(RandomLayer):
    """Ink that is paler in places, as of a pencil or a pen that runs dry."""

    def call(self, images: keras.KerasTensor) -> keras.KerasTensor:
        """Make the ink of a third of the images uneven."""
        flow = ops.clip(1.0 + 0.4 * self.field(images, 7), 0.0, 1.0)
        return self.sometimes(images, images * flow, 0.3)


class RandomResidue(RandomLayer):
    """Add what a crop may hold besides its digit: a neighbor's edge, a ruled line."""

    def call(self, images: keras.KerasTensor) -> keras.KerasTensor:
        """Give an eighth of the images a neighbor, another eighth a line."""
        # The batch's next image, moved so that only its edge is seen.
        side = ops.where(self.uniform(images, 0, 1) < 0.5, -1.0, 1.0)
        shift = side * self.uniform(images, 15, 20)
        row, column = ops.meshgrid(
            ops.arange(INPUT_SIZE, dtype="float32"),
            ops.arange(INPUT_SIZE, dtype="float32"),
            indexing="ij",
        )
        neighbor = _sampled(
            ops.roll(images, 1, axis=0),
            column[None] + shift[..., 0],
            row[None] + 0 * shift[..., 0],
        )
        images = self.sometimes(images, ops.maximum(images, neighbor), 0.12)
        angle = self.uniform(images, 0, math.pi)
        along = (column - _CENTER_PX)[None, ..., None] * ops.cos(angle)
        across = (
            (column - _CENTER_PX)[None, ..., None] * ops.sin(angle)
            - (row - _CENTER_PX)[None, ..., None] * ops.cos(angle)
            - self.uniform(images, -12, 12)
        )
        half_width = self.uniform(images, 0.3, 0.9)
        line = ops.clip(half_width + 0.5 - ops.abs(across), 0.0, 1.0)
        # A dash of up to the crop's width, dotted for some.
        period = self.uniform(images, 1, 4)
        dots = ops.where(
            period < 2.5, ops.cast(ops.sin(along * period) > 0, "float32"), 1.0
        )
        line = line * dots * self.uniform(images, 0.4, 1)
        return self.sometimes(images, ops.maximum(images, line), 0.12)


class RandomCamera(RandomLayer):
    """Blur, too few pixels, faint or dirty exposure, noise and pixels gone wrong."""

    def __init__(self, *, seed: int) -> None:
        """Seed all that is random."""
        super().__init__(seed=seed)
        self.blur = layers.RandomGaussianBlur(
            factor=1.0, kernel_size=5, sigma=(0.5, 1.1), value_range=(0, 1), seed=seed
        )
        self.contrast = layers.RandomContrast(
            (0.6, 0.0), value_range=(0, 1), seed=seed + 1
        )
        self.erasing = layers.RandomErasing(
            factor=1.0,
            scale=(0.01, 0.04),
            fill_value=0.0,
            value_range=(0, 1),
            seed=seed + 2,
        )

    def call(self, images: keras.KerasTensor) -> keras.KerasTensor:
        """Give a share of the images each fault."""
        images = self.sometimes(images, self.blur(images, training=True), 0.2)
        # Digits of ten pixels, the least that is read, drawn large.
        few = ops.average_pool(images, 2, strides=2)  # JAX wants them stated
        few = ops.image.resize(few, (INPUT_SIZE, INPUT_SIZE), interpolation="bilinear")
        images = self.sometimes(images, few, 0.1)
        images = self.sometimes(images, self.erasing(images, training=True), 0.08)
        images = self.sometimes(images, self.contrast(images, training=True), 0.15)
        noise = keras.random.normal(ops.shape(images), seed=self.generator)
        # Photons: brighter pixels are noisier.
        noise = noise * self.uniform(images, 0.0, 0.3) * ops.sqrt(images + 0.05)
        images = self.sometimes(images, images + noise, 0.2)
        wrong = keras.random.uniform(ops.shape(images), seed=self.generator)
        hot = self.uniform(images, 0.0, 0.15)
        spots = ops.where(
            wrong < hot / 2, 0.0, ops.where(wrong > 1 - hot / 2, 1.0, images)
        )
        images = self.sometimes(images, spots, 0.08)
        return ops.clip(images, 0.0, 1.0)


class RandomlyVaried(RandomLayer):
    """All of the above, for a share of the images."""

    def __init__(self, *, seed: int) -> None:
        """Vary all images as strongly as hands and cameras do.

        `strength` is a variable: it may fall while a network is trained.
        """
        super().__init__(seed=seed)
        self.strength = keras.Variable(1.0, trainable=False, name="strength")
        self.warp = RandomWarp(seed=seed + 1)
        self.others = [
            RandomStrokeWidth(0.5, seed=seed + 10),
            RandomInk(seed=seed + 20),
            RandomResidue(seed=seed + 30),
            RandomCamera(seed=seed + 40),
        ]

    def call(self, images: keras.KerasTensor) -> keras.KerasTensor:
        """Vary a share of `strength`, warped by so much; leave the others."""
        varied = self.warp(images, strength=self.strength)
        for layer in self.others:
            varied = layer(varied, training=True)
        return self.sometimes(images, varied, self.strength)


def augmenter(seed: int) -> RandomlyVaried:
    """Return a layer that varies a batch `(N, 28, 28, 1)` of float32 in 0..1."""
    return RandomlyVaried(seed=seed)


def restart(layer: keras.Layer, *, seed: int, strength: float) -> None:
    """Start all random generators of a layer anew, each in its own way.

    Args:
        layer: From `augmenter`.
        seed: The same seed varies in the same way.
        strength: New strength of the warp.
    """
    for index, variable in enumerate(layer.variables):
        if variable.name == "strength":
            variable.assign(strength)
        else:
            variable.assign(ops.convert_to_tensor([seed, index], dtype=variable.dtype))


def _sampled(
    images: keras.KerasTensor, x: keras.KerasTensor, y: keras.KerasTensor
) -> keras.KerasTensor:
    """Interpolate each image linearly at the places `x`, `y`, both `(N, 28, 28)`.

    `ops.image.map_coordinates` also interpolates between images and takes five times
    as long.
    """
    # A frame of 0 around each image is what lies outside of it.
    padded = ops.pad(images[..., 0], ((0, 0), (1, 1), (1, 1)))
    side = INPUT_SIZE + 2
    flat = ops.reshape(padded, (-1,))
    first = ops.arange(ops.shape(images)[0]) * side * side
    x = ops.clip(x + 1, 0.0, side - 1.001)
    y = ops.clip(y + 1, 0.0, side - 1.001)
    left, top = ops.floor(x), ops.floor(y)
    right_share, bottom_share = x - left, y - top
    corner = ops.cast(top * side + left, "int32") + first[:, None, None]
    above = (1 - right_share) * ops.take(flat, corner) + right_share * ops.take(
        flat, corner + 1
    )
    below = (1 - right_share) * ops.take(flat, corner + side) + right_share * ops.take(
        flat, corner + side + 1
    )
    return ((1 - bottom_share) * above + bottom_share * below)[..., None]
