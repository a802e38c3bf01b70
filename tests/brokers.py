"""Real MQTT brokers, and who listens at them."""

import json
import shutil
import signal
import socket
import subprocess
import threading
from secrets import token_hex

import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion
from ports import free_port
from waiting import wait_until

MOSQUITTO = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin")
needs_broker = pytest.mark.skipif(
    MOSQUITTO is None, reason="mosquitto is not installed"
)


class Broker:
    """A real mosquitto that can be stopped and started again."""

    def __init__(self, folder, *lines):
        self.port = free_port()
        self._config = folder / "mosquitto.conf"
        settings = [f"listener {self.port} 127.0.0.1", *lines]
        self._config.write_text("\n".join(settings) + "\n")
        self.process = None

    def start(self):
        self.process = subprocess.Popen(
            [MOSQUITTO, "-c", str(self._config)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait_until(self._answers)

    def _answers(self):
        assert self.process.poll() is None, "mosquitto ended"
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
        except OSError:
            return False
        return True

    def stop(self):
        if self.process is not None:
            self.process.send_signal(signal.SIGCONT)
            self.process.terminate()
            self.process.wait(60)
            self.process = None


class Subscriber:
    """Everything that a broker passes on, from a session that outlives it."""

    def __init__(self, port, *, ca_file=None, username=None, password=None):
        self.messages = []
        self.ready = threading.Event()
        self._client = Client(
            CallbackAPIVersion.VERSION2, client_id=token_hex(8), clean_session=False
        )
        if ca_file:
            self._client.tls_set(str(ca_file))
        if username:
            self._client.username_pw_set(username, password)
        self._client.reconnect_delay_set(1, 1)
        self._client.on_connect = self._on_connect
        self._client.on_subscribe = lambda *_: self.ready.set()
        self._client.on_message = lambda _c, _d, message: self.messages.append(message)
        self._client.connect("localhost", port)
        self._client.loop_start()
        assert self.ready.wait(60)

    @staticmethod
    def _on_connect(client, _data, flags, *_):
        # Who subscribes again is sent again what the broker kept.
        if not flags.session_present:
            client.subscribe("#", 1)

    def json(self, topic):
        return [json.loads(m.payload) for m in list(self.messages) if m.topic == topic]

    def text(self, topic):
        return [m.payload.decode() for m in list(self.messages) if m.topic == topic]

    def close(self):
        self._client.disconnect()
        self._client.loop_stop()
