"""The errors a user can cause, all below one base class.

``__main__`` turns any of them into one line on stderr and exit status 1; anything
else that escapes is a bug of ours and keeps its traceback.
"""

import difflib
from collections.abc import Iterable


def did_you_mean(name: str, known: Iterable[str], *, prefix: str = "") -> str:
    """Return the end of a message about a name that there is not: the nearest of those.

    Nothing where none is near.

    Args:
        name: What came.
        known: What there is.
        prefix: What all of these begin with, so that it makes none of them near.

    Examples:
        >>> did_you_mean("clasic", ["page", "page-lite", "classic"])
        '; did you mean classic?'
    """
    rests = [other.removeprefix(prefix) for other in known]
    near = difflib.get_close_matches(name.removeprefix(prefix), rests, n=1)
    return f"; did you mean {prefix}{near[0]}?" if near else ""


def in_words(error: object) -> str:
    """Return what an error says, without the number that the system has for it.

    Examples:
        >>> in_words(OSError(111, "Connection refused"))
        'Connection refused'
    """
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


def printable(text: str) -> str:
    r"""Return a text on one line, with what a terminal would obey or not show escaped.

    Examples:
        >>> printable("two\nlines.png")
        'two\\nlines.png'
    """
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode()
        for letter in text
    )


class EdgeDigitsError(Exception):
    """An error whose line says what came, what was expected and how to fix it.

    Examples:
        >>> from edge_app import read_image
        >>> try:
        ...     read_image("nothing.png")
        ... except EdgeDigitsError as error:
        ...     print(str(error)[:27])
        nothing.png: cannot be read
    """


class ImageError(EdgeDigitsError):
    """An image cannot be read or written.

    Examples:
        >>> from edge_app import read_image
        >>> try:
        ...     read_image("nothing.png")
        ... except ImageError as error:
        ...     print(str(error)[:27])
        nothing.png: cannot be read
    """


class ImageTooLargeError(ImageError):
    """An image has more pixels than are decoded."""


class ImageDamagedError(ImageError):
    """An image is torn or damaged."""


class CameraError(EdgeDigitsError):
    """A camera, clip or stream cannot be opened or has stopped delivering frames.

    Examples:
        >>> from edge_app import open_source
        >>> try:
        ...     open_source("nothing.mp4")
        ... except CameraError as error:
        ...     print(str(error)[:35])
        nothing.mp4: no such file, folder o
    """


class UnfitSourceError(CameraError):
    """A source can never be read; waiting for it does not help."""


class DisplayError(EdgeDigitsError):
    """A window was asked for where none can be shown."""


class RecordError(EdgeDigitsError):
    """A file of readings or snapshots cannot be written."""


class WebError(EdgeDigitsError):
    """The web page cannot be served as it was asked for."""


class MQTTError(EdgeDigitsError):
    """A broker's address or certificate cannot be used."""


class WebhookError(EdgeDigitsError):
    """A webhook's address cannot be used."""


class ModelError(EdgeDigitsError):
    """A model file cannot be loaded or does not fit this program.

    Examples:
        >>> from edge_app import Reader
        >>> try:
        ...     Reader("nothing.tflite")
        ... except ModelError as error:
        ...     print(str(error)[:14])
        nothing.tflite
    """


class ManifestError(EdgeDigitsError):
    """A manifest is unreadable, incomplete, or contradicts its model file.

    Examples:
        >>> from pathlib import Path
        >>> from edge_app.model import manifest
        >>> _ = Path("manifest.json").write_text("{")
        >>> try:
        ...     manifest.read(Path())
        ... except ManifestError as error:
        ...     print(str(error)[:13])
        manifest.json
    """


class RuntimeMissingError(EdgeDigitsError):
    """No installed runtime can execute the model file.

    Examples:
        >>> from unittest import mock
        >>> from edge_app import Reader
        >>> from edge_app.model import runtime
        >>> modules = [known.module for known in runtime.RUNTIMES.values()]
        >>> with mock.patch.dict("sys.modules", dict.fromkeys(modules)):  # as if absent
        ...     try:
        ...         Reader("edge-int8.tflite")
        ...     except RuntimeMissingError as error:
        ...         print(str(error).rpartition("; ")[2])
        try: pip install ai-edge-litert
    """


class DataError(EdgeDigitsError):
    """A data set or an annotation is missing, cut short or malformed."""


class TrainingError(EdgeDigitsError):
    """A run folder or a training setting cannot be used."""


class ConversionError(EdgeDigitsError):
    """A conversion failed or lost more accuracy than its tolerance."""


class SettingsError(EdgeDigitsError):
    """A setting has an unknown name or a value that it cannot have."""


class ArchiveError(EdgeDigitsError):
    """An archive's folder, source or cluster cannot be used."""


class CorrectionError(EdgeDigitsError):
    """A person's correction of a number cannot be taken."""
