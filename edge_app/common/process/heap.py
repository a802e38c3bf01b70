"""The memory that the C library keeps in a process that is ours alone."""

import ctypes
import os
import sys

ARENA_VARIABLE, NUM_ARENAS = "MALLOC_ARENA_MAX", 2
_MMAP_VARIABLE, _MMAP_BYTES = "MALLOC_MMAP_THRESHOLD_", 2**19
# glibc, malloc.h
M_MMAP_THRESHOLD, _M_ARENA_MAX = -3, -8


def give_back() -> None:
    """Let glibc give the memory of each frame back, and share the rest among threads.

    By itself it gives threads eight arenas for each core, and soon takes frames from
    them, which keep the holes that frames leave: a process that reads for days grows by
    a frame each time that one more than ever is under way. What the user says by
    glibc's variables stays. To be called before there are threads. Where there is
    another C library nothing is done.
    """
    if not sys.platform.startswith("linux"):
        return
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):  # musl has none
        return
    if ARENA_VARIABLE not in os.environ:
        mallopt(_M_ARENA_MAX, NUM_ARENAS)
    if _MMAP_VARIABLE not in os.environ:
        mallopt(M_MMAP_THRESHOLD, _MMAP_BYTES)
