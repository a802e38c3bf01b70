"""Keras and what it runs on, started without its start-up notices."""

from edge_app.quiet import quiet


def start() -> None:
    """Import Keras and let its backend look for devices.

    Raises:
        ModuleNotFoundError: Keras or its backend is not installed.
    """
    with quiet():
        import keras

        keras.distribution.list_devices()
