import itertools
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import replace

import pytest
from waiting import wait_until

pytest.importorskip("paho.mqtt.client", reason="the extra mqtt")

from brokers import Broker, Subscriber, needs_broker
from certificates import made
from updates import blank_update, event, scene_update

from edge_app.sinks.mqtt.address import PASSWORD_VARIABLE
from edge_app.sinks.mqtt.mqtt_sink import MQTT

pytestmark = pytest.mark.slow


@needs_broker
def test_events_state_status_and_discovery(broker, subscribe, sinks, reader):
    broker.start()
    seen = subscribe(broker.port)
    sink = sinks(f"mqtt://127.0.0.1:{broker.port}/home/desk")
    sink.write(blank_update(reader, events=[event("settled", 5), event("gone", 4)]))
    wait_until(lambda: len(seen.json("home/desk/event")) == 2)
    assert [
        kept_event["event_type"] for kept_event in seen.json("home/desk/event")
    ] == [
        "settled",
        "gone",
    ]
    wait_until(lambda: seen.json("home/desk/state"))
    state = seen.json("home/desk/state")[-1]
    assert (state["text"], state["digits"]) == ("2927", 4)
    assert seen.text("home/desk/status") == ["online"]
    found = [m for m in seen.messages if m.topic.startswith("homeassistant/")]
    assert len(found) == 8
    for message in found:
        config = json.loads(message.payload)
        assert config["availability_topic"] == "home/desk/status"
        assert config["device"]["identifiers"] == ["edge_digits_home_desk"]
        (topic,) = {"state_topic", "image_topic", "command_topic"} & config.keys()
        assert config[topic].removeprefix("home/desk/") in (
            "state",
            "event",
            "fault",
            "image",
            "read",
        )
    sink.close()
    wait_until(lambda: seen.text("home/desk/status")[-1] == "offline")
    # Who comes later finds the last state, but not old events.
    late = Subscriber(broker.port)
    wait_until(lambda: late.json("home/desk/state") and late.text("home/desk/status"))
    assert late.text("home/desk/status") == ["offline"]
    assert late.json("home/desk/event") == []
    late.close()


@needs_broker
def test_state_is_what_has_settled(broker, subscribe, sinks, reader):
    """What appears, and what a settled number reads for a moment, is not in it."""
    broker.start()
    seen = subscribe(broker.port)
    sink = sinks(f"mqtt://127.0.0.1:{broker.port}/t", heartbeat_s=0.6)
    page = scene_update(reader)
    last, *others = [n.box_xywh for n in reversed(page.reading.numbers)]

    steps = itertools.count()

    def state_after(*events):
        step = f"step {next(steps)}"  # states of the one before may still be under way
        sink.write(replace(page, source=step, events=events))

        def of_step():
            sink.write(replace(page, source=step, events=()))
            return [state for state in seen.json("t/state") if state["source"] == step]

        return wait_until(of_step)[-1]

    assert page.reading.numbers
    assert state_after(event("appeared", 1, "7"))["text"] == ""
    assert state_after(event("settled", 1, "76", last))["text"] == "76"
    both = state_after(
        event("settled", 2, "5", others[-1]), event("appeared", 3, "8", others[0])
    )
    assert [number["text"] for number in both["numbers"]] == ["5", "76"]
    assert both["digits"] == 3
    assert state_after(event("changed", 2, "6", others[-1]))["text"] == "6  76"
    assert state_after(event("gone", 1, "76", last))["text"] == "6"


@needs_broker
def test_state_of_pictures_that_stand_alone(broker, subscribe, sinks, reader):
    broker.start()
    seen = subscribe(broker.port)
    page = scene_update(reader)
    page = replace(page, frame=replace(page.frame, name="page.jpg"))
    sinks(f"mqtt://127.0.0.1:{broker.port}/t").write(page)
    (state,) = wait_until(lambda: seen.json("t/state"))
    assert state["text"] == "  ".join(n.text for n in page.reading.numbers)
    assert state["digits"] == len(page.reading.digits)


