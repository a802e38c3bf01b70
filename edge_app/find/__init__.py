"""Where the digits of a frame are: by the page network, or the plain classic way.

Rules find digits, too, with the page network or without it (`edge_app.rules`).
"""

import logging

from edge_app.errors import ManifestError, ModelError, RuntimeMissingError
from edge_app.find.candidate import Candidate, Finder

__all__ = ["BOTH", "CLASSIC", "RULES", "Candidate", "Finder", "load"]

BOTH, RULES, CLASSIC = "both", "rules", "classic"  # as `--reader` takes them

log = logging.getLogger(__name__)


def load(
    name: str | None = None,
    *,
    printed: bool = False,
    runtime_name: str | None = None,
    num_threads: int = 1,
) -> Finder | None:
    """Return a finder; `None` to read by rules alone.

    Args:
        name: `page`, a page network's file, or `classic`; `rules`; `both` (`None`) for
            the page network that reads beside the rules, where one can be used.
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
    from edge_app.find.page_file import load_page

    if name == RULES:
        return None
    if name == CLASSIC:
        return ClassicFinder()
    is_beside = name in (None, BOTH)
    try:
        return load_page(
            None if is_beside else name,
            printed=printed,
            runtime_name=runtime_name,
            num_threads=num_threads,
        )
    except (ManifestError, ModelError, RuntimeMissingError) as error:
        if not is_beside:
            raise
        log.warning("%s; reading by rules alone", error)
        return None
