"""The URL of an MQTT broker: where it is, and who publishes what below which topic."""

import os
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from edge_app.common.errors import MQTTError

PASSWORD_VARIABLE = "EDGE_DIGITS_MQTT_PASSWORD"
_PORTS = {"mqtt": 1883, "mqtts": 8883}
_DEFAULT_TOPIC = "edge-digits"


@dataclass(frozen=True)
class Address:
    """Address of a broker, and what is said to it.

    Attributes:
        host: Its name or IP address.
        port: Its TCP port.
        topic: Below which everything is published.
        username: `None` for an anonymous client.
        password: Never shown.
        tls: Whether the connection is encrypted.
    """

    host: str
    port: int
    topic: str
    username: str | None
    password: str | None = field(repr=False)
    tls: bool


def address(url: str) -> Address:
    """Return the address in a URL, a password that it lacks from the environment.

    Args:
        url: `mqtt://user:password@host:port/topic`, or `mqtts://` for TLS; all but the
            host may be left out, and special characters are percent-encoded.

    Raises:
        MQTTError: It is no such URL. The message leaves the password out.
    """
    expected = "mqtt://user@host:port/topic or mqtts://... expected"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise MQTTError(f"{expected}, got one with a wrong host or port") from error
    shown = url.rpartition("@")[2]
    if parts.scheme not in _PORTS or not parts.hostname or port == 0:
        raise MQTTError(f"{expected}, got {shown}")
    topic = unquote(parts.path).strip("/") or _DEFAULT_TOPIC
    if set("?#") & set(url) or set("+#\0") & set(topic):
        raise MQTTError(f"a topic without + # ? and {expected}, got {shown}")
    password = unquote(parts.password) if parts.password is not None else None
    return Address(
        host=parts.hostname,
        port=_PORTS[parts.scheme] if port is None else port,
        topic=topic,
        username=unquote(parts.username) if parts.username else None,
        password=os.environ.get(PASSWORD_VARIABLE) if password is None else password,
        tls=parts.scheme == "mqtts",
    )
