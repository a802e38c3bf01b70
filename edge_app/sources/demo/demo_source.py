"""The built-in demo scene, at a camera's pace."""

import time
from collections.abc import Iterator

from edge_app.common.errors import CameraError
from edge_app.sources.demo.demo_scene import Scene
from edge_app.sources.source import CameraOptions, Frame

_DEMO_SIZE_WH, _DEMO_FPS = (640, 480), 15.0
_LONGEST_DEMO_PX = 4096
_DEMO_PAGE_S = 20  # seconds before the next page is shown


def opened(name: str, options: CameraOptions) -> "Demo | None":
    """Return the scene, if it is what a name means; see `source.SourceKind`.

    Raises:
        CameraError: The options ask for what it has not.
    """
    if name != "demo":
        return None
    if unfit := set(options.given()) - {"size", "fps"}:
        raise CameraError(f"demo: has no --{min(unfit)}; only cameras do")
    return Demo(
        size_wh=_DEMO_SIZE_WH if options.size_wh is None else options.size_wh,
        fps=_DEMO_FPS if options.fps is None else options.fps,
    )


class Demo:
    """Pages of numbers that move slowly before the camera, without end."""

    name = "demo"
    is_live = False  # nothing to wait for, and nothing that fails
    is_moving = True

    def __init__(
        self,
        *,
        seed: int = 1,
        size_wh: tuple[int, int] = _DEMO_SIZE_WH,
        fps: float = _DEMO_FPS,
    ) -> None:
        """Start with the page of `seed`; the next pages have the seeds after it.

        Raises:
            CameraError: The size is more than it draws in a bearable time.
        """
        if max(size_wh) > _LONGEST_DEMO_PX:
            raise CameraError(
                f"demo: at most {_LONGEST_DEMO_PX} pixels a side expected"
            )
        self._seed = seed
        self._size_wh = size_wh
        self._interval_s = 1 / fps

    def frames(self) -> Iterator[Frame]:
        """Yield frames at the rate asked for; late ones are skipped, not queued."""
        started = time.monotonic()
        page, scene = -1, None
        while True:
            now = time.monotonic() - started
            if scene is None or int(now // _DEMO_PAGE_S) != page:
                page = int(now // _DEMO_PAGE_S)
                scene = Scene(seed=self._seed + page, size_wh=self._size_wh)
            yield Frame(scene.frame(now)[0], now)
            behind = (time.monotonic() - started) % self._interval_s
            time.sleep(self._interval_s - behind)

    def close(self) -> None:
        """Do nothing: there is nothing to give back."""
