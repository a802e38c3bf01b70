"""Settings of a training from the options that were given."""

from collections.abc import Callable, Mapping
from inspect import signature
from typing import Any, TypeVar

from edge_app.common.errors import TrainingError

# To start from: the network in edge_app/models, instead of a run.
SHIPPED = "shipped"
START_FROM = (
    "go on from the weights of this finished run instead of random ones; "
    f"`{SHIPPED}` for those of the network in use"
)
_Settings = TypeVar("_Settings")


def made_of(
    given: Mapping[str, Any], settings: Callable[..., _Settings], network: str
) -> _Settings:
    """Return settings with these values, the others at their defaults.

    Args:
        given: Values by name.
        settings: The dataclass; raises `ValueError` for a value out of its range.
        network: What it is the settings of, for a message.

    Raises:
        TrainingError: A value is unknown or out of its range.
    """
    if unknown := sorted(set(given) - set(signature(settings).parameters)):
        options = ", ".join("--" + name.replace("_", "-") for name in unknown)
        raise TrainingError(f"{options}: no option of {network}")
    try:
        return settings(**given)
    except ValueError as error:
        raise TrainingError(str(error)) from error
