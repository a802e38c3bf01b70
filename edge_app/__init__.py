"""Read handwritten digits on a small device.

Examples:
    >>> from edge_app import Reader, read_image
    >>> reading = Reader().read(read_image("photo.jpg"))  # doctest: +SKIP
    >>> [number.text for number in reading.numbers]  # doctest: +SKIP
    ['2927', '0859', '941365']
"""

import importlib

TYPE_CHECKING = False  # to type checkers it is true; `typing` takes a while to import
if TYPE_CHECKING:
    from edge_app.cli.run_settings import CameraOptions
    from edge_app.common.errors import (
        CameraError,
        EdgeDigitsError,
        ImageError,
        ManifestError,
        ModelError,
        RuntimeMissingError,
    )
    from edge_app.layout.grouping import Number
    from edge_app.live.tracking.track import Tracker
    from edge_app.reader import Reader
    from edge_app.reading import Digit, Reading
    from edge_app.sources import open_source
    from edge_app.sources.pictures.images import read_image

__version__ = "0.1.0"

__all__ = [
    "CameraError",
    "CameraOptions",
    "Digit",
    "EdgeDigitsError",
    "ImageError",
    "ManifestError",
    "ModelError",
    "Number",
    "Reader",
    "Reading",
    "RuntimeMissingError",
    "Tracker",
    "open_source",
    "read_image",
]

# Where they are; imported when they are asked for, so that `edge-digits --help` need
# not wait for OpenCV.
_HOMES = {
    "CameraOptions": "edge_app.cli.run_settings",
    "Digit": "edge_app.reading",
    "Number": "edge_app.layout.grouping",
    "Reader": "edge_app.reader",
    "Reading": "edge_app.reading",
    "Tracker": "edge_app.live.tracking.track",
    "open_source": "edge_app.sources",
    "read_image": "edge_app.sources.pictures.images",
}


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(
        importlib.import_module(_HOMES.get(name, "edge_app.common.errors")), name
    )


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
