"""Clients of a broker, by what they say to a port."""

import queue
import ssl
import struct

import pytest

pytest.importorskip("paho.mqtt.client", reason="the extra mqtt")

from certificates import made
from ports import serving

from edge_app.common.errors import MQTTError
from edge_app.sinks.mqtt.address import address
from edge_app.sinks.mqtt.paho_client import new_client


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    return made(tmp_path_factory.mktemp("certificates"))


def texts_in(connect):
    """The texts of a CONNECT: the client's name, user and password, if there are any.

    Those of MQTT 3.1.1, section 3.1.3, each after its length.
    """
    texts, rest = [], connect[12:]
    while rest:
        (length,) = struct.unpack_from(">H", rest)
        texts.append(rest[2 : 2 + length].decode())
        rest = rest[2 + length :]
    return texts


def said(url, ca_file=None, encrypted=None):
    """What a new client says first to a server, which knows encryption or not."""
    packets = queue.Queue()

    def serve(connection):
        with encrypted(connection) if encrypted else connection as heard:
            packets.put(heard.recv(1000))

    with serving(serve) as port:
        new_client(address(url.format(port)), ca_file).connect("localhost", port)
        return texts_in(packets.get(timeout=60))


def test_each_client_has_a_name_of_its_own():
    names = [said("mqtt://localhost:{}") for _ in range(3)]
    assert len({name for (name,) in names}) == 3
    assert all(name.startswith("edge-digits-") for (name,) in names)


def test_user_and_password_are_given():
    _, *login = said("mqtt://me:se%2Fcr%3Aet%40@localhost:{}/topic")
    assert login == ["me", "se/cr:et@"]


def test_with_tls_only_a_server_that_is_known_hears_anything(certificates):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates / "b.crt", certificates / "b.key")

    def encrypted(connection):
        return context.wrap_socket(connection, server_side=True)

    url = "mqtts://me:secret@localhost:{}"
    _, *login = said(url, certificates / "ca.crt", encrypted)
    assert login == ["me", "secret"]
    with pytest.raises(ssl.SSLCertVerificationError):
        said(url, None, encrypted)


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_certificates_that_cannot_be_used(tmp_path, content):
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_text(content)
    with pytest.raises(MQTTError, match=r"ca\.pem: certificates in PEM format exp"):
        new_client(address("mqtts://localhost"), path)
    new_client(address("mqtt://localhost"), path)  # which needs none
