"""Train a Keras CNN on handwritten digits: ``python -m train --help``."""
