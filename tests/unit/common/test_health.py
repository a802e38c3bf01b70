import sys
import time

import psutil
import pytest

from edge_app.common import health

pytestmark = pytest.mark.device


@pytest.fixture
def root(tmp_path):
    """What a Raspberry Pi's /proc and /sys tell."""
    for path, text in {
        "proc/loadavg": "0.52 0.58 0.59 1/467 12345\n",
        "proc/meminfo": "MemTotal:  3884136 kB\nMemAvailable: 2884136 kB\n",
        "proc/self/statm": "50000 2500 1000 1 0 1 0\n",
        "sys/class/thermal/thermal_zone0/type": "other\n",
        "sys/class/thermal/thermal_zone0/temp": "20000\n",
        "sys/class/thermal/thermal_zone1/type": "cpu-thermal\n",
        "sys/class/thermal/thermal_zone1/temp": "48312\n",
        "sys/devices/platform/soc/soc:firmware/get_throttled": "50005\n",
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    return tmp_path


def test_a_raspberry_pi(root):
    found = health.examine(root)
    assert found.temperature_c == 48.312
    assert found.load == 0.52
    assert found.memory_used_bytes == 1_000_000 * 1024
    assert found.memory_bytes == 3884136 * 1024
    assert found.process_bytes % 2500 == 0
    assert found.power == "under-voltage"


@pytest.mark.parametrize(
    ("bits", "power"),
    [("0", ""), ("50000", ""), ("80008", "slowed down by heat"), ("4", "slowed down")],
)
def test_power(root, bits, power):
    path = root / "sys/devices/platform/soc/soc:firmware/get_throttled"
    path.write_text(bits)
    assert health.examine(root).power == power


def test_a_system_that_tells_nothing(tmp_path):
    found = health.examine(tmp_path)
    assert found.num_cpus >= 1
    assert (found.temperature_c, found.load, found.memory_bytes, found.power) == (
        (None,) * 4
    )


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux'")
def test_this_machine():
    found = health.examine()
    assert 0 < found.memory_used_bytes < found.memory_bytes
    # The program's time, not the machine's.
    started_s = psutil.Process().create_time()
    first, second = found.running_s, health.examine().running_s
    assert 0 < first < second < time.time() - started_s
    assert 1e6 < found.process_bytes < found.memory_bytes
