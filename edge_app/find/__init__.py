"""The finders of digits in a frame: the page network, or the plain classic way."""

import logging

from edge_app.common.errors import ManifestError, ModelError, RuntimeMissingError
from edge_app.find.candidate import Candidate, Finder

__all__ = ["CLASSIC", "Candidate", "Finder", "load"]

CLASSIC = "classic"  # what it is called that no page network is used

log = logging.getLogger(__name__)


def load(
    name: str | None = None,
    *,
    printed: bool = False,
    runtime_name: str | None = None,
    num_threads: int = 1,
) -> Finder:
    """Return a finder.

    Args:
        name: `page`, `page-lite`, a page network's file, or `classic`; `None` for
            `page`, or for `classic` where there is no page network that can be used.
        printed: Whether printed digits are read, too.
        runtime_name: A key of `runtime.RUNTIMES`; `None` for the best one installed.
        num_threads: Threads an inference may use.

    Raises:
        ModelError: There is no such network, or it does not fit.
        ManifestError: A file is not the one that its manifest describes.
        RuntimeMissingError: Nothing installed here executes it.
    """
    # Here, since what is read names why it is rejected, and so imports this package.
    from edge_app.find.classic import ClassicFinder
    from edge_app.find.page.page_file import load_page

    if name == CLASSIC:
        return ClassicFinder()
    try:
        return load_page(
            name, printed=printed, runtime_name=runtime_name, num_threads=num_threads
        )
    except (ManifestError, ModelError, RuntimeMissingError) as error:
        if name is not None:
            raise
        log.warning("%s; finding digits the %s way instead", error, CLASSIC)
        return ClassicFinder()
