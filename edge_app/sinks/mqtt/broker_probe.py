"""A probe of a broker's port that does not answer as it should: what does it speak?"""

import socket
import ssl

_BROKER_SILENCE_S = 1.5  # of silence
# MQTT 3.1.1, section 3.1: CONNECT of a client without a name, with a clean session.
_CONNECT = b"\x10\x0c\x00\x04MQTT\x04\x02\x00\x05\x00\x00"
_CONNACK = 0x20
# X509_V_ERR_HOSTNAME_MISMATCH and X509_V_ERR_IP_ADDRESS_MISMATCH of OpenSSL.
_OTHER_NAME = {62, 64}


def why_no_answer(host: str, port: int, *, tls: bool) -> str:
    """Return why nothing sensible came from a broker's port, and what to do then.

    Args:
        host: Its name or IP address.
        port: Its TCP port.
        tls: Whether TLS was spoken to it.
    """
    if tls and _speaks_mqtt(host, port):
        return "speaks MQTT without TLS there; mqtt:// instead of mqtts:// expected"
    if not tls and _speaks_tls(host, port):
        return "speaks TLS there; mqtts:// instead of mqtt:// expected"
    return "does not answer as an MQTT broker does; is that its port?"


def why_not_trusted(error: ssl.SSLCertVerificationError) -> str:
    """Return why a broker's certificate was refused, and what to do about it."""
    if error.verify_code in _OTHER_NAME:
        said = error.verify_message.rstrip(".")
        return f"{said}; use the name that the certificate is for"
    return (
        f"its certificate is not trusted ({error.verify_message}); --mqtt-ca FILE "
        "names those that are"
    )


def _speaks_tls(host: str, port: int) -> bool:
    # Only to see whether there is TLS: nothing is sent, nobody trusted.
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        with (
            socket.create_connection((host, port), _BROKER_SILENCE_S) as plain,
            context.wrap_socket(plain, server_hostname=host),
        ):
            return True
    except OSError:
        return False


def _speaks_mqtt(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), _BROKER_SILENCE_S) as plain:
            plain.sendall(_CONNECT)
            return plain.recv(1)[:1] == bytes([_CONNACK])
    except OSError:
        return False
