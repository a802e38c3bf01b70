"""Real cameras for tests: processes that serve streams, and break on command."""

import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager

RTSP_SERVER = """
import sys, gi
gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer
Gst.init(None)
server = GstRtspServer.RTSPServer()
server.set_address("127.0.0.1")
server.set_service(sys.argv[1])
factory = GstRtspServer.RTSPMediaFactory()
factory.set_launch(
    "( videotestsrc is-live=true pattern=ball ! video/x-raw,width=320,height=240,"
    "framerate=15/1 ! x264enc tune=zerolatency speed-preset=ultrafast key-int-max=15"
    " ! rtph264pay name=pay0 pt=96 )"
)
factory.set_shared(True)
server.get_mount_points().add_factory("/live", factory)
server.attach(None)
print(f"rtsp://127.0.0.1:{server.get_bound_port()}/live", flush=True)
GLib.MainLoop().run()
"""


class Camera:
    """A server process, its URL, and what can happen to it."""

    def __init__(self, command):
        self._command = command
        self.url = None
        self.start()

    def start(self, *more):
        self.process = subprocess.Popen(
            [*self._command, *more],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            bufsize=1,
        )
        self.url = self.process.stdout.readline().strip()
        assert self.url, "the server did not start"

    def becomes(self, mode):
        self.process.stdin.write(f"{mode}\n")

    def stops(self):
        self.process.send_signal(signal.SIGSTOP)

    def goes_on(self):
        self.process.send_signal(signal.SIGCONT)

    def is_killed(self):
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()

    @property
    def port(self):
        return self.url.split(":")[2].split("/")[0]


@contextmanager
def mjpeg_camera(*options):
    camera = Camera([sys.executable, "-m", "benchmarks.camera_server", *options])
    try:
        yield camera
    finally:
        camera.is_killed()


@contextmanager
def rtsp_camera():
    camera = Camera(["/usr/bin/python3", "-c", RTSP_SERVER, "0"])
    try:
        yield camera
    finally:
        camera.is_killed()


def why_no_rtsp_server():
    """Why there is no RTSP server on this machine; `None` if there is."""
    probe = (
        "import gi; gi.require_version('GstRtspServer', '1.0');"
        "gi.require_version('Gst', '1.0'); from gi.repository import Gst;"
        "Gst.init(None); assert Gst.ElementFactory.find('x264enc')"
    )
    if shutil.which("/usr/bin/python3") is None:
        return "needs the system's python3 with GStreamer's RTSP server"
    done = subprocess.run(["/usr/bin/python3", "-c", probe], capture_output=True)
    if done.returncode:
        return (
            "needs apt install python3-gi gir1.2-gst-rtsp-server-1.0 "
            "gstreamer1.0-plugins-ugly"
        )
    return None


def seconds_until(condition, limit_s):
    """How long `condition()` took to become true."""
    started = time.monotonic()
    while not condition():
        elapsed = time.monotonic() - started
        assert elapsed < limit_s, f"not within {limit_s} s"
        time.sleep(0.02)
    return time.monotonic() - started
