"""The corrections that people make to what was read, kept for training."""
