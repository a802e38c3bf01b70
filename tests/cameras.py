"""Real cameras for tests: processes that serve streams, and break on command."""

import functools
import hashlib
import http.client
import http.server
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager

import cv2
import numpy as np
from ports import free_port, serving

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
    command = [sys.executable, "-m", "benchmarks.live.camera_server"]
    # Few drawings, with which it starts sooner, and a port to which it can come back.
    fixed = ["--num-drawn", "5", "--port", str(free_port())]
    camera = Camera([*command, *fixed, *options])
    try:
        yield camera
    finally:
        camera.is_killed()


class Files(http.server.SimpleHTTPRequestHandler):
    """A folder's files, as http.server gives them: whole ones only.

    Behind a login for me:se/cr:et where `server.demands` says which kinds there are.
    """

    def do_GET(self):
        if not self.server.demands or self._is_known():
            super().do_GET()
            return
        self.send_response(401)
        for demand in self.server.demands:
            more = 'realm="camera", nonce="4711", qop="auth"'
            self.send_header("WWW-Authenticate", f"{demand} {more}")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _is_known(self):
        said = self.headers.get("Authorization", "")
        if said.startswith("Basic ") and "Basic" in self.server.demands:
            return said == "Basic bWU6c2UvY3I6ZXQ="
        credentials = {
            key: plain or quoted
            for key, quoted, plain in re.findall(r'(\w+)=(?:"([^"]*)"|([^",]+))', said)
        }
        if not said.startswith("Digest ") or credentials.get("nonce") != "4711":
            return False

        def md5(*parts):
            return hashlib.md5(":".join(parts).encode()).hexdigest()

        rest = [credentials[key] for key in ("nonce", "nc", "cnonce", "qop")]
        who, what = md5("me", "camera", "se/cr:et"), md5("GET", self.path)
        return credentials["response"] == md5(who, *rest, what)

    def log_message(self, *_):
        pass


@contextmanager
def file_server(folder, *demands):
    """The URL of a folder's files on a real server."""
    handler = functools.partial(Files, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        server.demands = demands
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@contextmanager
def answering(content):
    """The port of a server that says the same to everybody and hangs up."""

    def serve(connection):
        connection.recv(4096)
        connection.sendall(content)

    with serving(serve) as port:
        yield port


def answered(content, *, hangs_for_s=None):
    """An HTTP answer over a real connection, its head read.

    Args:
        content: All that the server says.
        hangs_for_s: How long it is waited for when it says no more; `None` for one
            that hangs up.
    """
    server, client = socket.socketpair()
    client.settimeout(hangs_for_s)
    response = http.client.HTTPResponse(client)
    response.server = server  # stays open as long as the answer is needed
    server.sendall(content)
    if hangs_for_s is None:
        server.close()
    response.begin()
    client.close()  # the answer's own file goes on reading
    return response


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


def knocked(image, shift_xy, degrees):
    """What a camera sees after a knock, and how that lies over what it saw before."""
    middle = image.shape[1] / 2, image.shape[0] / 2
    motion = cv2.getRotationMatrix2D(middle, degrees, 1.0)
    motion[:, 2] += shift_xy
    size_wh = image.shape[1::-1]
    moved = cv2.warpAffine(image, motion, size_wh, borderMode=cv2.BORDER_REPLICATE)
    return moved, np.vstack([motion, [0, 0, 1]])
