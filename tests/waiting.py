"""Waiting for what other threads and processes do."""

import time


def wait_until(condition, timeout_s=300.0):
    """Wait until a condition holds; what it said then.

    Args:
        condition: Is asked again and again.
        timeout_s: After which it is taken for one that never holds.
    """
    ends_s = time.monotonic() + timeout_s
    while not (value := condition()):
        assert time.monotonic() < ends_s, f"not within {timeout_s} s"
        time.sleep(0.02)
    return value
