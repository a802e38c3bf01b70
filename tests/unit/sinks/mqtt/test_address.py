import pytest

from edge_app.common.errors import MQTTError
from edge_app.sinks.mqtt.address import PASSWORD_VARIABLE, address


def test_addresses(monkeypatch):
    monkeypatch.delenv(PASSWORD_VARIABLE, raising=False)
    plain = address("mqtt://broker.lan")
    assert (plain.host, plain.port, plain.topic) == ("broker.lan", 1883, "edge-digits")
    assert (plain.username, plain.password, plain.tls) == (None, None, False)
    full = address("mqtts://me:a%40b@[::1]:99/x/y/")
    assert (full.host, full.port, full.topic) == ("::1", 99, "x/y")
    assert (full.username, full.password, full.tls) == ("me", "a@b", True)
    assert "a@b" not in repr(full)


def test_a_password_that_the_url_lacks_comes_from_the_environment(monkeypatch):
    monkeypatch.setenv(PASSWORD_VARIABLE, "kept")
    assert address("mqtt://me@broker").password == "kept"
    assert address("mqtt://me:@broker").password == ""
    assert address("mqtt://me:own@broker").password == "own"


@pytest.mark.parametrize(
    "url",
    [
        "broker.lan",
        "http://broker.lan/t",
        "mqtt://",
        "mqtt://me:secret@broker:port/t",
        "mqtt://me:secret@broker:0/t",
        "mqtt://me:secret@broker/a/#",
        "mqtt://me:secret@broker/a?b=c",
        "tcp://me:secret@broker",
    ],
)
def test_wrong_addresses_do_not_tell_the_password(url):
    with pytest.raises(MQTTError, match="expected, got") as caught:
        address(url)
    assert "secret" not in str(caught.value)
