"""Work that several processes share, and that comes back in the order of its items."""

import multiprocessing
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from typing import TypeVar

import cv2

_Item = TypeVar("_Item")
_Made = TypeVar("_Made")


def in_order(
    work: Callable[[_Item], _Made],
    todo: Iterable[_Item],
    *,
    jobs: int,
    prepare: Callable[[], None] | None = None,
) -> Iterator[_Made]:
    """Yield what some work makes of each item, in their order.

    Args:
        work: A function of a module, or a partial of one: it is sent to processes.
        todo: What it is given.
        jobs: Processes that work at once; a single one is this process.
        prepare: Called in each process before its first item; it is sent, too.

    Raises:
        Exception: What the work raises, at its item; the rest is not begun.
        BrokenProcessPool: A process was ended from outside.
    """
    if jobs == 1:
        if prepare is not None:
            prepare()
        yield from map(work, todo)
        return
    # Forked, a process would wait for OpenCV threads that it does not have.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(
        jobs, mp_context=context, initializer=_begin, initargs=(prepare,)
    ) as pool:
        futures = [pool.submit(work, item) for item in todo]
        try:
            for future in futures:
                yield future.result()
        finally:
            pool.shutdown(cancel_futures=True)


def _begin(prepare: Callable[[], None] | None) -> None:
    cv2.setNumThreads(1)  # as many processes as cores work
    if prepare is not None:
        prepare()
