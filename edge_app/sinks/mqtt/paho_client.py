"""A client of the library Paho that knows who it is and whom it trusts."""

import secrets
import ssl
from pathlib import Path

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from edge_app.common.errors import MQTTError, in_words
from edge_app.sinks.mqtt.address import Address

_BETWEEN_CONNECTIONS_S = 30  # between two attempts to connect


def new_client(address: Address, ca_file: Path | None) -> Client:
    """Return a client for a broker, not connected yet.

    Args:
        address: Where it is.
        ca_file: Certificates that the broker's is checked against (PEM); `None` for the
            system's.

    Raises:
        MQTTError: The certificates cannot be used.
    """
    client = Client(
        CallbackAPIVersion.VERSION2, client_id=f"edge-digits-{secrets.token_hex(4)}"
    )
    if address.username is not None:
        client.username_pw_set(address.username, address.password)
    if address.tls:
        try:
            context = ssl.create_default_context(cafile=ca_file)
        except OSError as error:  # ssl.SSLError is one, too
            raise MQTTError(
                f"{ca_file}: certificates in PEM format expected ({in_words(error)})"
            ) from error
        client.tls_set_context(context)
    client.reconnect_delay_set(1, _BETWEEN_CONNECTIONS_S)
    return client
