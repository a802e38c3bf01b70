"""A picture at a URL that is asked for again and again.

So cameras give their `snapshot.jpg`, an ESP32-CAM its `/capture`, and a server a file.
"""

import http.client
import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge_app.common import geometry
from edge_app.common.errors import CameraError, ImageError, UnfitSourceError, in_words
from edge_app.sources.network.connect import CONNECTION, connect
from edge_app.sources.network.urls import without_password
from edge_app.sources.pictures import exif, foreign, images
from edge_app.sources.source import Frame

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class StillsLimits:
    """Limits of asking for one picture after another.

    Attributes:
        usual_interval_s: Between two, where nothing else is asked for.
        longest_step_s: Of the clock by which numbers are followed.
        most_damaged: Pictures in a row, before the source is given up.
    """

    usual_interval_s: float = 1.0
    longest_step_s: float = 1.0
    most_damaged: int = 3


_STILLS = StillsLimits()


class Stills:
    """Pictures that are asked for one by one; a `PolledSource`.

    Attributes:
        interval_s: Seconds from one to the next, or more where the server is slower.
    """

    is_live = True
    is_moving = True

    def __init__(
        self,
        url: str,
        response: http.client.HTTPResponse,
        interval_s: float | None = None,
    ) -> None:
        """Look at the first picture, which `response` holds.

        Raises:
            UnfitSourceError: It is a file of another kind.
            CameraError: It is none, or damaged.
        """
        self.name = without_password(url)
        self.interval_s = _STILLS.usual_interval_s if interval_s is None else interval_s
        self._url = url
        self._first_s = time.monotonic()
        self._first = self._received(response)
        if self._first is None:
            raise CameraError(f"{self.name}: {self._damage}")

    def frames(self) -> Iterator[Frame]:
        """Yield the picture as it is now, every interval; damaged ones are left out.

        Raises:
            CameraError: Nobody answers, or only with damaged pictures.
        """
        # Numbers settle and go by that clock: where pictures are far apart, those of
        # two in a row are still the same.
        asked_s = clock_s = self._first_s
        picture, self._first = self._first, None
        num_damaged, is_logged = 0, False
        while True:
            if picture is not None:
                num_damaged = 0
                yield Frame(picture, asked_s, clock_s=clock_s)
            else:
                num_damaged += 1
            if num_damaged == _STILLS.most_damaged:
                raise CameraError(f"{self.name}: sends only damaged pictures")
            if num_damaged and not is_logged:
                is_logged = True
                why = self._damage
                log.warning("%s: damaged pictures are left out: %s", self.name, why)
            time.sleep(max(0.0, asked_s + self.interval_s - time.monotonic()))
            before_s, asked_s = asked_s, time.monotonic()
            clock_s += min(asked_s - before_s, _STILLS.longest_step_s)
            picture = self._received(connect(self._url))

    def close(self) -> None:
        """Do nothing: each picture has its own connection."""

    def _received(self, response: http.client.HTTPResponse) -> NDArray[np.uint8] | None:
        """Return the picture in an answer, upright; `None` if it is damaged."""
        content = self._content(response)
        try:
            image = images.decode(content, "a picture")
        except ImageError as error:
            if (known := foreign.what(content)) is not None:
                raise UnfitSourceError(f"{self.name}: {known}") from error
            self._damage = str(error)
            return None
        return geometry.turned(image, exif.rotation(content))

    def _content(self, response: http.client.HTTPResponse) -> bytes:
        try:
            with response:
                content = response.read(CONNECTION.most_picture_bytes + 1)
        except TimeoutError as error:
            message = f"{self.name}: a picture stalled for {CONNECTION.silence_s:g} s"
            raise CameraError(message) from error
        except (OSError, http.client.HTTPException) as error:
            message = f"{self.name}: a picture broke off ({in_words(error)})"
            raise CameraError(message) from error
        if len(content) > CONNECTION.most_picture_bytes:
            most_mb = CONNECTION.most_picture_bytes // 2**20
            raise CameraError(f"{self.name}: more than {most_mb} MB, no single picture")
        return content
