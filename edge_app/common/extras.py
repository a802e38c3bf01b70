"""The libraries that the package's extras install, which may not be here."""

from importlib.util import find_spec

from edge_app.common.errors import EdgeDigitsError


def missing(*modules: str) -> str | None:
    """Return the first of the modules that is not installed; `None` if all are."""
    return next((name for name in modules if find_spec(name) is None), None)


def need(extra: str, *modules: str) -> None:
    """Check that an extra is installed.

    Args:
        extra: Its name.
        modules: What it brings.

    Raises:
        EdgeDigitsError: One of them is missing.
    """
    if (name := missing(*modules)) is not None:
        raise EdgeDigitsError(f"{name} is not installed; try: pip install '.[{extra}]'")
