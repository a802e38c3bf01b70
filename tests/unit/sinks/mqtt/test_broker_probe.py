"""Why a broker's port does not answer, from real ports."""

import socket
import ssl
import threading
from contextlib import contextmanager

import pytest
from certificates import made
from ports import free_port, serving

from edge_app.sinks.mqtt import broker_probe

MQTT_ALONE = "speaks MQTT without TLS there; mqtt:// instead of mqtts:// expected"
TLS_ALONE = "speaks TLS there; mqtts:// instead of mqtt:// expected"
NEITHER = "does not answer as an MQTT broker does; is that its port?"


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    return made(tmp_path_factory.mktemp("certificates"))


@contextmanager
def serving_tls(folder):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "b.crt", folder / "b.key")
    with serving(lambda plain: context.wrap_socket(plain, server_side=True)) as port:
        yield port


def accepts(connection):
    """Greet whoever sends a CONNECT of MQTT 3.1.1 as long as it says."""
    request = connection.recv(100)
    kind, length = request[:2]
    if kind == 0x10 and length == len(request) - 2 and request[2:8] == b"\0\4MQTT":
        connection.sendall(b"\x20\x02\x00\x00")


def test_what_a_port_speaks_instead_is_said(certificates):
    with serving(accepts) as port:
        assert broker_probe.why_no_answer("127.0.0.1", port, tls=True) == MQTT_ALONE
    with serving_tls(certificates) as port:
        assert broker_probe.why_no_answer("127.0.0.1", port, tls=False) == TLS_ALONE
        assert broker_probe.why_no_answer("127.0.0.1", port, tls=True) == NEITHER


@pytest.mark.parametrize("tls", [False, True])
@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 400 Bad Request\r\n\r\n", None])
def test_a_port_of_something_else(answer, tls, monkeypatch):
    monkeypatch.setattr(broker_probe, "_BROKER_SILENCE_S", 0.05)
    never = threading.Event()

    def serve(connection):
        if answer is None:  # silent
            never.wait()
        else:
            connection.recv(1000)
            connection.sendall(answer)

    with serving(serve) as port:
        assert broker_probe.why_no_answer("127.0.0.1", port, tls=tls) == NEITHER
        never.set()


@pytest.mark.parametrize("tls", [False, True])
def test_nobody_there(tls):
    assert broker_probe.why_no_answer("127.0.0.1", free_port(), tls=tls) == NEITHER


def refused(port, name, ca_file=None):
    """Why a certificate of a server is not taken by a client that looks at it."""
    context = ssl.create_default_context(cafile=ca_file)
    with (
        socket.create_connection(("127.0.0.1", port)) as plain,
        pytest.raises(ssl.SSLCertVerificationError) as caught,
    ):
        context.wrap_socket(plain, server_hostname=name)
    return broker_probe.why_not_trusted(caught.value)


def test_why_a_certificate_is_not_trusted(certificates):
    ca_file = certificates / "ca.crt"
    with serving_tls(certificates) as port:
        stranger = refused(port, "localhost")
        assert stranger.startswith("its certificate is not trusted (")
        assert stranger.endswith("); --mqtt-ca FILE names those that are")
        for name in ("broker.lan", "127.0.0.2"):
            other = refused(port, name, ca_file)
            assert name in other
            assert other.endswith("; use the name that the certificate is for")
