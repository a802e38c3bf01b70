"""Sources in the network: `open_url` finds out which one a URL means."""

from http.client import HTTPException, HTTPResponse

from edge_app.common.errors import CameraError, UnfitSourceError, in_words
from edge_app.sources.network import mjpeg, mp4
from edge_app.sources.network.connect import connect
from edge_app.sources.network.stills import Stills
from edge_app.sources.network.stream import Stream
from edge_app.sources.network.urls import without_password
from edge_app.sources.network.video import RemoteClip
from edge_app.sources.pictures import foreign
from edge_app.sources.source import Source

_PLAYLIST = b"#EXTM3U"  # of HLS, which is a stream though its list has an end
_PICTURE_BEGINNINGS = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"BM", b"II*\0", b"MM\0*")
_BEGINNING_BYTES = 64  # bytes; what any of them is known by


def open_url(url: str, interval_s: float | None = None) -> Source:
    """Return the source at a URL, opened.

    Args:
        url: Over HTTP: JPEG after JPEG (MJPEG), a picture, which is asked for again and
            again, or a video file. Else a stream that FFmpeg understands.
        interval_s: Seconds from one picture to the next, where those are asked for;
            `None` for the usual.

    Raises:
        UnfitSourceError: What is there is nothing that can be read, or only downloaded.
        CameraError: Nobody answers, or with an error.
    """
    if not url.lower().startswith(("http://", "https://")):
        _refuse(interval_s, url)
        return Stream(url)
    response = connect(url)
    if (boundary := mjpeg.boundary(response)) is not None:
        _refuse(interval_s, url)
        return mjpeg.MJPEGStream(url, response, boundary)
    kind = response.headers.get_content_type()
    beginning = _beginning(url, response)
    if kind.startswith("image/") or _is_picture(beginning):
        return Stills(url, response, interval_s)
    _refuse(interval_s, url)
    if kind == "text/html" or _is_file(url, response, beginning):
        _check_file(url, kind, beginning)
        return RemoteClip(url, response)
    response.close()
    return Stream(url)


def _beginning(url: str, response: HTTPResponse) -> bytes:
    """Return some of the first bytes of an answer, which stay to be read."""
    try:
        return response.peek(_BEGINNING_BYTES)[:_BEGINNING_BYTES]
    except (OSError, HTTPException) as error:
        raise CameraError(
            f"{without_password(url)}: answers, but sends nothing ({in_words(error)})"
        ) from error


def _is_file(url: str, response: HTTPResponse, beginning: bytes) -> bool:
    """Return whether an answer ends one day; a file's length is not always told."""
    if response.length is not None:
        return not beginning.startswith(_PLAYLIST)
    if foreign.what(beginning) is not None:
        return True
    if not mp4.is_one(beginning):
        return False
    with connect(url) as another:  # what is read of this one is lost to the clip
        return not mp4.is_endless(another)


def _check_file(url: str, kind: str, beginning: bytes) -> None:
    """Refuse what is neither a picture nor a video.

    Raises:
        UnfitSourceError: It is a web page or the like.
    """
    shown = without_password(url)
    if kind == "text/html":
        raise UnfitSourceError(
            f"{shown}: a web page; its picture or stream has an address of its own, "
            "often .../video, .../capture or .../snapshot.jpg"
        )
    if (known := foreign.what(beginning)) is not None:
        raise UnfitSourceError(f"{shown}: {known}")


def _is_picture(beginning: bytes) -> bool:
    return beginning.startswith(_PICTURE_BEGINNINGS) or beginning[8:12] == b"WEBP"


def _refuse(interval_s: float | None, url: str) -> None:
    if interval_s is not None:
        raise UnfitSourceError(
            f"{without_password(url)}: --interval is for pictures that are asked for "
            "one by one; leave it out here"
        )