@needs_broker
def test_what_is_wrong_with_the_source(broker, subscribe, sinks):
    broker.start()
    seen = subscribe(broker.port)
    sink = sinks(f"mqtt://127.0.0.1:{broker.port}/t")
    for fault in (None, "unplugged", "unplugged", "unplugged"):
        assert sink.wait(fault)
    sink.reconnected()
    wait_until(lambda: len(seen.json("t/fault")) == 3)
    assert [fault_text["fault"] for fault_text in seen.json("t/fault")] == [
        None,
        "unplugged",
        None,
    ]


@needs_broker
def test_what_happens_while_the_broker_is_away_comes_in_order(
    broker, subscribe, sinks, reader, caplog
):
    broker.start()
    seen = subscribe(broker.port)  # its session is there before anything is sent
    broker.stop()
    sink = sinks(f"mqtt://127.0.0.1:{broker.port}/t")
    number = iter(range(1, 10_000))

    def happen(count):
        for _ in range(count):
            sink.write(blank_update(reader, events=[event(number_id=next(number))]))

    happen(50)
    wait_until(lambda: ": Connection refused; trying on" in caplog.text)
    broker.start()

    def ids():
        return [kept_event["number_id"] for kept_event in seen.json("t/event")]

    wait_until(lambda: len(ids()) == 50)
    for _ in range(2):
        happen(20)
        broker.stop()
        happen(200)
        broker.start()
        happen(20)
    happen(1)
    last = next(number) - 1
    wait_until(lambda: ids()[-1] == last)
    received = ids()
    # At least once: the message under way to or from the broker may come again, and
    # then at once, so that the order holds.
    assert list(dict.fromkeys(received)) == list(range(1, last + 1))
    assert received == sorted(received)
    assert len(received) <= last + 4
    wait_until(lambda: seen.text("t/status")[-1] == "online")
    assert "connected again" in caplog.text


@needs_broker
def test_bounded_and_a_stuck_broker_holds_up_nobody(
    broker, subscribe, sinks, reader, caplog
):
    broker.start()
    seen = subscribe(broker.port)
    sink = sinks(f"mqtt://127.0.0.1:{broker.port}/t", max_buffered=100)
    sink.write(blank_update(reader, events=[event(number_id=1)]))
    wait_until(lambda: seen.json("t/event"))
    broker.process.send_signal(signal.SIGSTOP)
    update = blank_update(reader)
    for number in range(2, 1002):
        sink.write(replace(update, events=(event(number_id=number),)))
    # One that waited for the broker would have waited until it is taken for lost.
    assert "connection lost" not in caplog.text
    assert sink._broker._connected
    assert caplog.text.count("old events are lost") == 1
    broker.process.send_signal(signal.SIGCONT)
    wait_until(lambda: seen.json("t/event")[-1]["number_id"] == 1001)
    assert 100 <= len(seen.json("t/event")) <= 103


@needs_broker
def test_closing_does_not_wait_for_a_stuck_broker(broker, sinks, reader, caplog):
    broker.start()
    sink = MQTT(f"mqtt://127.0.0.1:{broker.port}/t")
    wait_until(lambda: sink._broker._connected)
    broker.process.send_signal(signal.SIGSTOP)
    sink.write(blank_update(reader, events=[event()] * 5))
    sink.close()  # does not wait for ever
    assert "could not be delivered" in caplog.text


@needs_broker
def test_everything_is_delivered_before_the_end(broker, subscribe, reader, patient):
    broker.start()
    seen = subscribe(broker.port)
    sink = MQTT(f"mqtt://127.0.0.1:{broker.port}/t")
    wait_until(lambda: sink._broker._connected)
    sink.write(blank_update(reader, events=[event()] * 3))
    sink.close()
    wait_until(lambda: seen.text("t/status")[-1:] == ["offline"])
    assert len(seen.json("t/event")) == 3


