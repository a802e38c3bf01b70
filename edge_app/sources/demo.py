"""The built-in demo scene, at a camera's pace."""

import time
from collections.abc import Iterator

from edge_app.scene import Scene
from edge_app.sources.base import Frame

FRAMES_PER_SECOND = 15
_PAGE_S = 20  # seconds before the next page is shown


class Demo:
    """Pages of numbers that move slowly before the camera, without end."""

    name = "demo"

    def __init__(self, *, seed: int = 1) -> None:
        """Start with the page of `seed`; the next pages have the seeds after it."""
        self._seed = seed

    def frames(self) -> Iterator[Frame]:
        """Frames, one every 1/15 s; late ones are skipped, not queued."""
        started = time.monotonic()
        page, scene = -1, None
        while True:
            now = time.monotonic() - started
            if scene is None or int(now // _PAGE_S) != page:
                page = int(now // _PAGE_S)
                scene = Scene(seed=self._seed + page)
            yield Frame(scene.frame(now)[0], now)
            behind = (time.monotonic() - started) % (1 / FRAMES_PER_SECOND)
            time.sleep(1 / FRAMES_PER_SECOND - behind)

    def close(self) -> None:
        """Nothing to give back."""
