import os
from functools import partial

import pytest

from train import parallel

_prepared = []


def prepared_with(word):
    _prepared.append(word)


def product(factor, number):
    """With what this process was prepared with, and whose it is."""
    if number == 13:
        raise ValueError("13: not a number to work with")
    return factor * number, tuple(_prepared), os.getpid()


@pytest.fixture(autouse=True)
def nothing_is_prepared():
    _prepared.clear()


@pytest.mark.parametrize("jobs", [1, 2])
def test_items_are_worked_on_in_their_order(jobs):
    prepare = partial(prepared_with, "once")
    made = list(
        parallel.in_order(partial(product, 2), range(10), jobs=jobs, prepare=prepare)
    )
    assert [number for number, _, _ in made] == list(range(0, 20, 2))
    assert {words for _, words, _ in made} == {("once",)}
    assert (os.getpid() in {process for _, _, process in made}) == (jobs == 1)


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_error_is_raised_at_its_item(jobs):
    made = parallel.in_order(partial(product, 1), [12, 13, 14], jobs=jobs)
    assert next(made)[0] == 12
    with pytest.raises(ValueError, match="13: not a number"):
        next(made)


def test_nothing_to_do_is_nothing():
    assert not list(parallel.in_order(product, [], jobs=2))
