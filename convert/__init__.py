"""Convert a trained model for devices: ``python -m convert --help``."""
