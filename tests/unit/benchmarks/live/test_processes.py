import socket
import subprocess
import sys

import pytest

from benchmarks.live import processes
from edge_app.common.errors import EdgeDigitsError

LISTEN = """
import socket, sys, time
server = socket.create_server(("127.0.0.1", int(sys.argv[1])))
server.accept()
time.sleep(60)
"""


def test_nobody_listens_at_a_free_port():
    port = processes.free_port()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))
    socket.create_server(("127.0.0.1", port)).close()  # it can be taken


def test_a_process_is_waited_for_until_it_listens():
    port = processes.free_port()
    process = subprocess.Popen([sys.executable, "-S", "-c", LISTEN, str(port)])
    try:
        processes.wait_for(port, process)
        assert process.poll() is None
        with pytest.raises(OSError, match="in use"):
            socket.create_server(("127.0.0.1", port))
    finally:
        process.kill()
        process.wait()


def test_a_process_that_ends_before_it_listens():
    port = processes.free_port()
    process = subprocess.Popen([sys.executable, "-S", "-c", "raise SystemExit(3)"])
    with pytest.raises(EdgeDigitsError, match=r"^the process ended with 3$"):
        processes.wait_for(port, process)


@pytest.mark.parametrize(
    ("count", "fifths"),
    [
        (10, "2.0, 4.0, 6.0, 8.0, 10.0"),
        (5, "1.0, 2.0, 3.0, 4.0, 5.0"),
        (3, "1.0, 1.0, 2.0, 2.0, 3.0"),
        (1, "1.0, 1.0, 1.0, 1.0, 1.0"),
    ],
)
def test_memory_at_the_end_of_each_fifth(count, fifths):
    samples = [float(number) for number in range(1, count + 1)]
    assert processes.memory_fifths(samples) == fifths


def test_memory_that_grows_after_the_first_two_fifths():
    filling = [50 + 10.0 * second for second in range(40)]  # a full history
    growing = [500 + 1.5 * second / 3600 for second in range(60)]
    assert processes.slope_mb_per_hour(filling + growing) == 1.5
    assert processes.slope_mb_per_hour(filling + [500.0] * 60) == 0
