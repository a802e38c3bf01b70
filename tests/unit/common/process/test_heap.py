import ctypes
import os
import re
import subprocess
import sys
from dataclasses import dataclass

import pytest

pytestmark = pytest.mark.skipif(
    not hasattr(ctypes.CDLL(None) if os.name == "posix" else None, "malloc_info"),
    reason="needs glibc",
)
NUM_THREADS = 8
# Threads that take memory at the same time, and what glibc says of its arenas.
CODE = f"""
import ctypes
import threading
from edge_app.common.process import heap

%s
libc = ctypes.CDLL(None)
libc.malloc.restype = libc.fopen.restype = ctypes.c_void_p
libc.malloc.argtypes = [ctypes.c_size_t]
together = threading.Barrier({NUM_THREADS})

def take():
    together.wait()
    libc.malloc(5000)
    together.wait()

libc.free.argtypes = [ctypes.c_void_p]
libc.free(libc.malloc(900_000))  # from now on glibc itself maps no frame more
frame = libc.malloc(900_000)
threads = [threading.Thread(target=take) for _ in range({NUM_THREADS})]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
libc.malloc_info.argtypes = [ctypes.c_int, ctypes.c_void_p]
libc.fclose.argtypes = [ctypes.c_void_p]
out = libc.fopen(b"/dev/stdout", b"w")
libc.malloc_info(0, out)
libc.fclose(out)
"""


@dataclass(frozen=True)
class Said:
    num_arenas: int
    num_mapped: int


def malloc_info(line, **environment):
    kept = {name: os.environ[name] for name in os.environ if "MALLOC" not in name}
    done = subprocess.run(
        [sys.executable, "-c", CODE % line],
        env={**kept, **environment},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    mapped = re.search(r'type="mmap" count="(\d+)"', done.stdout)
    return Said(done.stdout.count("<heap nr="), int(mapped[1]))


def test_threads_share_two_arenas_and_frames_are_mapped():
    alone, ours = malloc_info(""), malloc_info("heap.give_back()")
    assert alone.num_arenas > 2
    assert ours.num_arenas <= 2
    assert ours.num_mapped > alone.num_mapped


def test_what_the_user_says_stays():
    variables = {"MALLOC_ARENA_MAX": "5", "MALLOC_MMAP_THRESHOLD_": "10000000"}
    said = malloc_info("heap.give_back()", **variables)
    assert said.num_arenas > 2
    assert said.num_mapped < malloc_info("heap.give_back()").num_mapped
