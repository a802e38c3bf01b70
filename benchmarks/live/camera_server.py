"""A network camera to test with: ``python -m benchmarks.live.camera_server``.

It sends the demo scene as MJPEG over HTTP, or at `/capture` one picture of it, and
writes into each picture when it was made, so that its age is known wherever it turns
up. What it is told on standard input, one word a line, makes it a broken camera.
"""

import itertools
import sys
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal, get_args

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_app.cli import commands
from edge_app.sources.demo.demo_scene import Scene

CameraMode = Literal[
    "well", "black", "frozen", "small", "torn", "garbage", "silent", "end"
]


@dataclass(frozen=True)
class _CameraServer:
    """The pictures of a camera to test with, and the stamp in them.

    Attributes:
        stamp_block_px: Sides of what a bit of the stamp covers: what JPEG codes
            together.
        stamp_bits: Of the stamp, which counts milliseconds.
        longest_silence_s: Longer than anybody waits for a picture.
        num_drawn: Frames drawn beforehand, so that serving takes little of the machine.
    """

    stamp_block_px: int = 8
    stamp_bits: int = 32
    longest_silence_s: float = 30.0
    num_drawn: int = 30


_CAMERA_SERVER = _CameraServer()


def stamp(image: NDArray[np.uint8], time_s: float) -> None:
    """Write a moment into the first rows of `(H, W, 3)` uint8, as white and black."""
    side, bits = _CAMERA_SERVER.stamp_block_px, _CAMERA_SERVER.stamp_bits
    number = int(time_s * 1000) % 2**bits
    for bit in range(bits):
        image[:side, bit * side : (bit + 1) * side] = 255 * (number >> bit & 1)


def stamped_age_s(image: NDArray[np.uint8], now_s: float) -> float:
    """Return the seconds from the moment in a picture to `now_s`, of the same clock."""
    side = _CAMERA_SERVER.stamp_block_px
    middle, end = side // 2, _CAMERA_SERVER.stamp_bits * side
    bits = image[middle, middle:end:side, 1] > 127
    number = sum(int(bit) << place for place, bit in enumerate(bits))
    age_ms: int = (int(now_s * 1000) - number) % 2**_CAMERA_SERVER.stamp_bits
    return age_ms / 1000


class ServedCamera:
    """Its pictures, and how it is broken."""

    def __init__(
        self,
        size_wh: tuple[int, int],
        fps: float,
        *,
        num_drawn: int = _CAMERA_SERVER.num_drawn,
    ) -> None:
        """Draw the pictures.

        Args:
            size_wh: Of each, in pixels.
            fps: How many are sent a second.
            num_drawn: How many there are, 2 or more; they are sent there and back.
        """
        scene = Scene(seed=4, size_wh=size_wh)
        self._drawn = [scene.frame(n / 15)[0] for n in range(num_drawn)]
        self._rng = np.random.default_rng(0)
        self._started = time.monotonic()
        self.fps = fps
        self.mode: CameraMode = "well"

    def now(self) -> bytes:
        """Return the picture of this moment, as it is sent."""
        return self.jpeg(int((time.monotonic() - self._started) * self.fps))

    def jpeg(self, count: int) -> bytes:
        """Return picture number `count`, as it is sent."""
        around = 2 * len(self._drawn) - 2  # there and back, without a jump
        turn = count % around
        image = self._drawn[min(turn, around - turn)].copy()
        if self.mode == "black":
            image[:] = self._rng.integers(0, 5, image.shape, np.uint8)
        elif self.mode == "frozen":
            image = self._drawn[0]
        else:
            stamp(image, time.monotonic())
        if self.mode == "small":
            image = np.asarray(cv2.resize(image, None, fx=0.5, fy=0.5), np.uint8)
        content = cv2.imencode(".jpg", image)[1].tobytes()
        if self.mode == "torn":
            return content[: len(content) // 2]
        if self.mode == "garbage":
            return self._rng.bytes(len(content))
        return content


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    camera: ServedCamera


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        """Send one picture, or pictures until somebody has enough."""
        camera = self.server.camera
        if self.path == "/capture":
            self._send_one(camera)
            return
        self.send_response(200)
        kind = "multipart/x-mixed-replace; boundary=frame"
        self.send_header("Content-Type", kind)
        self.end_headers()
        started = time.monotonic()
        try:
            for count in itertools.count():
                wait_s = started + count / camera.fps - time.monotonic()
                time.sleep(max(0.0, wait_s))
                if camera.mode == "end":
                    return
                if camera.mode != "silent":
                    self._send(camera, count)
        except OSError:
            return  # the reader hung up

    def _send_one(self, camera: ServedCamera) -> None:
        if camera.mode == "silent":
            time.sleep(_CAMERA_SERVER.longest_silence_s)
        if camera.mode in ("silent", "end"):
            return
        content = camera.now()
        self.send_response(200)
        self.send_header("Content-Type", "image/jpeg")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _send(self, camera: ServedCamera, count: int) -> None:
        content = camera.jpeg(count)
        if camera.mode == "garbage":  # nothing around it either
            self.wfile.write(content)
            return
        head = f"Content-Type: image/jpeg\r\nContent-Length: {len(content)}"
        self.wfile.write(f"--frame\r\n{head}\r\n\r\n".encode() + content + b"\r\n")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def main() -> None:
    """Serve until standard input is closed."""
    parser = commands.Parser(prog="python -m benchmarks.live.camera_server")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--width", type=int, default=640)
    parser.add_argument("--height", type=int, default=480)
    parser.add_argument("--fps", type=float, default=15.0)
    parser.add_argument("--num-drawn", type=int, default=_CAMERA_SERVER.num_drawn)
    arguments = parser.parse_args()
    camera = ServedCamera(
        (arguments.width, arguments.height),
        arguments.fps,
        num_drawn=arguments.num_drawn,
    )
    with _Server(("127.0.0.1", arguments.port), _Handler) as server:
        server.camera = camera
        threading.Thread(target=server.serve_forever, daemon=True).start()
        sys.stdout.write(f"http://127.0.0.1:{server.server_port}/video\n")
        sys.stdout.flush()
        for line in sys.stdin:
            if (word := line.strip()) in get_args(CameraMode):
                camera.mode = word  # type: ignore[assignment]
        server.shutdown()


if __name__ == "__main__":
    main()
