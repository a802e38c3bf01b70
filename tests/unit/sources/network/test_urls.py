"""URLs of streams, which may hold a password."""

import pytest

from edge_app.sources.network.urls import login, percent_encoded, without_password

pytestmark = pytest.mark.device


@pytest.mark.parametrize(
    ("url", "shown", "known"),
    [
        ("http://camera/live", "http://camera/live", None),
        ("http://camera/a@b", "http://camera/a@b", None),
        ("http://me@camera/", "http://camera/", ("me", "")),
        ("http://:cret@camera/", "http://camera/", ("", "cret")),
        ("http://me:cr@et@camera/", "http://camera/", ("me", "cr@et")),
        ("http://m%20e:cr%2Fet@camera/", "http://camera/", ("m e", "cr/et")),
        ("rtsp://me:cret@[::1]:5/a?b=c#d", "rtsp://[::1]:5/a?b=c#d", ("me", "cret")),
    ],
)
def test_a_login_is_known_and_not_shown(url, shown, known):
    assert without_password(url) == shown
    assert login(url) == known


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        ("http://camera/küche.jpg", "http://camera/k%C3%BCche.jpg"),
        ("https://camera/a b?ort=Küche 1&c=d", "https://camera/a%20b?ort=K%C3%BCche%201&c=d"),
        ("http://me:cr@et@camera:8080/a%20b?c=%2F;{d}", None),
    ],
)  # fmt: skip
def test_what_http_cannot_carry_is_percent_encoded(url, asked):
    assert percent_encoded(url) == (asked or url)
