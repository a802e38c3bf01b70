"""A broker, who listens at it, and what publishes at it."""

import os

import pytest


@pytest.fixture
def broker(tmp_path):
    """A broker that is not started yet, and keeps what it knows when it is stopped."""
    from brokers import Broker

    broker = Broker(
        tmp_path,
        "allow_anonymous true",
        "max_inflight_messages 1",  # so that the subscriber, too, sees them in order
        "persistence true",
        f"persistence_location {tmp_path}/",
        "user root" if os.getuid() == 0 else "",
    )
    yield broker
    broker.stop()


@pytest.fixture
def patient(monkeypatch):
    """A connection that delivers all that is left before it closes."""
    from edge_app.sinks.mqtt import broker

    monkeypatch.setattr(broker, "_BROKER", broker.BrokerLimits(close_s=60.0))


@pytest.fixture
def subscribe():
    """Listens at brokers."""
    from brokers import Subscriber

    opened = []

    def open_one(*args, **options):
        opened.append(Subscriber(*args, **options))
        return opened[-1]

    yield open_one
    for sink in opened:
        sink.close()


@pytest.fixture
def sinks():
    """Opens sinks that publish at brokers."""
    from edge_app.sinks.mqtt.mqtt_sink import MQTT

    opened = []

    def open_one(*args, **options):
        opened.append(MQTT(*args, **options))
        return opened[-1]

    yield open_one
    for sink in opened:
        sink.close()