@needs_broker
def test_last_will_of_a_killed_process(broker, subscribe):
    broker.start()
    seen = subscribe(broker.port)
    code = (
        "import sys, time; from edge_app.sinks.mqtt.mqtt_sink import MQTT; "
        "MQTT(sys.argv[1]); time.sleep(60)"
    )
    url = f"mqtt://127.0.0.1:{broker.port}/t"
    process = subprocess.Popen([sys.executable, "-c", code, url])
    wait_until(lambda: seen.text("t/status") == ["online"])
    process.kill()
    process.wait()
    wait_until(lambda: seen.text("t/status") == ["online", "offline"])


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    return made(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def tls_broker(tmp_path, certificates):
    passwords = tmp_path / "passwords"
    command = shutil.which("mosquitto_passwd")
    if command is None:
        pytest.skip("mosquitto_passwd is not installed")
    create = [command, "-b", "-c", str(passwords), "pi", "se/cr:et@"]
    subprocess.run(create, check=True, capture_output=True)
    broker = Broker(
        tmp_path,
        "allow_anonymous false",
        f"password_file {passwords}",
        f"cafile {certificates}/ca.crt",
        f"certfile {certificates}/b.crt",
        f"keyfile {certificates}/b.key",
        "user root" if os.getuid() == 0 else "",
    )
    broker.start()
    yield broker
    broker.stop()


@needs_broker
def test_tls_and_password(
    tls_broker, certificates, subscribe, sinks, reader, monkeypatch
):
    ca_file = certificates / "ca.crt"
    seen = subscribe(
        tls_broker.port, ca_file=ca_file, username="pi", password="se/cr:et@"
    )
    in_url = f"mqtts://pi:se%2Fcr%3Aet%40@localhost:{tls_broker.port}/a"
    sinks(in_url, ca_file=ca_file).write(blank_update(reader, events=[event()]))
    monkeypatch.setenv(PASSWORD_VARIABLE, "se/cr:et@")
    in_environment = f"mqtts://pi@localhost:{tls_broker.port}/b"
    sinks(in_environment, ca_file=ca_file).write(blank_update(reader, events=[event()]))
    wait_until(lambda: seen.json("a/event") and seen.json("b/event"))


@needs_broker
def test_wrong_password_and_untrusted_certificate_are_said_once(
    tls_broker, certificates, sinks, caplog
):
    url = f"mqtts://pi:wrong@localhost:{tls_broker.port}/a"
    sinks(url, ca_file=certificates / "ca.crt")
    wait_until(lambda: "Not authorized" in caplog.text)
    sinks(url)  # the system's authorities do not know ours
    wait_until(lambda: "not trusted (self-signed" in caplog.text)
    assert "--mqtt-ca" in caplog.text
    time.sleep(2.5)  # at least one more attempt of each
    assert caplog.text.count("Not authorized") == 1
    assert caplog.text.count("not trusted") == 1
    assert "wrong" not in caplog.text


@needs_broker
def test_a_certificate_for_another_name(tls_broker, certificates, sinks, caplog):
    url = f"mqtts://127.1:{tls_broker.port}/a"
    sinks(url, ca_file=certificates / "ca.crt")
    wait_until(lambda: "use the name that the certificate is for" in caplog.text)


@needs_broker
@pytest.mark.parametrize(
    ("scheme", "other", "message"),
    [
        ("mqtt", "tls_broker", "speaks TLS there; mqtts:// instead of mqtt:// expec"),
        ("mqtts", "broker", "speaks MQTT without TLS there; mqtt:// instead of mqtts"),
        ("mqtt", "nothing", "does not answer as an MQTT broker does"),
        ("mqtts", "nothing", "does not answer as an MQTT broker does"),
    ],
)
def test_a_port_of_another_kind(scheme, other, message, sinks, caplog, request):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        if other != "nothing":
            server = request.getfixturevalue(other)
            if server.process is None:
                server.start()
            port = server.port
        sinks(f"{scheme}://127.0.0.1:{port}/t")
        wait_until(lambda: message in caplog.text)
