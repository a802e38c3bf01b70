"""A check for OpenCV, whose package pip leaves to the user to choose."""


def why_no_opencv() -> str | None:
    """Return why `import cv2` fails and what to install; `None` if it works."""
    try:
        import cv2  # noqa: F401  the import itself is what is tried
    except ModuleNotFoundError:
        return (
            "OpenCV is not installed: pip install opencv-python (shows a window), or "
            "opencv-python-headless on a machine without a screen"
        )
    except ImportError as error:
        why = f"OpenCV cannot be loaded ({error})"
        if not _shows_windows():
            return why
        return (
            f"{why}: pip uninstall opencv-python, then pip "
            "install opencv-python-headless, which needs no system libraries"
        )
    return None


def _shows_windows() -> bool:
    """Return whether the package is installed that needs a screen's libraries."""
    from importlib.metadata import PackageNotFoundError, distribution

    try:
        distribution("opencv-python")
    except PackageNotFoundError:
        return False
    return True
