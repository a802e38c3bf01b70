"""Where the digits of a frame are: by the page network, or the plain classic way."""

import logging

from edge_app.errors import ManifestError, ModelError, RuntimeMissingError
from edge_app.find.candidate import Candidate, Finder

__all__ = ["BOTH", "RULES", "Candidate", "Finder", "installed", "load"]

BOTH, RULES = "both", "rules"  # names of readers that find by rules

log = logging.getLogger(__name__)


def load(
    name: str | None = None, *, runtime_name: str | None = None, num_threads: int = 1
) -> Finder | None:
    """Return a finder; `None` to read by rules, with the page network or without.

    Args:
        name: `page`, a page network's file, `classic`, `rules`, or `both` (`None`).
        runtime_name: A key of `runtime.RUNTIMES`; `None` for the best one installed.
        num_threads: Threads an inference may use.

    Raises:
        ModelError: There is no such network, or it does not fit.
        ManifestError: A file is not the one that its manifest describes.
        RuntimeMissingError: Nothing installed here executes it.
    """
    # Here, since what is read names why it is rejected, and so imports this package.
    from edge_app.find.classic import ClassicFinder
    from edge_app.find.page_file import load_page

    if name in (None, BOTH, RULES):
        return None
    if name == ClassicFinder.name:
        return ClassicFinder()
    return load_page(name, runtime_name=runtime_name, num_threads=num_threads)


def installed() -> Finder | None:
    """Return the page network that comes with this program; `None` without one.

    One that cannot be used is logged: the rules read without it.
    """
    from edge_app.find.page_file import is_installed, load_page

    try:
        return load_page() if is_installed() else None
    except (ManifestError, ModelError, RuntimeMissingError) as error:
        log.warning("%s; reading by rules alone", error)
        return None
