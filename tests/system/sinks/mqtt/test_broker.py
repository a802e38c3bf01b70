"""A connection that outlives the broker's absences, at a real one."""

import os
import threading

import pytest
from waiting import wait_until

pytest.importorskip("paho.mqtt.client", reason="the extra mqtt")

from brokers import Broker, Subscriber, needs_broker

from edge_app.sinks.mqtt import broker as broker_module
from edge_app.sinks.mqtt import paho_client
from edge_app.sinks.mqtt.address import address
from edge_app.sinks.mqtt.broker import Message

pytestmark = needs_broker


@pytest.fixture
def server(tmp_path):
    user = "user root" if os.getuid() == 0 else ""
    server = Broker(tmp_path, "allow_anonymous true", "max_inflight_messages 1", user)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def seen(server):
    subscriber = Subscriber(server.port)
    yield subscriber
    subscriber.close()


@pytest.fixture
def connect(server, monkeypatch):
    opened = []

    def connect(*, max_buffered=100, again_after_s=0.05, **options):
        def new_client(*settings):
            client = paho_client.new_client(*settings)
            client.reconnect_delay_set(again_after_s, again_after_s)
            return client

        monkeypatch.setattr(broker_module, "new_client", new_client)
        opened.append(
            broker_module.Broker(
                address(f"mqtt://127.0.0.1:{server.port}/t"),
                ca_file=None,
                greetings=[Message("t/status", "online")],
                farewell=Message("t/status", "offline"),
                max_buffered=max_buffered,
                **options,
            )
        )
        return opened[-1]

    yield connect
    for broker in opened:
        broker.close()


def numbered(*numbers):
    """Events; the broker keeps them for who comes back later than we do."""
    return [Message(f"t/event/{number}", str(number)) for number in numbers]


def events(seen):
    topics = [message.topic for message in list(seen.messages)]
    return [int(topic[8:]) for topic in topics if topic.startswith("t/event/")]


def test_all_comes_in_order_between_greeting_and_farewell(seen, connect, patient):
    broker = connect()
    broker.put(numbered(1, 2), newest=Message("t/state", "a"))
    broker.put(numbered(3), newest=Message("t/state", "b"))
    broker.put(numbered(4), newest=None)
    wait_until(lambda: events(seen)[-1:] == [4])
    wait_until(lambda: seen.text("t/state")[-1:] == ["b"])
    assert broker.is_connected
    broker.put(numbered(5), newest=None)
    broker.close()
    wait_until(lambda: seen.text("t/status") == ["online", "offline"])
    assert events(seen) == [1, 2, 3, 4, 5]
    assert seen.messages[0].topic == "t/status"


def test_of_states_that_wait_only_the_newest_is_sent(server, seen, connect):
    server.stop()
    broker = connect()
    for state in "abc":
        broker.put([], newest=Message("t/state", state))
    server.start()
    wait_until(lambda: seen.text("t/state"))
    assert seen.text("t/state") == ["c"]


def test_the_oldest_are_lost_where_too_many_wait_and_it_is_said_once(
    server, seen, connect, caplog
):
    server.stop()
    broker = connect(max_buffered=3)
    wait_until(lambda: "trying on" in caplog.text)
    for number in range(9):
        broker.put(numbered(number), newest=None)
    assert caplog.text.count("the broker is away too long, old events are lost") == 1
    assert broker.lost.is_set()
    server.start()
    wait_until(lambda: len(events(seen)) >= 3)
    assert sorted(events(seen)) == [6, 7, 8]
    assert caplog.messages[-1].endswith("127.0.0.1: connected again")


def test_a_broker_that_comes_back_is_greeted_with_what_holds_then(
    server, seen, connect
):
    broker = connect(again_after_s=2)  # who listens is there before
    wait_until(lambda: broker.is_connected)
    broker.greet_with([Message("t/config", "old"), Message("t/other", "same")])
    broker.greet_with([Message("t/config", "new")])
    wait_until(lambda: seen.text("t/config") == ["old", "new"])
    server.stop()
    wait_until(lambda: not broker.is_connected)
    server.start()
    wait_until(
        lambda: len(seen.text("t/config")) == 3 and len(seen.text("t/other")) == 2
    )
    assert seen.text("t/config") == ["old", "new", "new"]
    assert seen.text("t/other") == ["same", "same"]


def test_commands_of_now_are_done_and_kept_ones_are_not(seen, connect):
    def sent(topic, **options):
        seen._client.publish(topic, "read", 1, **options).wait_for_publish(60)

    done, listens, is_over = [], threading.Event(), threading.Event()
    commands = {"t/read": lambda: done.append(1), "t/last": is_over.set}
    sent("t/read", retain=True)
    connect(commands={**commands, "t/listens": listens.set})  # subscribed to in order
    wait_until(lambda: sent("t/listens") or listens.is_set())
    for topic in ("t/other", "t/read", "t/last"):
        sent(topic)
    assert is_over.wait(60)
    assert done == [1]


def test_what_is_left_where_no_broker_is_is_said(server, connect, caplog):
    server.stop()
    broker = connect()
    broker.put(numbered(1, 2), newest=Message("t/state", "a"))
    broker.close()
    assert "mqtt: 3 messages could not be delivered" in caplog.messages
    assert broker.lost.is_set()
